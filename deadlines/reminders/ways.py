"""How an office and its people want to be reminded: offsets, absences, quiet hours, devices."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.owned import Fact, Owned, SameOrganization, choices_checked, history, order_check

MOST_OFFSETS = 20
FURTHEST = 3 * 366 * 24 * 60  # minutes: no reminder is written longer ahead


def _person(**options: Any) -> Any:
    """A key of somebody of the organization; its `SameOrganization` says more than Django's own constraint would."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_constraint=False, **options)


@choices_checked
class OffsetSetting(Fact):
    """When an organization wants to be reminded of deadlines of one weight; without a row, as `planning.OFFSETS` says.

    Minutes before the date, negative after it; whole days are calendar days. There is always one at the least.
    """

    weight = models.CharField(
        _("weight"),
        max_length=20,
        choices=[
            ("hours", _("hours matter")),
            ("right_lost", _("a right is lost")),
            ("curable", _("harm that can be mended")),
            ("other_side", _("the other side's duty, to be chased")),
            ("routine", _("the office's own routine")),
        ],
    )
    offsets = ArrayField(
        models.IntegerField(validators=[MinValueValidator(-FURTHEST), MaxValueValidator(FURTHEST)]),
        verbose_name=_("reminders before the date"),
        size=MOST_OFFSETS,
    )

    history = history()

    class Meta:
        verbose_name = _("times of reminders")
        verbose_name_plural = _("times of reminders")
        constraints = [
            models.UniqueConstraint(fields=["organization", "weight"], name="deadlines_offsets_once"),
            models.CheckConstraint(
                condition=models.Q(offsets__len__gte=1),
                name="deadlines_offsets_never_none",
                violation_error_message=_("There must be one reminder at the least: legal dates are not switched off."),
            ),
        ]

    def __str__(self) -> str:
        return self.weight


class Absence(Fact):
    """That somebody is away from one day to another, both included, and who is told of their dates meanwhile."""

    user = _person(related_name="absences", verbose_name=_("colleague"))
    substitute = _person(related_name="+", verbose_name=_("substitute"))
    from_on = models.DateField(_("first day away"))
    to_on = models.DateField(_("last day away"))
    entered_by = _person(related_name="+", verbose_name=_("entered by"))

    history = history()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            order_check("from_on", "to_on", name="deadlines_absence_order"),
            models.CheckConstraint(
                condition=~models.Q(user=models.F("substitute")),
                name="deadlines_absence_somebody_else",
                violation_error_message=_("Nobody is their own substitute. Choose a colleague."),
            ),
            SameOrganization(field="user", to="accounts.User", name="deadlines_absence_user_owner"),
            SameOrganization(field="substitute", to="accounts.User", name="deadlines_absence_substitute_owner"),
            SameOrganization(field="entered_by", to="accounts.User", name="deadlines_absence_entered_by_owner"),
        ]
        indexes = [models.Index(fields=["organization", "to_on"], name="deadlines_absence_by_day")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.from_on}"


class Ways(Fact):
    """How one person is reached: hours in which nothing rings, one mail for many or one each, and whether mail came
    back. Legal dates themselves cannot be switched off."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ways", db_constraint=False
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_to = models.TimeField(_("quiet until"), null=True, blank=True)
    digest = models.BooleanField(_("one mail for all that falls due together"), default=True)
    mail_bounced_at = models.DateTimeField(_("mail came back at"), null=True, blank=True, editable=False)

    history = history()

    class Meta:
        verbose_name = _("ways to reach somebody")
        verbose_name_plural = _("ways to reach somebody")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_to=None)
                | models.Q(quiet_from__isnull=False, quiet_to__isnull=False),
                name="deadlines_ways_quiet_both",
                violation_error_message=_("Give both the beginning and the end of the quiet hours, or neither."),
            ),
            SameOrganization(field="user", to="accounts.User", name="deadlines_ways_user_owner"),
        ]

    def __str__(self) -> str:
        return str(self.user_id)


class PushSubscription(Owned):
    """A browser on a device of somebody's that takes messages. `endpoint` is its maker's address for it."""

    user = _person(related_name="push_subscriptions")
    endpoint = models.TextField()
    secret_p256dh = models.CharField(max_length=200)
    secret_auth = models.CharField(max_length=100)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        constraints = [
            models.UniqueConstraint(fields=["user", "endpoint"], name="deadlines_push_once"),
            SameOrganization(field="user", to="accounts.User", name="deadlines_push_user_owner"),
        ]

    def __str__(self) -> str:
        return str(self.user_id)
