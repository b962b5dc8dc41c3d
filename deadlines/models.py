"""The book of dates: deadlines and how they were counted, hearings, and days without business."""

import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.owned import Fact, OwnedQuerySet, SameOrganization, choices_checked, history, owner_key
from deadlines.calendars.models import FeedKey  # noqa: F401  # Django looks for a room's tables here
from deadlines.counting import business_day_up_to
from deadlines.reminders.models import Acknowledgement, Delivery, Reminder, Tick  # noqa: F401  # Django looks here
from deadlines.reminders.ways import Absence, OffsetSetting, PushSubscription, Ways  # noqa: F401

LEGAL = ("hours", "right_lost")
"""The weights of which two people confirm a new date (practice D-61)."""


class DeadlineQuerySet(OwnedQuerySet["Deadline"]):
    """Dates, and which of them ask for something."""

    def open(self) -> Self:
        """Those that are still to be kept."""
        return self.filter(state="open")

    def pressing(self) -> Self:
        """Open dates that press a family when they are near or missed: a right hangs on them, or the agreement itself
        sets them. What can be mended is kept in the book, and would press every family in an old record."""
        return self.open().filter(models.Q(weight__in=LEGAL) | models.Q(source="engine"))

    def unconfirmed(self, now: datetime.datetime) -> Self:
        """Open legal dates that one person alone has entered; `is_late` of those older than a working day at `now`.

        What was brought in by a sheet or a command, or confirmed with the fact that set it off, has no `entered_by`
        that would have to be confirmed.
        """
        waiting = models.Q(entered_by__isnull=False, confirmed_by=None, weight__in=LEGAL)
        return (
            self.open()
            .filter(waiting)
            .annotate(
                is_late=models.Case(
                    models.When(entered_at__lt=confirm_since(now), then=True),
                    default=False,
                    output_field=models.BooleanField(),
                )
            )
        )


def confirm_since(now: datetime.datetime) -> datetime.datetime:
    """What was entered before this moment should have been confirmed by now: within the next working day."""
    yesterday = timezone.localdate(now) - datetime.timedelta(days=1)
    last = business_day_up_to(yesterday) or yesterday
    return timezone.make_aware(datetime.datetime.combine(last, datetime.time()))


