"""From rows to the engine's facts, for one family or for thousands: the only bridge (rules, section 1).

What is NULL is left out, for absent is unknown. A list that is empty is given as `[]` where it is known that there was
nothing, and left out where it is not. The number of queries depends on the number of chunks, never on a family's size.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import Model

from accounts.models import Organization
from families.models import Custody, Departure, Exclusion, Family, ParentLink, Person
from screenings.models import JudgeReview, Screening
from settlement.models import CourtCase, CourtEvent, Election, ReturnRequest

Facts = dict[str, Any]
# A screening and its review as somebody is about to save them, in place of the stored ones (or as new ones).
Instead = Sequence[tuple[Screening, JudgeReview | None]]

CHUNK = 500


class Source(NamedTuple):
    """A table of facts about persons: which column leads to the person, and which becomes which name in the facts."""

    model: type[Model]
    owner: str
    columns: tuple[str, ...]
    names: tuple[str, ...]


def _source(model: type[Model], columns: str, *, owner: str = "person_id", **renamed: str) -> Source:
    names = tuple(columns.split())
    return Source(model, owner, names, tuple(renamed.get(name, name) for name in names))


_LINKS = _source(
    ParentLink,
    "parent__reference entered_together separated_on separated_by reunified_on reunification",
    owner="child_id",
    parent__reference="parent",
)
_CUSTODY = _source(Custody, "by began_on ended_on", began_on="from", ended_on="to")
_DEPARTURES = _source(Departure, "departed_on kind back_on", departed_on="on")
_EXCLUSIONS = _source(Exclusion, "kind status")
_SCREENINGS = _source(
    Screening, "kind basis status requested_on interview_on result decided_on state_of_mind_weighed id", id="id"
)
_REVIEWS = _source(JudgeReview, "asked asked_on outcome decided_on", owner="screening_id")
_ELECTIONS = _source(
    Election, "choice signed_on signed_by own_form understood voluntary via_class_counsel withdrawn_on"
)
_CASES = _source(CourtCase, "kind opened_on outcome decided_on final_on")
_REQUESTS = _source(ReturnRequest, "presented_by presented_on answer answered_on")

SOURCES = {
    "custody": _CUSTODY,
    "departures": _DEPARTURES,
    "exclusions": _EXCLUSIONS,
    "parents": _LINKS,
    "screenings": _SCREENINGS,
    "judge_review": _REVIEWS,
    "elections": _ELECTIONS,
    "court_case": _CASES,
}
"""Name in the facts -> the table behind it, for those who write facts into rows (the intake sheet)."""

_PERSON_COLUMNS = (
    "id",
    "family_id",
    "reference",
    "role",
    "birth_date",
    "noncitizen",
    "lacks_capacity",
    "entry_on",
    "entry_place",
    "asylum_filed_on",
    "custody_known",
    "departures_known",
    "parents_known",
)


def facts_of(
    organization: Organization, *, day: datetime.date, family_ids: Collection[int] | None = None
) -> Iterator[tuple[int, Facts]]:
    """Each family's key and facts as of the day, in order of reference; of all families, or of those named.

    Reads in chunks of 500 families, so memory does not grow with their number.
    """
    events = _court_events(organization.pk)
    families = Family.objects.filter(organization=organization).order_by("reference").values_list("reference", "id")
    if family_ids is not None:
        families = families.filter(pk__in=family_ids)
    chunk = list(families[:CHUNK])
    while chunk:
        yield from _chunk_facts([(pk, reference) for reference, pk in chunk], events=events, day=day)
        chunk = list(families.filter(reference__gt=chunk[-1][0])[:CHUNK]) if len(chunk) == CHUNK else []


def family_facts(family: Family, *, day: datetime.date, instead: Instead = ()) -> Facts:
    """One family's facts as of the day; `instead` has unsaved screenings that take the place of the stored ones."""
    events = _court_events(family.organization_id)
    [(_pk, facts)] = _chunk_facts([(family.pk, family.reference)], events=events, day=day, instead=instead)
    return facts


def screening_facts(screening: Screening, review: JudgeReview | None) -> Facts:
    """A screening and its judge's review, saved or not, as the engine reads them."""
    item = _item(_SCREENINGS, [getattr(screening, column) for column in _SCREENINGS.columns])
    item.pop("id", None)
    if review is not None:
        item["judge_review"] = _item(_REVIEWS, [getattr(review, column) for column in _REVIEWS.columns])
    return item


