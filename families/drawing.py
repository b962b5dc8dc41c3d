"""The family drawn: who is whose, who was separated from whom and when, and where each is now.

Only places are worked out here, in CSS pixels; the words are those of the page, and the drawing says nothing that the
list of persons beside it does not say.
"""

import datetime
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from config.words import day_text
from families.models import Custody, Departure, Person

Fact = Mapping[str, Any]

BOX_WIDTH, GAP, ROW_GAP, PADDING = 196, 20, 56, 4
IN_A_ROW = 4
LINE = 18
_FITS = 24  # letters in a line of a box


class Where(NamedTuple):
    """Where somebody is on the day as far as the file knows: a kind (a CSS class), and words."""

    kind: str
    text: str


class Line(NamedTuple):
    """A line of a box: its place from the top of the drawing, its words, and a CSS class."""

    y: int
    text: str
    kind: str = ""


class Box(NamedTuple):
    """A person: place and size, lines of text, and what a screen reader and a pointer are told."""

    x: int
    y: int
    height: int
    kind: str
    lines: list[Line]
    title: str
    person: int


class Tie(NamedTuple):
    """A child's link to a parent, from the parent's box down to the child's; `apart` while they are separated."""

    x1: int
    y1: int
    x2: int
    y2: int
    apart: bool
    title: str


class Drawing(NamedTuple):
    """All of it, with its size."""

    width: int
    height: int
    box_width: int
    boxes: list[Box]
    ties: list[Tie]


def where_is(facts: Fact, day: datetime.date) -> Where:
    """Where a person is, by the facts in force: departed and not back, held, in the country, or not known."""
    today = day.isoformat()
    left = [
        item
        for item in facts.get("departures") or ()
        if not (item.get("on") and item["on"] > today) and not (item.get("back_on") and item["back_on"] <= today)
    ]
    if left:
        how = {
            Departure.Kind.REMOVED: _("removed from the country"),
            Departure.Kind.RETURNED: _("returned to their country"),
        }.get(left[-1].get("kind"), _("left the country"))
        return Where("departed", how)
    held = [item for item in facts.get("custody") or () if not item.get("to") or item["to"] > today]
    if held:
        by = held[-1].get("by")
        text = _("held by %(by)s") % {"by": Custody.By(by).label} if by else _("held, not known by whom")
        return Where("held", text)
    if facts.get("departures") is None:
        return Where("unknown", _("not known where"))
    return Where("here", _("in the country"))


def draw(persons: Sequence[Person], facts: Mapping[str, Fact], names: Mapping[str, str], day: datetime.date) -> Drawing:
    """The drawing of a family: parents and guardians above, children below, at most four in a row."""
    adults = [person for person in persons if person.role != Person.Role.CHILD]
    children = [person for person in persons if person.role == Person.Role.CHILD]
    rows = [group[at : at + IN_A_ROW] for group in (adults, children) for at in range(0, len(group), IN_A_ROW)]
    width = max(len(row) for row in rows) * (BOX_WIDTH + GAP) - GAP + 2 * PADDING
    top, boxes = PADDING, {}
    for row in rows:
        placed = [_box(person, facts[person.reference], names, day, top) for person in row]
        start = (width - len(row) * (BOX_WIDTH + GAP) + GAP) // 2
        for place, (person, box) in enumerate(zip(row, placed, strict=True)):
            boxes[person.reference] = box._replace(x=start + place * (BOX_WIDTH + GAP))
        top += max(box.height for box in placed) + ROW_GAP
    ties = [
        _tie(boxes[link["parent"]], boxes[person.reference], link, names[link["parent"]], names[person.reference])
        for person in children
        for link in facts[person.reference].get("parents") or ()
    ]
    return Drawing(width, top - ROW_GAP + PADDING, BOX_WIDTH, list(boxes.values()), ties)


def _box(person: Person, facts: Fact, names: Mapping[str, str], day: datetime.date, top: int) -> Box:
    where = where_is(facts, day)
    texts = [
        (names[person.reference], "name"),
        (person.get_role_display(), "role"),
        (where.text, f"where {where.kind}"),
    ]
    for link in facts.get("parents") or ():
        told = _told(link, names[link["parent"]])
        texts += [(text, "apart" if is_apart(link) else "together") for text in told]
    parts = [(part, kind) for text, kind in texts for part in _lines(text)]
    lines = [Line(top + 22 + place * LINE, part, kind) for place, (part, kind) in enumerate(parts)]
    title = ". ".join([person.full_name or person.reference, *(text for text, _kind in texts[1:])])
    return Box(0, top, 14 + LINE * len(lines), person.role, lines, title, person.pk)


def is_apart(link: Fact) -> bool:
    """Whether nothing on file says that the two are back together, and something that they were separated."""
    separated = link.get("separated_on") is not None or link.get("separated_by") is not None
    return (
        separated
        and link.get("reunification") != "court_order"
        and link.get("reunification") != "abroad"
        and (link.get("reunified_on") is None or link.get("reunification") in ("sponsor", "declined"))
    )


def _told(link: Fact, parent: str) -> list[str]:
    """In two texts: with whom, and since when."""
    separated, back = day_text(link.get("separated_on")), day_text(link.get("reunified_on"))
    if is_apart(link):
        since = _("since %(day)s") % {"day": separated} if separated else _("since when is not known")
        return [_("apart from %(name)s") % {"name": parent}, since]
    if link.get("reunified_on") or link.get("reunification"):
        again = _("since %(day)s") % {"day": back} if back else _("since when is not known")
        return [_("back with %(name)s") % {"name": parent}, again]
    return [_("with %(name)s: separation not known") % {"name": parent}]


def _tie(parent: Box, child: Box, link: Fact, parent_name: str, child_name: str) -> Tie:
    title = f"{child_name}: {', '.join(_told(link, parent_name))}"
    middle = BOX_WIDTH // 2
    return Tie(
        parent.x + middle, parent.y + parent.height, child.x + middle, child.y, apart=is_apart(link), title=title
    )


def _lines(text: str) -> list[str]:
    """The text in at most two lines; what does not fit stands in the box's title and in the list."""
    return textwrap.wrap(text, _FITS, max_lines=2, placeholder="…")
