"""What the page asks of each person, and which of it can still change an answer.

That is read off the engine: whom the agreement does not cover stays uncovered whatever else becomes known (an *and* in
which one condition is false), so their own process is not asked; what their facts say about somebody else still is.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from families.models import Departure, Exclusion, ParentLink, Person
from screenings.models import JudgeReview, Screening
from settlement.engine import decide
from settlement.models import CourtCase, Election
from settlement.waiting import Facts

Text = str | Promise
Choices = tuple[tuple[str, Text], ...]
YES_NO: Final[Choices] = (("yes", _("Yes")), ("no", _("No")))
_DAY: Final = _("Such as 2018-05-14, 5/14/2018 (month first) or May 14, 2018.")
_DAY_OR_NONE: Final = _("A day, or the word none if it never happened.")


class Asked(NamedTuple):
    """One field: its column, what it is called, a hint, and the choices (none: it is typed)."""

    column: str
    label: Text
    hint: Text = ""
    choices: Choices = ()


def _of(choices: Any) -> Choices:
    return tuple(choices.choices)


WHO: Final = (
    Asked("role", _("Role"), "", _of(Person.Role)),
    Asked("given_names", _("Given names")),
    Asked("family_names", _("Family names")),
    Asked("birth_date", _("Date of birth"), _DAY),
    Asked("a_number", _("A-number"), _("7 to 9 digits, with or without the letter A.")),
    Asked("country", _("Country")),
    Asked("language", _("Language")),
    Asked("phone", _("Telephone")),
    Asked("contact_note", _("Safe contact"), _("Safe ways to make contact, and what must not be said to whom.")),
)
COVERED: Final = (
    Asked("noncitizen", _("Not a citizen of the United States"), "", YES_NO),
    Asked("entry_on", _("Came in on"), _DAY),
    Asked("entry_place", _("Came in where"), "", _of(Person.Place)),
)
CUSTODY: Final = (
    Asked("dhs_from", _("Held by DHS from"), _DAY_OR_NONE),
    Asked("dhs_to", _("Held by DHS until"), _DAY),
)
CHILD_CUSTODY: Final = (
    *CUSTODY,
    Asked("orr_from", _("Held by ORR from"), _DAY_OR_NONE),
    Asked("orr_to", _("Held by ORR until"), _DAY),
)
DEPARTURES: Final = (
    Asked("departed_on", _("Left the country on"), _DAY_OR_NONE),
    Asked("departed_kind", _("How they left"), "", _of(Departure.Kind)),
    Asked("back_on", _("Back on"), _DAY),
)
LINKS: Final = (
    Asked("parent_refs", _("Parents")),
    Asked("entered_together", _("Came in together"), "", YES_NO),
    Asked("separated_by", _("Separated by"), "", _of(ParentLink.SeparatedBy)),
    Asked("separated_on", _("Separated on"), _DAY),
    Asked("reunified_on", _("Together again on"), _DAY),
    Asked("reunification", _("Together again how"), "", _of(ParentLink.Reunification)),
)
EXCLUSIONS: Final = (
    Asked("exclusion_kind", _("Ground to leave them out"), "", _of(Exclusion.Kind)),
    Asked("exclusion_status", _("Where that ground stands"), "", _of(Exclusion.Status)),
)
_ASKED_JUDGE: Final = (("yes", _("asked for a judge")), ("no", _("refused a judge")), ("silent", _("said nothing")))
PROCESS: Final = (
    Asked("initial_kind", _("First screening: kind of fear"), "", _of(Screening.Kind)),
    Asked("initial_result", _("First screening: result"), "", _of(Screening.Result)),
    Asked("initial_decided_on", _("First screening: decided on"), _DAY),
    Asked("second_kind", _("Second screening: kind of fear"), "", _of(Screening.Kind)),
    Asked("second_status", _("Second screening: status"), "", _of(Screening.Status)),
    Asked("second_interview_on", _("Second screening: interview on"), _DAY),
    Asked("second_result", _("Second screening: result"), "", _of(Screening.Result)),
    Asked("second_decided_on", _("Second screening: decided on"), _DAY),
    Asked("state_of_mind_weighed", _("The state of mind was weighed"), "", YES_NO),
    Asked("judge_asked", _("Judge's review"), "", _ASKED_JUDGE),
    Asked("judge_asked_on", _("Answered about the judge on"), _DAY),
    Asked("judge_outcome", _("What the judge decided"), "", _of(JudgeReview.Outcome)),
    Asked("judge_decided_on", _("The judge decided on"), _DAY),
)
ELECTION: Final = (
    Asked("election", _("Election form: choice"), "", _of(Election.Choice)),
    Asked("election_signed_on", _("Signed on"), _DAY),
    Asked("election_signed_by", _("Signed by"), "", _of(Election.SignedBy)),
    Asked("own_form", _("The form names nobody else"), "", YES_NO),
    Asked("understood", _("Read to them in their language"), "", YES_NO),
    Asked("voluntary", _("Signed freely"), "", YES_NO),
    Asked("via_class_counsel", _("Came through class counsel"), "", YES_NO),
)
COURT: Final = (
    Asked("court_kind", _("Court case: kind"), "", _of(CourtCase.Kind)),
    Asked("court_outcome", _("Court case: outcome"), "", _of(CourtCase.Outcome)),
    Asked("court_decided_on", _("Court case: decided on"), _DAY),
    Asked("court_final_on", _("Court case: final on"), _DAY),
)

LEGENDS: Final[Mapping[str, Text]] = {
    "covered": _("Entry"),
    "custody": _("Custody"),
    "departures": _("Departures"),
    "links": _("Separation"),
    "exclusions": _("Grounds to leave out"),
    "process": _("Screenings"),
    "election": _("Election form"),
    "court": _("Case in immigration court"),
}
_STEP_2: Final = ("covered", "links", "custody", "departures", "exclusions")
_STEP_3: Final = ("process", "election", "court")


def asked_in(section: str, *, child: bool) -> tuple[Asked, ...]:
    """The fields of a section for a child or an adult."""
    fields = {
        "covered": COVERED,
        "custody": CHILD_CUSTODY if child else CUSTODY,
        "departures": DEPARTURES,
        "links": LINKS,
        "exclusions": EXCLUSIONS,
        "process": tuple(one for one in PROCESS if not (child and one.column == "state_of_mind_weighed")),
        "election": ELECTION,
        "court": COURT,
    }
    return fields[section]


class Sections(NamedTuple):
    """The sections to ask of a person, and those left out because they can change no answer any more."""

    asked: list[str]
    skipped: list[str]


def sections_of(facts: Facts | None, step: int) -> dict[str, Sections]:
    """By the person's id: what to ask up to this step (1: only who they are)."""
    if facts is None or step < 2:
        return {}
    decision = decide(facts)
    if "error" in decision:  # an error is shown at its field; until then everything may matter
        outside: set[str] = set()
    else:
        outside = {one["id"] for one in decision["persons"] if one["membership"] == "not_member"}
    wanted = _STEP_2 if step < 3 else (*_STEP_2, *_STEP_3)
    found = {}
    for person in facts["persons"]:
        fits = [name for name in wanted if name != ("exclusions" if person["role"] == "child" else "links")]
        asked = [name for name in fits if _matters(name, person, facts, outside)]
        found[person["id"]] = Sections(asked, [name for name in fits if name not in asked])
    return found


def _matters(section: str, person: Facts, facts: Facts, outside: set[str]) -> bool:
    """Whether a fact of the section can still change anybody's answer."""
    # Whoever is away is away whether the agreement covers them or not, and has a request to return.
    if person["id"] not in outside or section == "departures":
        return True
    # What happened to a child also says whether its parents are covered.
    adults = [one["id"] for one in facts["persons"] if one["role"] != "child"]
    return person["role"] == "child" and section in ("links", "custody") and any(one not in outside for one in adults)
