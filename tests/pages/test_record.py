"""Recording an outcome in the browser: seen before it is saved, nothing typed lost, nobody overwritten unseen."""

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from families.models import Family
from screenings.models import Screening
from screenings.selectors import outcome_preview
from screenings.services import screening_record
from tests.cast import Cast
from tests.factories import DAY, confirm_waiting, make_family, with_reevaluation

NEGATIVE = {
    "status": "decided",
    "result": "negative",
    "decided_on": "2019-02-20",
    "state_of_mind_weighed": "yes",
    "judge_asked": "no",
}


@pytest.fixture(autouse=True)
def _the_day(settings: Any) -> None:
    settings.AMPARO_TODAY = DAY


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast.organization, with_reevaluation(interview_on="2019-02-01"))


@pytest.fixture
def screening(family: Family) -> Screening:
    return Screening.objects.get(basis="reevaluation")


@pytest.fixture
def paralegal(client: Client, cast: Cast) -> Client:
    client.force_login(cast.paralegal)
    return client


def opened(client: Client, address: str) -> dict[str, str]:
    """What the page would send if nothing were changed: hidden fields, dates, chosen radios."""
    return sent_by(client.get(address).content.decode())


def sent_by(page: str) -> dict[str, str]:
    """The fields of the page's own form, without those of the frame (sign-out, language)."""
    form = re.search(r"<main.*</main>", page, re.DOTALL)
    assert form
    found = {}
    for tag in re.findall(r"<input[^>]*>", form[0]):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        chosen = given.get("type") not in ("radio", "checkbox") or re.search(r"\schecked\b", tag)
        if "name" in given and chosen:
            found[given["name"]] = html.unescape(given.get("value", ""))
    return found


def address_of(screening: Screening) -> str:
    return f"/screenings/{screening.pk}/record/"


def text_of(page: bytes) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.decode())))


def test_before_saving_the_page_shows_what_changes_for_everybody(
    paralegal: Client, family: Family, screening: Screening
) -> None:
    address = address_of(screening)
    mother, son = family.persons.order_by("pk")
    page = paralegal.post(address, {**opened(paralegal, address), **NEGATIVE, "preview": "1"})
    text = text_of(page.content)
    assert "Now: protected by their own right (screening under way)" in text
    assert f"Then: protected only until {son.given_names} has finished" in text
    assert "Protection gets weaker." in text
    assert "This takes effect when a second person has confirmed it: status, result" in text
    assert "Next step: Have class counsel confirm in writing that removal is held" in text
    assert f"waiting for {mother.given_names}" in text
    screening.refresh_from_db()
    assert (screening.version, screening.result) == (1, None), "looking is not saving"


def test_saving_shows_in_the_family(paralegal: Client, cast: Cast, family: Family, screening: Screening) -> None:
    address = address_of(screening)
    answer = paralegal.post(address, {**opened(paralegal, address), **NEGATIVE, "save": "1"})
    assert answer.headers["Location"] == f"/families/{family.pk}/"
    text = text_of(paralegal.get(f"/families/{family.pk}/").content)
    assert "Saved. This waits until an attorney or a supervisor who did not type it has confirmed it: status, " in text
    assert "is protected by their own right: a screening is under way" in text, "what is in force still holds"
    assert "Waiting for a second person" in text
    screening.refresh_from_db()
    assert (screening.status, screening.result) == ("scheduled", None)
    confirm_waiting(cast.attorney)
    text = text_of(paralegal.get(f"/families/{family.pk}/").content)
    assert "Waiting for a second person" not in text
    assert f"is protected only until {family.persons.order_by('pk')[1].given_names} has finished" in text
    screening.refresh_from_db()
    assert (screening.result, screening.state_of_mind_weighed, screening.judge_review.asked) == ("negative", True, "no")


def test_blank_fields_erase_nothing(paralegal: Client, screening: Screening) -> None:
    address = address_of(screening)
    typed = {**opened(paralegal, address), "interview_on": "", "kind": "", "status": "interviewed", "save": "1"}
    assert paralegal.post(address, typed).status_code == 302
    screening.refresh_from_db()
    assert (str(screening.interview_on), screening.kind, screening.status) == (
        "2019-02-01",
        "credible_fear",
        "interviewed",
    )


def test_taking_something_off_file_needs_a_reason(paralegal: Client, screening: Screening) -> None:
    address = address_of(screening)
    typed = {**opened(paralegal, address), "erase": "interview_on", "save": "1"}
    refused = paralegal.post(address, typed)
    assert refused.status_code == 422
    assert "Say why this is erased." in text_of(refused.content)
    assert paralegal.post(address, {**typed, "reason": "another person's paper"}).status_code == 302
    screening.refresh_from_db()
    assert screening.interview_on is None


