"""The project's own Django app: it has no models; it ties the task queue and the database's walls to Django."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class ConfigConfig(AppConfig):
    """Loads the Celery application, so that a task is always sent to our broker; builds the walls after `migrate`."""

    name = "config"

    def ready(self) -> None:
        """Import the Celery application (it makes itself the default one), and wait for `migrate`."""
        from config import celery  # noqa: F401
        from config.database.walls import build_walls

        # `post_migrate` comes once for each room, when all migrations of all rooms are done: one is enough.
        post_migrate.connect(build_walls, sender=apps.get_app_config("accounts"), dispatch_uid="config.database")
