"""Changing the record in the browser: the effect on everybody before it is saved, what waits, conflicts, refusals."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from families.models import Custody, Departure, Family, ParentLink, Person
from families.proposals.models import Proposal
from families.services import fact_update, person_update
from families.tables import FACTS
from settlement.models import CourtCase, Election
from tests.cast import Cast
from tests.factories import DAY, confirm_waiting, everything, make_family
from tests.pages.test_record import sent_by, text_of

NEW: dict[str, dict[str, str]] = {
    "custody": {"by": "orr", "began_on": "2018-08-01"},
    "departure": {"kind": "left", "departed_on": "2019-01-02"},
    "exclusion": {"kind": "criminal_history", "status": "alleged"},
    "election": {"choice": "stay", "signed_on": "2018-12-01", "own_form": "yes"},
}


@pytest.fixture(autouse=True)
def _the_day(settings: Any) -> None:
    settings.AMPARO_TODAY = DAY


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast.organization, everything())


@pytest.fixture
def mother(family: Family) -> Person:
    return family.persons.get(reference="p1")


@pytest.fixture
def son(family: Family) -> Person:
    return family.persons.get(reference="c1")


@pytest.fixture
def paralegal(client: Client, cast: Cast) -> Client:
    client.force_login(cast.paralegal)
    return client


def send(client: Client, address: str, act: str, **typed: Any) -> Any:
    """What the page would send with these fields typed."""
    return client.post(address, {**sent_by(client.get(address).content.decode()), **typed, act: "1"})


def rows_in(kind: str) -> int:
    return FACTS[kind].model._default_manager.count()


def address_of(row: Any, kind: str) -> str:
    return f"/{kind.replace('_', '-')}/{row.pk}/"


@pytest.mark.parametrize("kind", FACTS)
def test_each_kind_of_fact_is_shown_changed_back_and_forth_and_taken_off(
    paralegal: Client, cast: Cast, family: Family, kind: str
) -> None:
    row: Any = FACTS[kind].model._default_manager.order_by("pk")[0]
    address = address_of(row, kind)
    page = paralegal.get(f"/families/{family.pk}/").content.decode()
    assert f'href="{address}"' in page, "from the family each fact is one click away"
    same = send(paralegal, address, "save")
    assert same.headers["Location"] == f"/families/{family.pk}/"
    row.refresh_from_db()
    assert row.version == 1, "what is sent as it came changes nothing"
    assert paralegal.get(f"{address}?off").status_code == 200
    refused = send(paralegal, f"{address}?off", "save")
    assert refused.status_code == 422
    assert "Say why this is erased." in text_of(refused.content)
    before = rows_in(kind)
    done = send(paralegal, f"{address}?off", "save", reason="It was another family's paper.")
    assert done.status_code == 302
    assert before - rows_in(kind) + Proposal.objects.filter(how="remove", state="waiting").count() == 1
    confirm_waiting(cast.attorney)
    assert rows_in(kind) == before - 1


@pytest.mark.parametrize("kind", NEW)
def test_a_new_fact_shows_its_effect_first_and_then_is_there_or_waits(
    paralegal: Client, cast: Cast, family: Family, mother: Person, kind: str
) -> None:
    address = f"/people/{mother.pk}/facts/new/?kind={kind}"
    before = rows_in(kind)
    preview = send(paralegal, address, "preview", **NEW[kind])
    assert preview.status_code == 200
    assert "Now:" in text_of(preview.content) or "Stays:" in text_of(preview.content)
    assert (rows_in(kind), Proposal.objects.count()) == (before, 0), "looking is not saving"
    assert send(paralegal, address, "save", **NEW[kind]).status_code == 302
    confirm_waiting(cast.attorney)
    assert rows_in(kind) == before + 1


def test_what_waits_is_said_before_and_after(paralegal: Client, cast: Cast, family: Family, mother: Person) -> None:
    address = f"/people/{mother.pk}/facts/new/?kind=departure"
    preview = text_of(send(paralegal, address, "preview", **NEW["departure"]).content)
    assert "This takes effect when a second person has confirmed it: departed on and how." in preview
    assert "no longer in the country" in preview
    send(paralegal, address, "save", **NEW["departure"])
    text = text_of(paralegal.get(f"/families/{family.pk}/").content)
    assert "This waits until an attorney or a supervisor" in text
    assert Departure.objects.filter(person=mother).count() == 1
    confirm_waiting(cast.attorney)
    text = text_of(paralegal.get(f"/families/{family.pk}/").content)
    assert f"entered by {cast.paralegal.name}" in text
    assert f"confirmed by {cast.attorney.name}" in text


def test_the_effect_on_others_is_shown_too(paralegal: Client, family: Family, mother: Person, son: Person) -> None:
    link = ParentLink.objects.get(child=son)
    page = send(paralegal, address_of(link, "parent_link"), "preview", separated_by="other")
    text = text_of(page.content)
    assert text.count("Protection gets weaker.") == 2, "the mother's answer hangs on her son's link"
    assert mother.given_names in text
    assert son.given_names in text
    link.refresh_from_db()
    assert link.separated_by == "dhs"


def test_a_person_is_changed_and_a_blank_erases_nothing(paralegal: Client, mother: Person) -> None:
    address = f"/people/{mother.pk}/"
    send(paralegal, address, "save", phone="(956) 555-0100", given_names="", notes="one\r\ntwo", birth_date="")
    mother.refresh_from_db()
    assert (mother.phone, mother.notes, mother.version) == ("(956) 555-0100", "one\ntwo", 2)
    assert mother.given_names
    assert mother.birth_date
    refused = send(paralegal, address, "save", erase="phone")
    assert refused.status_code == 422
    send(paralegal, address, "save", erase="phone", reason="It is her neighbour's.")
    mother.refresh_from_db()
    assert mother.phone == ""


def test_wrong_values_are_named_and_nothing_typed_is_lost(paralegal: Client, mother: Person, son: Person) -> None:
    for typed, said in (
        ({"birth_date": "2011-02-30"}, "“2011-02-30”: There is no such day."),
        ({"a_number": "12"}, "A-number"),
        ({"a_number": son.a_number}, "Another person has this A-number."),
        ({"role": "child"}, "A child's parent must be a parent or guardian of the same family."),
        ({"role": "aunt"}, "Choose one of the list."),
    ):
        for act in ("preview", "save"):
            page = send(paralegal, f"/people/{mother.pk}/", act, notes="kept <text>", **typed)
            assert page.status_code == 422
            assert said in text_of(page.content), (typed, act)
            assert "kept &lt;text&gt;" in page.content.decode()
    custody = Custody.objects.filter(person=mother)[0]
    for act in ("preview", "save"):
        page = send(paralegal, address_of(custody, "custody"), act, ended_on="2018-01-01")
        assert "The last day is before the first." in text_of(page.content)
    mother.refresh_from_db()
    assert mother.version == 1


def test_who_comes_second_chooses_field_by_field(paralegal: Client, cast: Cast, mother: Person) -> None:
    address = f"/people/{mother.pk}/"
    mine = {**sent_by(paralegal.get(address).content.decode()), "country": "Honduras", "notes": "mine", "save": "1"}
    person_update(
        actor=cast.attorney, person_id=mother.pk, version=1, values={"country": "Guatemala"}, key=None, day=DAY
    )
    page = paralegal.post(address, mine)
    assert page.status_code == 409
    text = text_of(page.content)
    assert "On file now: Guatemala" in text
    assert "You typed: Honduras" in text
    assert cast.attorney.name in text
    chosen = {**sent_by(page.content.decode()), "country": "Honduras", "save": "1"}
    assert paralegal.post(address, chosen).status_code == 302
    mother.refresh_from_db()
    assert (mother.country, mother.notes, mother.version) == ("Honduras", "mine", 3)


def test_a_removal_of_what_has_changed_meanwhile_is_asked_again(paralegal: Client, cast: Cast, mother: Person) -> None:
    custody = Custody.objects.filter(person=mother)[0]
    address = f"{address_of(custody, 'custody')}?off"
    mine = {**sent_by(paralegal.get(address).content.decode()), "reason": "Not hers.", "save": "1"}
    later = {"ended_on": "2018-07-25"}
    fact_update(actor=cast.attorney, kind="custody", pk=custody.pk, version=1, values=later, key=None, day=DAY)
    confirm_waiting(cast.supervisor)
    page = paralegal.post(address, mine)
    assert page.status_code == 409
    assert "Nothing was taken off file." in text_of(page.content)
    assert "25 July 2018" in text_of(page.content)
    assert 'value="Not hers."' in page.content.decode()
    assert Custody.objects.filter(pk=custody.pk).exists()


def test_a_double_click_is_one_change(paralegal: Client, mother: Person) -> None:
    address = f"/people/{mother.pk}/facts/new/?kind=custody"
    form = {**sent_by(paralegal.get(address).content.decode()), **NEW["custody"], "save": "1"}
    before = rows_in("custody")
    for _ in range(2):
        paralegal.post(address, form)
    assert rows_in("custody") == before + 1


def test_a_person_joins_the_family_and_is_somebodys_parent(paralegal: Client, cast: Cast, family: Family) -> None:
    address = f"/families/{family.pk}/people/new/"
    typed = {"role": "guardian", "given_names": "Tórtola", "noncitizen": "yes"}
    preview = text_of(send(paralegal, address, "preview", **typed).content)
    assert "Tórtola" in preview
    assert family.persons.count() == 2
    assert send(paralegal, address, "save", given_names="Tórtola").status_code == 422, "whose role?"
    twice = send(paralegal, address, "save", **{**typed, "reference": "p1"})
    assert "Another person of this family has this number." in text_of(twice.content)
    send(paralegal, address, "save", **typed)
    guardian = family.persons.get(role="guardian")
    assert (guardian.given_names, guardian.noncitizen, guardian.reference) == ("Tórtola", True, "3")
    son = family.persons.get(reference="c1")
    link = f"/people/{son.pk}/facts/new/?kind=parent_link"
    assert send(paralegal, link, "save", separated_by="dhs").status_code == 422, "which parent?"
    assert send(paralegal, link, "preview", parent=str(guardian.pk)).status_code == 200
    send(paralegal, link, "save", parent=str(guardian.pk), separated_by="dhs")
    confirm_waiting(cast.attorney)
    assert ParentLink.objects.filter(child=son, parent=guardian, separated_by="dhs").count() == 1


def test_there_is_one_court_case_and_what_a_role_cannot_have_is_not_offered(
    paralegal: Client, mother: Person, son: Person
) -> None:
    again = send(paralegal, f"/people/{son.pk}/facts/new/?kind=court_case", "save", kind="section_240")
    assert "There is one already." in text_of(again.content)
    assert CourtCase.objects.count() == 1
    for person, kind in ((mother, "parent_link"), (son, "return_request"), (mother, "nothing")):
        page = text_of(paralegal.get(f"/people/{person.pk}/facts/new/?kind={kind}").content)
        assert "What do you want to put on file?" in page


def test_who_may_not_and_who_does_not_see_is_refused(client: Client, cast: Cast, mother: Person) -> None:
    election = Election.objects.all()[0]
    for user, status in ((cast.auditor, 403), (cast.other_attorney, 404), (cast.volunteer, 404)):
        client.force_login(user)
        for address in (f"/people/{mother.pk}/", f"/election/{election.pk}/", f"/election/{election.pk}/?off"):
            assert client.get(address).status_code == status
            assert client.post(address, {"save": "1", "version": "1", "reason": "x"}).status_code == status
    assert Election.objects.count() == 1


def test_the_number_of_queries_does_not_grow_with_the_family(paralegal: Client, cast: Cast) -> None:
    record = everything()
    record["persons"] += [{**record["persons"][1], "id": f"c{number}"} for number in range(2, 9)]
    family = make_family(cast.organization, record)
    mother = family.persons.get(reference="p1")
    with CaptureQueriesContext(connection) as looking:
        paralegal.get(f"/people/{mother.pk}/")
    form = sent_by(paralegal.get(f"/people/{mother.pk}/").content.decode())
    with CaptureQueriesContext(connection) as preview:
        paralegal.post(f"/people/{mother.pk}/", {**form, "noncitizen": "no", "preview": "1"})
    assert len(looking) <= 10
    assert len(preview) <= 30, "\n".join(query["sql"][:150] for query in preview)
