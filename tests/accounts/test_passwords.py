"""Passwords: long ones are welcome, common ones are not, and a forgotten one is replaced by who reads the mail."""

import re
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Tally
from accounts.tasks import send_reset
from config.celery import app
from tests.accounts.entrance import OFFICE, STRANGER, browser, is_in, sign_in
from tests.cast import Cast
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "seven lamps by the quiet river"


@pytest.fixture(autouse=True)
def _at_once() -> Any:
    """Mails are made at once, by the tasks themselves."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


def change(client: Any, new: str, old: str = PASSWORD) -> Any:
    return client.post("/account/password/", {"oldpassword": old, "password1": new, "password2": new})


@pytest.mark.parametrize(
    "new",
    [
        "eleven char",
        "password1234",
        "123456789012",
        "aaaabbbbaaaa",
        "user@mail.example",
        "x" * 1025,
        "",
        "            ",
    ],
)
def test_short_common_and_guessable_ones_are_refused(cast: Cast, new: str) -> None:
    client = browser()
    sign_in(client, cast.attorney)
    new = cast.attorney.email if "@" in new else new
    assert change(client, new).status_code == 200
    cast.attorney.refresh_from_db()
    assert cast.attorney.check_password(PASSWORD)


@pytest.mark.parametrize("new", ["12 months on", "sólo doce ñ", "trescientas velas " * 7, "lámpara y río, " * 8])
def test_long_ones_in_any_letters_are_taken_whole(cast: Cast, new: str) -> None:
    new = new if len(new) >= 12 else new + "!"
    client = browser()
    sign_in(client, cast.attorney)
    assert change(client, new).headers["Location"] == "/account/"
    assert sign_in(browser(), cast.attorney, new[:-1]).status_code == 200, "no part of it is enough"
    assert sign_in(browser(), cast.attorney, new).status_code == 302


def test_a_change_needs_the_old_one_and_ends_every_other_session(cast: Cast) -> None:
    here, there = browser(), browser(STRANGER)
    sign_in(here, cast.attorney)
    sign_in(there, cast.attorney)
    assert "This is not your password" in change(here, NEW, old="wrong").content.decode()
    assert is_in(there)
    before = here.cookies["sessionid"].value
    assert change(here, NEW).status_code == 302
    assert is_in(here)
    assert here.cookies["sessionid"].value != before
    assert not is_in(there)
    [notice] = mail.outbox
    assert notice.to == [cast.attorney.email]
    assert cast.attorney.name not in notice.body


def ask(email: str, address: str = OFFICE) -> Any:
    return browser(address).post("/sign-in/reset/", {"email": email})


def link() -> str:
    found = re.search(r"http://testserver(/sign-in/reset/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def test_a_link_by_mail_serves_once_for_an_hour_and_ends_all_sessions(cast: Cast) -> None:
    inside = browser()
    sign_in(inside, cast.attorney)
    with time_machine.travel("2030-01-05 10:00", tick=False) as now:
        ask(cast.attorney.email)
        now.shift(3601)
        assert "more than an hour old" in browser().get(link(), follow=True).content.decode()
        ask(cast.attorney.email.upper())
        now.shift(3599)
        client = browser()
        page = client.get(link(), follow=True)
        assert link().split("/")[-2] not in page.request["PATH_INFO"], "the token does not stay in the address"
        assert "too common" in client.post(page.request["PATH_INFO"], two("password1234")).content.decode()
        assert client.post(page.request["PATH_INFO"], two(NEW)).headers["Location"] == "/sign-in/?changed=yes"
        reset = link_of(str(mail.outbox[1].body))
        assert "This link was used already" in browser().get(reset, follow=True).content.decode()
    assert not is_in(inside)
    assert sign_in(browser(), cast.attorney, NEW).status_code == 302
    assert sign_in(browser(), cast.attorney).status_code == 200


def two(password: str) -> dict[str, str]:
    return {"new_password1": password, "new_password2": password}


def link_of(body: str) -> str:
    found = re.search(r"http://testserver(/sign-in/reset/\S+)", body)
    assert found
    return found[1]


def test_the_mail_names_nobody_and_speaks_their_language(cast: Cast) -> None:
    cast.attorney.language = "es"
    cast.attorney.save()
    ask(cast.attorney.email)
    [sent] = mail.outbox
    assert sent.subject == "Elija una contraseña nueva para Amparo"
    assert "abra este enlace" in sent.body
    for word in (cast.attorney.name, cast.organization.name, cast.attorney.email):
        assert word not in sent.subject + sent.body


@pytest.mark.parametrize("who", ["unknown", "left"])
def test_the_answer_does_not_tell_who_has_an_account(cast: Cast, who: str) -> None:
    """Neither its bytes nor its statements, for signing in and for a new password."""
    if who == "left":
        cast.paralegal.is_active = False
        cast.paralegal.save()
    # as long as the other, for the page repeats what was typed
    other = cast.paralegal.email if who == "left" else "nobod" + cast.attorney.email[5:]
    app.conf.task_always_eager = False  # the mail is the worker's to make, as in production
    bodies, statements = [], []
    for email in (cast.attorney.email, other):
        Tally.objects.all().delete()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            asked = ask(email)
            page = sign_in(browser(), email, "wrong").content.decode()
        bodies.append((asked.status_code, asked.headers["Location"], page_without(page, email)))
        statements.append([re.sub(r"'[^']*'|\d+|NULL", "?", query["sql"]) for query in queries])
    assert bodies[0] == bodies[1]
    assert statements[0] == statements[1]
    assert len(statements[0]) > 10
    app.conf.task_always_eager = True
    ask(other)
    assert not mail.outbox


def page_without(page: str, email: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page).replace(email, "")


def test_mails_are_not_a_way_to_flood_somebody(cast: Cast) -> None:
    answers = {ask(cast.attorney.email).headers["Location"] for _ in range(9)}
    assert answers == {"/sign-in/reset/sent/"}
    assert len(mail.outbox) == 3
    for number in range(20):
        ask(cast.attorney.email, f"203.0.113.{number}")
    assert len(mail.outbox) == 6


def test_with_the_queue_away_the_mail_is_sent_at_once(cast: Cast, monkeypatch: Any) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise send_reset.OperationalError

    monkeypatch.setattr(send_reset, "apply_async", away)
    ask(cast.attorney.email)
    assert len(mail.outbox) == 1
