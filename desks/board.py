"""The eligibility dashboard: how many families and persons stand where, each number with the list behind it.

A number and its list come from the same selector (`families.lists`) under the same filters, so the one is the length
of the other. Lines of a table that has a total divide it: they add up.
"""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from django.db.models import Count, Min
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import Permission, require
from deadlines.catalogue import titles
from deadlines.lists import Seen, deadlines_list
from families.filters import DUE, NOBODY, RIGHT_STATES, ROLES, Filters, Office
from families.lists import families_list, people_list
from families.models import Person
from settlement import guidance, wording
from settlement.exposure import EXPOSURES, RANKS, with_exposure
from settlement.labels import NEEDS, RULES, RULES_OF
from settlement.models import Removal

Text = str | Promise


class Cell(NamedTuple):
    """A number, the address of the list behind it, and the column it stands in."""

    number: int
    address: str
    column: Text = ""


class Line(NamedTuple):
    """A line of a table. `share` is the first number in thousandths of the table's largest, for its bar."""

    label: Text
    cells: tuple[Cell, ...]
    share: int = 0
    tone: str = "plain"
    hint: Text = ""
    nearest: datetime.date | None = None


class Table(NamedTuple):
    """A table of counts. With a total its lines add up to it, column by column."""

    key: str
    title: Text
    columns: tuple[Text, ...]
    lines: list[Line]
    total: tuple[Cell, ...] | None = None
    note: Text = ""


class Segment(NamedTuple):
    """A part of a bar that stands for the whole, in thousandths of it."""

    label: Text
    number: int
    start: int
    width: int
    tone: str


class Board(NamedTuple):
    """The dashboard: tables of counts by their key, and the two bars of where families and persons stand."""

    tables: dict[str, Table]
    families_bar: list[Segment]
    people_bar: list[Segment]


class _Answered(NamedTuple):
    """Persons who were answered alike, and how many they are; without an answer the first three are None."""

    removal: str | None
    rule: str | None
    right_state: str | None
    child: bool
    needs: tuple[str, ...]
    steps: tuple[str, ...]
    number: int


TABLES: Final = (
    "stand",
    "pressing",
    "barred",
    "bar_lifted",
    "undetermined",
    "needs",
    "rights",
    "steps",
    "deadlines",
    "attorneys",
)
"""The tables of the dashboard by their keys, in the order of the page."""
_TOGETHER: Final = {"judge_review_rf": "judge_review"}
"""A kind of date that has no line of its own: it stands with another, as in the filter of the list."""
_NO_ANSWER: Final = _("No answer yet")
_SHORT: Final[dict[str | None, Text]] = {
    "barred": _("Barred"),
    "undetermined": _("Not known"),
    "bar_lifted": _("No longer barred by the agreement"),
    "outside": _("Not reached"),
    "absent": _("Gone"),
    None: _NO_ANSWER,
}
TONES: Final = {removal: wording.status(removal).tone for removal in Removal.values} | {Removal.ABSENT.value: "away"}
"""How a part of a chart is coloured: as the tag is, but that who is gone is told from whom nothing reaches."""
_RULE_TONES: Final = {rule: wording.status(of, rule).tone for of, rules in RULES_OF.items() for rule in rules}


def board(actor: User, filters: Filters, day: datetime.date, office: Office, moment: datetime.datetime) -> Board:
    """The counts under these filters, in four queries; `moment` tells which dates of the day have passed.

    Raises `PermissionDenied` for who may not see the dashboard.
    """
    require(actor, Permission.DASHBOARD_BOARD_VIEW)
    families = _families(actor, filters, day)
    people = _people(actor, filters, day)
    deadlines = _deadlines(actor, filters, day, moment)
    stand = _stand(filters, families, people)
    tables = [
        stand,
        pressing(actor, filters, day),
        _rules("barred", _("Removal is barred, and by what"), filters, people),
        _rules("bar_lifted", _("This agreement no longer bars removal, and why"), filters, people),
        _rules("undetermined", _("Not known, and why"), filters, people),
        _needs(filters, people),
        _rights(filters, people),
        _steps(filters, people),
        _due(filters, deadlines),
        _attorneys(filters, families, deadlines, office),
    ]
    return Board({table.key: table for table in tables}, _segments(stand, 0), _segments(stand, 1))


# --- What is counted ---


class _Families(NamedTuple):
    attorney: int | None
    removal: str | None
    number: int


class _Deadlines(NamedTuple):
    kind: str
    attorney: int | None
    nearest: datetime.date | None
    numbers: dict[str, int]


def _families(actor: User, filters: Filters, day: datetime.date) -> list[_Families]:
    rows = families_list(actor, filters, day).order_by()
    return [_Families(*row) for row in rows.values_list("attorney", "stands").annotate(Count("pk"))]


