"""From a JSON object to facts: every field, word, type and date is checked (rules, section 1).

Every error is named with its place. Nothing is ignored and nothing is repaired: whatever the page of rules does not
name is an error. Contradictions are no errors; they are for people to see.
"""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from . import facts
from .facts import Family

T = TypeVar("T")
At = tuple[Any, ...]  # the place of a value: ("persons", 1, "birth_date")


class Problem(NamedTuple):
    """What is wrong (`message`), and where: `at` is such as `persons[1].birth_date`, and "" the record itself."""

    at: str
    message: str


class FactsError(ValueError):
    """The record is in error: `problems` names every one of them, `family` the family where it can be read."""

    def __init__(self, problems: list[Problem], family: str | None = None) -> None:
        super().__init__("; ".join(f"{p.at or 'record'}: {p.message}" for p in problems))
        self.problems = problems
        self.family = family


class Twice(dict[str, Any]):
    """A JSON object in which names were given more than once: the last value of each is kept, the names in `names`."""

    names: tuple[str, ...] = ()


class Problems(list[Problem]):
    """The problems found so far, and how many names of objects have been read (for `lines.py` to compare)."""

    names_read = 0


# --- single values: a leaf gives the value as the facts keep it, or None where it is wrong ---


class Leaf(NamedTuple):
    """How a single value is read (TypeError stands for another type), and what is said where it is wrong."""

    read: Callable[[Any], Any]
    message: str


_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@lru_cache(maxsize=65_536)
def _day(text: str) -> date | None:
    if _ISO_DAY.fullmatch(text) is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _one_of(*words: str) -> Leaf:
    return Leaf({word: word for word in words}.get, "is not one of " + ", ".join(words))


_DAY = Leaf(_day, "is not a date that exists, in text like 2018-05-14")
_TRUTH = Leaf(
    lambda value: value if value is True or value is False else None,
    "is neither true nor false; leave it out when unknown",
)
_TEXT = Leaf(lambda value: value if type(value) is str and value else None, "is not a text with something in it")


# --- objects and lists ---


class Shape(Generic[T]):
    """A JSON object of the record: which fields it may have, which it must have, and the frozen fact it becomes."""

    def __init__(
        self,
        make: type[T],
        fields: "dict[str, Leaf | Shape[Any] | ListOf[Any]]",
        required: tuple[str, ...] = (),
        renamed: dict[str, str] | None = None,
    ) -> None:
        names: tuple[str, ...] = make._fields  # type: ignore[attr-defined]
        defaults: dict[str, Any] = make._field_defaults  # type: ignore[attr-defined]
        self.make = make
        self.blank = [defaults.get(name) for name in names]
        self.required = required
        # For each field its place in the fact, and either how a leaf is read and what is said of a wrong one, or how
        # something nested is.
        self.fields = {
            name: (
                names.index((renamed or {}).get(name, name)),
                *(field if isinstance(field, Leaf) else (None, field.read)),
            )
            for name, field in fields.items()
        }

    def read(self, value: Any, at: At, problems: Problems) -> T | None:
        """The fact at the place `at`, also where something inside it is wrong: the checks that follow go on with it."""
        if not isinstance(value, dict):
            _wrong(at, problems, "is not an object with named fields")
            return None
        if type(value) is Twice:
            for name in value.names:
                _wrong((*at, name), problems, "is given twice in one object")
        problems.names_read += len(value)
        values = self.blank.copy()
        fields = self.fields
        for name, item in value.items():
            try:
                place, leaf, other = fields[name]
            except KeyError:
                _wrong((*at, name), problems, "is not a field of the rules")
                continue
            if item is None:
                continue
            if leaf is None:
                values[place] = other(item, (*at, name), problems)
                continue
            try:
                values[place] = found = leaf(item)
            except TypeError:
                found = None
            if found is None:
                _wrong((*at, name), problems, other)
        for name in self.required:
            if value.get(name) is None:
                _wrong((*at, name), problems, "is missing")
        return tuple.__new__(self.make, values)  # type: ignore[type-var]  # a named tuple, made without its slower constructor


