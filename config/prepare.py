"""Brings an installation up to date with its code; the launcher calls `python -m config.prepare STEP...`."""

import hashlib
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from config.database.addresses import connect_as_owner
from config.home import ROOT

STEPS = ("translations", "migrate", "static")


def due(home: Path, steps: Iterable[str] = STEPS) -> list[str]:
    """Which of the steps have something new to do since they were last done in this home, in their order."""
    done = _done(home)
    return [step for step in steps if done.get(step) != _digest(step)]


def mark(home: Path, steps: Iterable[str]) -> None:
    """Remember that the steps were done."""
    done = _done(home) | {step: _digest(step) for step in steps}
    passing = home / "prepared.new"
    passing.write_text(json.dumps(done))
    passing.rename(home / "prepared")


def forget(home: Path) -> None:
    """Have every step done again: something else may have changed the database."""
    (home / "prepared").unlink(missing_ok=True)


def _done(home: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads((home / "prepared").read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return found


def _digest(step: str) -> str:
    """What a step's outcome depends on: names, sizes and times of the files it reads or makes in the checkout."""
    patterns = {
        "translations": ("locale/**/*",),
        "migrate": ("requirements.txt", "*/migrations/*.py", "config/database/*", "audit/*.py"),
        "static": ("requirements.txt", "config/settings/*.py", "static/**/*"),
    }[step]
    found = {file for pattern in patterns for file in ROOT.glob(pattern) if file.is_file()}
    told = [f"{file} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in sorted(found)]
    names = ("DATABASE_URL", "DATABASE_OWNER_URL") if step == "migrate" else ()
    return hashlib.sha256("\n".join([*told, *(os.environ.get(name, "") for name in names)]).encode()).hexdigest()


def main(steps: list[str]) -> None:
    """Do the steps."""
    if "translations" in steps:
        from config import translations

        translations.compile_all()
    if {"migrate", "static"} & set(steps):
        import django
        from django.core.management import call_command

        connect_as_owner()
        django.setup()
        if "migrate" in steps:
            call_command("migrate", interactive=False, verbosity=0)
        if "static" in steps:
            call_command("collectstatic", interactive=False, verbosity=0, clear=True)


if __name__ == "__main__":
    main(sys.argv[1:])
