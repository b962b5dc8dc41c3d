"""The family page: every answer in a sentence, with its reasons, and nothing that says more than the agreement does."""

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Organization
from settlement.engine import decide
from tests.cast import Cast
from tests.factories import DAY, everything, make_family, make_proposal, mother_and_son, with_reevaluation

QUERIES = 25


@pytest.fixture(autouse=True)
def _the_day(settings: Any) -> None:
    settings.AMPARO_TODAY = DAY


def page_of(client: Client, family: Any) -> str:
    answer = client.get(f"/families/{family.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def text_of(page: str) -> str:
    """The page as it is read: without tags, spaces folded."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def test_each_person_has_an_answer_a_right_reasons_and_a_next_step(client: Client, cast: Cast) -> None:
    family = make_family(cast.organization)
    client.force_login(cast.attorney)
    text = text_of(page_of(client, family))
    mother, son = family.persons.order_by("pk")
    assert f"{mother.given_names} is protected by their own right, which has not been used yet." in text
    assert f"{son.given_names} is protected by their own right, which waits while {mother.given_names} goes" in text
    assert "Ask for the re-evaluation" in text
    assert "Reported: confirm with class counsel ·" in text
    reasons = family.determinations.get(current=True).decision["persons"][0]["because"]
    assert all(reason["text"] in text and reason["citation"] in text for reason in reasons)
    assert f"{son.given_names} was separated from {mother.given_names} by DHS." in text
    assert "14 May 2018" in text


def test_a_lifted_bar_is_said_with_what_else_may_protect(client: Client, cast: Cast) -> None:
    record = with_reevaluation(
        status="decided",
        result="negative",
        decided_on="2018-12-10",
        state_of_mind_weighed=True,
        judge_review={"asked": "no"},
    )
    record["persons"][1]["screenings"] = [
        {
            "kind": "credible_fear",
            "basis": "independent",
            "status": "decided",
            "result": "negative",
            "judge_review": {"asked": "no"},
        }
    ]
    client.force_login(cast.attorney)
    text = text_of(page_of(client, make_family(cast.organization, record)))
    assert text.count("this agreement no longer bars removal.") >= 2
    assert text.count("Other law may still protect them.") >= 3, "with each person and with the family"
    assert not re.search(r"deportable|illegal|alien\b|case closed", text, re.IGNORECASE)


def test_a_family_of_which_one_is_no_longer_protected_says_so_at_the_top(client: Client, cast: Cast) -> None:
    record = mother_and_son()
    form = {"choice": "return", "signed_on": "2018-11-20", "signed_by": "self", "own_form": True, "understood": True}
    record["persons"][0]["elections"] = [{**form, "voluntary": True, "via_class_counsel": True}]
    client.force_login(cast.attorney)
    text = text_of(page_of(client, make_family(cast.organization, record)))
    assert "bars the removal of some in this family, and no longer bars that of others" in text
    assert text.count("Other law may still protect them.") == 2


def test_what_is_unknown_is_asked_and_shown_as_unknown(client: Client, cast: Cast) -> None:
    record = mother_and_son()
    del record["persons"][0]["noncitizen"], record["persons"][0]["custody"]
    family = make_family(cast.organization, record)
    client.force_login(cast.paralegal)
    text = text_of(page_of(client, family))
    name = family.persons.order_by("pk")[0].given_names
    assert f"Is {name} a citizen of the United States" in text
    assert f"Was {name} held by DHS" in text
    assert "Treat" in text
    assert "Held in custody not known" in text


def test_a_form_that_does_not_count_says_why(client: Client, cast: Cast) -> None:
    record = mother_and_son()
    record["persons"][0]["elections"] = [{"choice": "return", "signed_on": "2018-11-20", "signed_by": "self"}]
    client.force_login(cast.attorney)
    text = text_of(page_of(client, make_family(cast.organization, record)))
    assert "Why the form does not count as a waiver" in text
    assert "It is not known whether the choice was made freely." in text


def test_a_missed_deadline_is_said_in_words(client: Client, cast: Cast) -> None:
    record = with_reevaluation(status="decided", result="positive", decided_on="2018-12-10")
    record["persons"][0]["entry"]["on"] = "2018-02-27"
    client.force_login(cast.attorney)
    text = text_of(page_of(client, make_family(cast.organization, record)))
    assert "Asylum application" in text
    assert "missed, 2 days ago" in text


def test_the_page_says_who_changed_what_last(client: Client, cast: Cast) -> None:
    family = make_family(cast.organization, with_reevaluation(interview_on="2019-02-01"))
    screening = family.persons.order_by("pk")[0].screenings.get(basis="reevaluation")
    client.force_login(cast.paralegal)
    client.post(f"/screenings/{screening.pk}/record/", {"version": 1, "key": "k", "status": "interviewed", "save": "1"})
    text = text_of(page_of(client, family))
    assert f"Changed: screening ({family.persons.order_by('pk')[0].given_names})" in text
    assert cast.paralegal.name in text


def test_names_and_notes_are_text_and_never_markup(client: Client, cast: Cast) -> None:
    family = make_family(cast.organization)
    family.persons.update(given_names="<script>alert(1)</script>", contact_note="<b>50% %(name)s</b>")
    client.force_login(cast.attorney)
    page = page_of(client, family)
    assert "<script>alert" not in page
    assert "<b>50%" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("role", ["attorney", "paralegal", "supervisor"])
@pytest.mark.parametrize("children", [1, 8])
def test_the_number_of_queries_does_not_grow_with_the_family(
    client: Client, cast: Cast, children: int, role: str
) -> None:
    record = everything()
    son = record["persons"][1]
    record["persons"] += [{**son, "id": f"c{number}"} for number in range(2, children + 1)]
    family = make_family(cast.organization, record, attorney=cast.attorney, paralegal=cast.paralegal)
    make_proposal(family, cast.paralegal)
    client.force_login(getattr(cast, role))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page_of(client, family)
    assert len(queries) <= QUERIES, "\n".join(query["sql"][:120] for query in queries)


def test_every_answer_of_the_contract_can_be_said(db: None) -> None:
    """No rule, standing, step, need or deadline of the worked cases is without words."""
    import json
    from pathlib import Path

    from families.chronology import chronology
    from settlement import guidance, wording

    said = set()
    for line in Path("tests/contracts/cases.jsonl").read_text().splitlines():
        facts = json.loads(line)["facts"]
        decision = decide(facts)
        if "error" in decision:
            continue
        names = {person["id"]: f"100% {person['id']}" for person in facts["persons"]}
        texts = [wording.family_sentence(decision), str(wording.stage_text(decision["stage"]))]
        texts += [event.text for event in chronology(facts, names)]
        for answer in decision["persons"]:
            texts += [wording.sentence(answer, names), wording.short(answer, names)]
            texts += [guidance.question(need, names[answer["id"]]) for need in answer["needs"]]
            texts += [str(guidance.STEPS[step].how) for step in answer["next_steps"]]
            texts += [str(guidance.basis_text(reason["basis"])) for reason in answer["because"]]
            assert wording.status(answer["removal"], answer["rule"]).sign
            if answer["removal"] == "bar_lifted":
                assert "this agreement no longer bars removal" in wording.sentence(answer, names)
            if answer["rule"] in ("F1", "F2"):
                assert wording.leans_on(answer)
            said.add((answer["rule"], answer["standing"]))
        texts += [str(guidance.DEADLINES[deadline["id"]]) for deadline in decision["deadlines"]]
        assert all(texts)
        assert not any("%(" in text for text in texts)
    assert len(said) > 30


def test_a_family_of_another_office_stays_behind_its_wall(client: Client, cast: Cast) -> None:
    def status(organization: Organization) -> int:
        return client.get(f"/families/{make_family(organization).pk}/").status_code

    client.force_login(cast.attorney)
    assert (status(cast.organization), status(cast.other_organization)) == (200, 404)
