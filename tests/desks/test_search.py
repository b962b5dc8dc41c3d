"""Finding people however their names and numbers are written, without a name in any address."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.scope import acting_for
from families.filters import Filters
from families.lists import families_list, people_list
from families.models import Family, Person
from families.search import MOST_KEPT, keep_search, kept_search, persons_matching, search_terms
from tests.cast import Cast
from tests.desks.conftest import ClientOf
from tests.factories import DAY, make_family


@pytest.fixture
def jacaranda(cast: Cast) -> Iterator[Person]:
    """Somebody with two given names, two surnames, accents, an apostrophe and an A-number; a colleague is at work."""
    mother: Person = make_family(cast.organization, reference="GT-0042").persons.get(reference="p1")
    Person.objects.filter(pk=mother.pk).update(
        given_names="Jacarandá Ñandú", family_names="Ópalo-Luz O'Cuarzo", a_number="A008700821"
    )
    Person.objects.exclude(pk=mother.pk).update(given_names="Guacamaya")
    with acting_for(cast.paralegal):
        yield mother


@pytest.mark.parametrize(
    "typed",
    [
        "Jacarandá",
        "jacaranda nandu",
        "NANDU JACARANDA",
        "  o'cuarzo   ópalo ",
        "Opalo Luz",
        "luz-opalo",
        "caran",
        "jacaranda, ñandu;",
        "A008700821",
        "A 008-700-821",
        "a 008.700.821",
        "8700821",
        "A 8 700 821",
        "jacaranda 8700821",
        "700821",
        "p1 ópalo",
    ],
)
def test_found(cast: Cast, jacaranda: Person, typed: str) -> None:
    assert list(persons_matching(cast.paralegal, typed)) == [jacaranda]
    families = families_list(cast.paralegal, Filters(search="k", text=typed), DAY)
    assert [family.pk for family in families] == [jacaranda.family_id]
    assert list(people_list(cast.paralegal, Filters(search="k", text=typed), DAY)) == [jacaranda]


@pytest.mark.parametrize(
    "typed", ["", " ", "%", "_", "%%%", "\\", "''", "jacaranda%", "(", "A008700822", "jacaranda zafiro"]
)
def test_not_found_and_never_everybody(cast: Cast, jacaranda: Person, typed: str) -> None:
    expected = [jacaranda] if typed == "jacaranda%" else []
    assert list(persons_matching(cast.paralegal, typed)) == expected


def test_a_family_is_found_by_its_own_number(cast: Cast, jacaranda: Person) -> None:
    for typed in ("GT-0042", "gt-00"):
        families = families_list(cast.paralegal, Filters(search="k", text=typed), DAY)
        assert [family.pk for family in families] == [jacaranda.family_id]
    assert not families_list(cast.paralegal, Filters(search="k", text="GT-1"), DAY)


def test_another_organizations_people_are_not_found(cast: Cast, jacaranda: Person) -> None:
    for typed in ("Jacarandá", "A008700821", "GT-0042"):
        for rows in (families_list, people_list):
            with acting_for(cast.other_attorney):
                assert not rows(cast.other_attorney, Filters(search="k", text=typed), DAY)


def test_terms() -> None:
    assert search_terms("A 208-700-821 García_Luna") == ["a208700821", "García", "Luna"]
    assert search_terms("2087008210") == ["2087008210"]  # ten digits are no A-number
    assert search_terms("208700821 208700822") == ["a208700821", "a208700822"]
    assert len(search_terms("a " * 500)) <= 12


def search_for(client: Any, typed: str, address: str = "/families/search/") -> Any:
    return client.post(address, {"text": typed}, follow=True)


def test_what_was_typed_is_in_the_session_and_in_no_address(cast: Cast, client_of: ClientOf, jacaranda: Person) -> None:
    client = client_of(cast.paralegal)
    for name in ("families", "people"):
        answer = search_for(client, "Jacarandá", f"/{name}/search/")
        address = answer.redirect_chain[-1][0]
        assert address.startswith(f"/{name}/?search=")
        assert "acarand" not in address
        body = answer.content.decode()
        assert 'value="Jacarandá"' in body
        assert body.count("Jacarandá Ñandú") >= 1


def test_filters_stay_when_searching_and_the_search_when_filtering(
    cast: Cast, client_of: ClientOf, jacaranda: Person
) -> None:
    client = client_of(cast.paralegal)
    answer = search_for(client, "Jacarandá", "/families/search/?removal=absent")
    assert not answer.context["rows"]
    key = answer.context["filters"].search
    assert answer.redirect_chain[-1][0] == f"/families/?removal=absent&search={key}"
    assert len(client.get("/families/", {"search": key, "removal": "barred"}).context["rows"]) == 1
    assert search_for(client, "   ", f"/families/search/?search={key}").redirect_chain[-1][0] == "/families/"


def test_a_key_is_of_no_use_to_somebody_else(cast: Cast, client_of: ClientOf, jacaranda: Person) -> None:
    other: Family = make_family(cast.organization)
    key = search_for(client_of(cast.paralegal), "Jacarandá").context["filters"].search
    answer = client_of(cast.attorney).get("/families/", {"search": key})
    assert answer.status_code == 200
    assert "This search is no longer kept" in answer.content.decode()
    assert {row.family.pk for row in answer.context["rows"]} == {jacaranda.family_id, other.pk}


def test_the_last_twenty_are_kept() -> None:
    session: dict[str, Any] = {}
    keys = [keep_search(session, f"text {number}") for number in range(MOST_KEPT + 1)]
    assert kept_search(session, keys[0]) is None
    assert kept_search(session, keys[1]) == "text 1"
    assert kept_search(session, keys[-1]) == f"text {MOST_KEPT}"
    assert kept_search(session, "made up") is None


@pytest.mark.parametrize("typed", ["\x00", "Jaca\x00randá", "a" * 100_000, "🦜" * 300, "' OR 1=1 --", "(((((", "ﷺ"])
def test_odd_texts_are_never_an_error(cast: Cast, client_of: ClientOf, jacaranda: Person, typed: str) -> None:
    answer = search_for(client_of(cast.paralegal), typed)
    assert answer.status_code == (400 if "\x00" in typed else 200)


@pytest.mark.parametrize("name", ["families", "people"])
def test_searching_is_a_post_and_any_other_way_leads_to_the_list(cast: Cast, client_of: ClientOf, name: str) -> None:
    assert client_of(cast.paralegal).get(f"/{name}/search/")["Location"] == f"/{name}/"


def test_of_a_long_text_no_more_is_kept_than_is_looked_for(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.paralegal)
    search_for(client, "a" * 100_000)
    (kept,) = client.session["searches"].values()
    assert len(kept) == 200
