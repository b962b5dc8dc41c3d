"""What is on file about a person, as terms and values to read; what is not known says so."""

import datetime
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from config.words import day_text
from families.chronology import screening_text
from families.contacts.ages import Age, age_of
from families.contacts.models import ContactAttempt
from families.models import Custody, Departure, Exclusion, ParentLink, Person
from families.provenance import Book, Kept, Origin
from screenings.models import JudgeReview, Screening
from settlement import guidance
from settlement.models import CourtCase, Election, ReturnRequest

Fact = Mapping[str, Any]


class Entry(NamedTuple):
    """One value on file: how it reads, where it comes from, and the kind and key of its row if it has its own."""

    text: str
    origin: Origin | None = None
    kind: str = ""
    row: int = 0
    age: Age | None = None


class Row(NamedTuple):
    """A term and its values; no values means that it is not known, and `question` asks for it. `on_paper` stands in
    their place when printed. `kind` is that of the facts of which more can be put on file."""

    term: str
    values: list[Entry]
    on_paper: str = ""
    question: str = ""
    kind: str = ""


def rows(person: Person, facts: Fact, book: Book, name: str, parents: Mapping[str, str]) -> list[Row]:
    """Everything on file about a person: who they are from their row, what the engine sees from its facts.

    `name` is what the questions call the person, `parents` the name of each id of the family.
    """
    entry = facts.get("entry") or {}
    asks = _QUESTIONS[person.role == Person.Role.CHILD]

    def own(term: str, text: str | None, *fields: str, on_paper: str = "") -> Row:
        values = [Entry(text, book.attribute(person.pk, *fields))] if text else []
        asked = next((guidance.question(asks[field], name) for field in fields if field in asks), "")
        return Row(term, values, on_paper, "" if values else asked)

    def listed(term: str, kind: str, items: Sequence[Fact] | None, told: Any, none: str) -> Row:
        if items is None:
            return Row(term, [], question=guidance.question(asks[kind], name) if kind in asks else "", kind=kind)
        kept: Sequence[Kept | None] = book.rows(kind, person.pk)
        if len(kept) != len(items):
            kept = [None] * len(items)
        found = [
            Entry(told(item), one.origin, kind, one.row) if one else Entry(told(item))
            for item, one in zip(items, kept, strict=True)
        ]
        flag = {"custody": "custody_known", "departure": "departures_known", "parent_link": "parents_known"}.get(kind)
        empty = Entry(none, book.attribute(person.pk, flag) if flag else None)
        return Row(term, found or [empty], kind=kind)

    def single(term: str, kind: str, item: str, told: Any) -> Row:
        return listed(term, kind, [facts[item]] if item in facts else [], told, _("none"))

    found = [
        # A page leaves the office more easily than a screen: there the number can be told from others, and not used.
        own(_("A-number"), person.a_number, "a_number", on_paper=masked(person.a_number)),
        own(_("Date of birth"), day_text(person.birth_date), "birth_date"),
        own(_("Country"), person.country, "country"),
        own(_("Language"), person.language, "language"),
        own(_("Not a citizen of the United States"), _yes_no(person.noncitizen), "noncitizen"),
        own(_("Lacks legal capacity"), _yes_no(person.lacks_capacity), "lacks_capacity"),
        own(_("Came in"), _joined([day_text(entry.get("on")), _label(Person.Place, entry.get("place"))]), *_ENTRY),
        listed(_("Held in custody"), "custody", facts.get("custody"), _custody, _("never held")),
        listed(_("Left the country"), "departure", facts.get("departures"), _departure, _("never left")),
        listed(_("Grounds to leave out"), "exclusion", facts.get("exclusions", []), _exclusion, _("none alleged")),
        listed(_("Screenings"), "screening", facts.get("screenings", []), screening_line, _("none")),
        listed(_("Election forms"), "election", facts.get("elections", []), _election, _("none")),
        single(_("Case in immigration court"), "court_case", "court_case", _court_case),
    ]
    if person.role == Person.Role.CHILD:
        by_parent = partial(_link, parents=parents)
        found.insert(7, listed(_("Parents"), "parent_link", facts.get("parents"), by_parent, _("none in this family")))
    else:
        found.append(single(_("Request to return"), "return_request", "return_request", _return_request))
    asylum = Entry(day_text(person.asylum_filed_on) or _("no"), book.attribute(person.pk, "asylum_filed_on"))
    return [*found, Row(_("Asylum application filed"), [asylum])]


_ENTRY: Final = ("entry_on", "entry_place")
# For adults, and for children: which condition of the rules asks for what is not known.
_QUESTIONS: Final[Mapping[bool, Mapping[str, str]]] = {
    False: {
        "birth_date": "P3",
        "noncitizen": "P2",
        "entry_on": "P4",
        "custody": "P5",
        "departure": "P7",
    },
    True: {
        "birth_date": "C2",
        "noncitizen": "C1",
        "entry_on": "C3",
        "departure": "C5",
        "parent_link": "C4",
    },
}


def masked(a_number: str | None) -> str:
    """The number as it may leave the office: its last three digits."""
    return f"A…{a_number[-3:]}" if a_number else ""


def contact_rows(person: Person, book: Book, attempts: Sequence[ContactAttempt], day: datetime.date) -> list[Row]:
    """How to reach a person, how old each way is, and what must not be said to whom. `attempts`: to reach them."""

    def way(term: str, name: str, *, ages: bool = False) -> Row:
        text: str = getattr(person, name)
        origin = book.attribute(person.pk, name)
        age = age_of(text, origin, attempts, day) if ages and text else None
        return Row(term, [Entry(text, origin, age=age)] if text else [])

    return [
        way(_("Telephone"), "phone", ages=True),
        way(_("E-mail"), "email", ages=True),
        way(_("Safe contact"), "contact_note"),
        way(_("Notes"), "notes"),
    ]