class ListOf(Generic[T]):
    """A JSON list of objects of one shape."""

    def __init__(self, shape: Shape[T]) -> None:
        self.shape = shape

    def read(self, value: Any, at: At, problems: Problems) -> tuple[T | None, ...]:
        """The facts in their places: an item that is no object stays as None, for the checks that follow."""
        if type(value) is not list:
            _wrong(at, problems, "is not a list")
            return ()
        read = self.shape.read
        return tuple([read(item, (*at, place), problems) for place, item in enumerate(value)])


def path(at: At) -> str:
    """`("persons", 1, "birth_date")` as `persons[1].birth_date`."""
    text = ""
    for step in at:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def _wrong(at: At, problems: Problems, message: str) -> None:
    problems.append(Problem(path(at), message))


_court_event = Shape(
    facts.CourtEvent,
    {
        "kind": _one_of("stay", "stay_lifted", "proposed", "preliminary_approval", "final_approval", "rejected"),
        "on": _DAY,
    },
    required=("kind", "on"),
)
_entry = Shape(facts.Entry, {"on": _DAY, "place": _one_of("port_of_entry", "between_ports", "interior")})
_custody = Shape(
    facts.Custody,
    {"by": _one_of("dhs", "orr", "orr_foster", "other"), "from": _DAY, "to": _DAY},
    renamed={"from": "began_on"},
)
_departure = Shape(facts.Departure, {"on": _DAY, "kind": _one_of("removed", "returned", "left"), "back_on": _DAY})
_exclusion = Shape(
    facts.Exclusion,
    {
        "kind": _one_of("criminal_history", "communicable_disease", "interior_arrest", "unfit_or_danger"),
        "status": _one_of("alleged", "contested", "established", "withdrawn"),
    },
)
_link = Shape(
    facts.Link,
    {
        "parent": _TEXT,
        "entered_together": _TRUTH,
        "separated_on": _DAY,
        "separated_by": _one_of("dhs", "other"),
        "reunified_on": _DAY,
        "reunification": _one_of("court_order", "sponsor", "abroad", "declined"),
    },
    required=("parent",),
)
_review = Shape(
    facts.Review,
    {
        "asked": _one_of("yes", "no", "silent"),
        "asked_on": _DAY,
        "outcome": _one_of("vacated", "affirmed"),
        "decided_on": _DAY,
    },
)
_screening = Shape(
    facts.Screening,
    {
        "kind": _one_of("credible_fear", "reasonable_fear"),
        "basis": _one_of("initial", "reevaluation", "independent"),
        "status": _one_of("requested", "scheduled", "interviewed", "decided", "withdrawn"),
        "requested_on": _DAY,
        "interview_on": _DAY,
        "result": _one_of("positive", "negative"),
        "decided_on": _DAY,
        "state_of_mind_weighed": _TRUTH,
        "judge_review": _review,
    },
    required=("basis", "status"),
)
_election = Shape(
    facts.Election,
    {
        "choice": _one_of("stay", "return"),
        "signed_on": _DAY,
        "signed_by": _one_of("self", "parent", "legal_representative", "other"),
        "own_form": _TRUTH,
        "understood": _TRUTH,
        "voluntary": _TRUTH,
        "via_class_counsel": _TRUTH,
        "withdrawn_on": _DAY,
    },
)
_court_case = Shape(
    facts.CourtCase,
    {
        "kind": _one_of("section_240", "withholding_only"),
        "opened_on": _DAY,
        "outcome": _one_of("pending", "removal_ordered", "relief_granted", "terminated"),
        "decided_on": _DAY,
        "final_on": _DAY,
    },
)
_return_request = Shape(
    facts.ReturnRequest,
    {
        "presented_by": _one_of("class_counsel", "other"),
        "presented_on": _DAY,
        "answer": _one_of("granted", "refused"),
        "answered_on": _DAY,
    },
)
_person = Shape(
    facts.Person,
    {
        "id": _TEXT,
        "role": _one_of("parent", "guardian", "child"),
        "birth_date": _DAY,
        "noncitizen": _TRUTH,
        "lacks_capacity": _TRUTH,
        "entry": _entry,
        "custody": ListOf(_custody),
        "departures": ListOf(_departure),
        "exclusions": ListOf(_exclusion),
        "parents": ListOf(_link),
        "screenings": ListOf(_screening),
        "elections": ListOf(_election),
        "court_case": _court_case,
        "asylum_filed_on": _DAY,
        "return_request": _return_request,
    },
    required=("id", "role"),
)
_family = Shape(
    facts.Family,
    {
        "family": _TEXT,
        "as_of": _DAY,
        "court_events": ListOf(_court_event),
        "persons": ListOf(_person),
    },
    required=("family", "as_of", "persons"),
)


