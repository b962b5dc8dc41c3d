"""What somebody keeps of their own desk: lists worth coming back to, and when they last looked."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.owned import Owned, SameOrganization, choices_checked, owner_key
from desks.report.models import Report  # noqa: F401  # Django looks for a room's tables here

LONGEST_NAME = 80


@choices_checked
class SavedView(Owned):
    """A list or the dashboard under some filters. The numbers in it are worked out for whoever opens it.

    `query` has the filters as they stand in the address, never what somebody typed to search.
    """

    class Page(models.TextChoices):
        FAMILIES = "families", _("Families")
        PEOPLE = "people", _("People")
        DEADLINES = "deadlines", _("Deadlines")
        SCREENINGS = "screenings", _("Outcomes awaited")
        DASHBOARD = "dashboard", _("Dashboard")

    user = models.ForeignKey(
        "accounts.User", on_delete=models.CASCADE, related_name="+", db_constraint=False, verbose_name=_("whose")
    )
    page = models.CharField(_("page"), max_length=20, choices=Page)
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    query = models.TextField(_("filters"), blank=True)
    is_shared = models.BooleanField(_("shared with the office"), default=False)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            owner_key("desks_savedview_owner"),
            models.UniqueConstraint(fields=["user", "page", "name"], name="desks_savedview_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="desks_savedview_named"),
            SameOrganization(field="user", to="accounts.User", name="desks_savedview_user_owner"),
        ]

    def __str__(self) -> str:
        return self.name


class LastLook(Owned):
    """The moment up to which somebody has seen what others changed in their families."""

    user = models.OneToOneField("accounts.User", on_delete=models.CASCADE, related_name="+", db_constraint=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            SameOrganization(field="user", to="accounts.User", name="desks_lastlook_user_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.at}"
