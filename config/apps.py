"""The project's own Django app: it has no models, it only ties the task queue to every process that starts Django."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Loads the Celery application, so that a task is always sent to our broker."""

    name = "config"

    def ready(self) -> None:
        """Import the Celery application (it makes itself the default one)."""
        from config import celery  # noqa: F401
