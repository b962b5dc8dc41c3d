"""What others changed in somebody's families since a moment, and what that did to the answers.

Who changed what is read off the trace, which each change leaves by itself; what came of it off the determinations that
are kept. Only families that the reader sees are in it.
"""

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet

from accounts.models import User
from audit.models import CHANGES, Entry
from audit.selectors import Row, rows_of
from families.filters import Filters
from families.lists import families_list
from families.models import Family, Person
from families.page import family_title, short_names
from settlement import wording
from settlement.labels import RULES
from settlement.models import Determination

AT_ONCE = 20
"""How many families a page shows."""
ENTRIES = 8
"""How many changes of one family a page shows, the newest; the rest are counted."""


FOLLOWS = ("deadlines_deadline", "deadlines_reminder", "deadlines_delivery")
"""Tables whose rows follow from others: what set them off is told, and dates have pages of their own."""


class Moved(NamedTuple):
    """A person whose answer is another one than at the moment; `before` is None for who had none."""

    name: str
    before: wording.Status | None
    after: wording.Status
    why: wording.Text
    falls: bool


class FamilyChanges(NamedTuple):
    """What others did in one family, the newest first, and whose answers are other ones now."""

    family: Family
    title: str
    rows: list[Row]
    more: int
    moved: list[Moved]


def changed_entries(actor: User, filters: Filters, since: datetime.datetime, day: datetime.date) -> QuerySet[Entry]:
    """The entries of changes by others, since the moment, in the families that the filters let through."""
    mine = families_list(actor, filters, day).order_by().values("pk")
    rows: QuerySet[Entry] = Entry.objects.visible_to(actor).filter(at__gt=since, act__in=CHANGES)
    rows = rows.filter(families__overlap=ArraySubquery(mine)).exclude(thing__in=FOLLOWS)
    return rows.exclude(actor_id=actor.pk)


def changed_families(entries: QuerySet[Entry], seen: Sequence[int]) -> dict[int, int]:
    """How many changes each of these families has, those changed last first."""
    wanted = set(seen)
    counted: dict[int, int] = {}
    for families in entries.order_by("-at", "-pk").values_list("families", flat=True):
        for key in wanted.intersection(families):
            counted[key] = counted.get(key, 0) + 1
    return counted


def family_changes(
    actor: User, entries: QuerySet[Entry], families: Sequence[int], since: datetime.datetime
) -> list[FamilyChanges]:
    """What changed in these families, in the given order, in a fixed number of queries."""
    of_family: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries.filter(families__overlap=list(families)).order_by("-at", "-pk"):
        for key in entry.families:
            of_family[key].append(entry)
    shown = [entry for key in families for entry in of_family[key][:ENTRIES]]
    told = {row.entry.pk: row for row in rows_of(actor, list({entry.pk: entry for entry in shown}.values()))}
    rows = {family.pk: family for family in Family.objects.visible_to(actor).filter(pk__in=families)}
    persons: dict[int, list[Person]] = defaultdict(list)
    for person in Person.objects.visible_to(actor).filter(family__in=rows).order_by("pk"):
        persons[person.family_id].append(person)
    moved = _moved(list(rows), persons, since)
    return [
        FamilyChanges(
            family=rows[key],
            title=family_title(persons[key]) or rows[key].reference,
            rows=[told[entry.pk] for entry in of_family[key][:ENTRIES]],
            more=max(0, len(of_family[key]) - ENTRIES),
            moved=moved.get(key, []),
        )
        for key in families
        if key in rows
    ]


def _moved(
    families: Sequence[int], persons: Mapping[int, Sequence[Person]], since: datetime.datetime
) -> dict[int, list[Moved]]:
    """Whose answers are other ones than at the moment, by family; in two queries."""
    rows = Determination.objects.filter(family__in=families)
    newest = rows.filter(made_at__lte=since).order_by("family", "-from_day", "-pk").distinct("family")
    before = dict(newest.values_list("family", "decision__persons"))
    after = dict(rows.filter(current=True, made_at__gt=since).values_list("family", "decision__persons"))
    return {key: _of_family(before.get(key) or [], after[key], persons[key]) for key in after}


def _of_family(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], persons: Sequence[Person]
) -> list[Moved]:
    names = short_names(persons)
    was = {answer["id"]: answer for answer in before}
    found = []
    for answer in after:
        old = was.get(answer["id"])
        if old is not None and (old["removal"], old["rule"]) == (answer["removal"], answer["rule"]):
            continue
        found.append(
            Moved(
                name=names.get(answer["id"], answer["id"]),
                before=wording.status(old["removal"], old["rule"]) if old else None,
                after=wording.status(answer["removal"], answer["rule"]),
                why=RULES[answer["rule"]],
                falls=old is not None and wording.falls(old, answer),
            )
        )
    return found
