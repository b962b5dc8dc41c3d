"""From rows to the engine's facts, for one family or for thousands: the only bridge (rules, section 1).

A record is a family's facts in force with what waits for a second person (`settlement.waiting`). What is NULL is left
out, for absent is unknown. A list that is empty is given as `[]` where it is known that there was nothing, and left out
where it is not. The number of queries depends on the number of chunks, never on a family's size.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.db.models import Model

from accounts.models import Organization
from families.models import Custody, Departure, Exclusion, Family, ParentLink, Person
from families.proposals.models import Proposal
from screenings.models import JudgeReview, Screening
from settlement.models import CourtCase, CourtEvent, Election, ReturnRequest
from settlement.waiting import Facts, Patch, Path, Record

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
_SCREENINGS = _source(Screening, "kind basis status requested_on interview_on result decided_on state_of_mind_weighed")
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
    """Each family's key and its facts in force as of the day; the rest as in `records_of`."""
    for pk, record in records_of(organization, day=day, family_ids=family_ids):
        yield pk, record.facts


def records_of(
    organization: Organization, *, day: datetime.date, family_ids: Collection[int] | None = None
) -> Iterator[tuple[int, Record]]:
    """Each family's key and record as of the day, in order of reference; of all families, or of those named.

    Reads in chunks of 500 families, so memory does not grow with their number.
    """
    events = _court_events(organization.pk)
    families = Family.objects.filter(organization=organization).order_by("reference").values_list("reference", "id")
    if family_ids is not None:
        families = families.filter(pk__in=family_ids)
    chunk = list(families[:CHUNK])
    while chunk:
        yield from _chunk_records([(pk, reference) for reference, pk in chunk], events=events, day=day)
        chunk = list(families.filter(reference__gt=chunk[-1][0])[:CHUNK]) if len(chunk) == CHUNK else []


def family_facts(family: Family, *, day: datetime.date) -> Facts:
    """One family's facts in force as of the day."""
    return family_record(family, day=day).facts


def family_record(family: Family, *, day: datetime.date, read: "Read | None" = None) -> Record:
    """One family's record as of the day; `read` is what has been read of it already."""
    events = _court_events(family.organization_id)
    [(_pk, record)] = _chunk_records([(family.pk, family.reference)], events=events, day=day, read=read)
    return record


class Read(NamedTuple):
    """What a page has read of a family already: all its persons and what waits of what was typed, both by key."""

    persons: Sequence[Person]
    waiting: Sequence[Proposal]


def _item(source: Source, values: Sequence[Any]) -> Facts:
    """What is known of one row; dates as ISO texts."""
    return {
        name: value.isoformat() if isinstance(value, datetime.date) else value
        for name, value in zip(source.names, values, strict=True)
        if value is not None
    }


class _Rows(NamedTuple):
    """The items of a table by owner (a person, a screening), in order of their keys, which is their place; and those
    keys."""

    items: Mapping[int, list[Facts]]
    keys: Mapping[int, list[int]]


def _items(source: Source, owners: Collection[int]) -> _Rows:
    """The rows of these owners."""
    found: defaultdict[int, list[Facts]] = defaultdict(list)
    keys: defaultdict[int, list[int]] = defaultdict(list)
    rows = source.model._default_manager.filter(**{f"{source.owner}__in": owners}).order_by("pk")
    for owner, pk, *values in rows.values_list(source.owner, "pk", *source.columns):
        found[owner].append(_item(source, values))
        keys[owner].append(pk)
    return _Rows(found, keys)


def _court_events(organization_id: int) -> list[Facts]:
    """The organization's own court record, or nothing: the engine then uses its own."""
    rows = CourtEvent.objects.filter(organization_id=organization_id).order_by("on", "pk")
    return [{"kind": kind, "on": on.isoformat()} for kind, on in rows.values_list("kind", "on")]


def _screenings(persons: Collection[int]) -> _Rows:
    found = _items(_SCREENINGS, persons)
    reviews = _items(_REVIEWS, [pk for keys in found.keys.values() for pk in keys]).items
    for owner, items in found.items.items():
        for pk, item in zip(found.keys[owner], items, strict=True):
            if pk in reviews:
                item["judge_review"] = reviews[pk][0]
    return found


def _fetched(family_ids: Sequence[int]) -> tuple[list[tuple[Any, ...]], Iterable[Proposal]]:
    """The columns of the families' persons, and what waits in them: two queries."""
    people = Person.objects.filter(family_id__in=family_ids).order_by("pk").values_list(*_PERSON_COLUMNS)
    return list(people), Proposal.objects.filter(family_id__in=family_ids, state=Proposal.State.WAITING).order_by("pk")


def _columns_of(read: Read) -> tuple[list[tuple[Any, ...]], Iterable[Proposal]]:
    return [tuple(getattr(person, name) for name in _PERSON_COLUMNS) for person in read.persons], read.waiting


