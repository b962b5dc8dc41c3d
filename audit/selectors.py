"""What is read of the trace: who did what, and who saw whom, of one's own organization."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, F, Func, Q, QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import User
from accounts.permissions import Permission, require
from accounts.walls import Wall
from audit.models import CHANGES, Entry
from audit.wording import Said, said, thing_text
from families.models import Family

PAGE_LENGTH = 50
EVER = (datetime.datetime(1900, 1, 1, tzinfo=datetime.UTC), datetime.datetime(2200, 1, 1, tzinfo=datetime.UTC))


class Asked(NamedTuple):
    """What of the trace is asked for: of whom, which act, about which family, from a moment until before another."""

    who: int | None = None
    act: str = ""
    family: int | None = None
    since: datetime.datetime | None = None
    until: datetime.datetime | None = None


class Row(NamedTuple):
    """An entry as a page or a file shows it. `families` has the keys and numbers of those that the reader may know of;
    `lines` says what was changed."""

    entry: Entry
    who: str
    thing: str
    families: list[tuple[int, str]]
    lines: list[Said]


def trail(actor: User, asked: Asked) -> QuerySet[Entry]:
    """The entries asked for, the newest first. Raises `PermissionDenied`.

    A wall holds here, too: what names only families from which the reader is walled off, or changes one of them, is
    not there.
    """
    require(actor, Permission.AUDIT_TRAIL_VIEW)
    rows = Entry.objects.visible_to(actor)
    since, until = asked.since or EVER[0], asked.until or EVER[1]
    if asked.family is not None:
        rows = rows.filter(pk__in=RawSQL("SELECT audit_of_family(%s, %s, %s)", [asked.family, since, until]))
    else:
        rows = rows.filter(at__gte=since, at__lt=until)
    if asked.who is not None:
        rows = rows.filter(actor_id=asked.who)
    if asked.act:
        rows = rows.filter(act=asked.act)
    walled = walled_off(actor)
    if walled:
        only_walled = Q(families__contained_by=walled) & ~Q(families=[])
        rows = rows.exclude(only_walled | Q(families__overlap=walled, act__in=CHANGES))
    return rows.order_by("-at", "-pk")


def walled_off(actor: User) -> list[int]:
    """The families from which this person is walled off."""
    return list(Wall.objects.in_force().filter(user_id=actor.pk).values_list("family_id", flat=True))


def rows_of(actor: User, entries: Sequence[Entry]) -> list[Row]:
    """The entries with the names of who and what, in a fixed number of queries."""
    walled = set(walled_off(actor))
    people = {one.actor_id for one in entries}
    names = dict(User.objects.visible_to(actor).filter(pk__in=people).values_list("pk", "name"))
    keys = {key for one in entries for key in one.families} - walled
    # Not `visible_to`: who reads the trace without doing case work sees numbers of families here, never their pages.
    numbers = dict(
        Family.objects.filter(organization_id=actor.organization_id, pk__in=keys).values_list("pk", "reference")
    )
    return [
        Row(
            entry=one,
            who=_who(one, names),
            thing=thing_text(one.thing),
            families=[(key, numbers.get(key, f"#{key}")) for key in one.families if key not in walled],
            lines=said(one),
        )
        for one in entries
    ]


def _who(entry: Entry, names: dict[int, str]) -> str:
    if entry.actor_id is None:
        return "" if entry.by == "amparo_app" else entry.by
    return names.get(entry.actor_id, f"#{entry.actor_id}")


def page_of(rows: QuerySet[Entry], number: int) -> tuple[list[Entry], bool]:
    """A page of the entries, and whether there are more; nothing is counted, for there may be millions."""
    start = (number - 1) * PAGE_LENGTH
    found = list(rows[start : start + PAGE_LENGTH + 1])
    return found[:PAGE_LENGTH], len(found) > PAGE_LENGTH


def in_chunks(actor: User, rows: QuerySet[Entry], size: int = 500) -> Iterator[Row]:
    """All rows, some at a time."""
    chunk: list[Entry] = []
    for entry in rows.iterator(size):
        chunk.append(entry)
        if len(chunk) == size:
            yield from rows_of(actor, chunk)
            chunk = []
    yield from rows_of(actor, chunk)


def families_in(actor: User, rows: QuerySet[Entry]) -> set[int]:
    """The families that these entries show to this person."""
    each = Func(F("families"), function="unnest", output_field=BigIntegerField())
    return set(rows.order_by().annotate(one=each).values_list("one", flat=True).distinct()) - set(walled_off(actor))


def colleagues(actor: User) -> list[tuple[int, str]]:
    """Who may have done something: everybody who works, or has worked, at the organization."""
    return list(User.objects.visible_to(actor).order_by("name", "pk").values_list("pk", "name"))


def family_named(actor: User, reference: str) -> int | None:
    """The key of the family with this number; None if there is none, or a wall stands before it."""
    found: Any = Family.objects.filter(organization_id=actor.organization_id, reference=reference)
    key: int | None = found.exclude(pk__in=walled_off(actor)).values_list("pk", flat=True).first()
    return key


def family_number(actor: User, key: int | None) -> str | None:
    """The number by which the office knows a family; that of its row when it is not on file any more."""
    if key is None:
        return None
    found = Family.objects.filter(organization_id=actor.organization_id, pk=key).values_list("reference", flat=True)
    return found.first() or f"#{key}"
