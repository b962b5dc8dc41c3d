"""Which papers are missing, where each stands, and which Notices to Appear no court has."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.errors import Conflict, Invalid
from documents.catalogue import CATALOGUE
from documents.models import Paper
from documents.selectors import missing_papers, nta_not_in_court
from documents.services import paper_record
from families.models import Family, Person
from settlement.determine import redetermine
from tests.cast import Cast
from tests.documents.conftest import make_paper
from tests.factories import DAY, Record, make_family, make_opening, make_wall, mother_and_son, with_reevaluation

BOTH = ["birth_certificate", "g_28"]
FIRST = ["i_860", "i_867", "i_870", "i_869", "g_28"]


def people(family: Family) -> tuple[Person, Person]:
    mother, son = family.persons.order_by("pk")
    return mother, son


def lacked(cast: Cast, record: Record) -> tuple[list[str], list[str]]:
    """What the mother and the son of the record lack."""
    mother, son = people(make_family(cast.organization, record))
    found = missing_papers(cast.paralegal, [mother.pk, son.pk])
    return found.get(mother.pk, []), found.get(son.pk, [])


def test_a_negative_result_asks_for_its_record_and_the_question_about_a_judge(cast: Cast) -> None:
    record = mother_and_son()
    record["persons"][0]["screenings"][0].pop("interview_on")
    mother, son = lacked(cast, record)
    assert mother == FIRST
    assert son == ["birth_certificate", "orr_release", "g_28"]


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"kind": "credible_fear", "result": "positive"}, {"i_862", "i_870", "m_444"}),
        ({"kind": "reasonable_fear", "result": "negative"}, {"i_898", "i_899", "prior_order"}),
        ({"kind": "credible_fear", "result": "negative", "judge_review": {"asked": "yes"}}, {"i_863"}),
        (
            {"kind": "credible_fear", "result": "negative", "judge_review": {"outcome": "vacated"}},
            {"i_862", "judge_order"},
        ),
    ],
)
def test_what_happened_says_which_paper_there_must_be(cast: Cast, change: dict[str, Any], wanted: set[str]) -> None:
    record = with_reevaluation(status="decided", decided_on="2018-12-10", interview_on="2018-12-08", **change)
    del record["persons"][0]["screenings"][0]
    without = with_reevaluation(status="requested")
    del without["persons"][0]["screenings"][0]
    assert wanted <= set(lacked(cast, record)[0])
    assert not wanted & set(lacked(cast, without)[0])


def test_other_facts_ask_for_theirs(cast: Cast) -> None:
    record = mother_and_son()
    mother, son = record["persons"]
    mother["elections"] = [{"choice": "stay"}]
    mother["asylum_filed_on"] = "2018-12-01"
    mother["exclusions"] = [{"kind": "interior_arrest", "status": "alleged"}]
    son["court_case"] = {"kind": "section_240", "outcome": "pending"}
    son["departures"] = [{"on": "2018-08-01", "kind": "removed", "back_on": "2018-08-20"}]
    hers, his = lacked(cast, record)
    assert {"election_form", "interpreter_record", "i_589_receipt", "i_213"} <= set(hers)
    assert {"i_862", "eoir_28", "i_205"} <= set(his)
    mother["exclusions"][0]["status"] = "withdrawn"
    son["court_case"]["outcome"] = "terminated"
    hers, his = lacked(cast, record)
    assert "i_213" not in hers
    assert "eoir_28" not in his


def test_who_is_out_of_the_country_needs_nobody_to_stand_for_them_here(cast: Cast) -> None:
    record = mother_and_son()
    record["persons"][0]["departures"] = [{"on": "2018-08-01", "kind": "removed"}]
    mother, son = lacked(cast, record)
    assert "g_28" not in mother
    assert "g_28" in son
    family = make_family(cast.organization, determined=False)
    mother_pk = people(family)[0].pk
    assert "g_28" in missing_papers(cast.paralegal, [mother_pk])[mother_pk], "not yet determined counts as here"
    redetermine(organization=cast.organization, family_ids=[family.pk], day=DAY)


def test_every_line_of_the_catalogue_is_expected_of_somebody(cast: Cast) -> None:
    """A line whose condition never holds would be no line."""
    record = with_reevaluation(
        status="decided",
        kind="reasonable_fear",
        result="negative",
        decided_on="2018-12-10",
        judge_review={"asked": "yes", "outcome": "affirmed"},
    )
    mother, son = record["persons"]
    mother["exclusions"] = [{"kind": "interior_arrest"}]
    mother["elections"] = [{"choice": "stay"}]
    mother["departures"] = [{"kind": "removed", "back_on": "2018-09-01"}]
    mother["asylum_filed_on"] = "2018-12-01"
    son["court_case"] = {"kind": "section_240"}
    hers, his = lacked(cast, record)
    assert set(hers) | set(his) == set(CATALOGUE)


def test_what_is_here_or_not_needed_is_not_missing_and_what_is_asked_for_still_is(cast: Cast) -> None:
    mother, son = people(make_family(cast.organization))
    make_paper(son, "birth_certificate", "have")
    make_paper(son, "orr_release", "not_needed")
    make_paper(son, "g_28", "asked", asked_on=DAY)
    make_paper(son, "i_220", "missing")
    found = missing_papers(cast.paralegal, [mother.pk, son.pk])
    assert found[son.pk] == ["i_220", "g_28"]
    make_paper(mother, "i_220", "have")
    assert "i_220" not in missing_papers(cast.paralegal, [mother.pk])[mother.pk]


def test_any_number_of_persons_is_one_query(cast: Cast) -> None:
    persons = [person.pk for _number in range(3) for person in people(make_family(cast.organization))]
    for person in Person.objects.all():
        make_paper(person, "i_213", "asked")
    counted = []
    for some in (persons[:1], persons):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(missing_papers(cast.paralegal, some)) == len(some)
        counted.append(len(queries))
    assert counted == [1, 1]


def test_a_served_notice_that_no_court_has_is_found_until_it_is_seen_there(cast: Cast) -> None:
    mother, son = people(make_family(cast.organization))
    other, third = people(make_family(cast.organization))
    late = make_paper(mother, "i_862", served_on="2019-02-01", filed_on="2019-02-02")
    early = make_paper(son, "i_862", served_on="2019-01-01")
    make_paper(third, "i_862", "missing")
    unknown = make_paper(other, "i_862")
    make_paper(other, "g_28")
    foreign = make_family(cast.other_organization)
    make_paper(people(foreign)[0], "i_862", served_on="2019-01-01")
    assert list(nta_not_in_court(cast.paralegal)) == [early, late, unknown]
    Paper.objects.filter(pk=early.pk).update(seen_in_court_on=DAY)
    assert list(nta_not_in_court(cast.paralegal)) == [late, unknown]
    make_wall(mother.family, cast.paralegal, cast.supervisor)
    assert list(nta_not_in_court(cast.paralegal)) == [unknown]
    assert list(nta_not_in_court(cast.auditor)) == []


def test_walls_and_other_organizations_hide_papers(cast: Cast) -> None:
    family, foreign = make_family(cast.organization), make_family(cast.other_organization)
    keys = [person.pk for one in (family, foreign) for person in people(one)]
    assert list(missing_papers(cast.paralegal, keys)) == keys[:2]
    assert missing_papers(cast.volunteer, keys) == {}
    make_opening(family, cast.volunteer, cast.supervisor)
    assert list(missing_papers(cast.volunteer, keys)) == keys[:2]
    make_wall(family, cast.paralegal, cast.supervisor)
    assert missing_papers(cast.paralegal, keys) == {}


def record(cast: Cast, person: Person, kind: str = "i_862", version: int = 0, **values: Any) -> Paper:
    given: dict[str, Any] = {
        "actor": cast.paralegal,
        "person_id": person.pk,
        "kind": kind,
        "version": version,
        "key": None,
        "day": DAY,
    }
    given |= {name: values.pop(name) for name in ("actor", "key", "erase", "reason") if name in values}
    pk = paper_record(**given, values=values)
    return Paper.objects.get(pk=pk)


def test_a_paper_is_recorded_with_its_history_and_once(cast: Cast) -> None:
    mother, _son = people(make_family(cast.organization))
    first = record(cast, mother, state="asked", asked_on="2019-02-01", key="one")
    again = record(cast, mother, state="asked", asked_on="2019-02-01", key="one")
    assert (first.pk, first.version) == (again.pk, again.version) == (again.pk, 1)
    paper = record(cast, mother, version=1, state="have", served_on="2019-02-10", note="In the blue folder")
    assert (paper.version, paper.asked_on, paper.served_on) == (
        2,
        datetime.date(2019, 2, 1),
        datetime.date(2019, 2, 10),
    )
    assert [row.history_user for row in paper.history.all()] == [cast.paralegal, cast.paralegal]
    paper = record(cast, mother, version=2, state="", note="")
    assert (paper.state, paper.note, paper.version) == ("have", "In the blue folder", 2), "blank erases nothing"
    paper = record(cast, mother, version=2, erase=["served_on"], reason="Another person's paper")
    assert paper.served_on is None
    assert paper.history.first().history_change_reason == "Another person's paper"


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("i_862", {}, "state"),
        ("i_862", {"state": "lost"}, "state"),
        ("letter", {"state": "have"}, "kind"),
        ("g_28", {"state": "have", "served_on": "2019-01-01"}, "served_on"),
        ("i_862", {"state": "have", "served_on": "2019-03-02"}, "served_on"),
        ("i_862", {"state": "have", "served_on": "2019-02-30"}, "served_on"),
        ("i_862", {"state": "have", "dated_on": "2019-02-02", "served_on": "2019-02-01"}, "served_on"),
        ("i_862", {"state": "have", "erase": ["note"], "reason": ""}, "reason"),
        ("i_862", {"state": "have", "note": "\x00"}, "note"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(cast: Cast, kind: str, values: dict[str, Any], field: str) -> None:
    mother, _son = people(make_family(cast.organization))
    with pytest.raises(Invalid) as refusal:
        record(cast, mother, kind, **values)
    assert list(refusal.value.errors) == [field]
    assert not Paper.objects.exists()


def test_who_saves_second_is_told_and_nothing_is_overwritten(cast: Cast) -> None:
    mother, _son = people(make_family(cast.organization))
    record(cast, mother, state="asked")
    record(cast, mother, version=1, state="have", actor=cast.attorney)
    with pytest.raises(Conflict) as conflict:
        record(cast, mother, version=1, state="missing")
    assert conflict.value.current["state"] == "have"
    assert [change.who for change in conflict.value.changes] == [cast.attorney.name]
    with pytest.raises(Conflict):
        record(cast, mother, version=0, state="missing")
    with pytest.raises(Conflict):
        record(cast, mother, "g_28", version=3, state="missing")
    assert Paper.objects.get().state == "have"


def test_only_who_works_on_the_family_records(cast: Cast) -> None:
    mother, _son = people(make_family(cast.organization))
    for actor in (cast.auditor, cast.administrator):
        with pytest.raises(PermissionDenied):
            record(cast, mother, state="have", actor=actor)
    make_wall(mother.family, cast.attorney, cast.supervisor)
    for actor in (cast.attorney, cast.other_attorney, cast.volunteer):
        with pytest.raises(Http404):
            record(cast, mother, state="have", actor=actor)
    assert not Paper.objects.exists()


def test_the_page_lists_records_and_keeps_what_was_typed(client: Client, cast: Cast) -> None:
    family = make_family(cast.organization)
    mother, _son = people(family)
    client.force_login(cast.paralegal)
    page = f"/people/{mother.pk}/papers/"
    text = client.get(page).content.decode()
    assert "I-869, negative finding" in text
    assert "after a negative credible fear result" in text
    form = client.get(page, {"kind": "i_862"}).content.decode()
    assert "A notice that was served is not yet one that the court has." in form
    assert "served on the person" not in client.get(page, {"kind": "g_28"}).content.decode().lower()
    assert client.get(page, {"kind": "nothing"}).status_code == 404
    typed = {"kind": "i_862", "version": "0", "key": "k", "state": "have", "served_on": "2020-01-01", "note": "blue"}
    answer = client.post(page, typed)
    assert answer.status_code == 422
    assert "This day has not come yet." in answer.content.decode()
    assert "blue" in answer.content.decode()
    assert client.post(page, typed | {"served_on": "2019-02-01"}).status_code == 302
    text = client.get(page).content.decode()
    assert "not seen in the court" in text
    assert "served on 1 February 2019" in text


def test_a_conflict_shows_both_and_saving_again_keeps_what_the_colleague_changed(client: Client, cast: Cast) -> None:
    mother, _son = people(make_family(cast.organization))
    record(cast, mother, state="asked", note="Asked by fax")
    record(cast, mother, version=1, note="Asked by post", dated_on="2019-01-05", actor=cast.attorney)
    client.force_login(cast.paralegal)
    page = f"/people/{mother.pk}/papers/"
    seen = {"initial-state": "asked", "initial-note": "Asked by fax", "note": "Asked by telephone", "state": "asked"}
    answer = client.post(page, {"kind": "i_862", "version": "1", "key": "k", "dated_on": "", **seen})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert cast.attorney.name in text
    assert "Asked by post" in text
    assert "Asked by telephone" in text
    again = {
        field.html_name: field.value() for field in answer.context["form"] if field.html_name not in ("erase", "reason")
    }
    initial = {
        f"initial-{name}": answer.context["form"].data[f"initial-{name}"] for name in ("state", "note", "dated_on")
    }
    assert client.post(page, {**again, **initial}).status_code == 302
    paper = Paper.objects.get()
    assert (paper.note, paper.dated_on) == ("Asked by telephone", datetime.date(2019, 1, 5))


def test_the_family_page_says_what_is_missing(client: Client, cast: Cast) -> None:
    family = make_family(cast.organization)
    make_paper(people(family)[0], "i_870", "asked", asked_on="2019-02-20")
    client.force_login(cast.attorney)
    text = client.get(f"/families/{family.pk}/").content.decode()
    assert "I-870, record of the credible fear interview" in text
    assert "asked for on 20 February 2019" in text
    assert f"/people/{people(family)[1].pk}/papers/" in text
