"""What the office of the demonstration has done at its desks: letters, calls, notes, papers asked for, and hearings.

Everything goes through the services that a page uses, under keys of its own, so every page has something on it.
"""

import datetime
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Organization, User
from deadlines.hearings import hearing_add
from documents.letters.models import LetterKind
from documents.letters.selectors import letters_page
from documents.letters.services import letter_approve, letter_draft, letter_send, letter_withdraw
from documents.selectors import missing_papers
from documents.services import paper_record
from families.contacts.services import contact_add, note_add
from families.models import Family, Person
from families.proposals.models import Proposal
from families.services import person_update

FAMILIES, FOUND_OUT = 4, 4
ZONE = "America/Los_Angeles"
_CALLS: Sequence[tuple[int, str, dict[str, Any]]] = (
    (12, "no_answer", {}),
    (
        6,
        "message_left",
        {"answered_by": "a neighbor", "said": "Asked to have them call the office. Said nothing else."},
    ),
    (
        3,
        "reached",
        {
            "answered_by": "the parent",
            "said": "Sus papeles están con nosotros. No firme nada que no pueda leer, y llámenos antes de contestar.",
        },
    ),
)
_NOTES: Sequence[str] = (
    "Calls after six in the evening only; works in the fields during the day.",
    "Has all papers in a blue folder and will bring it to the next appointment.",
    "The school asks for a paper about the child's status. Nothing was given out.",
)
_DONE: Sequence[Sequence[str]] = (("draft", "approved", "sent", "withdrawn"), ("approved",), ("sent",), ("draft",))


def do_desk_work(organization: Organization, people: dict[str, list[User]], day: datetime.date) -> None:
    """A few families of the first attorney with letters in each state, calls, notes, papers and hearings this week."""
    attorney, paralegal = people["attorney"][0], people["paralegal"][0]
    for place, family in enumerate(_families(organization, attorney)):
        parent = Person.objects.filter(family=family).exclude(role=Person.Role.CHILD).order_by("pk")[0]
        _calls(parent, paralegal, day, place)
        _letters(parent, attorney, paralegal, day, _DONE[place % len(_DONE)])
        _papers(family, paralegal, day)
        if place < 2:
            _hearing(parent, paralegal, day, place)
    _found_out(organization, paralegal, day)


def _found_out(organization: Organization, actor: User, day: datetime.date) -> None:
    """What was asked and answered: a few of whom it was not known are no citizens, so the agreement covers them."""
    unknown = Person.objects.filter(organization=organization, noncitizen=None, answer__removal="undetermined")
    for person in unknown.order_by("family__reference", "reference")[:FOUND_OUT]:
        values: dict[str, Any] = {"noncitizen": True}
        key = f"demo-found-out-{person.pk}"
        person_update(actor=actor, person_id=person.pk, version=person.version, values=values, key=key, day=day)


def _families(organization: Organization, attorney: User) -> Sequence[Family]:
    """First one of which something waits for a second person, where there is one; then the first ones by number."""
    mine = Family.objects.filter(organization=organization, attorney=attorney).order_by("reference")
    waiting = Proposal.objects.filter(organization=organization, state="waiting").values("family")
    first = list(mine.filter(pk__in=waiting)[:1])
    return [*first, *mine.exclude(pk__in=[one.pk for one in first])[: FAMILIES - len(first)]]


def _calls(person: Person, actor: User, day: datetime.date, place: int) -> None:
    for ago, outcome, more in _CALLS[: len(_CALLS) - place % len(_CALLS)]:
        values = {"channel": "phone", "way": person.phone, "language": "español", "outcome": outcome, **more}
        values["on"] = day - datetime.timedelta(days=ago)
        values["next_on"] = day + datetime.timedelta(days=2)
        key = f"demo-call-{person.pk}-{outcome}"
        contact_add(actor=actor, person_id=person.pk, values=values, key=key, day=day)
    text, key = _NOTES[place % len(_NOTES)], f"demo-note-{person.pk}"
    note_add(actor=actor, family_id=person.family_id, person_id=person.pk, text=text, key=key)


def _letters(person: Person, attorney: User, paralegal: User, day: datetime.date, states: Sequence[str]) -> None:
    """A letter in each of these states: to the client first, then those that fit the person best."""
    _file, offers, _letters_there = letters_page(paralegal, person.family_id, day)
    offer = next(one for one in offers if one.person.pk == person.pk)
    kinds = [LetterKind.CLIENT, *(kind for kind in (*offer.fits, *offer.others) if kind != LetterKind.CLIENT)]
    for kind, state in zip(kinds, states, strict=False):
        _letter(person, attorney, paralegal, day, kind, state)


def _letter(person: Person, attorney: User, paralegal: User, day: datetime.date, kind: str, state: str) -> None:
    key = f"demo-letter-{person.pk}-{kind}"
    language = "es" if kind == LetterKind.CLIENT else "en"
    letter = letter_draft(actor=paralegal, person_id=person.pk, kind=kind, language=language, key=key, day=day)
    if state == "withdrawn":
        reason = "The family brought the paper that this asked for."
        letter_withdraw(actor=paralegal, letter_id=letter, version=1, reason=reason, key=f"{key}-withdrawn")
    if state in ("approved", "sent"):
        letter_approve(actor=attorney, letter_id=letter, version=1, key=f"{key}-approved", day=day)
    if state == "sent":
        values = {"sent_on": day, "how": "hand"}
        letter_send(actor=paralegal, letter_id=letter, version=2, values=values, key=f"{key}-sent", day=day)


def _papers(family: Family, actor: User, day: datetime.date) -> None:
    """Of what each person lacks the first is asked for."""
    persons = list(Person.objects.filter(family=family).order_by("pk").values_list("pk", flat=True))
    for person, kinds in sorted(missing_papers(actor, persons).items()):
        values = {"state": "asked", "asked_on": day - datetime.timedelta(days=5)}
        key = f"demo-paper-{person}"
        paper_record(actor=actor, person_id=person, kind=kinds[0], version=0, values=values, key=key, day=day)


def _hearing(person: Person, actor: User, day: datetime.date, place: int) -> None:
    """A hearing later in the week of the day."""
    on = day + datetime.timedelta(days=3 + place)
    at = datetime.datetime.combine(on, datetime.time(9 + 4 * place), ZoneInfo(ZONE))
    values = {"kind": "master", "at": at, "zone": ZONE, "place": "Courtroom 7 (made up)"}
    hearing_add(actor=actor, person_id=person.pk, values=values, key=f"demo-hearing-{person.pk}", day=day)
