"""The proof sheet of one date: all that an attorney needs to check it by hand, on one page."""

import datetime
from itertools import pairwise
from typing import Any, Final, NamedTuple

from django.db.models import Model
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission, allows
from deadlines.calendars.days import closed_days
from deadlines.calendars.labels import moment_text
from deadlines.catalogue import CATALOGUE
from deadlines.catalogue.entries import Entry
from deadlines.catalogue.office import RENEWED
from deadlines.models import Deadline, Hearing
from deadlines.office.rules import rule_of
from deadlines.wording import COUNTING, ended_text, length_text, title_of, weekday_text
from documents.models import Paper
from families.contacts.models import ContactAttempt
from families.models import Custody, Departure, Person
from screenings.models import JudgeReview, Screening
from settlement import guidance
from settlement.models import CourtCase, Election, ReturnRequest

Text = str | Promise
STALE_AFTER: Final = datetime.timedelta(days=90)
"""A figure that nobody has compared with its source for this long is marked (practice D-69)."""

_TABLES: Final[dict[str, tuple[type[Model], str]]] = {
    "screening": (Screening, "pk"),
    "judge_review": (JudgeReview, "screening"),
    "election": (Election, "pk"),
    "court_case": (CourtCase, "person"),
    "return_request": (ReturnRequest, "person"),
    "departure": (Departure, "pk"),
    "custody": (Custody, "pk"),
    "person": (Person, "pk"),
    "hearing": (Hearing, "pk"),
    "paper": (Paper, "pk"),
    "contact": (ContactAttempt, "pk"),
}
"""What a trigger names -> the table of the fact, and the column in which its key stands."""


class Origin(NamedTuple):
    """The fact that set a date off: in words, its day, who put it on file, and the page on which it can be changed."""

    text: Text
    day: datetime.date | None
    who: str
    when: datetime.datetime | None
    why: str
    address: str


class Step(NamedTuple):
    """One step of the counting: the day, and what is said of it."""

    day: datetime.date | None
    text: Text


class Other(NamedTuple):
    """What another source says."""

    day: datetime.date
    says: Text
    basis: Text
    citation: str


class Past(NamedTuple):
    """One change of the date: when, who, and what became of it."""

    when: datetime.datetime
    who: str
    text: list[str]
    why: Text


class Sheet(NamedTuple):
    """The page. `may_…` says what the reader may do with the date now; `is_office` of a date on which no law stands;
    `is_renewed` of one that is kept by what is written down on the page of its origin, which sets the next one off."""

    deadline: Deadline
    title: Text
    entry: Entry | None
    is_office: bool
    is_renewed: bool
    origin: Origin
    rule: Text
    steps: list[Step]
    moment: str
    others: list[Other]
    basis: Text
    stale: bool
    left: str
    missed: bool
    ended: Text
    past: list[Past]
    may_change: bool
    may_confirm: bool
    may_end: bool


def sheet_of(actor: User, deadline: Deadline, day: datetime.date) -> Sheet:
    """The proof sheet of the date, as of the day."""
    rule = rule_of(deadline)
    entry = rule.entry if rule is not None else CATALOGUE.get(deadline.kind)
    is_office = deadline.source == Deadline.Source.OFFICE
    is_open = deadline.state == Deadline.State.OPEN
    first = deadline.first_day()
    return Sheet(
        deadline=deadline,
        title=title_of(deadline),
        entry=entry,
        is_office=is_office,
        is_renewed=deadline.kind in RENEWED,
        origin=_origin(deadline, entry),
        rule=COUNTING.get(deadline.counting, ""),
        steps=_steps(actor, deadline),
        moment=moment_text(deadline.due_at, deadline.zone) if deadline.due_at else "",
        others=_others(deadline, entry),
        basis=guidance.basis_text(entry.basis) if entry and not is_office else "",
        stale=entry is not None and not is_office and day - entry.checked_on > STALE_AFTER,
        left=guidance.days_left_text(first, day),
        missed=first < day,
        ended=ended_text(deadline),
        past=_past(deadline),
        may_change=allows(actor, Permission.DEADLINE_DATE_CHANGE),
        may_confirm=is_open
        and deadline.entered_by_id is not None
        and deadline.confirmed_by_id is None
        and allows(actor, Permission.DEADLINE_DATE_CONFIRM, deadline),
        may_end=is_open and allows(actor, Permission.DEADLINE_DATE_END),
    )


