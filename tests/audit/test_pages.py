"""The trace on its page and as a file: what of a family somebody saw or did, for who may ask, and never past a wall."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.walls import Wall
from drills.readings import body_of
from families.models import Family, Person
from tests.cast import Cast
from tests.factories import DAY, make_family, mother_and_son


@pytest.fixture(autouse=True)
def _the_day(settings: Any) -> None:
    settings.AMPARO_TODAY = DAY


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast.organization, mother_and_son(), reference="F-KNOWN")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def lines(client: Client, query: str) -> list[dict[str, str]]:
    answer = client.get(f"/trace/export/{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(body_of(answer).removeprefix("\ufeff"))))


def test_what_a_colleague_saw_and_did_of_a_family_between_two_days(cast: Cast, family: Family) -> None:
    seen = signed_in(cast.paralegal)
    assert seen.get(f"/families/{family.pk}/").status_code == 200
    signed_in(cast.attorney).get(f"/families/{family.pk}/")
    Person.objects.filter(family=family).update(notes="changed by hand")
    supervisor = signed_in(cast.supervisor)
    assert f"/trace/?family={family.pk}" in supervisor.get(f"/families/{family.pk}/").content.decode()
    found = supervisor.post("/trace/find/", {"reference": "F-KNOWN"})
    assert found["Location"] == f"/trace/?family={family.pk}"
    query = f"?family={family.pk}&who={cast.paralegal.pk}&first=2020-01-01&last=2199-12-31"
    page = supervisor.get(f"/trace/{query}").content.decode()
    assert page.count("<tr>") == 2
    assert cast.paralegal.name in page
    [line] = lines(supervisor, query)
    assert (line["Who"], line["What"], line["Families"]) == (cast.paralegal.name, "looked at", "F-KNOWN")
    assert line["When (UTC)"].endswith("+00:00")
    assert lines(supervisor, query.replace("2199-12-31", "2020-01-02")) == []
    assert any("changed by hand" in line["After"] for line in lines(supervisor, f"?family={family.pk}&act=changed"))


def test_only_those_who_answer_for_the_office_read_its_trace_and_no_other_offices(cast: Cast, family: Family) -> None:
    for reader in (cast.supervisor, cast.administrator, cast.auditor):
        client = signed_in(reader)
        page = client.get("/trace/").content.decode()
        assert "F-KNOWN" in page
        assert 'href="/trace/"' in page
    for other in (cast.attorney, cast.paralegal, cast.volunteer):
        client = signed_in(other)
        assert client.get("/trace/").status_code == 403
        assert client.get("/trace/export/").status_code == 403
        assert client.post("/trace/find/", {"reference": "F-KNOWN"}).status_code == 403
    for foreign in (cast.other_supervisor, cast.other_administrator):
        client = signed_in(foreign)
        assert "F-KNOWN" not in client.get("/trace/").content.decode()
        assert "F-KNOWN" not in client.get(f"/trace/?family={family.pk}").content.decode()
        assert lines(client, f"?family={family.pk}") == []
        assert client.post("/trace/find/", {"reference": "F-KNOWN"})["Location"] == "/trace/"


def test_a_wall_holds_in_the_trace(cast: Cast, family: Family) -> None:
    other = make_family(cast.organization, mother_and_son(), reference="F-OPEN")
    signed_in(cast.paralegal).get("/families/")  # one entry that names both
    Wall.objects.create(
        organization=cast.organization,
        family=family,
        user=cast.supervisor,
        reason="a cousin",
        made_by=cast.administrator,
    )
    walled, free = signed_in(cast.supervisor), signed_in(cast.auditor)
    assert "F-KNOWN" in free.get("/trace/").content.decode()
    for address in ("/trace/", "/trace/?act=listed", "/trace/?act=created"):
        page = walled.get(address).content.decode()
        assert "F-OPEN" in page
        assert "F-KNOWN" not in page
        assert "a cousin" not in page
    assert walled.get(f"/trace/?family={family.pk}").status_code == 404
    assert walled.get(f"/trace/export/?family={family.pk}").status_code == 404
    assert walled.post("/trace/find/", {"reference": "F-KNOWN"})["Location"] == "/trace/"
    assert "F-KNOWN" not in str(lines(walled, ""))
    assert walled.get(f"/trace/?family={other.pk}").status_code == 200


def test_what_cannot_be_asked_is_explained(cast: Cast) -> None:
    client = signed_in(cast.supervisor)
    for query in (
        "first=2019-02-30",
        "first=2019-02-02&last=2019-02-01",
        "who=x",
        "act=x",
        "page=0",
        "family=99999999999999999999",
    ):
        assert client.get(f"/trace/?{query}").status_code == 422
    assert client.get("/trace/?page=2000&who=&act=&last=9999-12-31").status_code == 200
