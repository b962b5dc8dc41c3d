"""PostgreSQL refuses, or is gone: done again, or not saved at all; and the page says so and keeps what was typed."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Receipt
from accounts.receipts import RETRIES, once
from config.outage import NotSaved
from screenings.models import Screening
from tests.cast import Cast, make_cast
from tests.factories import make_family, with_reevaluation

pytestmark = pytest.mark.django_db(transaction=True)

LOST = "PERFORM pg_terminate_backend(pg_backend_pid());"
DEADLOCK = "RAISE EXCEPTION USING ERRCODE = '40P01';"
COLLISION = "RAISE EXCEPTION USING ERRCODE = '40001';"
WAITED = "RAISE EXCEPTION USING ERRCODE = '55P03';"
TYPED = "2019-03-20"


@pytest.fixture(autouse=True)
def _mended() -> Iterator[None]:
    """Whatever broke the connection: the next test has a whole one, and no trigger."""
    yield
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION IF EXISTS test_break() CASCADE; DROP SEQUENCE IF EXISTS test_times")


def sabotage(what: str, *, times: int = 1_000, table: str = "screenings_screening", at_commit: bool = False) -> None:
    """Have PostgreSQL do this the first so many times that a row is saved there. A sequence is never rolled back."""
    kind = "CONSTRAINT TRIGGER" if at_commit else "TRIGGER"
    when = "AFTER INSERT OR UPDATE" if at_commit else "BEFORE INSERT OR UPDATE"
    deferred = "DEFERRABLE INITIALLY DEFERRED" if at_commit else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            CREATE SEQUENCE test_times;
            GRANT ALL ON test_times TO PUBLIC;
            CREATE FUNCTION test_break() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN IF nextval('test_times') <= {times} THEN {what} END IF; RETURN NEW; END $$;
            CREATE {kind} test_break {when} ON {table} {deferred} FOR EACH ROW EXECUTE FUNCTION test_break();
            """
        )


def mended() -> None:
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION test_break() CASCADE")


def tried() -> int:
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM test_times")
        (number,) = cursor.fetchone()
    return int(number)


def an_outcome() -> tuple[Cast, Screening, Client]:
    cast = make_cast()
    make_family(cast.organization, with_reevaluation())
    client = Client(raise_request_exception=False)
    client.force_login(cast.paralegal)
    return cast, Screening.objects.get(basis="reevaluation"), client


def form_of(page: bytes) -> dict[str, str]:
    """The hidden fields of the one form on the page that sends again."""
    (form,) = re.findall(r'<form method="post" action="/screenings/.*?</form>', page.decode(), re.DOTALL)
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
    return {unescape(name): unescape(value) for name, value in found}


def typed_form(client: Client, screening: Screening) -> dict[str, str]:
    """What a person sends who opened the page and typed the day of the interview."""
    page = client.get(f"/screenings/{screening.pk}/record/").content.decode()
    (key,) = re.findall(r'name="key" value="([^"]+)"', page)
    return {
        "version": str(screening.version),
        "key": key,
        "interview_on": TYPED,
        "initial-interview_on": "",
        "save": "1",
    }


def adding(cast: Cast, screening: Screening) -> int:
    """A write without a page around it."""

    def write() -> int:
        added = Screening.objects.create(
            organization=cast.organization, person=screening.person, basis="reevaluation", status="scheduled"
        )
        return int(added.pk)

    return once(actor=cast.paralegal, key="k", what="w", write=write)


@pytest.mark.parametrize("what", [DEADLOCK, COLLISION])
def test_transactions_that_met_are_done_again_three_times_at_most(what: str) -> None:
    cast, screening, _client = an_outcome()
    sabotage(what, times=RETRIES)
    assert adding(cast, screening)
    assert tried() == RETRIES + 1
    assert Screening.objects.filter(basis="reevaluation").count() == 2


def test_after_three_times_it_is_certain_that_nothing_was_saved() -> None:
    cast, screening, _client = an_outcome()
    sabotage(DEADLOCK)
    with pytest.raises(NotSaved) as refused:
        adding(cast, screening)
    assert refused.value.certain
    assert tried() == RETRIES + 1
    assert Screening.objects.filter(basis="reevaluation").count() == 1
    assert not Receipt.objects.exists()


