"""The code passes its linters and its types: each of them is a test, so that nothing waits for the slowest."""

import subprocess
import sys
from pathlib import Path

import pytest

from config.home import ROOT

CHECKS = ["mypy .", "ruff check --quiet .", "ruff format --check --quiet .", "djlint --lint --check --quiet templates"]


@pytest.mark.parametrize("check", CHECKS)
def test_the_code_passes(check: str) -> None:
    tool, *arguments = check.split()
    command = [str(Path(sys.executable).with_name(tool)), *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, f"{check}:\n{done.stdout}"
