"""The words in which the scenarios of this folder are written, and what each makes of the facts.

A scenario is a heading of a Markdown file under ``scenarios/``; ``scenarios/README.md`` tells a lawyer how to write
one. Each phrase of a person's line is one entry of ``PHRASES``: a pattern and what it does to that person's facts. A
phrase that no entry knows is an error, never ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Facts = dict[str, Any]

ADULT: Facts = {
    "role": "parent", "birth_date": "1986-03-14", "noncitizen": True,
    "entry": {"on": "2018-05-12", "place": "between_ports"},
    "custody": [{"by": "dhs", "from": "2018-05-12", "to": "2018-07-24"}], "departures": [],
    "screenings": [
        {"kind": "credible_fear", "basis": "initial", "status": "decided", "result": "negative",
         "decided_on": "2018-06-08"},
    ],
}  # fmt: skip
CHILD: Facts = {
    "role": "child", "birth_date": "2011-08-30", "noncitizen": True,
    "entry": {"on": "2018-05-12", "place": "between_ports"},
    "custody": [{"by": "orr", "from": "2018-05-14", "to": "2018-07-24"}], "departures": [],
}  # fmt: skip
LINK: Facts = {
    "entered_together": True, "separated_on": "2018-05-14", "separated_by": "dhs", "reunified_on": "2018-07-24",
    "reunification": "court_order",
}  # fmt: skip
ROLES = {
    "mother": "parent",
    "father": "parent",
    "parent": "parent",
    "guardian": "guardian",
    "son": "child",
    "daughter": "child",
    "child": "child",
}

DAY = r"(\d{4}-\d\d-\d\d)"
KIND = r"(?: of (credible|reasonable|unknown) fear)?"


@dataclass
class Person:
    """A person being built: the facts, and where to reach the things that a phrase speaks of."""

    facts: Facts
    fresh_custody: bool = True

    @property
    def last_screening(self) -> Facts:
        screening: Facts = self.facts["screenings"][-1]
        return screening

    @property
    def last_election(self) -> Facts:
        election: Facts = self.facts["elections"][-1]
        return election

    def links(self) -> list[Facts]:
        links: list[Facts] = self.facts["parents"]
        return links

    def screen(self, kind: str | None, **values: Any) -> None:
        adult = self.facts["role"] != "child"
        screening = {
            "kind": None if kind == "unknown" else f"{kind or 'credible'}_fear",
            "basis": "reevaluation" if adult else "independent",
            **values,
        }
        self.facts.setdefault("screenings", []).append(screening)

    def hold(self, by: str, since: str | None, until: str | None) -> None:
        if self.fresh_custody:
            self.facts["custody"], self.fresh_custody = [], False
        self.facts["custody"].append({"by": None if by == "someone" else by, "from": since, "to": until})

    def judge(self, **values: Any) -> None:
        self.last_screening.setdefault("judge_review", {}).update(values)

    def court(self, **values: Any) -> None:
        self.facts.setdefault("court_case", {}).update(values)

    def form(self, choice: str, signed: str | None, hand: str) -> None:
        values = {"choice": choice, "signed_on": signed, "signed_by": hand.replace(" ", "_")}
        marks = dict.fromkeys(("own_form", "understood", "voluntary", "via_class_counsel"), True)
        self.facts.setdefault("elections", []).append(values | marks)


def _set(**values: Any) -> Callable[..., None]:
    return lambda person, *_: person.facts.update(deepcopy(values))


def _entry(**values: Any) -> Callable[..., None]:
    return lambda person, *_: person.facts["entry"].update(values)


def _links(**values: Any) -> Callable[..., None]:
    def change(person: Person, *_: str) -> None:
        for link in person.links():
            link.update(values)

    return change


def _mark(name: str, value: bool | None) -> Callable[..., None]:
    return lambda person, *_: person.last_election.update({name: value})


def _reunited(person: Person, way: str, day: str | None) -> None:
    _links(reunification=way.replace(" ", "_"), reunified_on=day)(person)


def _gone(person: Person, kind: str, day: str | None, back: str | None) -> None:
    departure = {"on": day, "kind": None if kind == "departed" else kind, "back_on": back}
    person.facts["departures"] = [*(person.facts["departures"] or []), departure]


def _first_screening(person: Person, result: str, day: str, kind: str | None) -> None:
    others = [s for s in person.facts.get("screenings", []) if s["basis"] != "initial"]
    initial = {
        "kind": f"{kind or 'credible'}_fear",
        "basis": "initial",
        "status": "decided",
        "result": result,
        "decided_on": day,
    }
    person.facts["screenings"] = [initial, *others]


PHRASES: list[tuple[str, Callable[..., Any]]] = [
    # who they are
    (rf"born {DAY}", lambda p, day: p.facts.update(birth_date=day)),
    (r"birth date unknown", _set(birth_date=None)),
    (r"a citizen", _set(noncitizen=False)),
    (r"citizenship unknown", _set(noncitizen=None)),
    (r"lacks capacity", _set(lacks_capacity=True)),
    (r"has capacity", _set(lacks_capacity=False)),
    # how they came, who held them, whether they left
    (rf"entered {DAY}", lambda p, day: p.facts["entry"].update(on=day)),
    (r"day of entry unknown", _entry(on=None)),
    (r"crossed at a port of entry", _entry(place="port_of_entry")),
    (r"found inland", _entry(place="interior")),
    (r"place of entry unknown", _entry(place=None)),
    (r"entry unknown", _set(entry=None)),
    (rf"held by (dhs|orr|orr_foster|other|someone) from {DAY}(?: to {DAY})?", Person.hold),
    (
        rf"held by (dhs|orr|orr_foster|other|someone) from an unknown day(?: to {DAY})?",
        lambda p, by, until: p.hold(by, None, until),
    ),
    (r"never held", _set(custody=[])),
    (r"custody unknown", _set(custody=None)),
    (rf"(removed|returned|left|departed) {DAY}(?:, back {DAY})?", _gone),
    (r"(removed|departed) on an unknown day", lambda p, kind: _gone(p, kind, None, None)),
    (r"departures unknown", _set(departures=None)),
    (
        r"(\w+) (alleged|contested|established|withdrawn)",
        lambda p, k, s: p.facts.setdefault("exclusions", []).append({"kind": k, "status": s}),
    ),
    (r"excluded for reasons unknown", lambda p: p.facts.setdefault("exclusions", []).append({})),
    # a child's tie to the adults of the family
    (
        r"child of (\w+) only",
        lambda p, adult: p.facts.update(parents=[link for link in p.links() if link["parent"] == adult]),
    ),
    (r"parents unknown", _set(parents=None)),
    (r"no parent on file", _set(parents=[])),
    (r"entered apart", _links(entered_together=False)),
    (r"entered together or apart unknown", _links(entered_together=None)),
    (r"taken by (other|dhs)", lambda p, by: _links(separated_by=by)(p)),
    (r"taken by whom unknown", _links(separated_by=None)),
    (rf"separated {DAY}", lambda p, day: _links(separated_on=day)(p)),
    (r"day of separation unknown", _links(separated_on=None)),
    (r"not back with the parent", _links(reunified_on=None, reunification=None)),
    (rf"reunified (court order|sponsor|abroad)(?: {DAY})?", _reunited),
    (r"reunification declined", _links(reunification="declined", reunified_on=None)),
    (rf"back with the parent {DAY}, way unknown", lambda p, day: _links(reunified_on=day, reunification=None)(p)),
    # screenings and the judge
    (rf"first screening (positive|negative) {DAY}{KIND}", _first_screening),
    (r"never screened", _set(screenings=[])),
    (r"first screening (scheduled|withdrawn)", lambda p, status: p.screen(None, basis="initial", status=status)),
    (
        rf"second screening (positive|negative) {DAY}{KIND}",
        lambda p, r, day, kind: p.screen(kind, status="decided", result=r, decided_on=day),
    ),
    (
        rf"second screening (positive|negative) on an unknown day{KIND}",
        lambda p, r, kind: p.screen(kind, status="decided", result=r),
    ),
    (rf"second screening decided, result unknown{KIND}", lambda p, kind: p.screen(kind, status="decided")),
    (
        rf"second screening (requested|interviewed|withdrawn){KIND}",
        lambda p, status, kind: p.screen(kind, status=status),
    ),
    (
        rf"second screening (scheduled|requested) for {DAY}{KIND}",
        lambda p, status, day, kind: p.screen(kind, status=status, interview_on=day),
    ),
    (r"state of mind weighed", lambda p: p.last_screening.update(state_of_mind_weighed=True)),
    (r"state of mind not weighed", lambda p: p.last_screening.update(state_of_mind_weighed=False)),
    (rf"judge asked(?: {DAY})?", lambda p, day: p.judge(asked="yes", asked_on=day)),
    (r"judge declined", lambda p: p.judge(asked="no")),
    (r"silent about the judge", lambda p: p.judge(asked="silent")),
    (r"judge's review on file, nothing known of it", lambda p: p.judge()),
    (rf"judge (affirmed|vacated)(?: {DAY})?", lambda p, outcome, day: p.judge(outcome=outcome, decided_on=day)),
    # forms
    (rf"form to (return|stay) of {DAY} by (self|parent|legal representative|other)", Person.form),
    (r"form to (return|stay) without a date by (self|parent)", lambda p, choice, hand: p.form(choice, None, hand)),
    (r"not understood", _mark("understood", False)),
    (r"understood or not unknown", _mark("understood", None)),
    (r"not voluntary", _mark("voluntary", False)),
    (r"voluntary or not unknown", _mark("voluntary", None)),
    (r"not through class counsel", _mark("via_class_counsel", False)),
    (r"through whom unknown", _mark("via_class_counsel", None)),
    (r"names others too", _mark("own_form", False)),
    (r"own form or not unknown", _mark("own_form", None)),
    (r"signed by whom unknown", _mark("signed_by", None)),
    (r"choice unknown", _mark("choice", None)),
    (rf"taken back {DAY}", lambda p, day: p.last_election.update(withdrawn_on=day)),
    # courts and requests
    (rf"in court since {DAY}", lambda p, day: p.court(kind="section_240", opened_on=day, outcome="pending")),
    (
        rf"in withholding-only court since {DAY}",
        lambda p, day: p.court(kind="withholding_only", opened_on=day, outcome="pending"),
    ),
    (rf"removal ordered {DAY}", lambda p, day: p.court(outcome="removal_ordered", decided_on=day)),
    (rf"order final {DAY}", lambda p, day: p.court(final_on=day)),
    (rf"relief granted {DAY}", lambda p, day: p.court(outcome="relief_granted", decided_on=day)),
    (rf"case terminated {DAY}", lambda p, day: p.court(outcome="terminated", decided_on=day)),
    (r"court case on file, nothing known of it", lambda p: p.court()),
    (rf"asylum filed {DAY}", lambda p, day: p.facts.update(asylum_filed_on=day)),
    (
        rf"return asked by (class counsel|other)(?: {DAY})?",
        lambda p, who, day: p.facts.update(return_request={"presented_by": who.replace(" ", "_"), "presented_on": day}),
    ),
    (r"return (granted|refused) on an unknown day", lambda p, answer: p.facts["return_request"].update(answer=answer)),
    (
        rf"return (granted|refused) {DAY}",
        lambda p, answer, day: p.facts["return_request"].update(answer=answer, answered_on=day),
    ),
]
COMPILED = [(re.compile(pattern), act) for pattern, act in PHRASES]


class WordsError(AssertionError):
    """A scenario says something that this page has no words for."""


def say(person: Person, phrase: str) -> None:
    """Applies one phrase to a person."""
    for pattern, act in COMPILED:
        if match := pattern.fullmatch(phrase):
            act(person, *match.groups())
            return
    raise WordsError(f"no such phrase: {phrase!r}")


@dataclass
class Scenario:
    """One scenario: its title, the facts it gives, and the lines of its answer."""

    title: str
    place: str
    facts: Facts
    answers: list[str] = field(default_factory=list)


def _family(title: str, as_of: str, lines: list[str]) -> Facts:
    record: Facts = {"family": title, "as_of": as_of, "persons": []}
    people: list[tuple[Person, list[str]]] = []
    for line in lines:
        who, _, words = line.partition(":")
        phrases = [phrase.strip() for phrase in words.split(";") if phrase.strip()]
        if who == "court":
            record["court_events"] = (
                [] if phrases == ["nothing"] else [dict(zip(("kind", "on"), p.split(), strict=True)) for p in phrases]
            )
            continue
        role = ROLES.get(who.rstrip("0123456789"))
        if role is None:
            raise WordsError(f"who is {who!r}?")
        facts = deepcopy(CHILD if role == "child" else ADULT) | {"id": who, "role": role}
        people.append((Person(facts), phrases))
    adults = [person.facts["id"] for person, _ in people if person.facts["role"] != "child"]
    for person, phrases in people:
        if person.facts["role"] == "child":
            person.facts["parents"] = [{"parent": adult, **LINK} for adult in adults]
        for phrase in phrases:
            say(person, phrase)
        record["persons"].append(person.facts)
    return record


def read(path: Path) -> Iterator[Scenario]:
    """The scenarios of one Markdown file, in order."""
    for number, part in enumerate(re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:], start=1):
        title, _, body = part.partition("\n")
        opening = re.search(rf"^On {DAY}:$", body, re.MULTILINE)
        given, then, answers = body.partition("\nThen:\n")
        if not opening or not then:
            raise WordsError(
                f"{path.name}, scenario {number} ({title}): it needs a line 'On YYYY-MM-DD:' and a line 'Then:'"
            )
        items = [line[2:].strip() for line in given[given.index(opening[0]) :].splitlines() if line.startswith("- ")]
        expected = [line[2:].strip() for line in answers.splitlines() if line.startswith("- ")]
        yield Scenario(
            title.strip(), f"{path.stem}: {title.strip()}", _family(title.strip(), opening[1], items), expected
        )
