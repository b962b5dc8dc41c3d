"""Block A: every child on file in one row. The order of the questions is the rule; a lawyer reads it.

Figures of the court's reports since July 2018 had these rows (practice, section 4.5).
"""

import datetime
from collections.abc import Mapping
from typing import Any, Final

from desks.report.record import ORR, Someone
from families.conditions import years_before

ADULT: Final = 18
_RED_FLAGS: Final = ("alleged", "contested", "established")
People = Mapping[int, Someone]


def place_child(child: Someone, people: People, day: datetime.date) -> tuple[str, str]:
    """The row and the column of a child on the day."""
    return _row(child, people, day), _age(child, day)


def _age(child: Someone, day: datetime.date) -> str:
    if child.birth_date is None:
        return "unknown"
    return "adult" if child.birth_date <= years_before(day, ADULT) else "minor"


def _row(child: Someone, people: People, day: datetime.date) -> str:
    if child.answer is not None and child.answer["membership"] == "not_member":
        return "not_class"
    if _turned_adult_in_care(child, day):
        return "turned_adult"
    together = _reunified(child, day)
    if together is not None and together.reunification == "abroad":
        return "discharged.abroad"
    if child.away(day):
        return "discharged.left"
    held = child.held_by(day)
    if held & {*ORR} or (held and together is None):
        return f"care.{_where_the_parent_is(child, people, day)}"
    if together is not None:
        return f"discharged.{_to_whom(together, people, day)}"
    if not child.custody_on_file:
        return "unknown"
    return "discharged.adult" if _age(child, day) == "adult" else "discharged.unknown"


def _turned_adult_in_care(child: Someone, day: datetime.date) -> bool:
    """Whether ORR held the child on the 18th birthday, which has come."""
    if child.birth_date is None or child.birth_date > years_before(day, ADULT):
        return False
    born = child.birth_date
    # Who was born on 29 February turns 18 on 1 March.
    leap = (born.month, born.day) == (2, 29)
    birthday = datetime.date(born.year + ADULT, 3, 1) if leap else born.replace(year=born.year + ADULT)
    return bool(child.held_by(birthday) & {*ORR})


def _reunified(child: Someone, day: datetime.date) -> Any:
    """The link that says that the child was brought together with somebody by the day; the last one, or None."""
    done = [
        link
        for link in child.links
        if (link.reunified_on or link.reunification not in (None, "declined"))
        and (link.reunified_on is None or link.reunified_on <= day)
    ]
    return max(done, key=lambda link: (link.reunified_on or datetime.date.max, link.id)) if done else None


def _to_whom(link: Any, people: People, day: datetime.date) -> str:
    if link.reunification == "sponsor":
        return "sponsor"
    parent = people.get(link.parent_id)
    on = link.reunified_on or day
    if parent is None or not parent.custody_on_file:
        return "parent"
    return "parent_held" if "dhs" in parent.held_by(on) else "parent_free"


def _where_the_parent_is(child: Someone, people: People, day: datetime.date) -> str:
    """Where the parent is from whom the child was taken; of several the one who is nearest."""
    taken = [link for link in child.links if link.separated_on or link.separated_by] or list(child.links)
    if any(link.reunification == "declined" for link in taken):
        return "declined"
    parents = [people[link.parent_id] for link in taken if link.parent_id in people]
    if any(one.status in _RED_FLAGS for parent in parents for one in parent.exclusions):
        return "red_flag"
    found = {_where(parent, day) for parent in parents}
    order = ("parent_held", "parent_held_else", "parent_free", "parent_abroad")
    return next((where for where in order if where in found), "parent_unknown")


def _where(parent: Someone, day: datetime.date) -> str:
    if parent.away(day):
        return "parent_abroad"
    held = parent.held_by(day)
    if held:
        return "parent_held" if "dhs" in held else "parent_held_else"
    return "parent_free" if parent.custody_on_file else "parent_unknown"
