"""Lists: what filters let through, in which order, how they answer to bad addresses, and that walls hold."""

import datetime
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config import clock
from deadlines.lists import deadlines_list
from deadlines.models import Deadline
from families.filters import DEADLINES, FAMILIES, PEOPLE, SCREENINGS, Filters
from families.lists import families_list, families_sorted, office_of, people_list, screenings_list
from families.models import Family, Person
from settlement import wording
from settlement.models import Determination
from tests.cast import Cast
from tests.desks import records
from tests.desks.conftest import ClientOf
from tests.factories import DAY, make_family, with_reevaluation

LISTS = [FAMILIES, PEOPLE, DEADLINES, SCREENINGS]
ADDRESSES = [f"/{kind.name}/" for kind in LISTS]


@pytest.fixture
def exposed(cast: Cast) -> dict[str, Family]:
    """A family for each exposure, made in the opposite order, all of one attorney."""
    return {
        key: make_family(cast.organization, record(), attorney=cast.attorney)
        for key, record in reversed(list(records.ALL.items()))
    }


def references(rows: Any) -> set[str]:
    return {family.reference for family in rows}


def count_shown(body: bytes) -> int:
    found = re.search(rb'id="count"[^>]*>\s*(\d+)', body)
    assert found
    return int(found[1])


def test_every_family_has_one_exposure_and_they_come_in_its_order(cast: Cast, exposed: dict[str, Family]) -> None:
    for key, family in exposed.items():
        assert references(families_list(cast.attorney, Filters(exposure=key), DAY)) == {family.reference}
    ordered = families_sorted(families_list(cast.attorney, Filters(), DAY), "exposure", DAY)
    assert [family.reference for family in ordered] == [exposed[key].reference for key in records.ALL]


def test_a_missed_deadline_presses_whatever_the_stored_day_says(cast: Cast) -> None:
    family = make_family(cast.organization, records.dated())
    weeks_later = DAY + datetime.timedelta(days=20)
    early = DAY - datetime.timedelta(days=20)
    assert references(families_list(cast.attorney, Filters(exposure="date"), weeks_later)) == {family.reference}
    assert references(families_list(cast.attorney, Filters(exposure="none"), early)) == {family.reference}


def test_within_one_exposure_the_nearest_date_comes_first(cast: Cast) -> None:
    late = make_family(cast.organization, with_reevaluation(interview_on="2019-03-12"), reference="1")
    soon = make_family(cast.organization, with_reevaluation(interview_on="2019-03-08"), reference="2")
    ordered = families_sorted(families_list(cast.attorney, Filters(), DAY), "exposure", DAY)
    assert [family.pk for family in ordered] == [soon.pk, late.pk]


def test_filters_about_persons_hold_for_one_and_the_same_person(cast: Cast) -> None:
    family = make_family(cast.organization, records.undetermined())
    mother, son = family.persons.order_by("pk")
    assert (mother.answer.removal, son.answer.removal) == ("undetermined", "barred")
    assert references(families_list(cast.attorney, Filters(need="P2"), DAY)) == {family.reference}
    assert not families_list(cast.attorney, Filters(need="P2", membership="member"), DAY)
    assert list(people_list(cast.attorney, Filters(need="P2"), DAY)) == [mother]
    assert list(people_list(cast.attorney, Filters(removal="barred"), DAY)) == [son]
    assert list(people_list(cast.attorney, Filters(role="child"), DAY)) == [son]


def test_countries_and_colleagues(cast: Cast) -> None:
    ours = make_family(cast.organization, attorney=cast.attorney)
    nobodys = make_family(cast.organization, paralegal=cast.paralegal)
    Person.objects.filter(family=ours).update(country="Brazil", language="Portuguese")
    assert references(families_list(cast.attorney, Filters(country="Brazil"), DAY)) == {ours.reference}
    assert references(families_list(cast.attorney, Filters(country="-"), DAY)) == {nobodys.reference}
    assert references(families_list(cast.attorney, Filters(attorney="-"), DAY)) == {nobodys.reference}
    assert references(families_list(cast.attorney, Filters(attorney=str(cast.attorney.pk)), DAY)) == {ours.reference}
    assert people_list(cast.attorney, Filters(paralegal=str(cast.paralegal.pk)), DAY).count() == 2
    office = office_of(cast.attorney)
    assert (office.countries, office.languages) == (["", "Brazil"], ["", "Portuguese"])


