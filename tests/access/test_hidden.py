"""Walls and openings: a family that somebody must not see is nowhere for them, in no list, count or search."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.errors import Invalid
from accounts.models import User
from families.models import Family, Person
from families.search import keep_search
from families.services import family_assign
from tests.access.conftest import ClientOf
from tests.cast import Cast
from tests.factories import everything, make_family, make_opening, make_sheet_row, make_wall, make_written

ROOMS = ("accounts", "families", "screenings", "settlement")
CANARY = "Quetzalcanario"


@pytest.fixture
def hidden(cast: Cast) -> Family:
    """A family with a row in every table, whose every person is called by a word that stands nowhere else."""
    family = make_family(
        cast.organization, everything(), reference=f"{CANARY}-7", attorney=cast.supervisor, paralegal=cast.paralegal
    )
    family.persons.update(given_names=CANARY, country=CANARY, language=CANARY)
    make_sheet_row(family.persons.get(reference="p1"))
    make_written(family, cast.supervisor)
    make_family(cast.organization, attorney=cast.attorney, paralegal=cast.paralegal)
    return family


def of_families() -> list[Any]:
    """The managers of all tables that hang on a family."""
    models = [model for room in ROOMS for model in apps.get_app_config(room).get_models()]
    return [model._default_manager for model in models if getattr(model, "family_path", "")]


def seen(actor: User, family: Family) -> int:
    """How many rows of this family, in whichever table, the person sees."""
    return sum(
        manager.visible_to(actor).filter(**{manager.model.family_path: family.pk}).count() for manager in of_families()
    )


def test_a_walled_person_sees_no_row_of_the_family_in_any_table(cast: Cast, hidden: Family) -> None:
    assert len(of_families()) >= 19
    before = {actor: seen(actor, hidden) for actor in (cast.attorney, cast.paralegal, cast.supervisor)}
    assert len(set(before.values())) == 1
    assert before[cast.attorney] > 20
    wall = make_wall(hidden, cast.attorney, cast.supervisor)
    assert seen(cast.attorney, hidden) == 0
    assert seen(cast.paralegal, hidden) == before[cast.paralegal] + 1  # and now the wall, which pages do not show them
    assert Family.objects.visible_to(cast.attorney).count() == 1
    with CaptureQueriesContext(
        connection,
    ) as queries:
        list(Person.objects.visible_to(cast.attorney))
    assert len(queries) == 1
    type(wall).objects.filter(pk=wall.pk).update(ended_at=wall.made_at, ended_by=cast.supervisor)
    assert seen(cast.attorney, hidden) == before[cast.attorney] + 1


def test_who_does_no_case_work_sees_no_family(cast: Cast, hidden: Family) -> None:
    for actor in (cast.administrator, cast.auditor, cast.auditor, cast.other_supervisor):
        assert seen(actor, hidden) == 0
    assert seen(cast.supervisor, hidden) > 20
    cast.supervisor.is_active = False
    assert seen(cast.supervisor, hidden) == 0


def test_a_volunteer_sees_a_family_while_it_is_open_to_them(cast: Cast, hidden: Family, client_of: ClientOf) -> None:
    client = client_of(cast.volunteer)
    address = f"/families/{hidden.pk}/"
    assert seen(cast.volunteer, hidden) == 0
    assert client.get(address).status_code == 404
    opening = make_opening(hidden, cast.volunteer, cast.supervisor)
    assert client.get(address).status_code == 200
    assert Family.objects.visible_to(cast.volunteer).count() == 1
    for over in ({"until": opening.opened_at}, {"ended_at": opening.opened_at, "ended_by": cast.supervisor}):
        type(opening).objects.filter(pk=opening.pk).update(**over)
        assert client.get(address).status_code == 404
        type(opening).objects.filter(pk=opening.pk).update(until=opening.until, ended_at=None, ended_by=None)
        assert client.get(address).status_code == 200
    make_wall(hidden, cast.volunteer, cast.supervisor)
    assert client.get(address).status_code == 404


def search(client: Client, name: str, text: str) -> str:
    """The address of a search, kept in the browser's session."""
    session = client.session
    key = keep_search(session, text)
    session.save()
    return f"/{name}/?search={key}"


