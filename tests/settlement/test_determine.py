"""Stored determinations: made with the change, kept when they end, and never other than a fresh computation."""

import datetime
from collections.abc import Callable
from functools import partial
from io import StringIO
from random import Random
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection

from accounts import scope
from accounts.errors import Invalid
from accounts.models import Organization
from config import clock
from deadlines.refresh import refresh_family
from families.models import Family, Person
from families.services import fact_add, person_update
from screenings.models import Screening
from screenings.services import screening_add, screening_record
from settlement.determine import (
    decided,
    decided_record,
    decision_on,
    digest,
    redetermine,
    redetermine_all,
    stale_families,
)
from settlement.engine import RULE_VERSION
from settlement.facts import family_facts, family_record
from settlement.models import CourtEvent, Determination, DeterminedDeadline, PersonDetermination
from settlement.services import court_event_record
from settlement.tasks import renew_day
from settlement.waiting import FactsRefusedError
from tests.cast import Cast
from tests.factories import DAY, everything, make_family, with_reevaluation

NEXT_DAY = DAY + datetime.timedelta(days=1)


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast.organization, with_reevaluation(interview_on="2019-03-20"))


def check_against_fresh(family: Family, day: datetime.date) -> None:
    """The stored determination and its index rows say what a fresh computation says."""
    record = family_record(family, day=day)
    fresh = decided_record(family.pk, record)
    stored = family.determinations.get(current=True)
    assert {**stored.decision, "as_of": fresh["as_of"]} == fresh
    assert (stored.facts_digest, stored.rule_version, stored.through_day) == (digest(record), RULE_VERSION, day)
    assert (stored.removal, stored.stage) == (fresh["removal"], fresh["stage"])
    assert stored.deportation_eligible == fresh["deportation_eligible"]
    columns = ("membership", "standing", "right_state", "removal", "rule", "needs", "next_steps")
    rows = PersonDetermination.objects.filter(family=family).order_by("person_id")
    assert [
        (row["person__reference"], *(row[name] for name in columns))
        for row in rows.values("person__reference", *columns)
    ] == [(person["id"], *(person[name] for name in columns)) for person in fresh["persons"]]
    deadlines = DeterminedDeadline.objects.filter(family=family).order_by("pk")
    assert [
        {"id": d.kind, "person": d.person.reference, "due": str(d.due), "act_by": str(d.act_by), "missed": d.missed}
        | ({"if_confirmed": True} if d.if_confirmed else {})
        for d in deadlines
    ] == fresh["deadlines"]


def test_a_later_day_moves_the_answer_on_and_another_answer_closes_it(cast: Cast, family: Family) -> None:
    redetermine_all(organization=cast.organization, day=NEXT_DAY)
    [stored] = family.determinations.all()
    assert (stored.from_day, stored.through_day) == (DAY, NEXT_DAY)
    check_against_fresh(family, NEXT_DAY)
    after_interview = datetime.date(2019, 3, 21)
    redetermine_all(organization=cast.organization, day=after_interview)
    old, new = family.determinations.order_by("pk")
    assert (old.current, old.through_day, new.current, new.from_day) == (False, NEXT_DAY, True, after_interview)
    assert [deadline["id"] for deadline in old.decision["deadlines"]] == ["orientation"]
    assert new.decision["deadlines"] == []
    check_against_fresh(family, after_interview)


def test_the_same_day_again_changes_nothing_and_an_earlier_day_is_its_own(cast: Cast, family: Family) -> None:
    before = list(Determination.objects.values())
    redetermine(organization=cast.organization, family_ids=[family.pk], day=DAY)
    assert list(Determination.objects.values()) == before
    yesterday = DAY - datetime.timedelta(days=1)
    redetermine_all(organization=cast.organization, day=yesterday)
    assert family.determinations.count() == 2
    check_against_fresh(family, yesterday)


