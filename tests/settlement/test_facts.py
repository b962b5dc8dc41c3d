"""From the contract's facts to rows and back."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from settlement.engine import decide
from settlement.facts import CHUNK, facts_of, family_facts
from settlement.models import CourtEvent
from settlement.waiting import Facts
from tests.cast import Cast
from tests.factories import DAY, everything, make_family

CASES = Path(__file__).parent.parent / "contracts" / "cases.jsonl"


def essential(facts: Any, name: str = "") -> Any:
    """Facts without what says nothing: NULL, and empty lists where absent means the same."""
    if isinstance(facts, list):
        return [essential(item) for item in facts]
    if not isinstance(facts, dict):
        return facts
    silent = {"screenings", "elections", "exclusions"}
    kept = {key: essential(value, key) for key, value in facts.items() if value is not None}
    return {key: value for key, value in kept.items() if (value or key not in silent) and (key, value) != ("entry", {})}


def test_every_worked_case_survives_the_record(cast: Cast, settings: Any) -> None:
    """Rows hold all that the rules can be told, and the bridge tells all of it."""
    settings.SIMPLE_HISTORY_ENABLED = False  # not looked at here, and it doubles the time
    seen = 0
    for line in CASES.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        facts = case["facts"]
        if "error" in case["decision"] or facts.get("court_events") == []:
            continue
        CourtEvent.objects.all().delete()
        for event in facts.get("court_events") or []:
            CourtEvent.objects.get_or_create(organization=cast.organization, kind=event["kind"], on=event["on"])
        family = make_family(cast.organization, facts, determined=False)
        given = family_facts(family, day=datetime.date.fromisoformat(facts["as_of"]))
        events = [(event["on"], event["kind"]) for event in given.pop("court_events", [])]
        assert sorted(set(events)) == sorted({(e["on"], e["kind"]) for e in facts.get("court_events") or []})
        want = {key: value for key, value in facts.items() if key != "court_events"}
        assert given == essential(want), case["name"]
        seen += 1
    assert seen > 250


def test_an_organization_with_no_court_event_leaves_the_court_record_to_the_engine(cast: Cast) -> None:
    family = make_family(cast.organization)
    CourtEvent.objects.create(organization=cast.other_organization, kind="stay", on=DAY)
    assert "court_events" not in family_facts(family, day=DAY)
    CourtEvent.objects.create(organization=cast.organization, kind="stay", on=DAY)
    assert family_facts(family, day=DAY)["court_events"] == [{"kind": "stay", "on": "2019-03-01"}]


def test_an_empty_list_is_known_or_unknown(cast: Cast) -> None:
    family = make_family(cast.organization, {"persons": [{"id": "c1", "role": "child"}]})
    [person] = family_facts(family, day=DAY)["persons"]
    assert person == {"id": "c1", "role": "child"}
    family.persons.update(custody_known=True, departures_known=True, parents_known=True, entry_place="interior")
    [person] = family_facts(family, day=DAY)["persons"]
    assert person == {
        "id": "c1",
        "role": "child",
        "entry": {"place": "interior"},
        "custody": [],
        "departures": [],
        "parents": [],
    }
    family.persons.update(role="parent", parents_known=False)
    assert "parents" not in family_facts(family, day=DAY)["persons"][0]


def test_many_are_the_same_as_each_alone_in_order_of_reference(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    families = [make_family(cast.organization, everything(), reference=r) for r in ("b", "B", "á", "a1", "a", "Z")]
    make_family(cast.other_organization)
    alone = {family.pk: family_facts(family, day=DAY) for family in families}
    with django_assert_num_queries(13):
        together = list(facts_of(cast.organization, day=DAY))
    assert [facts["family"] for _pk, facts in together] == ["B", "Z", "a", "a1", "b", "á"]
    assert dict(together) == alone
    assert CHUNK > 6
    monkeypatch.setattr("settlement.facts.CHUNK", 2)
    assert list(facts_of(cast.organization, day=DAY)) == together
    wanted = {families[0].pk, families[3].pk}
    assert {pk for pk, _facts in facts_of(cast.organization, day=DAY, family_ids=wanted)} == wanted


def test_the_engine_takes_what_the_record_gives(cast: Cast) -> None:
    facts: Facts = family_facts(make_family(cast.organization, everything()), day=DAY)
    assert "error" not in decide(facts)
