"""The pages of the office's own rules: read by all, changed by supervisors, and the proof sheet of their dates."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from deadlines.models import Deadline, OfficeRule
from deadlines.refresh import refresh_family
from tests.cast import Cast
from tests.deadlines.test_office_rules import OWN, on_file, open_of, reached
from tests.deadlines.test_pages import client_of, page
from tests.deadlines.test_refresh import date, one
from tests.factories import DAY, make_family, make_office_rule

pytestmark = pytest.mark.django_db

KEY = "0b2ac0d4-5f0e-4b4e-9a83-0d6a1c9f01"


def test_the_proof_sheet_says_that_no_law_stands_behind_it(cast: Cast) -> None:
    family = make_family(cast.organization)
    on_file(family, date("2019-02-01"))
    reached(cast, family.persons.order_by("pk")[0], "2019-02-20")
    client = client_of(cast.attorney)
    text = page(client, f"/dates/{open_of(family, 'office_contact').pk}/")
    for said in (
        "Talk to the family again",
        "On a rule of the office. No law stands behind it.",
        "Last day by the office",
        "Contact: day",
        f"Put on file by {cast.paralegal.name}",
        "30 days end on this day.",
        "Call now, and try every number",
    ):
        assert said in text, said
    for never in ("Last day by law", "Last compared with its source", "Confirm it with class counsel"):
        assert never not in text, never
    done = Deadline.objects.get(family=family, kind="office_contact", state="done")
    assert "Somebody was reached" in page(client, f"/dates/{done.pk}/")
    own = make_office_rule(cast.organization, set_off="contact", length=2)
    refresh_family(family=family, day=DAY)
    text = page(client, f"/dates/{one(family, f'O-{own.pk}').pk}/")
    assert "Talk to the family about the finding" in text
    assert "No law stands behind it." in text
    OfficeRule.objects.filter(pk=own.pk).update(is_on=False)
    refresh_family(family=family, day=DAY)
    assert "has switched the rule off" in page(client, f"/dates/{one(family, f'O-{own.pk}').pk}/")


def test_the_catalogue_of_law_has_no_rule_of_the_office(cast: Cast) -> None:
    text = page(client_of(cast.attorney), "/dates/catalogue/")
    assert "office_contact" not in text
    assert "/dates/rules/" in text


def test_everybody_reads_the_rules_and_supervisors_change_them(cast: Cast, settings: Any) -> None:
    settings.AMPARO_TODAY = DAY
    family = make_family(cast.organization)
    on_file(family, DAY)
    reader, client = client_of(cast.auditor), client_of(cast.supervisor)
    with CaptureQueriesContext(connection) as seen:
        text = page(reader, "/dates/rules/")
    assert len(seen) <= 25
    assert "Talk to the family again" in text
    assert "?kind=" not in text
    path = "/dates/rules/known/?kind=office_contact"
    assert reader.get(path).status_code == 403
    assert 'value="30"' in page(client, path)
    typed = {"version": "0", "length": "soon", "weight": "routine", "is_on": "on", "key": f"{KEY}01"}
    wrong = client.post(path, typed)
    assert wrong.status_code == 422
    assert "Write a number of days." in wrong.content.decode()
    assert 'value="soon"' in wrong.content.decode()
    assert client.post(path, {**typed, "length": "14"}).status_code == 302
    assert open_of(family, "office_contact").due_on == date("2019-03-15")
    assert "14 days after" in page(reader, "/dates/rules/")
    assert client.get("/dates/rules/known/?kind=moon").status_code == 404
    assert client.get("/dates/rules/known/").status_code == 302


def test_a_conflict_shows_both_and_keeps_what_was_typed(cast: Cast, settings: Any) -> None:
    settings.AMPARO_TODAY = DAY
    client = client_of(cast.administrator)
    new = {**OWN, "length": "3", "is_on": "on", "key": f"{KEY}02"}
    assert client.post("/dates/rules/new/", {**new, "title": "", "key": f"{KEY}03"}).status_code == 422
    for _click in range(2):
        assert client.post("/dates/rules/new/", new).status_code == 302
    rule = OfficeRule.objects.get()
    path = f"/dates/rules/{rule.pk}/"
    theirs = client_of(cast.supervisor).post(path, {**new, "version": "1", "length": "8", "key": f"{KEY}04"})
    assert theirs.status_code == 302
    mine = client.post(path, {**new, "version": "1", "title": "Call them at once", "key": f"{KEY}05"})
    text = mine.content.decode()
    assert mine.status_code == 409
    for said in ("Someone else changed this rule", cast.supervisor.name, "Number of days, on file now", "8"):
        assert said in text, said
    assert 'value="Call them at once"' in text
    assert 'name="version" value="2"' in text
    assert client.post(path, {**new, "version": "2", "title": "At once", "key": f"{KEY}06"}).status_code == 302
    rule.refresh_from_db()
    assert (rule.title, rule.length, rule.version) == ("At once", 3, 3)
    assert client_of(cast.other_supervisor).get(path).status_code == 404


def test_the_pages_of_rules_speak_spanish(cast: Cast, settings: Any) -> None:
    client = client_of(cast.supervisor)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    with translation.override("en"):  # a page's language stays behind in the thread
        assert "Volver a hablar con la familia" in page(client, "/dates/rules/")
        assert "Cómo se cuentan los días" in page(client, "/dates/rules/new/")
