"""Which deadlines a family is to have on a day: from the engine's decision, the catalogue and the office's rules.

Plain Python on what was read: no query, no clock. The same trigger gives the same key.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from deadlines.catalogue import CATALOGUE, DERIVED
from deadlines.catalogue.entries import Entry, Trigger
from deadlines.catalogue.record import FamilyView, PersonView
from deadlines.counting import RULES, Counted, business_day_from, business_day_up_to, earliest
from deadlines.models import Deadline
from deadlines.office.rules import Rule
from settlement.engine.days import days_after
from settlement.engine.parameters import COURT_RECORD
from settlement.waiting import confirmed


@dataclass
class Wanted:
    """A deadline as it is to stand in the book; `is_old` of one that is not worth a new row."""

    family_id: int
    key: str
    values: dict[str, Any] = field(default_factory=dict)
    is_old: bool = False


def wanted_of(family: FamilyView, closures: Collection[date], rules: Sequence[Rule] = ()) -> list[Wanted]:
    """All derived deadlines of the family, by key; `rules` are those of its office."""
    found = list(_from_engine(family, closures))
    for entry in DERIVED:
        for made in _derived(family, entry, closures):
            made.values["source"] = Deadline.Source.CATALOGUE
            found.append(made)
    for rule in rules:
        for made in _derived(family, rule.entry, closures) if rule.is_on else ():
            made.values |= {"source": Deadline.Source.OFFICE, "title": rule.title}
            found.append(made)
    return found


def _derived(family: FamilyView, entry: Entry, closures: Collection[date]) -> Iterator[Wanted]:
    """What the entry finds in the record of each person."""
    for person in family.persons:
        for trigger in entry.triggers(person, family):
            counted = RULES[entry.counting](trigger.start, entry.length, closures)
            if counted is not None:
                made = _wanted(family, person, entry, trigger, counted, closures)
                forgotten = entry.forgotten_after
                made.is_old = forgotten is not None and counted.due < family.day - forgotten
                yield made


def _wanted(
    family: FamilyView,
    person: PersonView,
    entry: Entry,
    trigger: Trigger,
    counted: Counted,
    closures: Collection[date],
) -> Wanted:
    others, first_others = others_of(entry, trigger, closures)
    own = counted.unmoved if entry.safe_is_due else business_day_up_to(safe_day(entry, counted), closures)
    values = {
        "person_id": None if entry.of_family else person.pk,
        "kind": entry.id,
        "title": "",
        "weight": entry.weight,
        "owes": entry.owes,
        "trigger_on": trigger.start,
        "counting": entry.counting,
        "due_on": counted.due,
        "safe_on": min(earliest(own, first_others) or counted.due, counted.due),
        "due_at": trigger.at,
        "zone": trigger.zone,
        "otherwise": others,
        "proof": proof_of(trigger, counted),
        "if_confirmed": False,
    }
    return Wanted(family.pk, f"{entry.id}:{trigger.row}", values)


def safe_day(entry: Entry, counted: Counted) -> date:
    """The day on which one is surely in time, before weekends are looked at: of a birthday, the day before it."""
    if entry.counting == "age_on":
        return days_after(counted.due, -1) or counted.due
    return min(counted.unmoved, counted.due)


def others_of(entry: Entry, trigger: Trigger, closures: Collection[date]) -> tuple[list[dict[str, Any]], date | None]:
    """What other sources say of the trigger, as a deadline keeps it, and the earliest of their safe days."""
    found, safe = [], []
    for other in entry.others:
        start = trigger.also.get(other.start) if other.start else trigger.start
        counted = None if start is None else RULES[other.counting](start, other.length, closures)
        if counted is not None:
            found.append(
                {"id": other.id, "due_on": counted.due.isoformat(), "basis": other.basis, "citation": other.citation}
            )
            safe.append(business_day_up_to(min(counted.unmoved, counted.due), closures))
    return found, earliest(*safe)


def proof_of(trigger: Trigger, counted: Counted) -> dict[str, Any]:
    """How the day was worked out, in ids and values: what the proof sheet puts into words."""
    return {
        "what": trigger.what,
        "row": trigger.pk,
        "start": counted.start.isoformat(),
        "length": counted.length,
        "unmoved": counted.unmoved.isoformat(),
        "skipped": [[one.day.isoformat(), one.why] for one in counted.skipped],
    }


# --- the engine's deadlines -------------------------------------------------------------------------------------------


def _from_engine(family: FamilyView, closures: Collection[date]) -> Iterator[Wanted]:
    """The lines of the decision, each with the row that set it off; what follows from what waits has `if_confirmed`."""
    persons = family.by_reference()
    taken: Counter[str] = Counter()
    for line in sorted(family.decision["deadlines"], key=lambda one: bool(one.get("if_confirmed"))):
        person = persons[line["person"]]
        due, act_by = date.fromisoformat(line["due"]), date.fromisoformat(line["act_by"])
        entry, trigger, counted = _origin(family, person, line["id"], due, closures)
        made = _wanted(family, person, entry, trigger, counted, closures)
        # The engine knows no closings by an order: they move a last day on, and a safe day back.
        last = (business_day_from(due, closures) or due) if entry.counting.endswith(("days", "years")) else due
        safe = earliest(made.values["safe_on"], business_day_up_to(act_by, closures), due)
        made.values |= {
            "source": Deadline.Source.ENGINE,
            "due_on": last,
            "safe_on": safe,
            "if_confirmed": bool(line.get("if_confirmed")),
        }
        taken[made.key] += 1
        if taken[made.key] > 1:
            made.key = f"{made.key}:{taken[made.key]}"
        yield made


def _origin(
    family: FamilyView, person: PersonView, kind: str, due: date, closures: Collection[date]
) -> tuple[Entry, Trigger, Counted]:
    """The entry and the trigger that give this day; of several the last."""
    entries = [CATALOGUE[kind], *([CATALOGUE["judge_review_rf"]] if kind == "judge_review" else [])]
    for view in _views(family, person):
        for entry in entries:
            for trigger in reversed(list(_ORIGINS[entry.id](view, family))):
                counted = RULES[entry.counting](trigger.start, entry.length, ())
                if counted is not None and counted.due == due:
                    return entry, trigger, RULES[entry.counting](trigger.start, entry.length, closures) or counted
    # The day is the engine's whatever set it off, and no date is ever left out.
    trigger = Trigger(f"p{person.pk}", "", person.pk, due)
    return CATALOGUE[kind], trigger, Counted(due, 0, due, due)


def _views(family: FamilyView, person: PersonView) -> Iterator[PersonView]:
    """The person as on file, and as they would be with what waits: one change alone, and all up to it."""
    yield person
    so_far = family.record
    for patch in family.record.waiting:
        so_far = confirmed(so_far, patch)
        for record in (confirmed(family.record, patch), so_far):
            facts = next(one for one in record.facts["persons"] if one["id"] == person.reference)
            yield PersonView(person.pk, facts, person.answer, record.keys)


def _interviews(person: PersonView, _family: FamilyView) -> Iterator[Trigger]:
    for pk, item in person.items("screenings"):
        planned = person.day("interview_on", item)
        if planned is not None and item["status"] in ("scheduled", "requested"):
            yield Trigger(f"s{pk}", "screening.interview_on", pk, planned)


def _negative(person: PersonView, _family: FamilyView) -> Iterator[Trigger]:
    for pk, item in person.items("screenings"):
        decided = person.day("decided_on", item)
        if item.get("kind") != "reasonable_fear" and item.get("judge_review") is not None and decided is not None:
            yield Trigger(f"s{pk}", "screening.decided_on", pk, decided)


def _asked(person: PersonView, _family: FamilyView) -> Iterator[Trigger]:
    for pk, item in person.items("screenings"):
        asked = person.day("asked_on", item.get("judge_review") or {})
        if item.get("kind") == "reasonable_fear" and asked is not None:
            yield Trigger(f"s{pk}", "judge_review.asked_on", pk, asked)


def _approved(person: PersonView, family: FamilyView) -> Iterator[Trigger]:
    events: Sequence[Mapping[str, Any]] = family.record.facts.get("court_events") or [
        {"kind": kind, "on": on.isoformat()} for kind, on in COURT_RECORD.value
    ]
    approvals = [date.fromisoformat(event["on"]) for event in events if event["kind"] == "final_approval"]
    if approvals:
        yield Trigger(f"p{person.pk}", "court_event.on", family.pk, min(approvals))


def _presented(person: PersonView, _family: FamilyView) -> Iterator[Trigger]:
    on = person.day("presented_on", person.facts.get("return_request") or {})
    if on is not None:
        yield Trigger(f"p{person.pk}", "return_request.presented_on", person.pk, on)


def _entered(person: PersonView, _family: FamilyView) -> Iterator[Trigger]:
    on = person.day("on", person.facts.get("entry") or {})
    if on is not None:
        yield Trigger(f"p{person.pk}", "person.entry_on", person.pk, on)


def _ordered(person: PersonView, _family: FamilyView) -> Iterator[Trigger]:
    on = person.day("decided_on", person.facts.get("court_case") or {})
    if on is not None:
        yield Trigger(f"c{person.pk}", "court_case.decided_on", person.pk, on)


_ORIGINS: Final = {
    "orientation": _interviews,
    "judge_review": _negative,
    "judge_review_rf": _asked,
    "return_request": _approved,
    "return_answer": _presented,
    "asylum_filing": _entered,
    "appeal": _ordered,
}