LISTS = (
    *("/", "/desk/", "/dashboard/", "/families/", "/families/?sort=exposure", "/people/", "/deadlines/"),
    *("/screenings/", "/families/export/", "/people/export/", "/intake/"),
    *(f"/api/v1/{name}/" for name in ("families", "persons", "screenings", "deadlines")),
)


def read(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200, address
    return b"".join(answer).decode()


def test_no_list_count_search_or_export_knows_of_the_family(cast: Cast, hidden: Family, client_of: ClientOf) -> None:
    client = client_of(cast.attorney)
    whole = {address: read(client, address) for address in LISTS}
    assert sum(CANARY in page for page in whole.values()) >= 8
    make_wall(hidden, cast.attorney, cast.supervisor)
    walled = {address: read(client, address) for address in LISTS}
    assert not [address for address, page in walled.items() if CANARY in page]
    for name in ("families", "people"):
        page = read(client, search(client, name, CANARY))
        assert page.count(CANARY) == 1  # what was typed
        assert f"/families/{hidden.pk}/" not in page
    counted = client.get("/api/v1/families/").json()["count"], client.get("/api/v1/persons/").json()["count"]
    hidden.delete()
    assert counted == (client.get("/api/v1/families/").json()["count"], client.get("/api/v1/persons/").json()["count"])
    gone = {address: read(client, address) for address in ("/dashboard/", "/families/", "/people/", "/deadlines/")}
    for address, page in gone.items():
        assert without_tokens(page) == without_tokens(walled[address]), address


def without_tokens(page: str) -> list[str]:
    """The page's lines but those with a token of its own, or with the key of a write."""
    return [line for line in page.splitlines() if "csrfmiddlewaretoken" not in line and 'name="key"' not in line]


def test_by_key_the_family_is_missing(cast: Cast, hidden: Family, client_of: ClientOf) -> None:
    person = hidden.persons.get(reference="p1")
    screening, determination = person.screenings.get(basis="reevaluation"), hidden.determinations.get(current=True)
    addresses = [
        f"/families/{hidden.pk}/",
        f"/screenings/{screening.pk}/record/",
        f"/people/{person.pk}/screenings/new/",
        *(f"/api/v1/families/{hidden.pk}/{part}" for part in ("", "decision/", "determinations/")),
        f"/api/v1/persons/{person.pk}/",
        f"/api/v1/screenings/{screening.pk}/",
        f"/api/v1/determinations/{determination.pk}/",
    ]
    client = client_of(cast.attorney)
    assert {client.get(address).status_code for address in addresses} == {200}
    make_wall(hidden, cast.attorney, cast.supervisor)
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 404, address
        assert CANARY not in answer.content.decode()


def test_a_walled_person_is_given_no_such_family_and_gives_none(cast: Cast, hidden: Family) -> None:
    other = Family.objects.exclude(pk=hidden.pk).get()
    make_wall(hidden, cast.attorney, cast.supervisor)
    with pytest.raises(Invalid) as refused:
        family_assign(actor=cast.supervisor, family_ids=[other.pk, hidden.pk], attorney_id=cast.attorney.pk, key=None)
    assert cast.attorney.name in refused.value.errors["attorney"]
    with pytest.raises(Http404):
        family_assign(actor=cast.attorney, family_ids=[other.pk, hidden.pk], paralegal_id=cast.paralegal.pk, key=None)
    assert set(Family.objects.values_list("version", flat=True)) == {1}
    assert family_assign(actor=cast.supervisor, family_ids=[other.pk], attorney_id=cast.supervisor.pk, key=None) == 1
    for cannot in (cast.volunteer, cast.administrator, cast.auditor):
        with pytest.raises(Invalid):
            family_assign(actor=cast.supervisor, family_ids=[other.pk], paralegal_id=cannot.pk, key=None)