def _item(source: Source, values: Sequence[Any]) -> Facts:
    """What is known of one row; dates as ISO texts."""
    return {
        name: value.isoformat() if isinstance(value, datetime.date) else value
        for name, value in zip(source.names, values, strict=True)
        if value is not None
    }


def _items(source: Source, owners: Collection[int]) -> Mapping[int, list[Facts]]:
    """The rows of these owners (persons, screenings), by owner; in order of their keys, which is their place."""
    found: defaultdict[int, list[Facts]] = defaultdict(list)
    rows = source.model._default_manager.filter(**{f"{source.owner}__in": owners}).order_by("pk")
    for owner, *values in rows.values_list(source.owner, *source.columns):
        found[owner].append(_item(source, values))
    return found


def _court_events(organization_id: int) -> list[Facts]:
    """The organization's own court record, or nothing: the engine then uses its own."""
    rows = CourtEvent.objects.filter(organization_id=organization_id).order_by("on", "pk")
    return [{"kind": kind, "on": on.isoformat()} for kind, on in rows.values_list("kind", "on")]


def _screenings(persons: Collection[int], instead: Instead) -> Mapping[int, list[Facts]]:
    found = _items(_SCREENINGS, persons)
    reviews = _items(_REVIEWS, [item["id"] for items in found.values() for item in items])
    replaced = {screening.pk: screening_facts(screening, review) for screening, review in instead if screening.pk}
    result: defaultdict[int, list[Facts]] = defaultdict(list)
    for person, items in found.items():
        for item in items:
            pk = item.pop("id")
            if pk in reviews:
                item["judge_review"] = reviews[pk][0]
            result[person].append(replaced.get(pk, item))
    for screening, review in instead:
        if not screening.pk:
            result[screening.person_id].append(screening_facts(screening, review))
    return result


def _chunk_facts(
    families: Sequence[tuple[int, str]], *, events: list[Facts], day: datetime.date, instead: Instead = ()
) -> Iterator[tuple[int, Facts]]:
    """The facts of a chunk of families (key and reference), in the order given: ten queries."""
    rows = Person.objects.filter(family_id__in=[pk for pk, _reference in families]).order_by("pk")
    columns = list(rows.values_list(*_PERSON_COLUMNS))
    persons = [row[0] for row in columns]
    lists = {
        "custody": _items(_CUSTODY, persons),
        "departures": _items(_DEPARTURES, persons),
        "exclusions": _items(_EXCLUSIONS, persons),
        "parents": _items(_LINKS, persons),
        "screenings": _screenings(persons, instead),
        "elections": _items(_ELECTIONS, persons),
    }
    single = {"court_case": _items(_CASES, persons), "return_request": _items(_REQUESTS, persons)}
    members: defaultdict[int, list[Facts]] = defaultdict(list)
    for row in columns:
        members[row[1]].append(_person_facts(row, lists, single))
    for pk, reference in families:
        facts: Facts = {"family": reference, "as_of": day.isoformat()}
        if events:
            facts["court_events"] = events
        facts["persons"] = members[pk]
        yield pk, facts


def _person_facts(
    row: Sequence[Any],
    lists: Mapping[str, Mapping[int, list[Facts]]],
    single: Mapping[str, Mapping[int, list[Facts]]],
) -> Facts:
    pk, _family, reference, role, birth, noncitizen, lacks, entry_on, place, asylum, custody, departures, parents = row
    facts: Facts = {"id": reference, "role": role}
    if birth is not None:
        facts["birth_date"] = birth.isoformat()
    if noncitizen is not None:
        facts["noncitizen"] = noncitizen
    if lacks is not None:
        facts["lacks_capacity"] = lacks
    entry = {"on": entry_on and entry_on.isoformat(), "place": place}
    if entry_on is not None or place is not None:
        facts["entry"] = {name: value for name, value in entry.items() if value is not None}
    known_when_empty = {"custody": custody, "departures": departures, "parents": parents}
    for name, items in lists.items():
        if pk in items:
            facts[name] = items[pk]
        elif known_when_empty.get(name):
            facts[name] = []
    for name, items in single.items():
        if pk in items:
            facts[name] = items[pk][0]
    if asylum is not None:
        facts["asylum_filed_on"] = asylum.isoformat()
    return facts