def read_facts(record: Any) -> Family:
    """The facts of one family from its JSON object (rules, section 1).

    Raises FactsError with every problem and its place.
    """
    return read_counting(record)[0]


def read_counting(record: Any) -> tuple[Family, int]:
    """The facts, and how many names of objects were read for them. Raises FactsError."""
    problems = Problems()
    family = _family.read(record, (), problems)
    if family is not None and family.persons is not None:
        _check_persons(family.persons, problems)
    if problems or family is None:
        name = record.get("family") if isinstance(record, dict) else None
        raise FactsError(problems, name if isinstance(name, str) else None)
    return family, problems.names_read


def _check_persons(persons: tuple[Any, ...], problems: Problems) -> None:
    """What no single value shows: equal ids, links to nobody, intervals that end too early, what a role cannot have."""
    if not persons and not any(p.at == "persons" for p in problems):
        _wrong(("persons",), problems, "is empty; a family has at least one person")
    roles: dict[str, str | None] = {}
    for place, person in enumerate(persons):
        if person is None or person.id is None:
            continue
        if person.id in roles:
            _wrong(("persons", place, "id"), problems, "is already another person's in this family")
        roles[person.id] = person.role
    for place, person in enumerate(persons):
        if person is None:
            continue
        at: At = ("persons", place)
        _check_role(person, at, problems)
        _check_intervals(person, at, problems)
        for number, link in enumerate(person.parents or ()):
            if link is None or link.parent is None:
                continue
            if link.parent not in roles:
                _wrong((*at, "parents", number, "parent"), problems, "is nobody of this family")
            elif roles[link.parent] == "child":
                _wrong((*at, "parents", number, "parent"), problems, "is a child; a link names a parent or guardian")


def _check_role(person: Any, at: At, problems: Problems) -> None:
    if person.role is None:
        return
    if not person.is_child and person.parents is not None:
        _wrong((*at, "parents"), problems, "is for children only")
    never = "reevaluation" if person.is_child else "independent"
    for number, screening in enumerate(person.screenings or ()):
        if screening is not None and screening.basis == never:
            whose = "a child has no re-evaluation" if person.is_child else "an independent screening is a child's"
            _wrong((*at, "screenings", number, "basis"), problems, f"does not fit the role: {whose}")


def _check_intervals(person: Any, at: At, problems: Problems) -> None:
    for number, custody in enumerate(person.custody or ()):
        if custody and custody.began_on and custody.to and custody.to < custody.began_on:
            _wrong((*at, "custody", number, "to"), problems, "is before the day it began")
    for number, departure in enumerate(person.departures or ()):
        if departure and departure.on and departure.back_on and departure.back_on < departure.on:
            _wrong((*at, "departures", number, "back_on"), problems, "is before the day of departure")
    for number, election in enumerate(person.elections or ()):
        if election and election.signed_on and election.withdrawn_on and election.withdrawn_on < election.signed_on:
            _wrong((*at, "elections", number, "withdrawn_on"), problems, "is before the day of signing")
