"""The question that would settle it, beside the desk: the same as on its own page, kept by the facts, walls and all."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from redis.exceptions import RedisError

from accounts.scope import acting_for
from families.services import person_update
from families.wizard.drafts import draft_save
from settlement.asking import kept
from settlement.asking.questions import asking
from tests.cast import Cast
from tests.desks import records
from tests.desks.conftest import ClientOf
from tests.factories import DAY, Record, make_family, make_wall, mother_and_son

LEFT = "Have you left the United States since you came?"
PART = {"HX-Request": "true"}


def departures_unknown() -> Record:
    record = mother_and_son()
    del record["persons"][0]["departures"]
    return record


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    cache.clear()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows with each family for which the question is worked out."""
    times: list[int] = []

    def counting(record: Any, decide: Any, *, unknown_only: bool = False) -> Any:
        times.append(1)
        return asking(record, decide, unknown_only=unknown_only)

    monkeypatch.setattr(kept, "asking", counting)
    return times


def test_the_desk_fetches_the_question_and_the_page_has_it_too(
    cast: Cast, client_of: ClientOf, asked: list[int]
) -> None:
    make_family(cast.organization, departures_unknown(), attorney=cast.attorney, reference="MINE")
    make_family(cast.organization, departures_unknown(), attorney=cast.supervisor, reference="ANOTHERS")
    client = client_of(cast.attorney)
    desk = client.get("/desk/").content.decode()
    assert 'hx-get="/desk/questions/"' in desk
    assert asked == [], "the desk itself works nothing out"
    part = client.get("/desk/questions/", headers=PART).content.decode()
    page = client.get("/desk/questions/").content.decode()
    assert LEFT in part
    assert LEFT in page
    assert "<main" not in part
    assert ("MINE" in page, "ANOTHERS" in page) == (True, False)
    assert len(asked) == 1, "worked out once, and kept"


def test_what_is_kept_goes_with_the_facts_and_has_no_name(cast: Cast, client_of: ClientOf, asked: list[int]) -> None:
    family = make_family(cast.organization, departures_unknown(), attorney=cast.attorney)
    client = client_of(cast.attorney)
    client.get("/desk/questions/")
    mother = family.persons.get(reference="p1")
    values: dict[str, Any] = {"birth_date": "1987-03-14"}
    with acting_for(cast.attorney):
        person_update(
            actor=cast.attorney, person_id=mother.pk, version=mother.version, values=values, key=None, day=DAY
        )
    client.get("/desk/questions/")
    assert len(asked) == 2, "another fact, another key"
    stored = [value for value in kept_values() if value]
    assert stored
    assert not any(name in str(stored) for name in (mother.given_names, mother.family_names) if name)
    client.cookies["django_language"] = "es"
    assert "¿Ha salido usted" in client.get("/desk/questions/").content.decode()
    assert len(asked) == 2, "in whatever language"


def kept_values() -> list[Any]:
    client = cache._cache.get_client()  # type: ignore[attr-defined]
    return [cache.get(key.decode().split(":", 2)[2]) for key in client.keys("*asking:*")]


def test_without_the_keeper_it_is_worked_out_anew(
    cast: Cast, client_of: ClientOf, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_family(cast.organization, departures_unknown(), attorney=cast.attorney)

    def away(*_args: Any, **_values: Any) -> None:
        raise RedisError

    monkeypatch.setattr(cache, "get", away)
    monkeypatch.setattr(cache, "set", away)
    client = client_of(cast.attorney)
    for times in (1, 2):
        assert LEFT in client.get("/desk/questions/").content.decode()
        assert len(asked) == times


def test_a_wall_hides_the_question_and_the_queries_are_few(cast: Cast, client_of: ClientOf) -> None:
    made = [make_family(cast.organization, departures_unknown(), attorney=cast.attorney) for _ in range(8)]
    client = client_of(cast.attorney)
    with CaptureQueriesContext(connection) as cold:
        assert client.get("/desk/questions/").context["page"].paginator.count == 8
    assert len(cold) <= 25
    make_wall(made[0], cast.attorney, cast.supervisor)
    page = client.get("/desk/questions/")
    assert page.context["page"].paginator.count == 7
    assert made[0].reference not in page.content.decode()
    assert client_of(cast.administrator).get("/desk/questions/").status_code == 403


def test_the_desk_says_that_there_is_a_draft_and_since_when(cast: Cast, client_of: ClientOf) -> None:
    make_family(cast.organization, records.quiet(), paralegal=cast.paralegal)
    client = client_of(cast.paralegal)
    assert "Go on with your draft" not in client.get("/desk/").content.decode()
    with acting_for(cast.paralegal):
        draft_save(actor=cast.paralegal, version=0, content={}, key=None)
    words = " ".join(client.get("/desk/").content.decode().split())
    assert "Go on with your draft of " in words
    assert "Go on with your draft" not in client_of(cast.attorney).get("/desk/").content.decode(), "another's draft"
    assert 'href="/families/new/"' not in client_of(cast.volunteer).get("/desk/").content.decode(), (
        "may not put on file"
    )
