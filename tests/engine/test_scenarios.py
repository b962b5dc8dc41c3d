"""The scenarios that lawyers can read, each one a test; and that together they touch every line of the rules."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from settlement.engine import decide
from tests.engine.language import DAY, Scenario, WordsError, read

FILES = sorted(path for path in (Path(__file__).parent / "scenarios").glob("*.md") if path.name != "README.md")
SCENARIOS = [scenario for path in FILES for scenario in read(path)]
MEMBERSHIP = {"member": "member", "not a member": "not_member", "membership undetermined": "undetermined"}
DEADLINE = re.compile(rf"deadline of (\w+): (\w+) due {DAY}, act by {DAY}(, missed)?")

RULES = {"A1", "M2", "M3", "W0", "S1", "S2", "G1", "G2", "G3", "F1", "F2", "U1", "X1"}
CONDITIONS = {f"P{n}" for n in range(1, 9)} | {f"C{n}" for n in range(1, 6)}
STANDINGS = {
    "absent", "waived", "relief", "lost_in_court", "in_court", "won", "pending", "disputed", "lost", "review", "joined",
    "waiting", "available",
}  # fmt: skip
STEPS = {
    "find_facts", "request_reevaluation", "request_independent_screening", "challenge_reevaluation", "ask_judge_review",
    "await_judge", "secure_notice_to_appear", "confirm_hold", "check_waiver", "independent_advice",
    "present_return_request",
}  # fmt: skip
DEADLINES = {"orientation", "judge_review", "return_request", "return_answer", "asylum_filing", "appeal"}


def check_person(person: dict[str, Any], phrase: str) -> None:
    """One part of a person's expected answer against the decision."""
    head, _, rest = phrase.partition(" ")
    if phrase in MEMBERSHIP:
        assert person["membership"] == MEMBERSHIP[phrase]
    elif head == "stands":
        assert person["standing"] == rest
    elif head == "right":
        assert person["right_state"] == rest
    elif match := re.fullmatch(r"(barred|undetermined|bar lifted|outside|absent) by (\w\d)", phrase):
        assert (person["removal"], person["rule"]) == (match[1].replace(" ", "_"), match[2])
    elif head == "needs":
        assert person["needs"] == ([] if rest == "nothing" else rest.split(", "))
    elif head == "fails":
        assert [reason["rule"] for reason in person["because"] if re.match(r"[PCW]\d", reason["rule"])] == rest.split(
            ", "
        )
    elif head == "told":
        assert rest.strip('"') in " ".join(reason["text"] for reason in person["because"])
    elif phrase == "no next step":
        assert person["next_steps"] == []
    elif phrase.startswith("next: "):
        assert person["next_steps"] == phrase.removeprefix("next: ").split(", ")
    else:
        raise WordsError(f"no such answer: {phrase!r}")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[scenario.place for scenario in SCENARIOS])
def test_scenario(scenario: Scenario) -> None:
    decision = decide(scenario.facts)
    assert "error" not in decision, decision
    persons = {person["id"]: person for person in decision["persons"]}
    deadlines: list[tuple[str, ...]] = []
    for line in scenario.answers:
        who, _, words = line.partition(": ")
        if line == "no deadline":
            assert decision["deadlines"] == []
        elif match := DEADLINE.fullmatch(line):
            deadlines.append((match[2], match[1], match[3], match[4], str(bool(match[5]))))
        elif who == "family":
            assert decision["removal"] == words.replace(" ", "_")
        elif who == "stage":
            assert decision["stage"] == words
        else:
            for phrase in words.split("; "):
                check_person(persons[who], phrase)
    if deadlines:
        found = [(d["id"], d["person"], d["due"], d["act_by"], str(d["missed"])) for d in decision["deadlines"]]
        assert found == deadlines


def test_scenarios_touch_every_line_of_the_rules() -> None:
    """Whoever adds a rule adds a scenario: each rule, condition, standing, step and deadline is the answer of one at
    least."""
    answers = "\n".join(line for scenario in SCENARIOS for line in scenario.answers)
    rules = set(re.findall(r" by ([A-Z]\d)", answers))
    needs = set(re.findall(r"[PC]\d", " ".join(re.findall(r"needs [^;\n]*", answers))))
    standings = set(re.findall(r"stands (\w+)", answers))
    steps = set(re.findall(r"\w+", " ".join(re.findall(r"next: ([^;\n]*)", answers))))
    deadlines = set(re.findall(r"deadline of \w+: (\w+)", answers))
    assert (rules, needs, standings, steps, deadlines) == (RULES, CONDITIONS, STANDINGS, STEPS, DEADLINES)


def test_titles_are_unique() -> None:
    assert len({scenario.place for scenario in SCENARIOS}) == len(SCENARIOS)