def test_a_screening_that_never_was_is_taken_off_file_with_a_reason(
    paralegal: Client, cast: Cast, family: Family, screening: Screening
) -> None:
    address = address_of(screening)
    assert 'href="' + address + '?off"' in paralegal.get(address).content.decode()
    page = paralegal.get(f"{address}?off")
    assert "Take off file: re-evaluation" in text_of(page.content)
    typed = {**sent_by(page.content.decode()), "save": "1"}
    refused = paralegal.post(f"{address}?off", typed)
    assert refused.status_code == 422
    assert "Say why this is erased." in text_of(refused.content)
    someone_else_saves(cast.attorney, screening, status="interviewed", interview_on="2019-02-04")
    again = paralegal.post(f"{address}?off", {**typed, "reason": "her sister's"})
    assert again.status_code == 409
    assert "4 February 2019" in text_of(again.content)
    assert Screening.objects.filter(pk=screening.pk).exists()
    done = paralegal.post(f"{address}?off", {**sent_by(again.content.decode()), "save": "1"})
    assert done.headers["Location"] == f"/families/{family.pk}/"
    assert not Screening.objects.filter(pk=screening.pk).exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"status": "decided", "decided_on": "2019-02-31"}, "“2019-02-31”: There is no such day"),
        ({"status": "decided", "decided_on": "5/14/2018"}, "“5/14/2018”: There is no such day"),
        ({"result": "negative"}, "Set the status to decided."),
        ({"status": "decided", "result": "maybe"}, "Choose one of the list."),
        ({"status": "decided", "decided_on": "9999-12-31"}, "Look at the year"),
        ({"status": "decided", "decided_on": "2019-01-15"}, "The decision is before the interview."),
    ],
)
def test_what_is_refused_is_told_at_its_field_and_nothing_typed_is_lost(
    paralegal: Client, screening: Screening, typed: dict[str, str], said: str
) -> None:
    address = address_of(screening)
    for button in ("save", "preview"):
        page = paralegal.post(
            address, {**opened(paralegal, address), "requested_on": "2019-01-02", **typed, button: "1"}
        )
        assert page.status_code == 422
        assert said in text_of(page.content)
        kept = sent_by(page.content.decode())
        assert kept["requested_on"] == "2019-01-02"
        assert kept["version"] == "1"
        for name, value in typed.items():
            assert value == "maybe" or kept[name] == value
        assert 'href="#at-' in page.content.decode(), "the summary leads to the field"
    screening.refresh_from_db()
    assert screening.version == 1


def someone_else_saves(colleague: User, screening: Screening, **values: Any) -> None:
    screening_record(actor=colleague, screening_id=screening.pk, version=1, values=values, key=None, day=DAY)


def test_the_second_of_two_people_sees_both_and_loses_nothing(
    paralegal: Client, cast: Cast, screening: Screening
) -> None:
    address = address_of(screening)
    form = opened(paralegal, address)
    someone_else_saves(cast.attorney, screening, status="interviewed", interview_on="2019-02-04")
    mine = {"status": "decided", "interview_on": "2019-02-03", "result": "positive", "decided_on": "2019-02-20"}
    page = paralegal.post(address, {**form, **mine, "save": "1"})
    text = text_of(page.content)
    assert page.status_code == 409
    assert cast.attorney.name in text
    assert "On file now: 4 February 2019" in text
    assert "You typed: 3 February 2019" in text
    assert "When you opened the page: 1 February 2019" in text
    screening.refresh_from_db()
    assert screening.status == "interviewed", "nothing was overwritten"

    carried = sent_by(page.content.decode())
    assert carried["result"] == "positive", "only they changed it, so it is chosen already"
    assert "interview_on" not in carried, "both changed it: nobody chooses for them"
    saved = paralegal.post(address, {**carried, "status": "decided", "interview_on": "2019-02-04", "save": "1"})
    assert saved.status_code == 302
    screening.refresh_from_db()
    assert (screening.status, screening.result, str(screening.interview_on), str(screening.decided_on)) == (
        "decided",
        "positive",
        "2019-02-04",
        "2019-02-20",
    )


def test_what_only_the_other_changed_is_kept_and_shown(paralegal: Client, cast: Cast, screening: Screening) -> None:
    address = address_of(screening)
    form = opened(paralegal, address)
    someone_else_saves(cast.attorney, screening, requested_on="2019-01-05")
    page = paralegal.post(address, {**form, "status": "interviewed", "save": "1"})
    assert "not known → 5 January 2019" in text_of(page.content)
    assert paralegal.post(address, {**sent_by(page.content.decode()), "save": "1"}).status_code == 302
    screening.refresh_from_db()
    assert (screening.status, str(screening.requested_on)) == ("interviewed", "2019-01-05")


def test_a_third_save_in_between_is_a_conflict_again(paralegal: Client, cast: Cast, screening: Screening) -> None:
    address = address_of(screening)
    form = opened(paralegal, address)
    someone_else_saves(cast.attorney, screening, requested_on="2019-01-05")
    page = paralegal.post(address, {**form, "status": "interviewed", "save": "1"})
    again = {"requested_on": "2019-01-06"}
    screening_record(actor=cast.attorney, screening_id=screening.pk, version=2, values=again, key=None, day=DAY)
    page = paralegal.post(address, {**sent_by(page.content.decode()), "save": "1"})
    assert page.status_code == 409
    text = text_of(page.content)
    assert "You typed: interviewed" in text
    assert "5 January 2019 → 6 January 2019" in text, "what others changed is never taken for one's own typing"