def test_a_changed_fact_adds_a_determination_though_the_answer_is_the_same(cast: Cast, family: Family) -> None:
    person = family.persons.get(role="child")
    person_update(
        actor=cast.paralegal, person_id=person.pk, version=1, values={"birth_date": "2011-08-29"}, key=None, day=DAY
    )
    old, new = family.determinations.order_by("pk")
    assert old.facts_digest != new.facts_digest
    assert old.decision["persons"] == new.decision["persons"]
    person_update(actor=cast.paralegal, person_id=person.pk, version=1, values={"phone": "1"}, key=None, day=DAY)
    assert family.determinations.count() == 2, "a telephone number is no fact of the rules"


def test_new_rules_make_new_determinations(cast: Cast, family: Family) -> None:
    Determination.objects.update(rule_version="older")
    assert stale_families(cast.organization, day=DAY)
    redetermine_all(organization=cast.organization, day=DAY)
    assert [row.rule_version for row in family.determinations.order_by("pk")] == ["older", RULE_VERSION]
    assert not stale_families(cast.organization, day=DAY)


def test_a_decision_is_read_for_its_day_and_made_fresh_for_another(
    cast: Cast, family: Family, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        stored = decision_on(family, day=DAY)
    assert stored == decided(family.pk, family_facts(family, day=DAY))
    later = datetime.date(2019, 3, 21)
    assert decision_on(family, day=later) == decided(family.pk, family_facts(family, day=later))
    assert decision_on(family, day=later)["deadlines"] != stored["deadlines"]


def test_after_any_changes_the_stored_is_the_fresh(cast: Cast) -> None:
    rng = Random(2018)  # noqa: S311
    families = [make_family(cast.organization, everything()) for _ in range(3)]
    day = DAY
    for _ in range(60):
        day += datetime.timedelta(days=rng.choice([0, 0, 1, 5]))
        family = rng.choice(families)
        person = rng.choice(list(family.persons.all()))
        change_something(rng, cast, person, day)
        check_against_fresh(family, day)
    redetermine_all(organization=cast.organization, day=day)
    for family in families:
        check_against_fresh(family, day)


def change_something(rng: Random, cast: Cast, person: Person, day: datetime.date) -> None:
    """One of the changes that people make, with values that the rules look at. Some are refused; that is all right."""
    some_day = datetime.date(2018, 5, 1) + datetime.timedelta(days=rng.randrange(320))
    common: dict[str, Any] = {"actor": cast.paralegal, "key": None, "day": day}
    screening = person.screenings.order_by("?").first()
    changes: list[Callable[[], object]] = [
        lambda: person_update(
            **common,
            person_id=person.pk,
            version=person.version,
            values={
                "noncitizen": rng.random() < 0.8,
                "birth_date": some_day.replace(year=rng.choice([1985, 2001, 2010])),
            },
        ),
        lambda: person_update(
            **common, person_id=person.pk, version=person.version, values={}, erase=["entry_place"], reason="unclear"
        ),
        lambda: fact_add(
            **common,
            kind="departure",
            person_id=person.pk,
            values={"departed_on": some_day, "back_on": some_day if rng.random() < 0.7 else None},
        ),
        lambda: fact_add(
            **common,
            kind="election",
            person_id=person.pk,
            values={"choice": "return", "signed_on": some_day, "signed_by": "self", "voluntary": True},
        ),
        lambda: screening_add(
            **common,
            person_id=person.pk,
            values={
                "basis": "independent" if person.role == "child" else "reevaluation",
                "status": rng.choice(["requested", "decided"]),
            },
        ),
        lambda: (
            screening
            and screening_record(
                **common,
                screening_id=screening.pk,
                version=screening.version,
                values={"status": "decided", "result": rng.choice(["positive", "negative"]), "decided_on": some_day},
            )
        ),
    ]
    try:
        rng.choice(changes)()
    except Invalid:
        redetermine(organization=cast.organization, family_ids=[person.family_id], day=day)


def test_one_command_makes_all_of_it_anew(cast: Cast, family: Family) -> None:
    other = make_family(cast.other_organization)
    PersonDetermination.objects.update(removal="bar_lifted", rule="X1")
    DeterminedDeadline.objects.all().delete()
    Determination.objects.filter(family=other).update(removal="bar_lifted", deportation_eligible=True, decision={})
    told = StringIO()
    call_command("redetermine", "--as-of", DAY.isoformat(), stdout=told)
    assert "1 families" in told.getvalue()
    check_against_fresh(family, DAY)
    check_against_fresh(other, DAY)


def test_the_sweep_brings_all_to_the_day_and_then_rests(
    cast: Cast, family: Family, settings: Any, django_assert_max_num_queries: Any
) -> None:
    settings.AMPARO_TODAY = NEXT_DAY
    assert renew_day() == 1
    assert Organization.objects.get(pk=cast.organization.pk).determined_on == NEXT_DAY
    check_against_fresh(family, clock.today())
    with django_assert_max_num_queries(1 + 2 * len(scope.organization_ids())):
        assert renew_day() == 0
    redetermine(organization=cast.organization, family_ids=[family.pk], day=DAY)
    assert renew_day() == 1, "an answer for yesterday, given after midnight, is found"


def made_long_ago(cast: Cast, count: int) -> None:
    """Families that were put on file before the day, so that no date moves along with it."""
    for _ in range(count):
        family = make_family(cast.organization, everything())
        Family.objects.filter(pk=family.pk).update(created_at=datetime.datetime(2019, 1, 2, 12, tzinfo=datetime.UTC))
        refresh_family(family=family, day=DAY)


def test_the_sweep_reads_no_more_for_many(cast: Cast, django_assert_num_queries: Any) -> None:
    made_long_ago(cast, 1)
    with django_assert_num_queries(31):
        redetermine_all(organization=cast.organization, day=NEXT_DAY)
    made_long_ago(cast, 4)
    with django_assert_num_queries(31):
        redetermine_all(organization=cast.organization, day=NEXT_DAY + datetime.timedelta(days=1))


def test_facts_that_the_engine_refuses_are_loud_and_say_nothing_personal(
    cast: Cast, family: Family, settings: Any
) -> None:
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE screenings_screening DISABLE TRIGGER screenings_screening_fits")
    Screening.objects.filter(basis="reevaluation").update(basis="independent")
    with pytest.raises(FactsRefusedError) as refusal:
        redetermine_all(organization=cast.organization, day=DAY)
    assert f"family {family.pk}" in str(refusal.value)
    assert "persons[0].screenings[1].basis" in str(refusal.value)
    other = make_family(cast.other_organization)
    settings.AMPARO_TODAY = NEXT_DAY
    with pytest.raises(FactsRefusedError):
        renew_day()
    check_against_fresh(other, NEXT_DAY)
    connection.check_constraints()
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE screenings_screening ENABLE TRIGGER screenings_screening_fits")


def test_the_first_court_event_keeps_the_record_that_was_there(cast: Cast, family: Family) -> None:
    other = make_family(cast.other_organization)
    record = partial(court_event_record, actor=cast.supervisor, key=None, day=DAY)
    for kind, on in (("", DAY), ("nonsense", DAY), ("stay", NEXT_DAY)):
        with pytest.raises(Invalid):
            record(kind=kind, on=on)
    with pytest.raises(PermissionDenied):
        record(actor=cast.attorney, kind="stay", on=DAY)
    assert not CourtEvent.objects.exists()
    record(kind="stay", on=DAY, key="k")
    record(kind="stay", on=DAY, key="k")
    kinds = list(CourtEvent.objects.order_by("on").values_list("kind", flat=True))
    assert kinds == ["stay", "proposed", "preliminary_approval", "final_approval", "stay"]
    assert family.determinations.get(current=True).stage == "stayed"
    assert other.determinations.get(current=True).stage == "approved"
    check_against_fresh(family, DAY)
    with pytest.raises(Invalid) as refusal:
        record(kind="stay", on=DAY)
    assert list(refusal.value.errors) == ["on"]