def test_somebody_who_left_stays_in_the_filter_while_they_have_families(cast: Cast) -> None:
    make_family(cast.organization, attorney=cast.attorney)
    cast.attorney.is_active = cast.paralegal.is_active = False
    cast.attorney.save()
    cast.paralegal.save()
    office = office_of(cast.supervisor)
    assert str(cast.attorney.pk) in dict(office.attorneys)
    assert str(cast.paralegal.pk) not in dict(office.paralegals)


def test_a_family_without_an_answer_is_shown_and_can_be_asked_for(cast: Cast, client_of: ClientOf) -> None:
    family = make_family(cast.organization)
    Determination.objects.all().delete()
    family.answers.all().delete()
    assert references(families_list(cast.attorney, Filters(removal="-"), DAY)) == {family.reference}
    assert people_list(cast.attorney, Filters(removal="-"), DAY).count() == 2
    client = client_of(cast.attorney)
    assert b"no answer yet" in client.get("/families/").content
    assert b"no answer yet" in client.get("/people/").content


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("sort=password", "“password” is not in this list.|There is no filter “sort”."),
        ("colour=red", "There is no filter “colour”."),
        ("organization__name=x", "There is no filter “organization__name”."),
        ("attorney=99999999999999999999999999", "Attorney: “99999999999999999999999999” is not in this list."),
        ("attorney=٣", "is not in this list."),
        ("country=Atlantis", "Country: “Atlantis” is not in this list."),
        ("country=-&country=-", "“country” is given twice."),
    ],
)
def test_an_address_that_asks_for_what_there_is_not_is_refused_with_a_sentence(
    cast: Cast, client_of: ClientOf, address: str, query: str, told: str
) -> None:
    answer = client_of(cast.attorney).get(f"{address}?{query}")
    assert answer.status_code == 400
    assert any(sentence in answer.content.decode() for sentence in told.split("|"))


@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_that_there_are_not_lead_to_the_nearest(cast: Cast, client_of: ClientOf, address: str) -> None:
    client = client_of(cast.attorney)
    for page in ("abc", "0", "-1", "99999999999999999999", "1e9"):
        assert client.get(address, {"page": page}).status_code == 200


def test_a_form_with_empty_fields_leads_to_a_short_address(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.attorney).get("/families/?removal=barred&attorney=&need=&sort=exposure")
    assert (answer.status_code, answer["Location"]) == (302, "/families/?removal=barred&sort=exposure")


def test_fifty_to_a_page(cast: Cast, client_of: ClientOf) -> None:
    families = Family.objects.bulk_create(
        Family(organization=cast.organization, reference=f"{n:03}") for n in range(51)
    )
    Person.objects.bulk_create(
        Person(organization=cast.organization, family=family, reference="p1", role="parent") for family in families
    )
    client = client_of(cast.attorney)
    first, second = client.get("/families/"), client.get("/families/?page=2")
    assert [len(answer.context["rows"]) for answer in (first, second)] == [50, 1]
    assert count_shown(second.content) == 51


@pytest.mark.parametrize("kind", LISTS, ids=lambda kind: kind.name)
def test_all_values_that_a_filter_offers_are_answered(cast: Cast, client_of: ClientOf, kind: Any) -> None:
    make_family(cast.organization, records.judge(), attorney=cast.attorney)
    client = client_of(cast.attorney)
    form = client.get(f"/{kind.name}/").context["form"]
    for name, field in form.fields.items():
        for value, _label in field.choices:
            if value:
                assert client.get(f"/{kind.name}/", {name: value}).status_code == 200, (name, value)


