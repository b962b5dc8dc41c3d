"""Whatever waits for a second person lowers nobody: over generated families and changes, by the engine itself."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import partial
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from families.proposals.lowering import FREE, TOGETHER, Typed, lowers_somebody, sorted_out
from settlement.determine import decided
from settlement.facts import typed_patch
from settlement.waiting import (
    PROTECTION,
    Decision,
    FactsRefusedError,
    Patch,
    Record,
    confirmed,
    decided_together,
    unknown,
)
from tests.engine.families import DAYS, families, one_in

decide = partial(decided, 1)
together = partial(decided_together, decide=decide)
LISTS = ("custody", "departures", "exclusions", "parents", "screenings", "elections")
KEYS_OF = {"departure": "departures", "exclusion": "exclusions", "screening": "screenings", "election": "elections"}
yes_no = st.sampled_from((True, False, None))
day = st.sampled_from((*DAYS, None))

FIELDS: Mapping[str, Mapping[str, st.SearchStrategy[Any]]] = {
    "screening": {
        "status": st.sampled_from(("requested", "scheduled", "decided", "decided", "withdrawn")),
        "kind": st.sampled_from(("credible_fear", "reasonable_fear", None)),
        "result": st.sampled_from(("negative", "negative", "positive", None)),
        "decided_on": day,
        "state_of_mind_weighed": yes_no,
        "judge_asked": st.sampled_from(("yes", "no", "silent", None)),
        "judge_asked_on": day,
        "judge_outcome": st.sampled_from(("affirmed", "vacated", None)),
        "judge_decided_on": day,
    },
    "election": {
        "choice": st.sampled_from(("return", "return", "stay", None)),
        "signed_on": day,
        "signed_by": st.sampled_from(("self", "parent", "legal_representative", "other", None)),
        **dict.fromkeys(("own_form", "understood", "voluntary", "via_class_counsel"), yes_no),
    },
    "departure": {"departed_on": day, "kind": st.sampled_from(("removed", "left", None)), "back_on": st.none()},
    "exclusion": {"status": st.sampled_from(("alleged", "contested", "established", "withdrawn", None))},
    "person": {
        "birth_date": st.sampled_from(("1986-03-14", "2000-06-27", "2001-03-01", "2011-08-30", None)),
        "noncitizen": yes_no,
        "lacks_capacity": yes_no,
        "entry_on": day.map(lambda text: text and datetime.date.fromisoformat(text)),
        "entry_place": st.sampled_from(("port_of_entry", "interior", None)),
        "departures_known": st.booleans(),
        "custody_known": st.booleans(),
    },
    "court_case": {
        "kind": st.sampled_from(("section_240", "withholding_only", None)),
        "outcome": st.sampled_from(("pending", "removal_ordered", "relief_granted", "terminated", None)),
        "final_on": day,
    },
}


def as_record(facts: dict[str, Any]) -> Record:
    """The facts with a key for each item, as from rows."""
    keys = {
        (person["id"], name): [10 * place for place in range(1, len(person[name]) + 1)]
        for person in facts["persons"]
        for name in LISTS
        if person.get(name)
    }
    return Record(facts, keys)


def old_values(person: dict[str, Any], kind: str, place: int | None) -> dict[str, Any]:
    """What is in force of the fields of a kind; nothing of an item that is new."""
    if kind == "person":
        entry = person.get("entry") or {}
        own = {"entry_on": entry.get("on"), "entry_place": entry.get("place")}
        flags = {f"{name}_known": person.get(name) is not None for name in ("departures", "custody")}
        return {name: person.get(name) for name in FIELDS[kind]} | own | flags
    item = person.get("court_case")
    if kind != "court_case":
        item = None if place is None else person[KEYS_OF[kind]][place]
    if item is None:
        return {}
    review = item.get("judge_review") or {}
    renamed = {"departed_on": "on"} if kind == "departure" else {}
    return {
        name: review.get(name.removeprefix("judge_"))
        if name.startswith("judge_")
        else item.get(renamed.get(name, name))
        for name in FIELDS[kind]
    } | ({"judge_review": item.get("judge_review") is not None} if kind == "screening" else {})


@st.composite
def typed(draw: st.DrawFn, record: Record) -> tuple[Typed, str, int]:
    """A change that somebody types about one person of the record: the change, the person, the key of its row."""
    person = draw(st.sampled_from(record.facts["persons"]))
    kind = draw(
        st.sampled_from(("screening", "screening", "election", "departure", "exclusion", "person", "court_case"))
    )
    name = KEYS_OF.get(kind)
    items = (person.get(name) or []) if name else []
    place = draw(st.integers(0, len(items) - 1)) if items and not one_in(draw, 3) else None
    old = old_values(person, kind, place)
    how = "change" if old else "add"
    if old and place is not None and one_in(draw, 6):
        return Typed(kind, "remove", old, {}), person["id"], record.keys[person["id"], str(name)][place]
    new = {field: draw(values) for field, values in FIELDS[kind].items() if one_in(draw, 2)}
    new = {field: value for field, value in new.items() if value is not None or old}
    if kind == "screening" and how == "add":
        new |= {"basis": "independent" if person["role"] == "child" else "reevaluation", "status": "decided"}
    if any(field.startswith("judge_") for field in new) and not old.get("judge_review"):
        new["judge_review"] = True
    new = {field: value for field, value in new.items() if old.get(field) != value}
    key = 2**40 + draw(st.integers(0, 99)) if place is None else record.keys[person["id"], str(name)][place]
    return Typed(kind, how, old, new), person["id"], key


def patch_of(change: Typed, person: str, key: int, fields: Any) -> Patch:
    values = {name: value for name, value in change.new.items() if name in fields}
    return typed_patch(kind=change.kind, how=change.how, person=person, key=key, values=values)


def protection(decision: Decision) -> list[int]:
    return [PROTECTION[person["removal"]] for person in decision["persons"]]


def never_lower(one: Decision, other: Decision) -> None:
    """Nobody is less protected in the first than in the other."""
    pairs = list(zip(protection(one), protection(other), strict=True))
    assert all(a >= b for a, b in pairs), pairs


def legal(facts: dict[str, Any]) -> bool:
    try:
        decide(facts)
    except FactsRefusedError:
        return False
    return True


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_nobody_is_lowered_by_what_waits(data: st.DataObject) -> None:
    """However many changes wait: each further one only adds protection, and each view holds what it alone would."""
    record = as_record(data.draw(families()))
    before = decide(record.facts)
    for _ in range(data.draw(st.integers(1, 3))):
        change, person, key = data.draw(typed(record))
        patch = patch_of(change, person, key, change.new)
        record = record._replace(waiting=(*record.waiting, patch))
        after = together(record)
        never_lower(after, before)
        for view in (record, unknown(record, patch), confirmed(record, patch)):
            if legal(view.facts):
                never_lower(after, decide(view.facts))
        before = after
    assert before["deportation_eligible"] == (before["removal"] == "bar_lifted")


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_one_person_alone_lowers_nobody(data: st.DataObject) -> None:
    """A typed change goes through the gate: what it lets through at once and what waits lower nobody, in force and as
    told; and in what is in force nobody's right is used up by it."""
    record = as_record(data.draw(families()))
    for _ in range(data.draw(st.integers(1, 3))):
        change, person, key = data.draw(typed(record))
        found = sorted_out(
            change,
            record=record,
            patch=partial(patch_of, change, person, key),
            decides=(together, lambda seen: decide(seen.facts)),
        )
        then = record
        if not found.whole and (found.at_once or change.how != "change"):
            then = confirmed(record, patch_of(change, person, key, found.at_once))
        if not legal(then.facts):
            return
        assert not lowers_somebody(decide(record.facts), decide(then.facts))
        if found.waits or found.whole:
            how = change if found.whole else change._replace(how="change")
            then = then._replace(
                waiting=(*then.waiting, patch_of(how, person, key, change.new if found.whole else found.waits))
            )
        never_lower(together(then), together(record))
        record = then


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_waits_is_never_let_through_by_its_words(data: st.DataObject) -> None:
    record = as_record(data.draw(families()))
    change, person, key = data.draw(typed(record))
    found = sorted_out(
        change,
        record=record,
        patch=partial(patch_of, change, person, key),
        decides=(together, lambda seen: decide(seen.facts)),
    )
    let_through = {name: change.new[name] for name in found.at_once if name in change.new}
    assert let_through.get("result") != "negative"
    assert let_through.get("judge_outcome") != "affirmed"
    assert let_through.get("choice") != "return"
    assert let_through.get("outcome") not in {"removal_ordered", "terminated"}
    assert let_through.get("noncitizen") is not False
    assert change.kind != "departure" or change.how != "add" or found.whole
    assert found.at_once | found.waits == set(change.new)
    for group in TOGETHER.get(change.kind, ()):
        needed = {"basis", "status"} if change.how == "add" and change.kind == "screening" else set()
        parts = group & set(change.new) - FREE.get(change.kind, frozenset()) - needed
        assert parts <= found.waits or not parts & found.waits
