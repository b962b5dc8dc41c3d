"""What can be read, by whom, and at what cost."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.permissions import RULES, Permission
from families.models import Family, Person
from screenings.models import Screening
from screenings.services import screening_record
from settlement.determine import redetermine
from settlement.engine import decide
from settlement.facts import family_facts
from settlement.models import Determination
from tests.api.conftest import Caller
from tests.cast import Cast
from tests.factories import DAY, everything, make_family, mother_and_son, with_reevaluation

pytestmark = pytest.mark.django_db

LISTS = ["families", "persons", "screenings", "deadlines"]


def singles(family: Family) -> list[str]:
    """The addresses of all that is about one family."""
    person = family.persons.earliest("pk")
    screening = Screening.objects.filter(person__family=family).earliest("pk")
    determination = family.determinations.get(current=True)
    return [
        f"families/{family.pk}/",
        f"families/{family.pk}/decision/",
        f"families/{family.pk}/determinations/",
        f"determinations/{determination.pk}/",
        f"persons/{person.pk}/",
        f"screenings/{screening.pk}/",
    ]


def read(client: Client, path: str, **query: Any) -> Any:
    response = client.get(f"/api/v1/{path}", query)
    assert response.status_code == 200, response.content
    return response.json()


def test_lists_have_what_is_ours_and_nothing_of_others(cast: Cast, caller: Caller) -> None:
    ours, theirs = make_family(cast.organization, everything()), make_family(cast.other_organization, everything())
    for name in LISTS:
        own = read(caller(cast.paralegal), f"{name}/")["results"]
        other = read(caller(cast.other_paralegal), f"{name}/")["results"]
        assert own
        assert other
        assert not {row["id"] for row in own} & {row["id"] for row in other}
    assert [row["id"] for row in read(caller(cast.attorney), "families/")["results"]] == [ours.pk]
    for foreign in (theirs.pk, 999_999_999):
        assert read(caller(cast.attorney), "persons/", family=foreign)["results"] == []


def test_what_is_anothers_looks_like_what_is_missing(cast: Cast, caller: Caller) -> None:
    family = make_family(cast.organization, everything())
    client, stranger = caller(cast.supervisor), caller(cast.other_supervisor)
    for path in singles(family):
        assert client.get(f"/api/v1/{path}").status_code == 200
        refused = stranger.get(f"/api/v1/{path}")
        head, _, rest = path.partition("/")
        missing = stranger.get(f"/api/v1/{head}/{'9' * 30}/{rest.partition('/')[2]}")
        assert (refused.status_code, missing.status_code) == (404, 404)
        assert refused.json() == missing.json()


def test_nobody_reads_without_signing_in_or_without_the_right(cast: Cast, caller: Caller) -> None:
    family = make_family(cast.organization, everything())
    for path in [*(f"{name}/" for name in LISTS), *singles(family)]:
        assert Client().get(f"/api/v1/{path}").status_code == 403
        refused = caller(cast.auditor).get(f"/api/v1/{path}")
        assert refused.status_code == 403
        assert refused.json() == {"detail": RULES[Permission.FAMILY_RECORD_VIEW].refusal}


def test_the_decision_is_the_engines_with_its_reasons(cast: Cast, caller: Caller) -> None:
    family = make_family(cast.organization, everything())
    client = caller(cast.attorney)
    expected = decide(family_facts(family, day=DAY))
    assert read(client, f"families/{family.pk}/decision/") == expected
    [only] = read(client, f"families/{family.pk}/determinations/")["results"]
    assert only["decision"] == expected
    assert all(person["because"] for person in only["decision"]["persons"])
    assert read(client, f"determinations/{only['id']}/") == only


def test_the_decision_follows_the_day_where_the_stored_one_has_not_yet(
    cast: Cast, caller: Caller, settings: Any
) -> None:
    family = make_family(cast.organization, with_reevaluation(interview_on="2019-03-20"))
    settings.AMPARO_TODAY = DAY + datetime.timedelta(days=18)
    late = read(caller(cast.attorney), f"families/{family.pk}/decision/")
    assert late["as_of"] == "2019-03-19"
    assert [deadline["missed"] for deadline in late["deadlines"] if deadline["id"] == "orientation"] == [True]
    stored = read(caller(cast.attorney), f"families/{family.pk}/")["determination"]
    assert stored["through_day"] == DAY.isoformat()


def test_earlier_determinations_stay_and_the_current_one_comes_first(cast: Cast, caller: Caller) -> None:
    family = make_family(cast.organization, with_reevaluation(status="interviewed"))
    screening = Screening.objects.get(basis="reevaluation")
    values = {"status": "decided", "result": "positive", "decided_on": "2019-02-20"}
    screening_record(actor=cast.paralegal, screening_id=screening.pk, version=1, values=values, key="once", day=DAY)
    found = read(caller(cast.attorney), f"families/{family.pk}/determinations/")["results"]
    assert [row["current"] for row in found] == [True, False]
    standings = [row["decision"]["persons"][0]["standing"] for row in found]
    assert standings == ["won", "pending"]
    assert len({row["facts_digest"] for row in found}) == 2
    for shown in (
        read(caller(cast.attorney), f"families/{family.pk}/"),
        *read(caller(cast.attorney), "families/")["results"],
    ):
        assert (shown["determination"]["id"], shown["determination"]["current"]) == (found[0]["id"], True)


def test_a_family_comes_with_its_people_and_a_person_with_all_that_is_on_file(cast: Cast, caller: Caller) -> None:
    family = make_family(cast.organization, everything(), attorney=cast.attorney)
    client = caller(cast.paralegal)
    shown = read(client, f"families/{family.pk}/")
    assert shown["attorney"] == {"id": cast.attorney.pk, "name": cast.attorney.name}
    assert shown["paralegal"] is None
    mother, son = shown["persons"]
    assert [mother["role"], son["role"]] == ["parent", "child"]
    full = read(client, f"persons/{mother['id']}/")
    assert full["custodies"][0]["ended_on"] == "2018-07-24"
    assert full["departures"][0]["kind"] == "removed"
    assert full["exclusions"][0]["status"] == "withdrawn"
    assert full["return_request"]["presented_by"] == "other"
    assert full["court_case"] is None
    first, second = full["screenings"]
    assert (first["judge_review"], first["judge_asked"]) == (False, None)
    assert (second["judge_review"], second["judge_asked"]) == (True, None)
    child = read(client, f"persons/{son['id']}/")
    assert child["parent_links"][0]["parent"] == mother["id"]
    assert child["court_case"]["kind"] == "section_240"
    assert child["elections"][0]["choice"] == "stay"


def test_filters_let_through_what_they_name(cast: Cast, caller: Caller) -> None:
    ours = make_family(cast.organization, everything(), attorney=cast.attorney)
    make_family(cast.organization, mother_and_son(), paralegal=cast.paralegal)
    client = caller(cast.attorney)
    removal = ours.determinations.get(current=True).removal
    cases: list[tuple[str, dict[str, Any], Callable[[Any], bool]]] = [
        ("families", {"attorney": cast.attorney.pk}, lambda row: row["attorney"]["id"] == cast.attorney.pk),
        ("families", {"paralegal": cast.paralegal.pk}, lambda row: row["paralegal"]["id"] == cast.paralegal.pk),
        ("families", {"removal": removal}, lambda row: row["determination"]["removal"] == removal),
        ("families", {"stage": "approved"}, lambda row: row["determination"]["stage"] == "approved"),
        ("persons", {"family": ours.pk, "role": "child"}, lambda row: row["role"] == "child"),
        ("persons", {"membership": "member"}, lambda row: row["answer"]["membership"] == "member"),
        ("persons", {"removal": "barred"}, lambda row: row["answer"]["removal"] == "barred"),
        ("screenings", {"status": "scheduled"}, lambda row: row["status"] == "scheduled"),
        ("screenings", {"result": "negative", "basis": "initial"}, lambda row: row["basis"] == "initial"),
        ("screenings", {"kind": "credible_fear", "family": ours.pk}, lambda row: row["family"] == ours.pk),
        ("deadlines", {"kind": "orientation", "missed": "false"}, lambda row: row["kind"] == "orientation"),
        ("deadlines", {"due_from": "2019-03-01", "due_through": "2019-12-31"}, lambda row: row["due"] >= "2019-03-01"),
    ]
    for path, query, test in cases:
        rows = read(client, f"{path}/", **query)["results"]
        assert rows, (path, query)
        assert all(test(row) for row in rows), (path, query)
    assert read(client, "families/", removal="bar_lifted")["results"] == []
    assert read(client, "deadlines/", due_from="2019-12-31")["results"] == []
    assert read(client, "screenings/", person=999_999)["results"] == []


REFUSED = [
    ("families/?search=Maria", "search"),
    ("families/?removal=deportable", "removal"),
    ("families/?removal=barred&removal=absent", "removal"),
    ("families/?attorney=me", "attorney"),
    ("families/?attorney=99999999999999999999", "attorney"),
    ("families/?page=0", "page"),
    ("families/?page=1_0", "page"),
    ("families/?page=last", "page"),
    ("families/?page_size=201", "page_size"),
    ("families/?order_by=reference", "order_by"),
    ("persons/?a_number=A000000001", "a_number"),
    ("persons/?family__organization=2", "family__organization"),
    ("screenings/?status=", "status"),
    ("deadlines/?due_from=20190301", "due_from"),
    ("deadlines/?due_from=2019-W10-5", "due_from"),
    ("deadlines/?due_from=2019-02-29", "due_from"),
    ("deadlines/?missed=1", "missed"),
    ("screenings/1/?version=3", "version"),
]


def test_an_address_that_asks_for_what_there_is_not_is_refused(cast: Cast, caller: Caller) -> None:
    client = caller(cast.attorney)
    for path, name in REFUSED:
        response = client.get(f"/api/v1/{path}")
        assert response.status_code == 400, path
        problem = response.json()
        assert problem["detail"]
        assert list(problem["errors"]) == [name], path
        assert all(isinstance(sentence, str) and sentence for sentence in problem["errors"][name])


def test_pages_follow_each_other_without_a_gap(cast: Cast, caller: Caller) -> None:
    made = [make_family(cast.organization).pk for _ in range(5)]
    client = caller(cast.attorney)
    seen: list[int] = []
    page = read(client, "families/", page_size=2)
    assert page["count"] == 5
    while True:
        seen += [row["id"] for row in page["results"]]
        if page["next"] is None:
            break
        page = client.get(page["next"]).json()
    assert seen == made
    beyond = client.get("/api/v1/families/", {"page": 4, "page_size": 2})
    assert beyond.status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_rows(
    cast: Cast, caller: Caller, django_assert_max_num_queries: Any
) -> None:
    family = make_family(cast.organization, everything(), attorney=cast.attorney, paralegal=cast.paralegal)
    for _ in range(3):
        make_family(cast.organization, everything(), attorney=cast.attorney)
    client = caller(cast.attorney)
    # Session, user and the note in the trace are three of them.
    most = {"families": 6, "persons": 5, "screenings": 5, "deadlines": 5}
    for name, number in most.items():
        with django_assert_max_num_queries(number):
            assert len(read(client, f"{name}/")["results"]) > 3
    for path in singles(family):
        with django_assert_max_num_queries(12):
            read(client, path)


def test_a_decision_that_must_be_made_anew_stays_within_the_limit(
    cast: Cast, caller: Caller, settings: Any, django_assert_max_num_queries: Any
) -> None:
    family = make_family(cast.organization, everything())
    settings.AMPARO_TODAY = DAY + datetime.timedelta(days=1)
    client = caller(cast.attorney)
    with django_assert_max_num_queries(20):
        read(client, f"families/{family.pk}/decision/")


def test_a_family_that_was_never_determined_says_so(cast: Cast, caller: Caller) -> None:
    family = make_family(cast.organization)
    Determination.objects.filter(family=family).delete()
    family.answers.all().delete()
    client = caller(cast.attorney)
    assert read(client, f"families/{family.pk}/")["determination"] is None
    assert [row["answer"] for row in read(client, "persons/")["results"]] == [None, None]
    redetermine(organization=cast.organization, family_ids=[family.pk], day=DAY)
    assert read(client, f"families/{family.pk}/")["determination"]["current"] is True


def test_names_are_given_as_they_were_written(cast: Cast, caller: Caller) -> None:
    family = make_family(cast.organization)
    Person.objects.filter(family=family).update(given_names="Ñandú", family_names="Ónice Ágata")
    [mother, _son] = read(caller(cast.attorney), f"families/{family.pk}/")["persons"]
    assert (mother["given_names"], mother["family_names"]) == ("Ñandú", "Ónice Ágata")