@choices_checked
class Deadline(Fact):
    """One date to keep, or another's duty to chase. Only what cannot be worked out again is typed here.

    A derived one (`source` engine, catalogue or office) is made and brought up to date by `deadlines.refresh`; `key`
    names it within its family from what sets it off, so that the same trigger is the same row for ever. A change of
    any date raises `version`; the reminders of earlier versions are then void. Reminders follow `first_day()`, the
    earliest of the dates on which the sources differ.
    """

    family_path = "family_id"

    class Source(models.TextChoices):
        ENGINE = "engine", _("the agreement's rules")
        CATALOGUE = "catalogue", _("the catalogue of deadlines")
        OFFICE = "office", _("a rule of the office")
        HAND = "hand", _("made by hand")

    class Weight(models.TextChoices):
        HOURS = "hours", _("hours matter")
        RIGHT_LOST = "right_lost", _("a right is lost")
        CURABLE = "curable", _("harm that can be mended")
        OTHER_SIDE = "other_side", _("the other side's duty, to be chased")
        ROUTINE = "routine", _("the office's own routine")

    class Owes(models.TextChoices):
        OFFICE = "office", _("the office")
        CLIENT = "client", _("the client")
        CLASS_COUNSEL = "class_counsel", _("class counsel")
        GOVERNMENT = "government", _("the government")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        VOID = "void", _("void")

    family = models.ForeignKey("families.Family", on_delete=models.CASCADE, related_name="dates", db_constraint=False)
    person = models.ForeignKey(
        "families.Person", on_delete=models.CASCADE, related_name="dates", db_constraint=False, null=True, blank=True
    )
    source = models.CharField(_("where it comes from"), max_length=20, choices=Source)
    kind = models.CharField(_("kind"), max_length=60)  # an id of deadlines/catalogue; "own" for one made by hand
    key = models.CharField(max_length=200)
    title = models.TextField(_("what is due"), blank=True)  # of one made by hand or by a rule of the office
    weight = models.CharField(_("weight"), max_length=20, choices=Weight)
    owes = models.CharField(_("who owes it"), max_length=20, choices=Owes, default=Owes.OFFICE)
    trigger_on = models.DateField(_("set off on"), null=True, blank=True)
    counting = models.CharField(_("counted by"), max_length=40, blank=True)  # an id of deadlines/counting
    due_on = models.DateField(_("last day by law"))
    safe_on = models.DateField(_("safe day"))
    # An instant, for what runs by the hour and for hearings; `zone` is where it is read (IANA), also for `due_on`.
    due_at = models.DateTimeField(_("moment"), null=True, blank=True)
    zone = models.CharField(_("time zone"), max_length=60, blank=True)
    # What other sources say: [{"due_on", "basis", "citation", "text"}].
    otherwise = models.JSONField(_("other dates"), default=list, blank=True, encoder=DjangoJSONEncoder)
    # How it was worked out, step by step, for the proof sheet: set by deadlines.refresh, in ids and values, no words.
    proof = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    if_confirmed = models.BooleanField(_("only if what waits is confirmed"), default=False)
    corrected_from = models.DateField(_("worked out as"), null=True, blank=True)
    reason = models.TextField(_("why it was made or corrected"), blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        null=True,
        blank=True,
        verbose_name=_("entered by"),
    )
    entered_at = models.DateTimeField(_("entered at"), auto_now_add=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        null=True,
        blank=True,
        verbose_name=_("confirmed by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        null=True,
        blank=True,
        verbose_name=_("ended by"),
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_because = models.TextField(_("why it ended"), blank=True)
    # When the next reminder is to be written: the one thing that the sweep looks at. Empty: none is to come.
    remind_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[Any] = DeadlineQuerySet.as_manager()
    history = history(without=["remind_at"])

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        constraints = [
            owner_key("deadlines_deadline_owner"),
            SameOrganization(field="family", to="families.Family", name="deadlines_deadline_family_owner"),
            SameOrganization(field="person", to="families.Person", name="deadlines_deadline_person_owner"),
            SameOrganization(field="entered_by", to="accounts.User", name="deadlines_deadline_entered_by_owner"),
            SameOrganization(field="confirmed_by", to="accounts.User", name="deadlines_deadline_confirmed_by_owner"),
            SameOrganization(field="ended_by", to="accounts.User", name="deadlines_deadline_ended_by_owner"),
            models.UniqueConstraint(fields=["family", "key"], name="deadlines_deadline_once"),
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None)
                | models.Q(entered_by=None)
                | ~models.Q(confirmed_by=models.F("entered_by")),
                name="deadlines_deadline_four_eyes",
                violation_error_message=_("Nobody confirms a date that they entered. Ask a second person."),
            ),
            models.CheckConstraint(
                condition=models.Q(state="open") | models.Q(ended_at__isnull=False, remind_at=None),
                name="deadlines_deadline_ended",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "safe_on"], condition=models.Q(state="open"), name="deadlines_open_by_day"
            ),
            models.Index(fields=["remind_at"], condition=models.Q(remind_at__isnull=False), name="deadlines_to_remind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_on}"

    def first_day(self) -> datetime.date:
        """The day that reminders follow: where dates differ, the earliest.

        A correction that nobody has confirmed stands beside what was worked out; one that was confirmed stands alone.
        """
        if self.corrected_from is not None and self.confirmed_by_id is not None:
            return self.safe_on
        others = [datetime.date.fromisoformat(str(one["due_on"])) for one in self.otherwise if one.get("due_on")]
        worked_out = [] if self.corrected_from is None else [self.corrected_from]
        return min([self.safe_on, self.due_on, *others, *worked_out])

    @property
    def waits(self) -> bool:
        """Whether a second person is still to confirm it."""
        legal = self.weight in LEGAL
        return self.state == "open" and legal and self.entered_by_id is not None and self.confirmed_by_id is None

    @property
    def rank(self) -> int:
        """Its place among the weights: 0 is looked at first."""
        return self.Weight.values.index(self.weight)

    @property
    def presses(self) -> bool:
        """Whether it is one of `pressing()`, while it is open."""
        return self.weight in LEGAL or self.source == "engine"

    @property
    def hearing_id(self) -> int | None:
        """The key of the hearing that set it off; None where something else did."""
        return self.proof["row"] if self.proof.get("what") == "hearing.at" else None


@choices_checked
class Hearing(Fact):
    """A hearing or an appointment with the authorities, at an instant that is read in its place's zone."""

    family_path = "person__family_id"

    class Kind(models.TextChoices):
        MASTER = "master", _("first or scheduling hearing")
        INDIVIDUAL = "individual", _("individual hearing")
        REVIEW = "review", _("judge's review of a fear finding")
        INTERVIEW = "interview", _("interview")
        BIOMETRICS = "biometrics", _("biometrics")
        REPORT = "report", _("report to ICE")
        OTHER = "other", _("other appointment")

    person = models.ForeignKey(
        "families.Person", on_delete=models.CASCADE, related_name="hearings", db_constraint=False
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    at = models.DateTimeField(_("moment"))
    zone = models.CharField(_("time zone of the place"), max_length=60)
    place = models.TextField(_("place"), blank=True)
    checked_on = models.DateField(_("last looked up on"), null=True, blank=True)
    cancelled = models.BooleanField(_("cancelled"), default=False)

    history = history()

    class Meta:
        verbose_name = _("hearing")
        verbose_name_plural = _("hearings")
        constraints = [SameOrganization(field="person", to="families.Person", name="deadlines_hearing_owner")]
        indexes = [models.Index(fields=["organization", "at"], name="deadlines_hearing_by_moment")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"


class Closure(Fact):
    """A day without business by an order or the weather, which no calendar can work out; a supervisor enters it."""

    on = models.DateField(_("day"))
    why = models.TextField(_("by which order"))

    history = history()

    class Meta:
        verbose_name = _("day without business")
        verbose_name_plural = _("days without business")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "on"],
                name="deadlines_closure_once",
                violation_error_message=_("This day is entered already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.on)


SHORTEST, LONGEST = -365, 1095
"""Days: how long before, or after, what sets it off a rule of the office may fall due."""


@choices_checked
class OfficeRule(Fact):
    """A rule of the office: one that Amparo knows (`deadlines/catalogue/office.py`), as this organization wants it, or
    one of its own making (`kind` is "own"), which has a title and what sets it off.

    No row, and a known one holds as it is in the catalogue. A rule is never removed: it is switched off.
    """

    class Kind(models.TextChoices):
        CONTACT = "office_contact", _("keeping in touch with a family")
        CONTACT_DETAINED = "office_contact_detained", _("keeping in touch with somebody who is held")
        UNKNOWN = "office_unknown", _("finding out what is not known")
        UNKNOWN_DETAINED = "office_unknown_detained", _("finding out what is not known, with somebody held")
        SECOND_TALK = "office_second_talk", _("a second talk about a form that chooses to return")
        WITHDRAWAL = "office_withdrawal", _("telling both sides of a withdrawal")
        LOOK_UP = "office_look_up", _("looking somebody up in the court's system")
        OWN = "own", _("of the office's own making")

    class SetOff(models.TextChoices):
        INTERVIEW = "interview", _("the day of an interview")
        NEGATIVE = "negative", _("the day of a negative finding")
        ELECTION = "election", _("the day on which an election was signed")
        WITHDRAWAL = "withdrawal", _("the day on which an election was withdrawn")
        HEARING = "hearing", _("the day of a hearing or an appointment")
        CUSTODY = "custody", _("the day on which somebody was taken into custody, while they are held")
        COURT_CASE = "court_case", _("the day on which a court case was opened")
        ORDER = "order", _("the day of the decision in a court case")
        SERVED = "served", _("the day on which a Notice to Appear was served")
        CONTACT = "contact", _("the last contact that reached somebody of the family")
        FILED = "filed", _("the day on which the family was put on file")

    class Counting(models.TextChoices):
        CALENDAR = "calendar", _("calendar days")
        BUSINESS_DAYS = "business_days", _("business days")
        FRCP_DAYS = "frcp_days", _("as federal courts count")
        EOIR_DAYS = "eoir_days", _("as immigration courts count")
        DHS_DAYS = "dhs_days", _("as the Department's rules count")

    kind = models.CharField(_("kind"), max_length=40, choices=Kind)
    title = models.CharField(_("what is due"), max_length=200, blank=True)
    set_off = models.CharField(_("what sets it off"), max_length=20, choices=SetOff, null=True, blank=True)
    length = models.IntegerField(_("number of days"))
    counting = models.CharField(_("counted by"), max_length=20, choices=Counting)
    weight = models.CharField(_("weight"), max_length=20, choices=Deadline.Weight)
    owes = models.CharField(_("who owes it"), max_length=20, choices=Deadline.Owes)
    if_missed = models.TextField(_("if it is missed"), blank=True)
    is_on = models.BooleanField(_("switched on"))
    # The families with a key up to this one have the rule as it is now. Empty: all of them.
    brought_to = models.BigIntegerField(null=True, default=0, editable=False)

    history = history(without=["brought_to"])

    class Meta:
        verbose_name = _("rule of the office")
        verbose_name_plural = _("rules of the office")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind"],
                condition=~models.Q(kind="own"),
                name="deadlines_officerule_once",
                violation_error_message=_("Somebody else has changed this rule meanwhile. Open the page again."),
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="own") | (models.Q(set_off__isnull=False) & ~models.Q(title="")),
                name="deadlines_officerule_own",
                violation_error_message=_("Say what is due, and what sets it off."),
            ),
            models.CheckConstraint(
                condition=models.Q(length__gte=SHORTEST, length__lte=LONGEST),
                name="deadlines_officerule_length",
                violation_error_message=_("At most 365 days before, and at most 1,095 days after."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization"], condition=models.Q(brought_to__isnull=False), name="deadlines_rule_to_bring"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.length}"
