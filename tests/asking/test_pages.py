"""What to ask, as pages and for desks: in two languages, true of the engine, and of nobody whom one may not see."""

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from families.models import Family, Person
from settlement.asking.options import case_of
from settlement.asking.page import what_if_page
from settlement.asking.questions import options_of
from settlement.asking.selectors import asked_about, settling_question
from settlement.asking.wording import _LABELS, _QUESTIONS, answer_text, label, question
from settlement.determine import decided
from settlement.facts import family_record
from tests.asking.test_questions import refused
from tests.cast import Cast
from tests.factories import DAY, everything, make_family, make_proposal, make_wall, mother_and_son, with_reevaluation


@pytest.fixture(autouse=True)
def _the_day(settings: Any) -> None:
    settings.AMPARO_TODAY = DAY


def without(*names: str) -> dict[str, Any]:
    record = mother_and_son()
    for name in names:
        del record["persons"][0][name]
    return record


def mother_of(family: Family) -> Person:
    return family.persons.order_by("pk")[0]


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def test_the_question_stands_in_both_languages_with_what_each_answer_would_mean(client: Client, cast: Cast) -> None:
    mother = mother_of(make_family(cast.organization, without("departures")))
    client.force_login(cast.attorney)
    text = text_of(client.get(f"/people/{mother.pk}/questions/"))
    assert "Have you left the United States since you came?" in text
    assert "¿Ha salido usted de Estados Unidos desde que llegó?" in text
    assert "If: never / left and was back before the injunction" in text
    assert f"{mother.given_names}: not known whether the agreement protects; treat as protected Then:" in text
    assert "may change it alone" in text


def test_the_script_names_nobody_before_it_is_known_who_listens(client: Client, cast: Cast) -> None:
    family = make_family(cast.organization, refused())
    mother, son = family.persons.order_by("pk")
    client.force_login(cast.paralegal)
    page = client.get(f"/people/{mother.pk}/questions/").content.decode()
    greeting = page[page.index('class="plain script"') : page.index("Why we call")]
    for word in (
        mother.given_names,
        son.given_names,
        mother.family_names.split()[0],
        "lawyer",
        "family",
        "immigration",
    ):
        assert word not in greeting.replace("family name", "")
    text = text_of(client.get(f"/people/{mother.pk}/questions/"))
    for said in ("Un notario no es abogado.", "Nobody can promise you a result.", "no firme ningún papel"):
        assert said in text
    assert (mother.a_number or "") not in text


def test_the_safe_contact_is_read_first_and_a_missing_one_is_said(client: Client, cast: Cast) -> None:
    mother = mother_of(make_family(cast.organization, refused()))
    client.force_login(cast.paralegal)
    assert "No safe way to make contact is on file." in text_of(client.get(f"/people/{mother.pk}/questions/"))
    Person.objects.filter(pk=mother.pk).update(contact_note="Never after eight", language="Mam")
    text = text_of(client.get(f"/people/{mother.pk}/questions/"))
    assert text.index("Never after eight") < text.index("Good day.")
    assert "Language on file: Mam." in text


def test_who_has_a_right_of_their_own_is_said_to_need_no_question(client: Client, cast: Cast) -> None:
    mother = mother_of(make_family(cast.organization))
    client.force_login(cast.paralegal)
    assert "There is nothing to ask" in text_of(client.get(f"/people/{mother.pk}/questions/"))


def test_pairs_and_conditions_are_told_where_no_single_answer_settles(client: Client, cast: Cast) -> None:
    mother = mother_of(make_family(cast.organization, without("noncitizen", "birth_date")))
    client.force_login(cast.paralegal)
    text = text_of(client.get(f"/people/{mother.pk}/questions/"))
    assert "If both are known, it is settled:" in text
    assert f"On which day was {mother.given_names} born, and on which day did they enter?" in text


