"""A report as it was made: never changed but for the check of a second person, and never removed."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.owned import Owned, SameOrganization, owner_key


class Report(Owned):
    """The numbers of an office as of a moment, each with the keys of its people.

    `figures` is what `figures.count` gives: keys of persons and families, nothing personal. `definition` is the version
    of the counting, `zone` the time zone in which `day` was the day of the moment.
    """

    as_of = models.DateTimeField(_("as of"))
    day = models.DateField(_("day"))
    zone = models.CharField(_("time zone"), max_length=60)
    rule_version = models.CharField(_("version of the rules"), max_length=40)
    definition = models.CharField(_("version of the counting"), max_length=20)
    figures = models.JSONField(_("figures"), encoder=DjangoJSONEncoder)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        verbose_name=_("prepared by"),
    )
    previous = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        null=True,
        blank=True,
        verbose_name=_("report before"),
    )
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        null=True,
        blank=True,
        verbose_name=_("checked by"),
    )
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    note = models.TextField(_("note of who checked it"), blank=True)

    class Meta:
        app_label = "desks"
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            owner_key("desks_report_owner"),
            SameOrganization(field="made_by", to="accounts.User", name="desks_report_made_by_owner"),
            SameOrganization(field="checked_by", to="accounts.User", name="desks_report_checked_by_owner"),
            SameOrganization(field="previous", to="desks.Report", name="desks_report_previous_owner"),
            models.CheckConstraint(
                condition=models.Q(checked_by=None, checked_at=None)
                | (
                    models.Q(checked_by__isnull=False, checked_at__isnull=False)
                    & ~models.Q(checked_by=models.F("made_by"))
                ),
                name="desks_report_by_a_second_person",
                violation_error_message=_("A second person checks a report, and never their own."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.as_of}"