def test_another_organizations_rows_are_nowhere(cast: Cast, client_of: ClientOf) -> None:
    record = records.dated()
    theirs = make_family(
        cast.other_organization,
        record,
        attorney=cast.other_attorney,
        paralegal=cast.other_paralegal,
        reference="THEIRS",
    )
    Person.objects.filter(family=theirs).update(
        given_names="Secreta", family_names="Lejana", country="Elsewhere", language="Whispered"
    )
    for user in (cast.attorney, cast.paralegal, cast.supervisor):
        client = client_of(user)
        for address in ADDRESSES:
            answer = client.get(address)
            assert count_shown(answer.content) == 0
            for canary in ("THEIRS", "Secreta", "Elsewhere", "Whispered", cast.other_attorney.name):
                assert canary not in answer.content.decode()
            assert client.get(address, {"attorney": str(cast.other_attorney.pk)}).status_code == 400
    other = client_of(cast.other_supervisor)
    dates = Deadline.objects.filter(family=theirs).open().count()
    assert dates > 1  # the agreement's, and the catalogue's
    assert [count_shown(other.get(address).content) for address in ADDRESSES] == [1, 2, dates, 1]


def test_no_right_no_list(cast: Cast, client_of: ClientOf) -> None:
    make_family(cast.organization)
    for address in ADDRESSES:
        answer = client_of(cast.auditor).get(address)
        assert answer.status_code == 403
        assert "You may not see families." in answer.content.decode()
    for rows in (families_list, people_list, screenings_list):
        with pytest.raises(Exception, match="You may not see families"):
            rows(cast.auditor, Filters(), DAY)
    with pytest.raises(Exception, match="You may not see families"):
        deadlines_list(cast.auditor, Filters(), DAY, clock.moment())


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_for_who_has_signed_in(client: Any, db: None, address: str) -> None:
    assert client.get(address)["Location"] == f"/sign-in/?next={address}"


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/families/", 18),
        ("/families/?sort=exposure&exposure=date&step=request_independent_screening&country=-", 18),
        ("/people/", 13),
        ("/people/?need=P2&role=adult&attorney=-", 13),
        ("/deadlines/", 13),
        ("/screenings/", 13),
    ],
)
def test_the_number_of_queries_does_not_grow(cast: Cast, client_of: ClientOf, address: str, queries: int) -> None:
    client = client_of(cast.supervisor)
    for record in (*records.ALL.values(), *records.ALL.values()):
        make_family(cast.organization, record())
    with CaptureQueriesContext(connection) as counted:
        assert client.get(address).status_code == 200
    assert len(counted) <= queries


@pytest.mark.parametrize("address", ["/families/", "/people/", "/deadlines/", "/dashboard/", "/desk/"])
def test_answers_of_an_earlier_day_are_said_to_be_old(cast: Cast, client_of: ClientOf, address: str) -> None:
    make_family(cast.organization)
    client = client_of(cast.attorney)
    assert b"being renewed" not in client.get(address).content
    Determination.objects.update(
        from_day=DAY - datetime.timedelta(days=3), through_day=DAY - datetime.timedelta(days=1)
    )
    assert b"28 February 2019" in client.get(address).content
    cast.organization.determined_on = DAY
    cast.organization.save()
    assert b"being renewed" not in client.get(address).content
    cast.organization.determined_on = DAY - datetime.timedelta(days=2)
    cast.organization.save()
    assert b"27 February 2019" in client.get(address).content


def test_nobody_reads_that_nothing_is_left_where_other_law_may_protect(cast: Cast, client_of: ClientOf) -> None:
    make_family(cast.organization, records.lifted())
    answer = client_of(cast.attorney).get("/people/?removal=bar_lifted")
    assert answer.context["rows"]
    assert {row.steps[0] for row in answer.context["rows"]} == {wording.OTHER_LAW_SHORT}
    assert "Other law may still protect" in b"".join(client_of(cast.attorney).get("/people/export/")).decode()
