"""The chain of reasons behind an answer, from the line of section 6 down to the facts it rests on."""

from typing import Any

from .court import Court
from .rights import Answered
from .sources import source_of
from .standing import OPEN, PROTECTED, Standing
from .texts import TEXTS

Reason = dict[str, Any]  # {"rule", "text", "basis", "citation", "about": [ids]}

_HELD_BY_OTHERS = ("F1", "F2")


def because(answered: Answered, everyone: dict[str, Answered], court: Court) -> list[Reason]:
    """The reasons for one person's answer: first the rule, then what makes it fit."""
    person, removal, membership = answered.person.id, answered.removal, answered.membership
    me = [person]
    reasons = [_reason(removal.rule, list(removal.by) or me)]
    if removal.rule == "M2":
        reasons += [_reason(f"{name}.false", me) for name in membership.failed]
    elif removal.rule == "M3":
        reasons += [_reason(f"{name}.unknown", me) for name in membership.needs]
    else:
        if removal.rule in ("S1", "S2"):
            reasons.append(_reason(court.stage, []))
        reasons.append(_told(answered.standing, me))
        if removal.rule in _HELD_BY_OTHERS:
            reasons += [_why_held(everyone[other]) for other in removal.by]
        elif answered.standing.by:
            reasons += [_told(everyone[other].standing, [other]) for other in answered.standing.by]
        if membership.state == "member":
            reasons.append(_reason("member", me))
    if answered.waiver.to_be_checked:
        reasons += [_reason(f"{name}.{_CASE[truth]}", me) for name, truth in answered.waiver.failing]
    return reasons


_CASE = {False: "false", None: "unknown"}


def _why_held(other: Answered) -> Reason:
    """Why another member keeps the family here: an open or won claim, or that they may be covered."""
    about = [other.person.id]
    if other.standing.name in OPEN or other.standing.name in PROTECTED:
        return _told(other.standing, about)
    return _reason("M3", about)


def _told(standing: Standing, about: list[str]) -> Reason:
    return _reason(standing.why, about)


def _reason(key: str, about: list[str]) -> Reason:
    rule, text, basis, citation = _PARTS[key]
    return {"rule": rule, "text": text, "basis": basis, "citation": citation, "about": about}


_PARTS = {key: (key.split(".")[0], text, *source_of(key)) for key, text in TEXTS.items()}
