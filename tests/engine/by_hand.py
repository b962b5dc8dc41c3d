"""Parts of the rules worked out a second time, from the page of rules and without a look at the engine, for the
properties to compare with.

Everything here works on the JSON record as it was given, and on dates as text: ``2018-05-14`` sorts as it should.
"""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

Facts = dict[str, Any]

COURT_RECORD = [
    {"kind": "stay", "on": "2018-07-16"},
    {"kind": "proposed", "on": "2018-09-12"},
    {"kind": "preliminary_approval", "on": "2018-10-09"},
    {"kind": "final_approval", "on": "2018-11-15"},
]


def cut(record: Facts, day: str) -> Facts:
    """The record as somebody in the office would cut it: what lies after ``day`` is struck out, line by line of the
    table in section 1."""
    record = deepcopy(record)
    record["as_of"] = day
    if record.get("court_events") is None:
        record["court_events"] = deepcopy(COURT_RECORD)
    _strike_items(record, "court_events", "on", day)
    for person in record["persons"]:
        _strike_items(person, "custody", "from", day)
        _strike_items(person, "departures", "on", day)
        _strike_items(person, "elections", "signed_on", day)
        _strike_items(person, "screenings", "requested_on", day)
        for held in person.get("custody") or []:
            _strike(held, "to", day)
        for departure in person.get("departures") or []:
            _strike(departure, "back_on", day)
        for election in person.get("elections") or []:
            _strike(election, "withdrawn_on", day)
        _strike(person, "asylum_filed_on", day)
        for link in person.get("parents") or []:
            _strike(link, "reunified_on", day, "reunification")
            _strike(link, "separated_on", day, "separated_by")
        for screening in person.get("screenings") or []:
            if _strike(screening, "decided_on", day, "result", "state_of_mind_weighed", "judge_review"):
                screening["status"] = "scheduled" if screening["status"] == "decided" else screening["status"]
            if _later(screening.get("judge_review") or {}, "asked_on", day):
                screening["judge_review"] = None
            _strike(screening.get("judge_review") or {}, "decided_on", day, "outcome")
        if _later(person.get("court_case") or {}, "opened_on", day):
            person["court_case"] = None
        case = person.get("court_case") or {}
        if _strike(case, "decided_on", day, "final_on"):
            case["outcome"] = "pending"
        _strike(case, "final_on", day)
        if _later(person.get("return_request") or {}, "presented_on", day):
            person["return_request"] = None
        _strike(person.get("return_request") or {}, "answered_on", day, "answer")
    return record


def _later(holder: Facts, name: str, day: str) -> bool:
    value = holder.get(name)
    return value is not None and value > day


def _strike(holder: Facts, name: str, day: str, *with_it: str) -> bool:
    """Strikes a date after ``day`` and what goes with it; whether it did."""
    if not _later(holder, name, day):
        return False
    for struck in (name, *with_it):
        holder[struck] = None
    return True


def _strike_items(holder: Facts, name: str, date_name: str, day: str) -> None:
    if holder.get(name) is not None:
        holder[name] = [item for item in holder[name] if not _later(item, date_name, day)]


def age(birth_date: str, day: str) -> int:
    """Whole years on that day; a birthday of 29 February comes on 1 March in a common year."""
    born, on = date.fromisoformat(birth_date), date.fromisoformat(day)
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def approved_on(record: Facts) -> str | None:
    """The first final approval of a cut record."""
    return min((event["on"] for event in record["court_events"] if event["kind"] == "final_approval"), default=None)


def notice_day(record: Facts) -> str | None:
    """From when a waiver can be signed, in a cut record."""
    rejections = [event["on"] for event in record["court_events"] if event["kind"] == "rejected"]
    standing = [
        event["on"]
        for event in record["court_events"]
        if event["kind"] == "preliminary_approval" and all(rejection < event["on"] for rejection in rejections)
    ]
    return min(standing) if standing else approved_on(record)


def has_waived(person: Facts, record: Facts) -> bool:
    """Section 4 for a person of a cut record: the last form, and all eight conditions known to hold."""
    forms = person.get("elections") or []
    if not forms:
        return False
    undated = [form for form in forms if form.get("signed_on") is None]
    last_day = max((form["signed_on"] for form in forms if form.get("signed_on")), default=None)
    of_last_day = undated or [form for form in forms if form.get("signed_on") == last_day]
    form = ([form for form in of_last_day if form.get("choice") != "return"] or of_last_day)[-1]
    notice = notice_day(record)
    return (
        form.get("choice") == "return"
        and notice is not None
        and form.get("signed_on") is not None
        and form["signed_on"] >= notice
        and all(form.get(mark) is True for mark in ("understood", "voluntary", "via_class_counsel", "own_form"))
        and form.get("signed_by") in _right_hands(person, form["signed_on"])
        and form.get("withdrawn_on") is None
    )


def _right_hands(person: Facts, signed_on: str) -> set[str]:
    """W5: who may sign; nobody while it is not known."""
    lacks, born = person.get("lacks_capacity"), person.get("birth_date")
    if person["role"] != "child":
        return {"legal_representative"} if lacks else {"self"}
    if lacks is True or (born and age(born, signed_on) < 14):
        return {"parent", "legal_representative"}
    return {"self"} if lacks is False and born else set()


# Standings that leave something open, and those that protection was won with: what keeps the others (F1, F2).
UNFINISHED = {"pending", "review", "disputed", "available", "joined", "waiting"}
PROTECTED = {"won", "in_court", "relief"}


def removal(
    membership: dict[str, str], standing: dict[str, str], stage: str, who: str, *, child_alone: bool
) -> tuple[str, str]:
    """Section 6 from memberships and standings alone: (removal, rule) of one person. ``child_alone``: what U1 asks
    besides standing lost."""
    mine = standing[who]
    if mine == "absent":
        return "absent", "A1"
    if membership[who] != "member":
        return ("outside", "M2") if membership[who] == "not_member" else ("undetermined", "M3")
    if mine == "waived":
        return "bar_lifted", "W0"
    if stage != "approved":
        return ("barred", "S1") if stage == "stayed" else ("undetermined", "S2")
    if mine == "relief":
        return "barred", "G1"
    if mine in PROTECTED | UNFINISHED:
        return "barred", "G2" if mine in PROTECTED else "G3"
    others = [other for other in standing if other != who and membership[other] != "not_member"]
    if any(standing[other] in PROTECTED for other in others):
        return "barred", "F1"
    present = [other for other in others if standing[other] != "absent"]
    if any(standing[other] in UNFINISHED or membership[other] == "undetermined" for other in present):
        return "barred", "F2"
    return ("barred", "U1") if child_alone and mine == "lost" else ("bar_lifted", "X1")


def family_removal(answers: list[str]) -> str:
    """The family's answer, read off its persons."""
    for word in ("barred", "undetermined", "bar_lifted", "outside"):
        if word in answers:
            return word
    return "absent"
