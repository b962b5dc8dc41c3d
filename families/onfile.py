"""What is on file about a person, as terms and values to read; what is not known says so."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from config.words import day_text
from families.chronology import screening_text
from families.models import Custody, Departure, Exclusion, ParentLink, Person
from screenings.models import JudgeReview, Screening
from settlement.models import CourtCase, Election, ReturnRequest

Fact = Mapping[str, Any]


class Row(NamedTuple):
    """A term and its values; no values means that it is not known. `on_paper` stands in their place when printed."""

    term: str
    values: list[str]
    on_paper: str = ""


def rows(person: Person, facts: Fact) -> list[Row]:
    """Everything on file about a person: who they are from their row, what the engine sees from its facts."""
    entry = facts.get("entry") or {}
    return [
        # A page leaves the office more easily than a screen: there the number can be told from others, and not used.
        Row(_("A-number"), _some(person.a_number), on_paper=f"A…{person.a_number[-3:]}" if person.a_number else ""),
        Row(_("Date of birth"), _some(day_text(person.birth_date))),
        Row(_("Country"), _some(person.country)),
        Row(_("Language"), _some(person.language)),
        Row(_("Not a citizen of the United States"), _yes_no(person.noncitizen)),
        Row(_("Lacks legal capacity"), _yes_no(person.lacks_capacity)),
        Row(_("Came in"), _some(_joined([day_text(entry.get("on")), _label(Person.Place, entry.get("place"))]))),
        Row(_("Held in custody"), _listed(facts.get("custody"), _custody, none=_("never held"))),
        Row(_("Left the country"), _listed(facts.get("departures"), _departure, none=_("never left"))),
        Row(_("Grounds to leave out"), _listed(facts.get("exclusions", []), _exclusion, none=_("none alleged"))),
        Row(_("Screenings"), _listed(facts.get("screenings", []), _screening, none=_("none"))),
        Row(_("Election forms"), _listed(facts.get("elections", []), _election, none=_("none"))),
        Row(
            _("Case in immigration court"), [_court_case(facts["court_case"])] if "court_case" in facts else [_("none")]
        ),
        Row(_("Asylum application filed"), [day_text(person.asylum_filed_on) or _("no")]),
        *_only_adults(person, facts),
    ]


def contact_rows(person: Person) -> list[Row]:
    """How to reach a person, and what must not be said to whom."""
    return [
        Row(_("Telephone"), _some(person.phone)),
        Row(_("E-mail"), _some(person.email)),
        Row(_("Safe contact"), _some(person.contact_note)),
        Row(_("Notes"), _some(person.notes)),
    ]


def _only_adults(person: Person, facts: Fact) -> Iterator[Row]:
    if person.role != Person.Role.CHILD:
        request = facts.get("return_request")
        yield Row(_("Request to return"), [_("none") if request is None else _return_request(request)])


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


def _screening(item: Fact) -> str:
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


def _some(text: str | None) -> list[str]:
    return [text] if text else []


def _yes_no(value: bool | None) -> list[str]:
    return [] if value is None else [_("yes") if value else _("no")]


def _listed(items: Sequence[Fact] | None, told: Any, *, none: str) -> list[str]:
    if items is None:
        return []
    return [told(item) for item in items] or [none]