def _people(actor: User, filters: Filters, day: datetime.date) -> list[_Answered]:
    rows = people_list(actor, filters, day).order_by()
    columns = ("removal", "rule", "right_state", "needs", "next_steps")
    grouped = rows.values_list("role", *(f"answer__{column}" for column in columns)).annotate(Count("pk"))
    return [
        _Answered(removal, rule, state, role == Person.Role.CHILD, tuple(needs or ()), tuple(steps or ()), number)
        for role, removal, rule, state, needs, steps, number in grouped
    ]


def _deadlines(actor: User, filters: Filters, day: datetime.date, moment: datetime.datetime) -> list[_Deadlines]:
    seen = Seen(actor, day, moment)
    numbers = [Count("pk", filter=seen.due(due)) for due in DUE]
    rows = deadlines_list(actor, filters, day, moment).order_by().values_list("kind", "family__attorney")
    grouped = rows.annotate(nearest=Min("due_on", filter=~seen.due("missed")), **dict(zip(DUE, numbers, strict=True)))
    return [
        _Deadlines(_TOGETHER.get(kind, kind), attorney, nearest, dict(zip(DUE, counted, strict=True)))
        for kind, attorney, nearest, *counted in grouped
    ]


# --- The tables ---


def _line(
    label: Text, cells: Iterable[Cell], *, tone: str = "plain", hint: Text = "", nearest: datetime.date | None = None
) -> Line:
    return Line(label, tuple(cells), 0, tone, hint, nearest)


def _table(
    key: str,
    title: Text,
    columns: Sequence[Text],
    lines: Sequence[Line],
    total: Sequence[Cell] | None = None,
    note: Text = "",
) -> Table:
    """The table, its numbers with their columns, its lines with the length of their bars."""
    largest = max((line.cells[0].number for line in lines), default=0) or 1

    def placed(cells: Sequence[Cell]) -> tuple[Cell, ...]:
        return tuple(cell._replace(column=column) for cell, column in zip(cells, columns, strict=True))

    drawn = [
        line._replace(cells=placed(line.cells), share=round(1000 * line.cells[0].number / largest)) for line in lines
    ]
    return Table(key, title, tuple(columns), drawn, None if total is None else placed(total), note)


def _counter(people: Iterable[_Answered], of: Callable[[_Answered], Iterable[str | None]]) -> Counter[str | None]:
    """How many persons by each of the words that `of` gives of their answer."""
    counted: Counter[str | None] = Counter()
    for group in people:
        for word in of(group):
            counted[word] += group.number
    return counted


def _stand(filters: Filters, families: Sequence[_Families], people: Sequence[_Answered]) -> Table:
    """Families and persons by where they stand."""
    of_families: Counter[str | None] = Counter()
    for group in families:
        of_families[group.removal] += group.number
    of_people = _counter(people, lambda group: [group.removal])

    def cells(removal: str | None) -> tuple[Cell, Cell]:
        word = removal or NOBODY
        return (
            Cell(of_families[removal], filters.address("families", removal=word)),
            Cell(of_people[removal], filters.address("people", removal=word)),
        )

    lines = [_line(wording.status(it).label, cells(it), tone=TONES[it]) for it in Removal.values]
    if of_families[None] or of_people[None]:
        lines.append(_line(_NO_ANSWER, cells(None)))
    total = (
        Cell(of_families.total(), filters.address("families")),
        Cell(of_people.total(), filters.address("people")),
    )
    return _table("stand", _("Where families and people stand"), (_("Families"), _("People")), lines, total)


def pressing(actor: User, filters: Filters, day: datetime.date) -> Table:
    """Families by exposure, the most exposed first; in one query."""
    rows = with_exposure(families_list(actor, filters, day).order_by(), day)
    counted = dict(rows.values_list("exposure").annotate(Count("pk")))
    lines = [
        _line(
            exposure.label,
            [Cell(counted.get(RANKS[exposure.key], 0), filters.address("families", exposure=exposure.key))],
            tone="warn" if exposure.key == "bar_lifted" else "leaning",
        )
        for exposure in EXPOSURES
    ]
    total = [Cell(sum(counted.values()), filters.address("families"))]
    note = _("Each family is counted once, where it is most exposed.")
    return _table("pressing", _("What is pressing"), [_("Families")], lines, total, note)


def _rules(removal: str, title: Text, filters: Filters, people: Sequence[_Answered]) -> Table:
    """The persons who stand there, by the rule."""
    counted = _counter([group for group in people if group.removal == removal], lambda group: [group.rule])
    lines = [
        _line(RULES[rule], [Cell(counted[rule], filters.address("people", rule=rule))], tone=_RULE_TONES[rule])
        for rule in RULES_OF[removal]
    ]
    total = [Cell(counted.total(), filters.address("people", removal=removal))]
    return _table(removal, title, [_("People")], lines, total)


def _needs(filters: Filters, people: Sequence[_Answered]) -> Table:
    """What must be found out, by how many persons lack it."""
    counted = _counter(people, lambda group: group.needs)
    lines = [
        _line(
            label,
            [Cell(counted[need], filters.address("people", need=need))],
            tone="unknown",
            hint=guidance.question(need, str(_("this person"))),
        )
        for need, label in NEEDS.items()
        if counted[need]
    ]
    lines.sort(key=lambda line: -line.cells[0].number)
    note = _("Somebody who lacks several facts is counted at each.")
    return _table("needs", _("What must be found out"), [_("People")], lines, None, note)