def test_who_waited_for_a_lock_does_not_wait_again() -> None:
    cast, screening, _client = an_outcome()
    sabotage(WAITED)
    with pytest.raises(NotSaved) as refused:
        adding(cast, screening)
    assert refused.value.certain
    assert tried() == 1


@pytest.mark.parametrize(("at_commit", "certain"), [(False, True), (True, False)])
def test_a_connection_lost_while_committing_leaves_it_open_what_was_saved(at_commit: bool, certain: bool) -> None:
    cast, screening, _client = an_outcome()
    sabotage(LOST, at_commit=at_commit)
    with pytest.raises(NotSaved) as refused:
        adding(cast, screening)
    assert refused.value.certain is certain
    assert tried() == 1, "who lost the connection does not know what to do again"


@pytest.mark.parametrize(
    ("what", "at_commit", "says"),
    [
        (DEADLOCK, False, b"Not saved. What you typed is still here"),
        (WAITED, False, b"Not saved. What you typed is still here"),
        (LOST, False, b"Not saved. What you typed is still here"),
        (LOST, True, b"Perhaps not saved. What you typed is still here"),
    ],
)
def test_the_page_says_what_was_saved_and_sends_the_same_again(what: str, at_commit: bool, says: bytes) -> None:
    _cast, screening, client = an_outcome()
    sent = typed_form(client, screening)
    sabotage(what, at_commit=at_commit)
    answer = client.post(f"/screenings/{screening.pk}/record/", sent)
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert says in answer.content
    mended()
    screening.refresh_from_db()
    assert (screening.interview_on, screening.version) == (None, 1), "all or nothing"

    again = form_of(answer.content)
    assert again == sent
    for _click in range(2):
        assert client.post(f"/screenings/{screening.pk}/record/", again).status_code == 302
    screening.refresh_from_db()
    assert (str(screening.interview_on), screening.version) == (TYPED, 2)
    assert Screening.history.filter(id=screening.pk, version=2).count() == 1


def test_programs_are_told_as_json() -> None:
    _cast, screening, client = an_outcome()
    sabotage(LOST)
    answer = client.patch(
        f"/api/v1/screenings/{screening.pk}/",
        {"version": 1, "interview_on": TYPED},
        content_type="application/json",
        headers={"Idempotency-Key": "k1"},
    )
    assert answer.status_code == 503
    assert answer.json()["saved"] is False
    assert "Nothing was saved" in answer.json()["detail"]


def test_the_page_carries_no_secrets_and_escapes_what_it_carries() -> None:
    _cast, screening, client = an_outcome()
    sent = typed_form(client, screening) | {"note": '"><script>x</script>', "interview_on": TYPED}
    sabotage(DEADLOCK)
    page = client.post(f"/screenings/{screening.pk}/record/", sent).content
    assert form_of(page) == sent
    assert b"<script>x" not in page
    secret = client.post(f"/screenings/{screening.pk}/record/", {**sent, "new_password": "Obsidian9"}).content
    assert b"Not saved" in secret
    assert b"Obsidian9" not in secret
    assert b"Send again" not in secret
    long = client.post(f"/screenings/{screening.pk}/record/", {**sent, "note": "x" * 200_001}).content
    assert b"Send again" not in long
    assert b"Go back with your browser" in long


def test_a_form_that_another_site_made_us_send_is_not_made_good() -> None:
    """The token goes back as it came: the page never puts a good one into a form that had none."""
    _cast, screening, _client = an_outcome()
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(_cast.paralegal)
    page = client.get(f"/screenings/{screening.pk}/record/").content.decode()
    (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[:1])
    sent = {"version": "1", "key": "k", "interview_on": TYPED, "initial-interview_on": "", "save": "1"}
    sabotage(DEADLOCK)
    good = client.post(f"/screenings/{screening.pk}/record/", {**sent, "csrfmiddlewaretoken": token})
    assert form_of(good.content)["csrfmiddlewaretoken"] == token
    assert client.post(f"/screenings/{screening.pk}/record/", sent).status_code == 403
    mended()
    assert client.post(f"/screenings/{screening.pk}/record/", form_of(good.content)).status_code == 302
