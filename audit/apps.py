"""The trace: who changed and who read what, chained so that nothing in it can be changed unseen."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def _install(using: str, **_rest: Any) -> None:
    from audit.installing import install

    install(using)


class AuditConfig(AppConfig):
    """Stands last among the apps, so that its triggers are put on whatever the migrations of the others have made."""

    name = "audit"
    verbose_name = _("Trace")

    def ready(self) -> None:
        """Listen for sign-ins; after each `migrate`, see to the triggers, the chain and the rights to its tables."""
        from audit import signing

        signing.connect()
        post_migrate.connect(_install, sender=self, dispatch_uid="audit.install")
