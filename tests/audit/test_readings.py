"""No answer that shows a person, no change and no refusal goes without its entry (the drill asks every route)."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from audit.models import Act, Entry
from drills.readings import Matrix, Visit, newest
from families.models import Family, Person
from screenings.models import Screening
from tests.audit.conftest import Session
from tests.cast import Cast
from tests.factories import DAY, PASSWORD, make_family, with_reevaluation


@pytest.fixture(autouse=True)
def _the_day(settings: Any) -> None:
    settings.AMPARO_TODAY = DAY


@pytest.fixture
def families(cast: Cast) -> list[Family]:
    """Two families of one organization and one of the other, each with names that nobody else has."""
    made = []
    for number, organization in enumerate([cast.organization, cast.organization, cast.other_organization]):
        record = with_reevaluation(status="scheduled", interview_on="2019-03-05")
        family = make_family(organization, record, attorney=cast.attorney if not number else None)
        Person.objects.filter(family=family).update(given_names=f"Canary{number}", family_names="Madeup")
        made.append(family)
    return made


@pytest.fixture
def matrix(families: list[Family]) -> Matrix:
    return Matrix({family.pk: [f"Canary{number}"] for number, family in enumerate(families)})


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_forms_previews_conflicts_and_writes_leave_them_too(cast: Cast, families: list[Family], matrix: Matrix) -> None:
    client = signed_in(cast.supervisor)
    screening = Screening.objects.get(basis="reevaluation", person__family=families[0])
    record, api = f"/screenings/{screening.pk}/record/", f"/api/v1/screenings/{screening.pk}/"
    values = {"status": "scheduled", "interview_on": "2019-03-06", "version": "1"}

    def visit(method: str, address: str, expected: int, **sent: Any) -> Visit:
        found = matrix.visit(client, cast.supervisor, address, address, method, **sent)
        assert found.missing == []
        assert found.status == expected
        return found

    visit("post", record, 200, data=values)
    visit("post", record, 200, data=values, headers={"HX-Request": "true"})
    visit("post", record, 302, data=values | {"save": "1", "key": "one"})
    assert Entry.objects.filter(act=Act.CHANGED, thing="screenings_screening", thing_id=screening.pk).exists()
    visit("post", record, 409, data=values | {"save": "1", "key": "two", "interview_on": "2019-03-09"})
    body = {"version": 1, "interview_on": "2019-03-10"}
    visit("patch", api, 409, data=body, content_type="application/json")
    visit("post", "/people/search/", 302, data={"text": "Canary0"})
    visit("post", "/families/assign/", 200, data={"family": families[0].pk, "attorney": cast.attorney.pk})


def test_a_list_that_cannot_be_noted_is_not_shown(cast: Cast, families: list[Family]) -> None:
    client = signed_in(cast.supervisor)
    client.raise_request_exception = False
    assert b"Canary0" in client.get("/people/").content
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audit_entry ADD CONSTRAINT audit_full CHECK (act <> 'listed') NOT VALID")
    answer = client.get("/people/")
    assert answer.status_code >= 500
    assert b"Canary0" not in answer.content


def test_signing_in_and_out_and_failing_to_is_noted_where_it_belongs(cast: Cast) -> None:
    last = newest()
    client = Client()
    typed = {"username": cast.attorney.email, "login": cast.attorney.email, "password": "not the password"}
    client.post("/sign-in/", typed)
    client.post("/sign-in/", typed | {"username": "nobody@mail.example", "login": "nobody@mail.example"})
    client.post("/sign-in/", typed | {"password": PASSWORD})
    client.post("/sign-out/")
    entries = list(Entry.objects.filter(pk__gt=last).order_by("pk"))
    noted = [(one.act, one.organization_id, one.actor_id, one.thing_id) for one in entries]
    here, attorney = cast.organization.pk, cast.attorney.pk
    assert noted == [
        (Act.SIGN_IN_REFUSED, here, None, attorney),
        (Act.SIGN_IN_REFUSED, None, None, None),
        (Act.SIGNED_IN, here, attorney, None),
        (Act.SIGNED_OUT, here, attorney, None),
    ]
    assert not [one for one in entries if "not the password" in str(vars(one)) or "nobody@" in str(vars(one))]


def test_the_application_can_read_and_note_and_nothing_else(cast: Cast, at_work: Session) -> None:
    """D-01: what stands in the trace is out of the application's reach, and it cannot sign for others."""
    refused = [
        "UPDATE audit_entry SET act = 'read'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "UPDATE audit_link SET seq = 1",
        "DELETE FROM audit_link",
        "INSERT INTO audit_link (chain, seq) VALUES (1, 1)",
        "INSERT INTO audit_entry (act, actor_id) VALUES ('read', 1)",
        "INSERT INTO audit_entry (act, organization_id) VALUES ('read', 1)",
        "INSERT INTO audit_entry (act, at) VALUES ('read', now())",
        "INSERT INTO audit_entry (act, by) VALUES ('read', 'x')",
        "INSERT INTO audit_entry (act, id) OVERRIDING SYSTEM VALUE VALUES ('read', 1)",
        "INSERT INTO audit_entry (act) VALUES ('changed')",
        "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE families_person DISABLE TRIGGER ALL",
    ]
    with at_work(cast.attorney), connection.cursor() as cursor:
        for statement in refused:
            cursor.execute("SAVEPOINT here; SET ROLE amparo_app")
            with pytest.raises(Exception, match=r"permission denied|row-level security|must be owner"):
                cursor.execute(statement)
            cursor.execute("ROLLBACK TO SAVEPOINT here; RESET ROLE")
        cursor.execute("SET ROLE amparo_app")
        cursor.execute("INSERT INTO audit_entry (act) VALUES ('read')")
        cursor.execute("SELECT DISTINCT organization_id FROM audit_entry")
        seen = cursor.fetchall()
        cursor.execute("RESET ROLE")
    assert seen == [(cast.organization.pk,)]
    assert Entry.objects.latest("pk").by == "amparo_app"