def _rights(filters: Filters, people: Sequence[_Answered]) -> Table:
    """The rights of the agreement, parents' and children's, by how far they are used."""
    counted = {
        role: _counter(
            [group for group in people if group.child is (role == "child")], lambda group: [group.right_state]
        )
        for role in ROLES
    }

    def cells(state: str | None) -> list[Cell]:
        of_state = {"right_state": state} if state else {"removal": NOBODY}
        numbers = [Cell(counted[role][state], filters.address("people", role=role, **of_state)) for role in ROLES]
        return [Cell(sum(cell.number for cell in numbers), filters.address("people", **of_state)), *numbers]

    lines = [
        _line(
            wording.right_state_text(state), cells(state), tone="own" if state in ("available", "promised") else "plain"
        )
        for state in RIGHT_STATES
    ]
    if any(counter[None] for counter in counted.values()):
        lines.append(_line(_NO_ANSWER, cells(None)))
    total = [
        Cell(sum(counter.total() for counter in counted.values()), filters.address("people")),
        *(Cell(counted[role].total(), filters.address("people", role=role)) for role in ROLES),
    ]
    columns = [_("People"), _("Re-evaluations (parents)"), _("Own claims (children)")]
    return _table("rights", _("Rights, used and unused"), columns, lines, total)


def next_steps(actor: User, filters: Filters, day: datetime.date) -> Table:
    """What is to be done next under these filters, by how many persons; in one query."""
    return _steps(filters, _people(actor, filters, day))


def _steps(filters: Filters, people: Sequence[_Answered]) -> Table:
    counted = _counter(people, lambda group: group.steps)
    lines = [
        _line(step.title, [Cell(counted[key], filters.address("people", step=key))], hint=step.who)
        for key, step in guidance.STEPS.items()
    ]
    note = _("Somebody with several next steps is counted at each.")
    return _table("steps", _("Next steps"), [_("People")], lines, None, note)


def _due(filters: Filters, deadlines: Sequence[_Deadlines]) -> Table:
    """Open dates by kind and by when they are due."""

    def cells(kind: str) -> list[Cell]:
        of_kind = [group for group in deadlines if kind in ("", group.kind)]
        numbers = [
            Cell(sum(group.numbers[due] for group in of_kind), filters.address("deadlines", kind=kind, due=due))
            for due in DUE
        ]
        return [Cell(sum(cell.number for cell in numbers), filters.address("deadlines", kind=kind)), *numbers]

    named: dict[str, Text] = {**titles({group.kind for group in deadlines}), "own": _("a date of your own")}
    kinds = sorted({group.kind for group in deadlines}, key=lambda kind: str(named[kind]).casefold())
    lines = [_line(named[kind], cells(kind), tone="leaning") for kind in kinds]
    # What is overdue comes first, then what is nearest.
    lines.sort(key=lambda line: tuple(-cell.number for cell in line.cells[1:]))
    columns = [_("All"), *DUE.values()]
    return _table("deadlines", _("Dates to keep"), columns, lines, cells(""))


def _attorneys(
    filters: Filters, families: Sequence[_Families], deadlines: Sequence[_Deadlines], office: Office
) -> Table:
    """Who has how many families, where these stand, and the nearest date; what nobody has comes last."""
    attorneys = [pair for pair in office.choices()["attorney"] if filters.attorney in ("", pair[0])]
    removals = [*Removal.values, *([None] if any(group.removal is None for group in families) else [])]

    def cells(key: str) -> list[Cell]:
        of_attorney = [group for group in families if key in ("", _key(group.attorney))]
        counted: Counter[str | None] = Counter()
        for group in of_attorney:
            counted[group.removal] += group.number
        chosen = key or filters.attorney
        return [
            Cell(counted.total(), filters.address("families", attorney=chosen)),
            *(Cell(counted[it], filters.address("families", attorney=chosen, removal=it or NOBODY)) for it in removals),
        ]

    def nearest(key: str) -> datetime.date | None:
        return min((it.nearest for it in deadlines if _key(it.attorney) == key and it.nearest), default=None)

    lines = [_line(name, cells(key), tone="leaning", nearest=nearest(key)) for key, name in attorneys]
    columns = [_("Families"), *(_SHORT[removal] for removal in removals)]
    return _table("attorneys", _("By attorney"), columns, lines, cells(""))


def _key(attorney: int | None) -> str:
    """The attorney as the filter's value."""
    return NOBODY if attorney is None else str(attorney)


def _segments(table: Table, column: int) -> list[Segment]:
    """A column of the table as one bar."""
    whole = sum(line.cells[column].number for line in table.lines) or 1
    segments, before = [], 0
    for line in table.lines:
        number = line.cells[column].number
        start, end = round(1000 * before / whole), round(1000 * (before + number) / whole)
        segments.append(Segment(line.label, number, start, end - start, line.tone))
        before += number
    return segments
