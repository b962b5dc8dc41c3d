from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DesksConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "desks"
    verbose_name = _("Desks")
