"""The small versions of the drills hold; see docs/drills.md for the whole ones."""

import json
import subprocess
from typing import Any

import pytest

from config.home import ROOT

FIGURES = {
    "conflicts": {"lost": 0, "doubled": 0, "half": 0, "acknowledged": 160},
    "access": {"leaked": 0},
    "audit": {"missing": 0, "undetected": 0, "tampered": 60},
    "reminders": {"lost": 0, "doubled": 0, "false": 0},
}


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_the_drill_holds(name: str) -> None:
    command = [str(ROOT / "run"), "drill", name, "--small", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["holds"]
    assert found.get("against", found["faults"]) == []
    assert FIGURES[name].items() <= found.items()
    assert found["tried"] > 300
    assert found.get("routes") == found.get("routes_total")