def _chunk_records(
    families: Sequence[tuple[int, str]],
    *,
    events: list[Facts],
    day: datetime.date,
    read: Read | None = None,
) -> Iterator[tuple[int, Record]]:
    """The records of a chunk of families (key and reference), in the order given: eleven queries, or nine."""
    family_ids = [pk for pk, _reference in families]
    columns, proposals = _fetched(family_ids) if read is None else _columns_of(read)
    persons = {row[0]: dict(zip(_PERSON_COLUMNS, row, strict=True)) for row in columns}
    lists = {
        "custody": _items(_CUSTODY, persons),
        "departures": _items(_DEPARTURES, persons),
        "exclusions": _items(_EXCLUSIONS, persons),
        "parents": _items(_LINKS, persons),
        "screenings": _screenings(persons),
        "elections": _items(_ELECTIONS, persons),
    }
    single = {"court_case": _items(_CASES, persons), "return_request": _items(_REQUESTS, persons)}
    members: defaultdict[int, list[Facts]] = defaultdict(list)
    places: defaultdict[int, dict[tuple[str, str], list[int]]] = defaultdict(dict)
    for row in columns:
        pk, family_id, reference = row[:3]
        members[family_id].append(_person_facts(row, lists, single))
        places[family_id] |= {(reference, name): rows.keys[pk] for name, rows in lists.items() if pk in rows.keys}
    waiting: defaultdict[int, list[Patch]] = defaultdict(list)
    for proposal in proposals:
        waiting[proposal.family_id].append(_proposal_patch(proposal, persons))
    for family_id, reference in families:
        facts: Facts = {"family": reference, "as_of": day.isoformat()}
        if events:
            facts["court_events"] = events
        facts["persons"] = members[family_id]
        yield family_id, Record(facts, places[family_id], tuple(waiting[family_id]))


def _person_facts(
    row: Sequence[Any],
    lists: Mapping[str, _Rows],
    single: Mapping[str, _Rows],
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
    for name, rows in lists.items():
        if pk in rows.items:
            facts[name] = rows.items[pk]
        elif known_when_empty.get(name):
            facts[name] = []
    for name, rows in single.items():
        if pk in rows.items:
            facts[name] = rows.items[pk][0]
    if asylum is not None:
        facts["asylum_filed_on"] = asylum.isoformat()
    return facts


# --- what waits ---

LIST_OF: Final = {
    "custody": "custody",
    "departure": "departures",
    "exclusion": "exclusions",
    "parent_link": "parents",
    "screening": "screenings",
    "election": "elections",
    "court_case": "court_case",
    "return_request": "return_request",
    "person": "",
}
_OWN: Final[Mapping[str, Path]] = {
    **{name: (name,) for name in ("role", "birth_date", "noncitizen", "lacks_capacity", "asylum_filed_on")},
    "entry_on": ("entry", "on"),
    "entry_place": ("entry", "place"),
    **{f"{name}_known": (name,) for name in ("custody", "departures", "parents")},
}
_BY_LIST: Final = {**SOURCES, "return_request": _REQUESTS}


def typed_patch(
    *, kind: str, how: Any, person: str, key: int, values: Mapping[str, Any], empty_is_known: bool = True
) -> Patch:
    """A typed change (values by the services' names, None for unknown) as a change of the facts of `person` (an id).

    Fields that the engine does not see are left out. A parent's link has `parent`, the parent's id.
    """
    found: dict[Path, Any] = {}
    reviewed = values.get("judge_review", True)
    for name, value in values.items():
        path = _path(kind, name)
        if path is None or (not reviewed and path[0] == "judge_review"):
            continue
        found[path] = value.isoformat() if isinstance(value, datetime.date) else value
    if not reviewed:
        found[("judge_review",)] = None
    return Patch(person, LIST_OF[kind], how, key, found, empty_is_known)


def _path(kind: str, name: str) -> Path | None:
    if kind == "person":
        return _OWN.get(name)
    if kind == "screening" and name.startswith("judge_"):
        return ("judge_review",) if name == "judge_review" else ("judge_review", name.removeprefix("judge_"))
    if kind == "parent_link" and name == "parent":
        return ("parent",)
    source = _BY_LIST[LIST_OF[kind]]
    return (dict(zip(source.columns, source.names, strict=True))[name],) if name in source.columns else None


def _proposal_patch(proposal: Proposal, persons: Mapping[int, Mapping[str, Any]]) -> Patch:
    """What a proposal would change; `persons` are the columns of the family's persons."""
    person = persons[proposal.person_id]
    values = dict(proposal.values)
    if proposal.parent_id is not None:
        values["parent"] = persons[proposal.parent_id]["reference"]
    return typed_patch(
        kind=proposal.kind,
        how=proposal.how,
        person=person["reference"],
        key=proposal.row,
        values=values,
        empty_is_known=bool(person.get(f"{LIST_OF[proposal.kind]}_known")),
    )
