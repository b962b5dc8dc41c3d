"""Store what the engine says of each family, and say it again when a fact, the rules or the day have changed.

A determination is never a source of facts: it says from which facts and rules it came, and `redetermine` makes all of
it anew. It is given for the days on which it was asked; a gap between two of them was not looked at.
"""

import datetime
import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from django.db import transaction

from accounts.models import Organization
from deadlines.refresh import refresh_deadlines
from families.locks import lock_families
from families.models import Family, Person
from settlement.engine import RULE_VERSION, decide
from settlement.facts import CHUNK, family_record, records_of
from settlement.models import Determination, DeterminedDeadline, PersonDetermination
from settlement.waiting import Decision, Facts, FactsRefusedError, Record, decided_together

ONE_DAY = datetime.timedelta(days=1)


def digest(record: Record) -> str:
    """SHA-256 (hexadecimal) of the facts in force, without their day, and of what waits.

    As JSON: names sorted, no spaces, UTF-8.
    """
    made_of: Any = {name: value for name, value in record.facts.items() if name != "as_of"}
    if record.waiting:
        waiting = [
            [*patch[:4], sorted((".".join(path), value) for path, value in patch.values.items())]
            for patch in record.waiting
        ]
        made_of = [made_of, waiting]
    text = json.dumps(made_of, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def decided(family_id: int, facts: Facts) -> Decision:
    """The engine's decision for facts that came from the record; raises `FactsRefusedError`."""
    decision = decide(facts)
    if "error" in decision:
        places = ", ".join(problem["at"] for problem in decision["error"])
        raise FactsRefusedError(f"family {family_id}: the engine refuses {places}")
    return decision


def decided_record(family_id: int, record: Record) -> Decision:
    """The decision for a family's record with all that waits in it (docs/adr/0011); raises `FactsRefusedError`."""
    return decided_together(record, partial(decided, family_id))


def decision_on(family: Family, *, day: datetime.date) -> Decision:
    """The decision for the family on this day: the stored one if it was given for the day, else a fresh one."""
    stored = family.determinations.filter(current=True, through_day=day, rule_version=RULE_VERSION).first()
    if stored is not None:
        return {**stored.decision, "as_of": day.isoformat()}
    return decided_record(family.pk, family_record(family, day=day))


def redetermine(
    *, organization: Organization, family_ids: Collection[int], day: datetime.date, rebuild: bool = False
) -> None:
    """Make the determinations of these families anew, in the caller's transaction, which must hold their changes.

    An answer that stays the same only moves on to the day; another one closes the earlier, which is kept. `rebuild`
    trusts nothing that is stored: it decides also where facts, rules and day are the same, and makes all index rows.
    """
    ordered = iter(sorted(set(family_ids)))
    while chunk := list(islice(ordered, CHUNK)):
        with transaction.atomic():
            _redetermine_chunk(organization, chunk, day, rebuild)


def redetermine_all(*, organization: Organization, day: datetime.date, rebuild: bool = False) -> int:
    """Bring every family of the organization to the day and to today's rules; gives how many were looked at.

    Each chunk is a transaction of its own (or the caller's). Done again it changes nothing.
    """
    done = 0
    for chunk in _chunks_of_keys(organization):
        redetermine(organization=organization, family_ids=chunk, day=day, rebuild=rebuild)
        done += len(chunk)
    Organization.objects.filter(pk=organization.pk).update(determined_on=day)
    return done


def determine_earlier(*, organization: Organization, days: Sequence[datetime.date]) -> int:
    """Keep what would have been said on earlier days, for families of which nothing is kept from so early.

    For a record that begins with a sheet: each answer is the engine's for that day, from the facts now on file as they
    stood on it (what has a later date is cut), so how it moved can be told from before the sheet. What is current, and
    the dates that follow from it, are not touched. Gives how many families were looked at; done again it adds nothing.
    """
    ordered = sorted(set(days))
    done = 0
    for chunk in _chunks_of_keys(organization) if ordered else ():
        with transaction.atomic():
            locked = [family.pk for family in lock_families(organization.pk, chunk)]
            kept = Determination.objects.filter(family_id__in=locked, from_day__lte=ordered[-1])
            new = sorted(set(locked) - set(kept.values_list("family_id", flat=True)))
            records = records_of(organization, day=ordered[-1], family_ids=new) if new else iter(())
            rows = [
                row for family_id, record in records for row in _earlier_rows(organization, family_id, record, ordered)
            ]
            Determination.objects.bulk_create(rows)
            done += len(new)
    return done


def _earlier_rows(
    organization: Organization, family_id: int, record: Record, days: Sequence[datetime.date]
) -> list[Determination]:
    """A family's determinations of these days; days with the same answer have one, as ever. None is current."""
    made_of, found = digest(record), list[Determination]()
    for day in days:
        on_day = record._replace(facts={**record.facts, "as_of": day.isoformat()})
        decision = decided_record(family_id, on_day)
        if found and _same_answer(found[-1].decision, decision):
            found[-1].through_day = day
        else:
            found.append(_row(organization, _Answer(family_id, made_of, decision), day, current=False))
    return found


def stale_families(organization: Organization, *, day: datetime.date) -> bool:
    """Whether a family of the organization has no determination that was given for the day under today's rules."""
    fresh = Determination.objects.filter(
        organization=organization, current=True, through_day=day, rule_version=RULE_VERSION
    )
    return Family.objects.filter(organization=organization).exclude(pk__in=fresh.values("family_id")).exists()


def _chunks_of_keys(organization: Organization) -> Iterator[list[int]]:
    keys = Family.objects.filter(organization=organization).order_by("pk").values_list("pk", flat=True)
    chunk = list(keys[:CHUNK])
    while chunk:
        yield chunk
        chunk = list(keys.filter(pk__gt=chunk[-1])[:CHUNK])


class _Answer(NamedTuple):
    family_id: int
    digest: str
    decision: Decision


def _redetermine_chunk(
    organization: Organization, family_ids: Sequence[int], day: datetime.date, rebuild: bool
) -> None:
    locked = [family.pk for family in lock_families(organization.pk, family_ids)]
    stored = Determination.objects.filter(family_id__in=locked, current=True)
    current = {row.family_id: row for row in stored.defer("decision")}
    # The decisions are most of the bytes: only those that may be said again are read.
    earlier = dict(stored.filter(through_day__lte=day if rebuild else day - ONE_DAY).values_list("pk", "decision"))
    moved: list[int] = []
    closed: list[int] = []
    new: list[_Answer] = []
    index: list[_Answer] = []
    decisions: dict[int, Decision] = {}
    records: dict[int, Record] = {}
    for family_id, record in records_of(organization, day=day, family_ids=locked):
        old = current.get(family_id)
        made_of = digest(record)
        same = old is not None and (old.rule_version, old.facts_digest) == (RULE_VERSION, made_of)
        if old is not None and same and old.through_day == day and not rebuild:
            continue
        answer = _Answer(family_id, made_of, decided_record(family_id, record))
        decisions[family_id], records[family_id] = answer.decision, record
        if old is not None and same and old.pk in earlier and _same_answer(earlier[old.pk], answer.decision):
            moved.append(old.pk)
            index += [answer] if rebuild else []
            continue
        if old is not None:
            closed.append(old.pk)
        new.append(answer)
    Determination.objects.filter(pk__in=moved).update(through_day=day)
    Determination.objects.filter(pk__in=closed).update(current=False)
    _store(organization, new, day)
    _index(organization, new + index)
    refresh_deadlines(organization=organization, decisions=decisions, records=records, day=day)


def _same_answer(one: Decision, other: Decision) -> bool:
    """Whether two decisions differ in nothing but their day."""
    return {**one, "as_of": None} == {**other, "as_of": None}


def _store(organization: Organization, answers: Sequence[_Answer], day: datetime.date) -> None:
    """Add the determinations."""
    Determination.objects.bulk_create(_row(organization, answer, day) for answer in answers)


def _row(organization: Organization, answer: _Answer, day: datetime.date, *, current: bool = True) -> Determination:
    return Determination(
        organization=organization,
        family_id=answer.family_id,
        from_day=day,
        through_day=day,
        rule_version=RULE_VERSION,
        facts_digest=answer.digest,
        stage=answer.decision["stage"],
        removal=answer.decision["removal"],
        deportation_eligible=answer.decision["deportation_eligible"],
        decision=answer.decision,
        current=current,
    )


def _index(organization: Organization, answers: Sequence[_Answer]) -> None:
    """Make the index rows of these families anew."""
    if not answers:
        return
    families = [answer.family_id for answer in answers]
    rows = Person.objects.filter(family_id__in=families).values_list("family_id", "reference", "pk")
    keys = {(family, reference): pk for family, reference, pk in rows}
    PersonDetermination.objects.filter(family_id__in=families).delete()
    PersonDetermination.objects.bulk_create(
        PersonDetermination(
            organization=organization,
            family_id=answer.family_id,
            person_id=keys[answer.family_id, person["id"]],
            membership=person["membership"],
            standing=person["standing"],
            right_state=person["right_state"],
            removal=person["removal"],
            rule=person["rule"],
            needs=person["needs"],
            next_steps=person["next_steps"],
        )
        for answer in answers
        for person in answer.decision["persons"]
    )
    DeterminedDeadline.objects.filter(family_id__in=families).delete()
    DeterminedDeadline.objects.bulk_create(
        DeterminedDeadline(
            organization=organization,
            family_id=answer.family_id,
            person_id=keys[answer.family_id, deadline["person"]],
            kind=deadline["id"],
            due=datetime.date.fromisoformat(deadline["due"]),
            act_by=datetime.date.fromisoformat(deadline["act_by"]),
            missed=deadline["missed"],
            if_confirmed=deadline.get("if_confirmed", False),
        )
        for answer in answers
        for deadline in answer.decision["deadlines"]
    )
