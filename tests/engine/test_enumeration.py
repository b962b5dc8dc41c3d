"""Every abstract state of a family of one parent and two children, built of concrete facts, against section 6 worked
out by hand.

A state of a person is a membership with a standing (and, of a parent, whether their success takes a child along; of a
child, whether they are grown by now); a state of a family is one of the parent, one of each child, and the court's
stage. Where several facts make one state, each of them is tried in a family of one child, and the first of them in the
families of two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations_with_replacement
from typing import Any, NamedTuple

import pytest

from settlement.engine import decide
from tests.engine import by_hand
from tests.engine.language import ADULT, CHILD, LINK

Facts = dict[str, Any]

FORM = {
    "choice": "return", "signed_on": "2018-10-20", "own_form": True, "understood": True, "voluntary": True,
    "via_class_counsel": True,
}  # fmt: skip
NOTICE = {"kind": "preliminary_approval", "on": "2018-10-09"}
APPROVAL = {"kind": "final_approval", "on": "2018-11-15"}
STAGES: dict[str, list[Facts]] = {
    "approved": [NOTICE, APPROVAL],
    "stayed": [NOTICE, APPROVAL, {"kind": "stay", "on": "2018-12-01"}],
    "open": [NOTICE],
}
MEMBERSHIPS: dict[str, Facts] = {
    "member": {},
    "not_member": {"noncitizen": False},
    "undetermined": {"noncitizen": None},
}


class State(NamedTuple):
    """One abstract state of a person: the facts that make it, and what it is by construction."""

    facts: Facts
    membership: str
    standing: str  # a child's "available" is still to be read with the parent's
    carries: bool = False  # a parent whose success takes a child along
    grown: bool = False  # a child who is 18 by the day asked about
    here: bool = True  # known to be in the country


def court(kind: str = "section_240", **values: Any) -> Facts:
    return {"court_case": {"kind": kind, "opened_on": "2018-12-01", **values}}


def second(child: bool, **values: Any) -> Facts:
    """One second screening, beside the parent's refusal of before the agreement."""
    own = {"basis": "independent" if child else "reevaluation", "kind": "credible_fear", "status": "decided", **values}
    return {"screenings": [own] if child else [*ADULT["screenings"], own]}


def lost(child: bool, **values: Any) -> Facts:
    refused = {"result": "negative", "decided_on": "2018-12-05"} | (
        {"judge_review": {"asked": "no"}} if child else {"state_of_mind_weighed": True}
    )
    return second(child, **(refused | values))


def standings(child: bool) -> Iterator[tuple[str, bool, Facts]]:
    """(standing, carries a child along, facts) for everything that can have happened to a person who is here."""
    signed = {"signed_by": "parent" if child else "self"}
    yield "available", False, {}
    yield "available", False, second(child, status="withdrawn")
    yield "waived", False, {"elections": [FORM | signed]}
    yield "relief", True, court(outcome="relief_granted", decided_on="2019-01-10")
    yield "in_court", True, court(outcome="pending")
    yield "in_court", True, court(outcome="removal_ordered", decided_on="2019-02-10")
    yield "in_court", False, court("withholding_only", outcome="pending")
    yield "in_court", False, {"court_case": {}}
    yield "lost_in_court", False, court(outcome="removal_ordered", decided_on="2019-01-10", final_on="2019-02-11")
    yield "won", True, second(child, result="positive", decided_on="2018-12-05")
    yield "won", False, second(child, kind="reasonable_fear", result="positive", decided_on="2018-12-05")
    yield "won", True, lost(child, judge_review={"asked": "yes", "outcome": "vacated"})
    yield "pending", False, second(child, status="scheduled")
    yield "pending", False, second(child)  # decided, and the result is not on file
    yield "review", False, lost(child, judge_review={"asked": "yes", "asked_on": "2018-12-06"})
    yield "lost", False, lost(child)
    if not child:
        yield "disputed", False, lost(child, state_of_mind_weighed=None)


