"""The court's stage (rules, section 2)."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from .facts import CourtEvent


class Court(NamedTuple):
    """Where the court stands on the day asked about."""

    stage: str  # stayed | approved | open
    approved_on: date | None  # the first final approval: "approved" in sections 7 and 8, whatever the stage
    notice_day: date | None  # from which waivers can be signed
    test_day: date  # the day that counts for membership


@lru_cache(maxsize=4096)
def court_on(day: date, events: tuple[CourtEvent, ...]) -> Court:
    """The stage read off the events up to `day` (already cut)."""
    approved_on = min((e.on for e in events if e.kind == "final_approval"), default=None)
    return Court(
        stage="stayed" if _is_stayed(events, approved_on) else "approved" if approved_on else "open",
        approved_on=approved_on,
        notice_day=_notice_day(events, approved_on),
        test_day=approved_on or day,
    )


def _is_stayed(events: tuple[CourtEvent, ...], approved_on: date | None) -> bool:
    """Whether the last of the stays and lifts that count is a stay. The approval ends the stays up to its own day."""
    counting = [e for e in events if e.kind in ("stay", "stay_lifted") and (approved_on is None or e.on > approved_on)]
    # On one day the stay comes after the lift.
    last = max(counting, key=lambda e: (e.on, e.kind == "stay"), default=None)
    return last is not None and last.kind == "stay"


def _notice_day(events: tuple[CourtEvent, ...], approved_on: date | None) -> date | None:
    """The first preliminary approval that no rejection follows on its day or later, else the first final approval."""
    rejected_on = max((e.on for e in events if e.kind == "rejected"), default=None)
    preliminary = [
        e.on for e in events if e.kind == "preliminary_approval" and (rejected_on is None or rejected_on < e.on)
    ]
    return min(preliminary, default=approved_on)
