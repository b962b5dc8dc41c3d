"""A family's line of time: one lane a person and one for the court, in CSS pixels, and the same as rows of a table.

Days are spread so that each can be seen: a long time in which nothing happened is drawn short, and many things of one
day stand beside each other.
"""

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.words import day_text, list_text
from families.chronology import Event, Sort
from families.models import Custody

Fact = Mapping[str, Any]
Text = str | Promise

LANE, TOP, START, MARK = 58, 34, 16, 20
_LONGEST, _A_DAY, _LABEL = 90, 0.6, 84

SIGNS: Final[Mapping[Sort, tuple[str, Text]]] = {
    "entry": ("arrow", gettext_lazy("came in")),
    "separated": ("apart", gettext_lazy("separated")),
    "reunified": ("link", gettext_lazy("brought back together")),
    "departure": ("leave", gettext_lazy("left or came back")),
    "screening": ("search", gettext_lazy("screening")),
    "judge": ("desk", gettext_lazy("judge's review")),
    "election": ("pen", gettext_lazy("election form")),
    "case": ("court", gettext_lazy("immigration court")),
    "request": ("upload", gettext_lazy("request to return")),
    "asylum": ("shield", gettext_lazy("asylum application")),
    "court": ("court", gettext_lazy("the class action")),
    "deadline": ("clock", gettext_lazy("deadline")),
}
"""The icon of each sort of event, and what it means. A time in custody is a bar."""


class Mark(NamedTuple):
    """One event on a lane: place, icon, a CSS class, and what it says."""

    x: int
    y: int
    sign: str
    kind: str
    text: str


class Bar(NamedTuple):
    """A time in custody: place and length; `goes_on` while its end is not known."""

    x: int
    y: int
    length: int
    goes_on: bool
    text: str


class Lane(NamedTuple):
    """What happened to one person: the name's place, and the line's."""

    y: int
    line: int
    name: str
    marks: list[Mark]
    bars: list[Bar]


class Tick(NamedTuple):
    """A month, where it begins to matter."""

    x: int
    text: str


class Row(NamedTuple):
    """An event as a table says it."""

    on: datetime.date
    who: str
    text: str
    kind: str


class Timeline(NamedTuple):
    """The drawing with its size, the day of the answer, what its icons mean, and the rows."""

    width: int
    height: int
    today: int
    lanes: list[Lane]
    ticks: list[Tick]
    legend: list[tuple[str, Text]]
    rows: list[Row]


def timeline(
    events: Sequence[Event],
    facts: Sequence[Fact],
    names: Mapping[str, str],
    deadlines: Sequence[Event],
    day: datetime.date,
) -> Timeline:
    """The line of time of a family: `facts` are those of its persons, `deadlines` the days that are to be kept."""
    told = sorted([*events, *deadlines], key=lambda event: event.on)
    places = _places(told, day)
    own = {person["id"]: [event for event in told if person["id"] in event.about] for person in facts}
    lanes = [_lane(0, str(_("The court")), [event for event in told if event.kind == "court"], [], places)]
    for number, person in enumerate(facts, start=1):
        lanes.append(_lane(number, names[person["id"]], own[person["id"]], person.get("custody") or (), places, day))
    width = max([mark.x for lane in lanes for mark in lane.marks] + list(places.values())) + 2 * MARK
    met = {event.sort for event in told} - {"custody"}
    return Timeline(
        width=width,
        height=TOP + LANE * len(lanes),
        today=places[day],
        lanes=lanes,
        ticks=_ticks(places),
        legend=[SIGNS[sort] for sort in SIGNS if sort in met],
        rows=[Row(event.on, list_text([names[one] for one in event.about]), event.text, event.kind) for event in told],
    )


def _places(told: Sequence[Event], day: datetime.date) -> dict[datetime.date, int]:
    """Where each day stands: as far from the one before as it is away in time, within bounds."""
    most: dict[datetime.date, int] = {day: 1}
    lanes = Counter((event.on, one) for event in told if event.sort != "custody" for one in event.about or ("",))
    for (on, _one), count in lanes.items():
        most[on] = max(most.get(on, 1), count)
    for event in told:
        most.setdefault(event.on, 1)
    x, places, before = START, {}, None
    for on in sorted(most):
        if before is not None:
            x += max(MARK * most[before], min(round((on - before).days * _A_DAY), _LONGEST))
        places[on], before = x, on
    return places


def _lane(
    number: int,
    name: str,
    events: Sequence[Event],
    custody: Sequence[Fact],
    places: Mapping[datetime.date, int],
    day: datetime.date | None = None,
) -> Lane:
    top = TOP + LANE * number
    line = top + 36
    beside: Counter[datetime.date] = Counter()
    marks = []
    for event in events:
        if event.sort == "custody":
            continue
        sign, _words = SIGNS[event.sort]
        x = places[event.on] + MARK * beside[event.on] - MARK // 2
        beside[event.on] += 1
        marks.append(
            Mark(x, line - MARK // 2, sign, f"{event.sort} {event.kind}", f"{day_text(event.on)}: {event.text}")
        )
    bars = [bar for item in custody if day is not None and (bar := _bar(item, line, places, day))]
    return Lane(top + 14, line, name, marks, bars)


def _bar(item: Fact, line: int, places: Mapping[datetime.date, int], day: datetime.date) -> Bar | None:
    """A time in custody, from its first day to its last, or to the day of the answer."""
    began, ended = (datetime.date.fromisoformat(item[end]) if item.get(end) else None for end in ("from", "to"))
    if began is None or began not in places or (ended is not None and ended not in places):
        return None
    by = str(Custody.By(item["by"]).label) if item.get("by") else _("not known by whom")
    words = {"by": by, "since": day_text(began), "until": day_text(ended)}
    if ended is None:
        length = max(places[day] - places[began], MARK)
        return Bar(places[began], line, length, True, _("held (%(by)s) from %(since)s, still held") % words)
    length = max(places[ended] - places[began], 4)
    return Bar(places[began], line, length, False, _("held (%(by)s) from %(since)s to %(until)s") % words)


def _ticks(places: Mapping[datetime.date, int]) -> list[Tick]:
    """A label where a month begins, as far as there is room."""
    ticks: list[Tick] = []
    for on, x in places.items():
        text = date_format(on, "M Y")
        if not ticks or (text != ticks[-1].text and x - ticks[-1].x >= _LABEL):
            ticks.append(Tick(x, text))
    return ticks
