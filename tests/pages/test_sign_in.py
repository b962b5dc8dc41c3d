"""Signing in and out, the language of the pages, and what a person sees when something cannot be answered."""

import datetime

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from tests.cast import Cast
from tests.factories import PASSWORD, make_family


def sign_in(client: Client, user: User, password: str = PASSWORD, **more: str) -> object:
    return client.post("/sign-in/", {"username": user.email, "password": password, **more})


def test_somebody_of_an_office_gets_in_and_out_again(client: Client, cast: Cast) -> None:
    assert sign_in(client, cast.attorney).headers["Location"] == "/"  # type: ignore[attr-defined]
    assert client.get("/").headers["Location"] == "/desk/"
    assert "You are still signed in." in client.get("/sign-out/").content.decode(), "no foreign link signs anybody out"
    assert client.get("/desk/").status_code == 200
    assert client.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert client.get("/families/1/").headers["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize("who", ["unknown", "wrong", "left"])
def test_a_refusal_does_not_tell_who_has_an_account(client: Client, cast: Cast, who: str) -> None:
    if who == "left":
        User.objects.filter(pk=cast.attorney.pk).update(is_active=False)
    email = "nobody@mail.example" if who == "unknown" else cast.attorney.email
    page = client.post("/sign-in/", {"username": email, "password": PASSWORD if who == "left" else "wrong"})
    assert "do not go together" in page.content.decode()
    assert cast.attorney.name not in page.content.decode()


def test_after_signing_in_one_comes_to_the_page_one_wanted_but_never_to_another_site(
    client: Client, cast: Cast
) -> None:
    assert sign_in(client, cast.attorney, next="/families/7/").headers["Location"] == "/families/7/"  # type: ignore[attr-defined]
    client.post("/sign-out/")
    assert sign_in(client, cast.attorney, next="https://evil.example/").headers["Location"] == "/"  # type: ignore[attr-defined]


def test_the_language_is_kept_for_the_browser_and_the_person(client: Client, cast: Cast) -> None:
    answer = client.post("/language/", {"language": "es", "next": "/sign-in/"})
    assert answer.headers["Location"] == "/sign-in/"
    assert 'lang="es"' in client.get("/sign-in/").content.decode()
    sign_in(client, cast.attorney)
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en", "the person's own language wins"
    client.post("/language/", {"language": "es", "next": "/"})
    cast.attorney.refresh_from_db()
    assert cast.attorney.language == "es"


@pytest.mark.parametrize(("language", "back"), [("xx", "/sign-in/"), ("", ""), ("es", "//evil.example/")])
def test_a_made_up_language_or_address_leads_nowhere_else(client: Client, db: None, language: str, back: str) -> None:
    answer = client.post("/language/", {"language": language, "next": back})
    assert answer.status_code == 302
    assert answer.headers["Location"] in {"/sign-in/", "/"}
    assert client.get("/language/").headers["Location"] == "/"


def test_the_demonstration_says_that_it_is_one(client: Client, settings: object) -> None:
    assert "Demonstration data" not in client.get("/sign-in/").content.decode()
    settings.AMPARO_TODAY = datetime.date(2018, 12, 10)  # type: ignore[attr-defined]
    assert "Demonstration data; the day is 10 December 2018." in client.get("/sign-in/").content.decode()


def test_what_is_missing_and_what_is_anothers_look_the_same(client: Client, cast: Cast) -> None:
    theirs = make_family(cast.other_organization)
    client.force_login(cast.attorney)
    for address in (f"/families/{theirs.pk}/", "/families/999999/", "/families/99999999999999999999/", "/nowhere/"):
        page = client.get(address)
        assert page.status_code == 404
        assert "There is no such page here" in page.content.decode()


def test_who_may_not_see_families_is_told_so(client: Client, cast: Cast) -> None:
    family = make_family(cast.organization)
    client.force_login(cast.auditor)
    page = client.get(f"/families/{family.pk}/")
    assert page.status_code == 403
    assert "You may not see families." in page.content.decode()


def test_every_page_warns_of_false_advice_and_says_what_it_does_not_judge(client: Client) -> None:
    page = client.get("/sign-in/").content.decode()
    assert "other law may still protect" in page
    assert "A notario is not an attorney" in page


def test_a_part_of_a_page_says_that_the_session_has_ended(client: Client, cast: Cast) -> None:
    """Not the whole page of signing in, within the form that somebody is filling in."""
    answer = client.get("/screenings/1/record/", headers={"HX-Request": "true"}, follow=True).content.decode()
    assert "You are not signed in" in answer
    assert "<form" not in answer
    assert "<form" in client.get("/sign-in/").content.decode()
