"""Every worked case of the contract, copied into ``tests/contracts/``, is a test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from settlement.engine import decide

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "contracts" / "cases.jsonl").read_text(encoding="utf-8").splitlines()
]


def without_reasons(decision: dict[str, Any]) -> dict[str, Any]:
    """The decision without ``because``, whose wording is ours and not the contract's."""
    persons = [{name: value for name, value in person.items() if name != "because"} for person in decision["persons"]]
    return decision | {"persons": persons}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    decision = decide(case["facts"])
    assert "error" not in decision, decision
    assert without_reasons(decision) == case["decision"]


@pytest.mark.parametrize("case", CASES[:30], ids=[case["name"] for case in CASES[:30]])
def test_reasons_begin_with_the_line_that_decides_and_are_complete(case: dict[str, Any]) -> None:
    ids = {person["id"] for person in case["facts"]["persons"]}
    for person in decide(case["facts"])["persons"]:
        assert person["because"][0]["rule"] == person["rule"]
        for reason in person["because"]:
            assert reason.keys() == {"rule", "text", "basis", "citation", "about"}
            assert reason["text"]
            assert reason["basis"] in {"T", "R", "M", "I"}
            assert set(reason["about"]) <= ids
