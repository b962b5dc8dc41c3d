"""Rules of the office (practice, section 2.2, table G): no law stands behind them, and each office may change them.

Only what the record can set off is here. Left out: a new paper (D-60), for a paper comes in as the date that somebody
types; two people for each date (D-61) and the look at each figure every 90 days (D-69), which Amparo does by itself;
the G-28 (D-66), of which the record does not know when it was filed; the conflict check (D-68), of which it knows
nothing. An office makes rules of its own of them (`OWN`). Of the look-up in the court's system (D-67) the weekly one is
here; the one two days before a hearing is in the catalogue (`hearing_check`), for more hangs on it; the one after a
move is left out, for the record has no day on which somebody moved.
"""

import datetime
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from deadlines.catalogue.court import IN_COURT
from deadlines.catalogue.entries import Entry, Owes, SetOff, Text, Trigger, Weight
from deadlines.catalogue.record import FamilyView, PersonView, Reached
from deadlines.models import OfficeRule
from families.contacts.lengths import CONTACT_DAYS, CONTACT_DAYS_HELD

Kind, What = OfficeRule.Kind, OfficeRule.SetOff

OFFICE: Final = "O"
"""What stands where a date of law has the letter of its basis."""


def _is_first(person: PersonView, family: FamilyView) -> bool:
    """What is the whole family's is looked at once."""
    return person is family.persons[0]


def _last(family: FamilyView) -> Reached | None:
    """The last contact that reached anybody of the family."""
    reached = [person.reached for person in family.persons if person.reached is not None]
    return max(reached, key=lambda one: (one.on, one.pk), default=None)


def _contact(person: PersonView, family: FamilyView) -> Iterator[Trigger]:
    """The last contact; of who was never reached, the day on file, so that nobody is without."""
    if not _is_first(person, family):
        return
    last = _last(family)
    if last is None:
        yield Trigger("filed", "filed", family.pk, family.filed_on)
    else:
        yield Trigger(last.on.isoformat(), "contact.on", last.pk, last.on)


def _contact_held(person: PersonView, family: FamilyView) -> Iterator[Trigger]:
    """The last contact with who is held; before the first one since they are, the day on which that became known."""
    if person.held_since is None:
        return
    pk, began = person.held_since
    if person.reached is not None and (began is None or person.reached.on >= began):
        start, what, row = person.reached.on, "contact.on", person.reached.pk
    elif began is not None and began >= family.filed_on:
        start, what, row = began, "custody.began_on", pk
    else:
        start, what, row = family.filed_on, "filed", family.pk
    yield Trigger(f"p{person.pk}:{start.isoformat()}", what, row, start)


def _unknown(person: PersonView, family: FamilyView) -> Iterator[Trigger]:
    if not _is_held(family):
        yield from _unknown_of(person, family)


def _unknown_held(person: PersonView, family: FamilyView) -> Iterator[Trigger]:
    if _is_held(family):
        yield from _unknown_of(person, family)


def _is_held(family: FamilyView) -> bool:
    return any(one.held_since is not None for one in family.persons)


def _unknown_of(person: PersonView, family: FamilyView) -> Iterator[Trigger]:
    since = family.unknown_since
    if since is not None and _is_first(person, family):
        yield Trigger(since.isoformat(), "unknown", family.pk, since)


def _chose_return(person: PersonView, _family: FamilyView) -> Iterator[Trigger]:
    for pk, item in person.items("elections"):
        signed = person.day("signed_on", item)
        if item.get("choice") == "return" and item.get("withdrawn_on") is None and signed is not None:
            yield Trigger(f"e{pk}", "election.signed_on", pk, signed)


def _look_up(person: PersonView, family: FamilyView) -> Iterator[Trigger]:
    """While a hearing in court is to come: the last look-up; before the first one since there has been such a hearing,
    the day on which it was put on file. Once for the person, for all their hearings stand under one A-number."""
    to_come = [row for row in person.hearings if row.kind in IN_COURT and row.local_day >= family.day]
    if not to_come:
        return
    first, last = min(to_come, key=lambda row: (row.filed_on, row.pk)), person.looked_up
    start, what, row = first.filed_on, "hearing", first.pk
    if last is not None and last.on >= first.filed_on:
        start, what, row = last.on, "hearing.checked_on", last.pk
    yield Trigger(f"p{person.pk}:{start.isoformat()}", what, row, start)


# --- what a rule of an office's own making can be set off by ----------------------------------------------------------


def _days(name: str, attribute: str, what: str, mark: str) -> SetOff:
    """The day `attribute` of each item of the list `name`."""

    def find(person: PersonView, _family: FamilyView) -> Iterator[Trigger]:
        for pk, item in person.items(name):
            on = person.day(attribute, item)
            if on is not None:
                yield Trigger(f"{mark}{pk}", what, pk, on)

    return find


def _negative(person: PersonView, _family: FamilyView) -> Iterator[Trigger]:
    for pk, item in person.items("screenings"):
        decided = person.day("decided_on", item)
        if item.get("result") == "negative" and decided is not None:
            yield Trigger(f"s{pk}", "screening.decided_on", pk, decided)


def _held(person: PersonView, _family: FamilyView) -> Iterator[Trigger]:
    if person.held_since is not None and person.held_since[1] is not None:
        pk, began = person.held_since[0], person.held_since[1]
        yield Trigger(f"k{pk}", "custody.began_on", pk, began)


def _hearings(person: PersonView, _family: FamilyView) -> Iterator[Trigger]:
    for row in person.hearings:
        yield Trigger(f"h{row.pk}", "hearing.at", row.pk, row.local_day)