def test_a_double_click_is_one_write_and_going_back_to_type_anew_is_another(
    paralegal: Client, screening: Screening
) -> None:
    address = address_of(screening)
    form = {**opened(paralegal, address), "status": "interviewed", "save": "1"}
    assert [paralegal.post(address, form).status_code for _ in range(2)] == [302, 302]
    screening.refresh_from_db()
    assert screening.version == 2
    back = paralegal.post(address, {**form, "status": "withdrawn"})
    assert back.status_code == 409, "the old page with new values must not be taken for the first click"


def test_a_screening_is_added_once(paralegal: Client, family: Family) -> None:
    son = family.persons.order_by("pk")[1]
    address = f"/people/{son.pk}/screenings/new/"
    form = {**opened(paralegal, address), "basis": "independent", "status": "scheduled", "interview_on": "2019-03-20"}
    assert "re-evaluation" not in text_of(paralegal.get(address).content)
    assert paralegal.post(address, {**form, "preview": "1"}).status_code == 200
    assert [paralegal.post(address, {**form, "save": "1"}).status_code for _ in range(2)] == [302, 302]
    assert Screening.objects.filter(person=son).count() == 1


def test_a_screening_without_basis_and_status_is_not_added(paralegal: Client, family: Family) -> None:
    son = family.persons.order_by("pk")[1]
    page = paralegal.post(f"/people/{son.pk}/screenings/new/", {"kind": "credible_fear", "save": "1"})
    assert page.status_code == 422
    assert text_of(page.content).count("This is needed.") >= 2
    assert sent_by(page.content.decode())["kind"] == "credible_fear"


def test_with_htmx_only_the_preview_comes(paralegal: Client, screening: Screening) -> None:
    address = address_of(screening)
    typed = {**opened(paralegal, address), "preview": "1"}
    page = paralegal.post(address, {**typed, **NEGATIVE}, headers={"HX-Request": "true"})
    assert page.status_code == 200
    assert "<html" not in page.content.decode()
    assert "Protection gets weaker." in text_of(page.content)
    wrong = paralegal.post(address, {**typed, "result": "negative"}, headers={"HX-Request": "true"})
    assert wrong.status_code == 200
    assert "Set the status to decided." in text_of(wrong.content)


def test_whose_screening_it_is_not_can_neither_see_nor_save(client: Client, cast: Cast, screening: Screening) -> None:
    address = address_of(screening)
    for user, status in ((cast.paralegal, 200), (cast.other_paralegal, 404), (cast.auditor, 403)):
        client.force_login(user)
        assert client.get(address).status_code == status
        assert client.get(f"/people/{screening.person_id}/screenings/new/").status_code == status
    client.force_login(cast.other_paralegal)
    assert client.post(address, {"version": "1", "status": "interviewed", "save": "1"}).status_code == 404
    client.logout()
    assert client.post(address, {"version": "1"}).status_code == 401
    screening.refresh_from_db()
    assert screening.version == 1


@pytest.mark.parametrize("version", ["", "x", "99999999999999999999", "-1"])
def test_a_broken_version_is_no_way_around_the_other_person(
    paralegal: Client, screening: Screening, version: str
) -> None:
    page = paralegal.post(address_of(screening), {"version": version, "status": "interviewed", "save": "1"})
    assert page.status_code in {409, 422}
    screening.refresh_from_db()
    assert screening.status == "scheduled"


def test_the_pages_stay_within_their_queries(paralegal: Client, screening: Screening) -> None:
    address = address_of(screening)
    with CaptureQueriesContext(connection) as looking:
        form = opened(paralegal, address)
    with CaptureQueriesContext(connection) as preview:
        paralegal.post(address, {**form, **NEGATIVE, "preview": "1"})
    assert len(looking) <= 10
    assert len(preview) <= 25


def test_what_is_shown_as_now_is_what_is_stored(paralegal: Client, cast: Cast, family: Family) -> None:
    """Also for one of several screenings, and for a new one."""
    mother = family.persons.order_by("pk")[0]
    stored = family.determinations.get(current=True).decision["persons"]
    for screening in mother.screenings.all():
        found = outcome_preview(actor=cast.paralegal, values={}, day=DAY, screening_id=screening.pk)
        assert [person.before for person in found.persons] == stored
        assert not any(person.changes for person in found.persons)
    new = {"basis": "reevaluation", "status": "decided", "result": "positive"}
    found = outcome_preview(actor=cast.paralegal, values=new, day=DAY, person_id=mother.pk)
    assert [person.before for person in found.persons] == stored
    assert found.persons[0].after["standing"] == "won"
