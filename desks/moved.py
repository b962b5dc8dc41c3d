"""How it moved, for pages: the chart with its table, and who moved between two days, with what that came of."""

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from audit.models import CHANGES, Entry
from audit.selectors import Row, rows_of
from config.words import list_text
from desks.board import TONES
from desks.changes import FOLLOWS
from desks.movement import Key, Move, Point, Stood
from families.models import Person
from settlement import wording
from settlement.labels import RULES
from settlement.models import Determination, Removal

Text = str | Promise
TOLD = 3
"""How many changes are named as what a move came of; the rest are counted."""
HEIGHT: Final = 300
NAMED: Final = 4
"""The day is written under every fourth column, counted from the last."""
_STEP: Final = 60
_NO_ANSWER: Final = gettext_lazy("No answer yet")


class Block(NamedTuple):
    """A part of a column of the chart."""

    y: int
    height: int
    tone: str
    title: str


class Column(NamedTuple):
    """A day of the chart: where its column stands, its blocks from the top, and the table's row.

    `named`: whether its day is written under it.
    """

    point: Point
    x: int
    blocks: list[Block]
    numbers: list[tuple[Text, str, int]]
    previous: datetime.date | None
    named: bool


class Chart(NamedTuple):
    """The columns, one a week, all to one scale; `labels` says what stands where in them."""

    columns: list[Column]
    width: int
    labels: list[tuple[Text, str]]


def chart(points: Sequence[Point]) -> Chart:
    """The points as stacked columns; the table beside it has the same numbers."""
    highest = max((point.total for point in points), default=0) or 1
    columns = []
    previous: datetime.date | None = None
    for place, point in enumerate(points):
        named = (len(points) - 1 - place) % NAMED == 0
        columns.append(_column(point, place, highest, previous)._replace(named=named))
        previous = point.day
    labels = [(wording.status(removal).label, TONES[removal]) for removal in Removal.values]
    return Chart(columns, max(1, len(points)) * _STEP, labels)


def _column(point: Point, place: int, highest: int, previous: datetime.date | None) -> Column:
    blocks, numbers, below = [], [], 0
    for removal in Removal.values:
        number, label = point.numbers[removal], wording.status(removal).label
        numbers.append((label, removal, number))
        low, high = round(HEIGHT * below / highest), round(HEIGHT * (below + number) / highest)
        blocks.append(Block(HEIGHT - high, high - low, TONES[removal], f"{label}: {number}"))
        below += number
    return Column(point, place * _STEP + 8, blocks, numbers, previous, False)


class Way(NamedTuple):
    """From where to where, and how many went that way."""

    before: Text
    after: Text
    number: int


class MoveRow(NamedTuple):
    """A person who moved, from where to where, what it came of, and what the new answer rests on."""

    family_id: int
    person: Person | None
    name: str
    before: wording.Status | None
    after: wording.Status | None
    why: Text
    because: str


def label_of(removal: str) -> Text:
    """Where somebody stands, in words; "" is no answer."""
    return wording.status(removal).label if removal else _NO_ANSWER


def ways(moves: Sequence[Move]) -> list[Way]:
    """How many went each way, in order of the ways."""
    counted: dict[tuple[str, str], int] = {}
    for move in moves:
        counted[move.way] = counted.get(move.way, 0) + 1
    return [Way(label_of(before), label_of(after), number) for (before, after), number in counted.items()]


def status_of(stood: Stood | None) -> wording.Status | None:
    """Where somebody stood, as a tag."""
    return wording.status(stood.removal, stood.rule) if stood else None


def persons_of(actor: User, keys: Sequence[Key]) -> dict[Key, Person]:
    """The persons on file behind these keys, with their families; in one query."""
    wanted = set(keys)
    rows = Person.objects.visible_to(actor).filter(family__in={family for family, _person in keys})
    found = {(row.family_id, row.reference): row for row in rows.select_related("family", "family__attorney")}
    return {key: person for key, person in found.items() if key in wanted}


def move_rows(actor: User, moves: Sequence[Move]) -> list[MoveRow]:
    """The rows of these moves, in a fixed number of queries."""
    persons = persons_of(actor, [move.person for move in moves])
    keys = {stood.determination for move in moves for stood in (move.before, move.after) if stood}
    columns = ("facts_digest", "rule_version", "made_at")
    made = {row.pk: row for row in Determination.objects.filter(pk__in=keys).only(*columns)}
    entries = _entries(actor, moves, made)
    return [_row(move, persons.get(move.person), made, entries.get(move.person[0], [])) for move in moves]


def _row(move: Move, person: Person | None, made: Mapping[int, Any], entries: Sequence[Row]) -> MoveRow:
    return MoveRow(
        family_id=move.person[0],
        person=person,
        name=(person.full_name or person.reference) if person else move.person[1],
        before=status_of(move.before),
        after=status_of(move.after),
        why=RULES[move.after.rule] if move.after else "",
        because=_because(move, made, entries),
    )


def _because(move: Move, made: Mapping[int, Any], entries: Sequence[Row]) -> str:
    """What the move came of: told by what differs between the two determinations."""
    if move.before is None:
        return _("put on file in between")
    if move.after is None:
        return _("no longer on file under this number: found to be a duplicate, or renamed")
    old, new = made[move.before.determination], made[move.after.determination]
    if old.rule_version != new.rule_version:
        return _("the rules were changed (%(version)s)") % {"version": new.rule_version}
    if old.facts_digest == new.facts_digest:
        return _("nothing on file was changed: a day on file, or of the rules, came")
    told = [row for row in entries if old.made_at < row.entry.at <= new.made_at]
    if not told:
        return _("facts that hold for a day came into force")
    acts = list(dict.fromkeys(f"{row.thing} ({row.who or _('the installation')})" for row in told))
    more = len(acts) - TOLD
    rest = [ngettext("%(number)d more", "%(number)d more", more) % {"number": more}] if more > 0 else []
    return _("facts changed: %(acts)s") % {"acts": list_text([*acts[:TOLD], *rest])}


def _entries(actor: User, moves: Sequence[Move], made: Mapping[int, Any]) -> dict[int, list[Row]]:
    """The changes of these families between the first and the last of the determinations, the oldest first."""
    moments = sorted(row.made_at for row in made.values())
    families = {move.person[0] for move in moves if move.before and move.after}
    if not moments or not families:
        return {}
    rows = Entry.objects.visible_to(actor).filter(at__gte=moments[0], at__lte=moments[-1], act__in=CHANGES)
    rows = rows.exclude(thing__in=FOLLOWS)
    of_family: dict[int, list[Row]] = defaultdict(list)
    for row in rows_of(actor, list(rows.filter(families__overlap=list(families)).order_by("at", "pk"))):
        for key, _reference in row.families:
            of_family[key].append(row)
    return of_family