def states(child: bool, stage: str) -> Iterator[State]:
    """Every concrete state of a person. Who departed after the injunction is no member; of whom the day is unknown,
    nobody knows whether they are one."""
    for standing, carries, facts in standings(child):
        for membership, odd in MEMBERSHIPS.items():
            yield State(facts | odd, membership, standing, carries and not child)
    yield State({"departures": [{"on": "2018-12-20", "kind": "removed"}]}, "not_member", "absent", here=False)
    yield State({"departures": [{"kind": "removed"}]}, "undetermined", "absent", here=False)
    yield State(lost(child) | {"departures": None}, "undetermined", "lost", here=False)
    if child:
        # Before an approval the day asked about is the one on which a child must be a minor.
        membership = "undetermined" if stage == "open" else "member"
        yield State(lost(child) | {"birth_date": "2001-02-01"}, membership, "lost", grown=True)


def abstract(concrete: Iterable[State]) -> list[State]:
    """One of each abstract state."""
    return list({state[1:]: state for state in concrete}.values())


def record(stage: str, parent: State, children: Sequence[State]) -> Facts:
    persons = [ADULT | parent.facts | {"id": "p", "role": "parent"}]
    for n, child in enumerate(children, start=1):
        tie = {"parents": [{"parent": "p", **LINK}]}
        persons.append(CHILD | tie | child.facts | {"id": f"c{n}", "role": "child"})
    return {"family": "f", "as_of": "2019-03-01", "court_events": STAGES[stage], "persons": persons}


def expected(stage: str, parent: State, children: Sequence[State]) -> dict[str, tuple[str, str, str, str]]:
    """(membership, standing, removal, rule) of each person, from the abstract states alone."""
    people = {"p": parent, **{f"c{n}": child for n, child in enumerate(children, start=1)}}
    membership = {name: state.membership for name, state in people.items()}
    standing = {name: state.standing for name, state in people.items()}
    for name in standing:
        if name != "p" and standing[name] == "available" and parent.membership != "not_member":
            if parent.carries:
                standing[name] = "joined"
            elif parent.standing in {"disputed", "review", "pending", "available"}:
                standing[name] = "waiting"
    answers = {}
    for name, state in people.items():
        alone = name != "p" and not parent.here and not state.grown
        removal, rule = by_hand.removal(membership, standing, stage, name, child_alone=alone)
        answers[name] = (membership[name], standing[name], removal, rule)
    return answers


def check(stage: str, parent: State, children: Sequence[State]) -> set[str]:
    """Decides one family and compares; the rules that were met."""
    decision = decide(record(stage, parent, children))
    want = expected(stage, parent, children)
    got = {p["id"]: (p["membership"], p["standing"], p["removal"], p["rule"]) for p in decision["persons"]}
    assert got == want, record(stage, parent, children)
    assert decision["removal"] == by_hand.family_removal([removal for _, _, removal, _ in want.values()])
    assert decision["stage"] == stage
    return {rule for *_, rule in want.values()}


@pytest.mark.parametrize("stage", STAGES)
def test_every_state_of_a_parent_and_two_children(stage: str, capsys: pytest.CaptureFixture[str]) -> None:
    parents = abstract(states(child=False, stage=stage))
    pairs = list(combinations_with_replacement(abstract(states(child=True, stage=stage)), 2))
    rules = {rule for parent in parents for children in pairs for rule in check(stage, parent, children)}
    reached = {"approved": {"G1", "G2", "G3", "F1", "F2", "U1", "X1"}, "stayed": {"S1"}, "open": {"S2"}}[stage]
    assert rules == {"A1", "M2", "M3", "W0"} | reached
    size = (
        f"{len(parents)} states of the parent x {len(pairs)} of two children = {len(parents) * len(pairs):,} families"
    )
    with capsys.disabled():
        print(f"\n{stage}: {size}")  # noqa: T201


@pytest.mark.parametrize("stage", STAGES)
def test_every_way_into_a_state_with_one_child(stage: str) -> None:
    for parent in states(child=False, stage=stage):
        for child in states(child=True, stage=stage):
            check(stage, parent, [child])