def _case(attribute: str) -> SetOff:
    def find(person: PersonView, _family: FamilyView) -> Iterator[Trigger]:
        on: date | None = person.day(attribute, person.facts.get("court_case") or {})
        if on is not None:
            yield Trigger(f"c{person.pk}", f"court_case.{attribute}", person.pk, on)

    return find


def _served(person: PersonView, _family: FamilyView) -> Iterator[Trigger]:
    paper = person.papers.get("i_862")
    if paper is not None and paper.served_on is not None:
        yield Trigger(f"n{paper.pk}", "paper.served_on", paper.pk, paper.served_on)


def _reached(person: PersonView, family: FamilyView) -> Iterator[Trigger]:
    last = _last(family)
    if last is not None and _is_first(person, family):
        yield Trigger(last.on.isoformat(), "contact.on", last.pk, last.on)


def _filed(person: PersonView, family: FamilyView) -> Iterator[Trigger]:
    if _is_first(person, family):
        yield Trigger("filed", "filed", family.pk, family.filed_on)


OWN: Final[dict[str, SetOff]] = {
    What.INTERVIEW: _days("screenings", "interview_on", "screening.interview_on", "s"),
    What.NEGATIVE: _negative,
    What.ELECTION: _days("elections", "signed_on", "election.signed_on", "e"),
    What.WITHDRAWAL: _days("elections", "withdrawn_on", "election.withdrawn_on", "e"),
    What.HEARING: _hearings,
    What.CUSTODY: _held,
    What.COURT_CASE: _case("opened_on"),
    What.ORDER: _case("decided_on"),
    What.SERVED: _served,
    What.CONTACT: _reached,
    What.FILED: _filed,
}
"""What sets a rule of an office's own making off, by its id."""

OF_FAMILY: Final = frozenset({What.CONTACT, What.FILED})
"""Those that are the whole family's."""

RENEWED: Final[dict[str, str]] = {
    Kind.CONTACT: "contact.on",
    Kind.CONTACT_DETAINED: "contact.on",
    Kind.LOOK_UP: "hearing.checked_on",
}
"""The rules whose date is kept by doing it once more, which also sets the next one off; and what that day is."""

STANDING: Final = frozenset({*RENEWED, Kind.UNKNOWN, Kind.UNKNOWN_DETAINED})
"""The rules that ask for something until it is done, however long ago it was due."""

PASSED: Final = datetime.timedelta(days=30)
"""What an event set off and was due longer ago than this before it was ever in the book is not put into it: a new rule
asks for what is to come."""

OFF_AT_FIRST: Final = frozenset({Kind.UNKNOWN})
"""The rules that an office switches on itself: of this one a sheet with a thousand families would put hundreds of dates
into the book at once, and the paralegals' queue shows what is not known anyway."""


def _entry(kind: str, title: Text, trigger: Text, length: int, counting: str, **values: Any) -> Entry:
    """A rule that Amparo knows, with the lowest weight unless it says otherwise."""
    given: dict[str, Any] = {"owes": Owes.OFFICE, "weight": Weight.ROUTINE, "safe_is_due": length == 0, **values}
    given["forgotten_after"] = None if kind in STANDING else PASSED
    return Entry(str(kind), title, trigger, counting, length, basis=OFFICE, citation="", **given)


ENTRIES: Final = (
    _entry(
        Kind.CONTACT,
        _("talk to the family again"),
        _("the last contact; before the first one the day on which the family was put on file"),
        CONTACT_DAYS,
        "calendar",
        if_missed=_("Call now, and try every number and person on file. Who is not reached misses what is due."),
        set_off=_contact,
        of_family=True,
    ),
    _entry(
        Kind.CONTACT_DETAINED,
        _("talk again to somebody who is held"),
        _("the last contact with them; before the first one the day on which they were taken, or put on file"),
        CONTACT_DAYS_HELD,
        "calendar",
        if_missed=_("Find out today where they are held. People are moved, and removed, without a word to the office."),
        set_off=_contact_held,
    ),
    _entry(
        Kind.UNKNOWN,
        _("find out what is not known, or take it to the attorney"),
        _("the day since which the answer has been unknown"),
        2,
        "business_days",
        if_missed=_("Take it to the attorney. The family stays protected while the answer is unknown."),
        set_off=_unknown,
        of_family=True,
    ),
    _entry(
        Kind.UNKNOWN_DETAINED,
        _("find out on the same day what is not known: somebody of the family is held"),
        _("the day since which the answer has been unknown"),
        0,
        "business_days",
        if_missed=_("Take it to the attorney now. The family stays protected while the answer is unknown."),
        set_off=_unknown_held,
        of_family=True,
    ),
    _entry(
        Kind.SECOND_TALK,
        _("second talk about the form that chooses to return, by somebody else and with an interpreter"),
        _("a form that chooses to return was signed"),
        1,
        "calendar",
        weight=Weight.CURABLE,
        if_missed=_("Do not send the form on before. If it was sent on, tell class counsel."),
        set_off=_chose_return,
    ),
    _entry(
        Kind.WITHDRAWAL,
        _("tell class counsel and the government's counsel in writing of the withdrawal, within the hour"),
        _("somebody withdrew their election"),
        0,
        "calendar",
        weight=Weight.HOURS,
        if_missed=_("Tell them now, and keep proof of the day on which the person said so."),
        set_off=_days("elections", "withdrawn_on", "election.withdrawn_on", "e"),
    ),
    _entry(
        Kind.LOOK_UP,
        _("look the person up in the court's system again"),
        _("the last look-up; before the first one the day on which a hearing in court was put on file"),
        7,
        "calendar",
        if_missed=_("Look now, by the A-number. A hearing that was moved forward is missed without a sign."),
        set_off=_look_up,
    ),
)
