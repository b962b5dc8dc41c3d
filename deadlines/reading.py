"""Families as the catalogue reads them: the engine's facts and answers, with what the engine does not see."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from django.db.models import Max, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from deadlines.catalogue.court import IN_COURT
from deadlines.catalogue.record import FamilyView, HearingRow, LookedUp, PaperRow, PersonView, Reached
from deadlines.models import Hearing
from documents.models import Paper
from families.contacts.models import ContactAttempt
from families.models import Family, Person
from settlement.models import Determination, Removal
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
    hearings, looked_up = _hearings(decisions, day)
    papers, reached = _papers(decisions), _reached(decisions)
    filed, unknown = _filed(decisions, day), _unknown_since(decisions, day)
    for family_id, decision in decisions.items():
        record = records[family_id]
        persons = []
        for facts, answer in zip(record.facts["persons"], decision["persons"], strict=True):
            pk, country = people[family_id][facts["id"]]
            beside: dict[str, Any] = {
                "hearings": hearings.get(pk, ()),
                "papers": papers.get(pk, {}),
                "country": country,
                "reached": reached.get(pk),
                "looked_up": looked_up.get(pk),
            }
            persons.append(PersonView(pk, facts, answer, record.keys, **beside))
        yield FamilyView(family_id, day, decision, record, persons, filed[family_id], unknown.get(family_id))


def _hearings(
    family_ids: Collection[int], day: datetime.date
) -> tuple[Mapping[int, list[HearingRow]], Mapping[int, LookedUp]]:
    """By person, the hearings that stand, and the last look-up in the court's system: whoever looks a person up there
    sees all that is to come, so one of a hearing that is past or cancelled by now counts, too."""
    standing: defaultdict[int, list[HearingRow]] = defaultdict(list)
    looked_up: dict[int, LookedUp] = {}
    filed = Hearing.history.filter(id=OuterRef("pk")).order_by("history_id").values("history_date")[:1]
    rows = Hearing.objects.filter(person__family_id__in=list(family_ids)).annotate(filed_at=Subquery(filed))
    for person_id, pk, kind, at, zone, cancelled, checked_on, filed_at in rows.order_by("at", "pk").values_list(
        "person_id", "pk", "kind", "at", "zone", "cancelled", "checked_on", "filed_at"
    ):
        if not cancelled:
            # The history keeps the real time, also where the product lives on a fixed day.
            filed_on = day if filed_at is None else min(timezone.localdate(filed_at), day)
            standing[person_id].append(HearingRow(pk, kind, at, zone, filed_on))
        if checked_on is not None and kind in IN_COURT:
            earlier = looked_up.get(person_id)
            if earlier is None or earlier.on <= checked_on:
                looked_up[person_id] = LookedUp(pk, checked_on)
    return standing, looked_up


def _papers(family_ids: Collection[int]) -> Mapping[int, dict[str, PaperRow]]:
    found: defaultdict[int, dict[str, PaperRow]] = defaultdict(dict)
    rows = Paper.objects.filter(person__family_id__in=list(family_ids))
    for person_id, kind, pk, state, *days in rows.values_list(
        "person_id", "kind", "pk", "state", "dated_on", "served_on"
    ):
        found[person_id][kind] = PaperRow(pk, state in _SETTLED, *days)
    return found


def _reached(family_ids: Collection[int]) -> Mapping[int, Reached]:
    """By person, the last contact that reached them; a try that did not is none."""
    rows = ContactAttempt.objects.filter(person__family_id__in=list(family_ids), outcome="reached")
    last = rows.order_by("person_id", "-on", "-pk").distinct("person_id")
    return {person_id: Reached(pk, on) for person_id, pk, on in last.values_list("person_id", "pk", "on")}


def _filed(family_ids: Collection[int], day: datetime.date) -> Mapping[int, datetime.date]:
    """When each family was put on file, on the office's calendar; the day itself where a demonstration lives before."""
    rows = Family.objects.filter(pk__in=list(family_ids)).values_list("pk", "created_at")
    return {pk: min(timezone.localdate(created_at), day) for pk, created_at in rows}


def _unknown_since(decisions: Mapping[int, Decision], day: datetime.date) -> Mapping[int, datetime.date]:
    """Of each family whose answer is unknown, since when without a break: the determinations after the last other."""
    unknown = [pk for pk, decision in decisions.items() if decision["removal"] == Removal.UNDETERMINED]
    if not unknown:
        return {}
    others = Determination.objects.filter(family=OuterRef("family")).exclude(removal=Removal.UNDETERMINED)
    last_other = others.order_by().values("family").annotate(last=Max("pk")).values("last")
    rows = Determination.objects.filter(family_id__in=unknown, removal=Removal.UNDETERMINED)
    rows = rows.filter(Q(pk__gt=Coalesce(Subquery(last_other), 0)))
    since = dict(rows.order_by().values("family_id").annotate(since=Min("from_day")).values_list("family_id", "since"))
    return {pk: min(since.get(pk, day), day) for pk in unknown}