def _link(link: Fact, *, parents: Mapping[str, str]) -> str:
    return f"{parents[link['parent']]}: {' '.join(link_sentences(link))}"


def link_sentences(link: Fact) -> list[str]:
    """How a child and one parent came in, were separated, and are or are not back together."""
    together = link.get("entered_together")
    told = _("Came in together.") if together else _("Did not come in together.")
    return [
        told if together is not None else _("Whether they came in together is not known."),
        _separated(link),
        _reunified(link),
    ]


def is_apart(link: Fact) -> bool:
    """Whether nothing on file says that the two are back together."""
    return link.get("reunified_on") is None and link.get("reunification") is None


def _separated(link: Fact) -> str:
    words = {
        "day": day_text(link.get("separated_on")) or _("a day not known"),
        "by": _label(ParentLink.SeparatedBy, link.get("separated_by")) or _("not known by whom"),
    }
    if link.get("separated_on") is None and link.get("separated_by") is None:
        return _("Whether and when they were separated is not known.")
    return _("Separated on %(day)s (%(by)s).") % words


def _reunified(link: Fact) -> str:
    if is_apart(link):
        return _("Not back together, as far as the file shows.")
    words = {"day": day_text(link.get("reunified_on")) or _("a day not known")}
    return {
        "court_order": _("Back together on %(day)s, under the court's order."),
        "sponsor": _("Placed with a sponsor on %(day)s, not back with this parent."),
        "abroad": _("Back together abroad on %(day)s."),
        "declined": _("Recorded on %(day)s: the parent declined to be brought back together."),
    }.get(str(link.get("reunification")), _("Back together on %(day)s; how is not known.")) % words


def _custody(item: Fact) -> str:
    words = {
        "by": _label(Custody.By, item.get("by")) or _("not known by whom"),
        "since": day_text(item.get("from")) or _("a day not known"),
        "until": day_text(item.get("to")),
    }
    if item.get("to") is None:
        return _("%(by)s, from %(since)s, still held") % words
    return _("%(by)s, from %(since)s to %(until)s") % words


def _departure(item: Fact) -> str:
    words = {
        "how": _label(Departure.Kind, item.get("kind")) or _("not known how"),
        "day": day_text(item.get("on")) or _("a day not known"),
        "back": day_text(item.get("back_on")),
    }
    if item.get("back_on") is None:
        return _("%(how)s, on %(day)s, not back") % words
    return _("%(how)s, on %(day)s, back on %(back)s") % words


def _exclusion(item: Fact) -> str:
    return _joined(
        [
            _label(Exclusion.Kind, item.get("kind")) or _("ground not known"),
            _label(Exclusion.Status, item.get("status")) or _("status not known"),
        ]
    )


def screening_line(item: Fact) -> str:
    """A screening with its status, days, result and review, in one line."""
    parts = [screening_text(item), _label(Screening.Status, item["status"])]
    if item.get("interview_on"):
        parts.append(_("interview on %(day)s") % {"day": day_text(item["interview_on"])})
    if item["status"] == Screening.Status.DECIDED:
        parts.append(_label(Screening.Result, item.get("result")) or _("result not known"))
    if item.get("decided_on"):
        parts.append(_("decided on %(day)s") % {"day": day_text(item["decided_on"])})
    if item["basis"] == Screening.Basis.REEVALUATION and item.get("result"):
        weighed = item.get("state_of_mind_weighed")
        told = _("state of mind weighed") if weighed else _("state of mind not weighed")
        parts.append(told if weighed is not None else _("not known whether the state of mind was weighed"))
    if "judge_review" in item:
        parts.append(_review(item["judge_review"]))
    return _joined(parts)


def _review(review: Fact) -> str:
    asked = _label(JudgeReview.Asked, review.get("asked")) or _("not known whether asked for")
    outcome = _label(JudgeReview.Outcome, review.get("outcome")) or _("no decision on file")
    return _("judge's review: %(asked)s, %(outcome)s") % {"asked": asked, "outcome": outcome}


def _election(item: Fact) -> str:
    signed = _("signed on %(day)s") % {"day": day_text(item.get("signed_on")) or _("a day not known")}
    by = _("by %(who)s") % {"who": _label(Election.SignedBy, item.get("signed_by")) or _("whom is not known")}
    parts = [_label(Election.Choice, item.get("choice")) or _("choice not known"), f"{signed} {by}"]
    if item.get("withdrawn_on"):
        parts.append(_("taken back on %(day)s") % {"day": day_text(item["withdrawn_on"])})
    return _joined(parts)


def _court_case(case: Fact) -> str:
    parts = [
        _label(CourtCase.Kind, case.get("kind")) or _("kind not known"),
        _label(CourtCase.Outcome, case.get("outcome")) or _("outcome not known"),
    ]
    if case.get("decided_on"):
        parts.append(_("decided on %(day)s") % {"day": day_text(case["decided_on"])})
    if case.get("final_on"):
        parts.append(_("final on %(day)s") % {"day": day_text(case["final_on"])})
    return _joined(parts)


def _return_request(request: Fact) -> str:
    return _joined(
        [
            _label(ReturnRequest.PresentedBy, request.get("presented_by")) or _("not known who presented it"),
            day_text(request.get("presented_on")),
            _label(ReturnRequest.Answer, request.get("answer")) or _("no answer on file"),
        ]
    )


def _label(choices: type[TextChoices], value: str | None) -> str:
    return str(choices(value).label) if value else ""


def _joined(parts: Sequence[str]) -> str:
    return ", ".join(part for part in parts if part)


def _yes_no(value: bool | None) -> str:
    return "" if value is None else _("yes") if value else _("no")