def _origin(deadline: Deadline, entry: Entry | None) -> Origin:
    table, _dot, field = str(deadline.proof.get("what", "")).partition(".")
    family = reverse("family", args=[deadline.family_id])
    if RENEWED.get(deadline.kind) == "contact.on":
        family = reverse("family-contacts", args=[deadline.family_id])
    if table not in _TABLES:
        who = deadline.entered_by.name if deadline.entered_by else ""
        when = deadline.entered_at if who else None
        return Origin(entry.trigger if entry else "", deadline.trigger_on, who, when, deadline.reason, family)
    model, column = _TABLES[table]
    name: Text = entry.trigger if entry else ""  # of a row's being on file at all
    if field:
        name = f"{model._meta.verbose_name}: {model._meta.get_field(field).verbose_name}"  # type: ignore[union-attr]
    found = _written(model, {column: deadline.proof["row"]}, field)
    address = family
    if table in ("screening", "judge_review"):
        address = reverse("screening-record", args=[deadline.proof["row"]])
    elif table == "hearing":
        address = reverse("hearing", args=[deadline.proof["row"]])
    start = deadline.trigger_on
    if found is None:
        return Origin(name, start, "", None, "", address)
    who = found.history_user.name if found.history_user else ""
    return Origin(name, start, who, found.history_date, found.history_change_reason or "", address)


def _written(model: Any, key: dict[str, Any], field: str) -> Any:
    """The entry of the history with which the field came to the value that it has (of no field: with which the row was
    put on file); None where there is no history."""
    lookup = {"id" if name == "pk" else f"{name}_id": value for name, value in key.items()}
    found = None
    for entry in model.history.filter(**lookup).select_related("history_user").order_by("-history_id")[:100]:
        if field and found is not None and getattr(entry, field) != getattr(found, field):
            break
        found = entry
    return found


def _steps(actor: User, deadline: Deadline) -> list[Step]:
    """Day 0, the length, each day that was skipped and why, and the day on which it ends."""
    proof = deadline.proof
    if not proof or deadline.counting == "fixed":
        return []
    start, unmoved = (datetime.date.fromisoformat(proof[name]) for name in ("start", "unmoved"))
    skipped = [datetime.date.fromisoformat(day) for day, _why in proof["skipped"]]
    length = length_text(deadline.counting, proof["length"])
    back = unmoved < start  # counted back from an event
    counted = _("%(length)s back end on this day.") if back else _("%(length)s end on this day.")
    steps = [Step(start, _("Day 0. It is not counted.")), Step(unmoved, counted % {"length": length})]
    if skipped:
        closed = closed_days(actor, min(skipped), max(skipped))
        for day in skipped:
            names = closed[day].names if day in closed else []
            steps.append(Step(day, _("Without business: %(why)s.") % {"why": ", ".join(names) or _("weekend")}))
    worked_out = deadline.corrected_from or deadline.due_on
    if worked_out != unmoved:
        earlier = worked_out < unmoved
        moved = _("The business day before: the last day.") if earlier else _("The next business day: the last day.")
        steps.append(Step(worked_out, moved))
    return steps


def _others(deadline: Deadline, entry: Entry | None) -> list[Other]:
    said = {other.id: other.says for other in entry.others} if entry else {}
    return [
        Other(
            datetime.date.fromisoformat(str(one["due_on"])),
            said.get(one.get("id", ""), one.get("text", "")),
            guidance.basis_text(one["basis"]) if one.get("basis") else "",
            str(one.get("citation", "")),
        )
        for one in deadline.otherwise
    ]


def _past(deadline: Deadline) -> list[Past]:
    """The changes, the newest first."""
    states = list(deadline.history.select_related("history_user", "confirmed_by").order_by("history_id"))
    found = []
    for before, now in pairwise([None, *states]):
        text = [_("Put in the book for %(day)s.") % {"day": weekday_text(now.due_on)}] if before is None else []
        if before is not None:
            text = _changes(before, now)
        if text:
            who = now.history_user.name if now.history_user else ""
            why = ended_text(now) if now.state != before_state(before) and now.ended_because else ""
            why = why or _reason(now)
            found.append(Past(now.history_date, who, text, why))
    return found[::-1]


def before_state(before: Any) -> str:
    """The state before a change; open before there was anything."""
    return before.state if before is not None else Deadline.State.OPEN


def _reason(now: Any) -> Text:
    """What was said when it was changed by hand; what the book itself notes is no reason."""
    return now.history_change_reason or "" if now.history_user_id else ""


def _changes(before: Any, now: Any) -> list[str]:
    text = []
    if before.due_on != now.due_on:
        days = {"old": weekday_text(before.due_on), "new": weekday_text(now.due_on)}
        text.append(_("The last day moved from %(old)s to %(new)s.") % days)
    if before.corrected_from != now.corrected_from and now.corrected_from is not None:
        text.append(_("Worked out as %(day)s.") % {"day": weekday_text(now.corrected_from)})
    if before.confirmed_by_id != now.confirmed_by_id and now.confirmed_by is not None:
        text.append(_("Confirmed by %(who)s.") % {"who": now.confirmed_by.name})
    if before.state != now.state:
        text.append(_("Now: %(state)s.") % {"state": now.get_state_display()})
    return text