def test_what_if_shows_the_effect_on_everybody_and_changes_nothing(client: Client, cast: Cast) -> None:
    record = with_reevaluation(
        status="decided", result="negative", decided_on="2019-02-20", state_of_mind_weighed=True,
        judge_review={"asked": "yes", "asked_on": "2019-02-21"},
    )  # fmt: skip
    family = make_family(cast.organization, record)
    mother = mother_of(family)
    client.force_login(cast.attorney)
    address = f"/people/{mother.pk}/what-if/"
    page = client.get(address)
    assert "Choose one fact." in text_of(page)
    [key] = re.findall(r'value="(0-screenings.judge_review.outcome-1--1)"', page.content.decode())
    before = family.determinations.get(current=True).decision
    text = text_of(client.get(address, {"if": key}))
    assert "what the judge decided: the judge affirmed the result" in text
    assert "Protection gets weaker." in text
    part = client.get(address, {"if": key}, headers={"HX-Request": "true"})
    assert b"<html" not in part.content
    assert b"Protection gets weaker." in part.content
    assert "Choose one fact." in text_of(client.get(address, {"if": "0-nonsense"}))
    assert family.determinations.get(current=True).decision == before


def test_a_result_yet_to_come_can_be_tried(cast: Cast) -> None:
    family = make_family(cast.organization, with_reevaluation(interview_on="2019-02-01"))
    asked = asked_about(cast.attorney, mother_of(family).pk, DAY)
    page = what_if_page(asked, "0-screenings.outcome-1--0")
    assert page.rows[0].after == "protected by their own positive finding"
    assert all(choices for _name, choices in page.groups)


def test_the_family_s_page_has_the_first_question(client: Client, cast: Cast) -> None:
    family = make_family(cast.organization, without("departures"))
    client.force_login(cast.paralegal)
    text = text_of(client.get(f"/families/{family.pk}/"))
    assert "One answer may change this: Have you left the United States since you came?" in text
    lifted = make_family(cast.organization, refused())
    text = text_of(client.get(f"/families/{lifted.pk}/"))
    assert "did the officer ask how you felt while you were apart from your child?" in text


def test_what_another_organization_or_a_wall_hides_is_missing(client: Client, cast: Cast) -> None:
    foreign = make_family(cast.other_organization, without("departures"))
    family = make_family(cast.organization, without("departures"))
    make_wall(family, cast.paralegal, cast.supervisor)
    client.force_login(cast.paralegal)
    for person in (mother_of(foreign), mother_of(family)):
        for page in ("questions", "what-if"):
            assert client.get(f"/people/{person.pk}/{page}/").status_code == 404
    assert settling_question(cast.paralegal, [mother_of(foreign).pk, mother_of(family).pk], DAY) == {}


def test_desks_have_the_settling_question_of_25_families_in_a_fixed_number_of_queries(cast: Cast) -> None:
    made = [make_family(cast.organization, without("departures")) for _ in range(3)]
    made.append(make_family(cast.organization, without("departures", "noncitizen", "birth_date")))
    made.append(make_family(cast.organization))
    keys = [mother_of(family).pk for family in made]
    with CaptureQueriesContext(
        connection,
    ) as few:
        settling_question(cast.attorney, keys[:1], DAY)
    with CaptureQueriesContext(connection) as more:
        found = settling_question(cast.attorney, keys, DAY)
    assert len(more) == len(few) <= 16
    assert [found[key].settles for key in keys[:4]] == [True, True, True, False]
    assert keys[4] not in found
    assert found[keys[0]].text == ("Have you left the United States since you came? When, and when did you come back?")
    with translation.override("es"):
        assert settling_question(cast.attorney, keys[:1])[keys[0]].text.startswith("¿Ha salido usted")


def test_a_page_asks_the_database_no_more_than_others(client: Client, cast: Cast) -> None:
    family = make_family(cast.organization, everything())
    make_proposal(family, cast.paralegal)
    client.force_login(cast.attorney)
    for page in ("questions", "what-if"):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/people/{mother_of(family).pk}/{page}/").status_code == 200
        assert len(queries) <= 25


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_option_has_its_words(cast: Cast, language: str) -> None:
    assert set(_LABELS) == set(_QUESTIONS)
    record = everything()
    record["persons"] += [{"id": "g1", "role": "guardian"}, {"id": "c2", "role": "child"}]
    family = make_family(cast.organization, record)
    found = family_record(family, day=DAY)
    assert decided(family.pk, found.facts)
    names = {person["id"]: person["id"].upper() for person in found.facts["persons"]}
    asked = set()
    with translation.override(language):
        for fact, answers in options_of(case_of(found)):
            asked.add(fact.name)
            text = question(fact, child=fact.person.startswith("c"), names=names)
            assert text.endswith(("?", "."))
            assert "%(" not in text + label(fact, names)
            assert all("%(" not in answer_text(fact, answer) and answer_text(fact, answer) for answer in answers)
    assert len(asked) >= 25
