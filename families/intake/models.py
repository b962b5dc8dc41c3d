"""A sheet that somebody brought in the browser, and how far its work has come: the book that the queue only rings."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.owned import Owned, SameOrganization, choices_checked


@choices_checked
class ImportJob(Owned):
    """One sheet, on its way from the first look to the record.

    It is looked at (a dry run), its report is shown, a second person says yes, and it is brought in. The file is kept
    only until then; the report and what was refused stay.
    """

    class State(models.TextChoices):
        LOOK_DUE = "look_due", _("waiting to be looked at")
        LOOKING = "looking", _("being looked at")
        LOOKED_AT = "looked_at", _("looked at; waits for a second person")
        IMPORT_DUE = "import_due", _("waiting to be brought in")
        IMPORTING = "importing", _("being brought in")
        IMPORTED = "imported", _("brought in")
        UNREADABLE = "unreadable", _("could not be read")
        FAILED = "failed", _("could not be finished")
        LAPSED = "lapsed", _("dropped, because nobody brought it in for a week")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        verbose_name=_("brought by"),
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        null=True,
        verbose_name=_("confirmed by"),
    )
    file_name = models.CharField(_("file"), max_length=255)
    file = models.BinaryField(null=True)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.LOOK_DUE)
    # Progress, as families.intake.importing.Progress has it.
    rows = models.PositiveIntegerField(default=0)
    families = models.PositiveIntegerField(default=0)
    of_families = models.PositiveIntegerField(default=0)
    report = models.JSONField(null=True)
    refused = models.TextField(null=True)
    refusal = models.TextField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # While a worker works, it moves this on; when it lies in the past, another one takes over.
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "families"
        verbose_name = _("intake sheet")
        verbose_name_plural = _("intake sheets")
        constraints = [
            SameOrganization(field="user", to="accounts.User", name="families_importjob_user_owner"),
            SameOrganization(field="confirmed_by", to="accounts.User", name="families_importjob_confirmed_by_owner"),
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True) | ~models.Q(confirmed_by=models.F("user")),
                name="families_importjob_four_eyes",
            ),
        ]
        indexes = [models.Index(fields=["organization", "-id"], name="families_importjob_newest")]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"
