"""Families as the catalogue reads them: the engine's facts and answers, with what the engine does not see."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from deadlines.catalogue.record import FamilyView, HearingRow, PaperRow, PersonView
from deadlines.models import Hearing
from documents.models import Paper
from families.models import Person
from settlement.waiting import Decision, Record

_SETTLED: Final = (Paper.State.HAVE, Paper.State.NOT_NEEDED)


def views_of(
    decisions: Mapping[int, Decision], records: Mapping[int, Record], day: datetime.date
) -> Iterator[FamilyView]:
    """The decided families, in a fixed number of queries."""
    people: defaultdict[int, dict[str, tuple[int, str]]] = defaultdict(dict)
    rows = Person.objects.filter(family_id__in=list(decisions))
    for family_id, reference, pk, country in rows.values_list("family_id", "reference", "pk", "country"):
        people[family_id][reference] = (pk, country)
    hearings, papers = _hearings(decisions), _papers(decisions)
    for family_id, decision in decisions.items():
        record = records[family_id]
        persons = []
        for facts, answer in zip(record.facts["persons"], decision["persons"], strict=True):
            pk, country = people[family_id][facts["id"]]
            beside: dict[str, Any] = {
                "hearings": hearings.get(pk, ()),
                "papers": papers.get(pk, {}),
                "country": country,
            }
            persons.append(PersonView(pk, facts, answer, record.keys, **beside))
        yield FamilyView(family_id, day, decision, record, persons)


def _hearings(family_ids: Collection[int]) -> Mapping[int, list[HearingRow]]:
    found: defaultdict[int, list[HearingRow]] = defaultdict(list)
    standing = Hearing.objects.filter(person__family_id__in=list(family_ids), cancelled=False).order_by("at", "pk")
    for person_id, pk, kind, at, zone in standing.values_list("person_id", "pk", "kind", "at", "zone"):
        found[person_id].append(HearingRow(pk, kind, at, zone))
    return found


def _papers(family_ids: Collection[int]) -> Mapping[int, dict[str, PaperRow]]:
    found: defaultdict[int, dict[str, PaperRow]] = defaultdict(dict)
    rows = Paper.objects.filter(person__family_id__in=list(family_ids))
    for person_id, kind, pk, state, dated_on in rows.values_list("person_id", "kind", "pk", "state", "dated_on"):
        found[person_id][kind] = PaperRow(pk, state in _SETTLED, dated_on)
    return found
