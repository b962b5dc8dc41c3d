"""The family drawn, its line of time and the client's own page: what they say, and that they hold for any family."""

import datetime
import re
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from families.contacts.services import contact_add
from families.drawing import where_is
from families.models import Family
from families.page import family_page
from families.selectors import family_detail
from tests.cast import Cast
from tests.factories import DAY, everything, make_family, mother_and_son
from tests.pages.test_record import text_of


@pytest.fixture(autouse=True)
def _the_day(settings: Any) -> None:
    settings.AMPARO_TODAY = DAY


def page_of(cast: Cast, family: Family) -> Any:
    return family_page(family_detail(cast.attorney, family.pk, DAY), DAY)


def of_size(children: int, adults: int) -> dict[str, Any]:
    record = everything()
    mother, son = record["persons"]
    son["parents"] *= adults
    others = [{"id": f"p{number}", "role": "guardian"} for number in range(2, adults + 1)]
    son["parents"] = [{**son["parents"][0], "parent": f"p{number}"} for number in range(1, adults + 1)]
    more = [{**son, "id": f"c{number}"} for number in range(2, children + 1)]
    return {"persons": [mother, *others, *([son] if children else []), *more]}


@pytest.mark.parametrize(("children", "adults"), [(0, 1), (1, 1), (3, 2), (16, 4)])
def test_boxes_never_lie_on_one_another_and_stay_inside(cast: Cast, children: int, adults: int) -> None:
    drawing = page_of(cast, make_family(cast.organization, of_size(children, adults))).drawing
    assert len(drawing.boxes) == children + adults
    assert len(drawing.ties) == children * adults
    for place, box in enumerate(drawing.boxes):
        assert box.x >= 0
        assert box.x + drawing.box_width <= drawing.width
        assert box.y + box.height <= drawing.height
        for other in drawing.boxes[:place]:
            beside = abs(box.x - other.x) >= drawing.box_width
            assert beside or box.y >= other.y + other.height or other.y >= box.y + box.height
    parents = [box for box in drawing.boxes if box.kind != "child"]
    kids = [box for box in drawing.boxes if box.kind == "child"]
    assert all(kid.y > parent.y for kid in kids for parent in parents)


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({}, "unknown"),
        ({"departures": []}, "here"),
        ({"departures": [{"on": "2018-08-01", "kind": "removed"}]}, "departed"),
        ({"departures": [{"on": "2018-08-01", "back_on": "2018-09-01"}]}, "here"),
        ({"departures": [{}]}, "departed"),
        ({"departures": [], "custody": [{"by": "orr", "from": "2018-05-14"}]}, "held"),
        ({"departures": [], "custody": [{"by": "orr", "to": "2019-03-02"}]}, "held"),
        ({"departures": [], "custody": [{"to": "2019-03-01"}]}, "here"),
        ({"departures": [{"on": "2019-03-02"}]}, "here"),
    ],
)
def test_where_somebody_is_today(facts: dict[str, Any], kind: str) -> None:
    assert where_is(facts, DAY).kind == kind


@pytest.mark.parametrize(
    ("link", "says", "apart"),
    [
        ({"separated_on": "2018-05-14"}, "since 14 May 2018", True),
        ({"separated_by": "dhs"}, "since when is not known", True),
        ({"separated_on": "2018-05-14", "reunified_on": "2018-07-24", "reunification": "sponsor"}, "apart from", True),
        ({"separated_on": "2018-05-14", "reunified_on": "2018-07-24"}, "since 24 July 2018", False),
        ({"separated_on": "2018-05-14", "reunification": "abroad"}, "back with", False),
        ({}, "separation not known", False),
    ],
)
def test_who_is_apart_from_whom(cast: Cast, link: dict[str, str], says: str, apart: bool) -> None:
    record = mother_and_son()
    record["persons"][1]["parents"] = [{"parent": "p1", **link}]
    drawing = page_of(cast, make_family(cast.organization, record)).drawing
    [tie] = drawing.ties
    assert tie.apart is apart
    assert says in tie.title


def test_the_line_of_time_and_its_table_say_the_same(cast: Cast) -> None:
    line = page_of(cast, make_family(cast.organization, everything())).line
    assert line.lanes[0].name == "The court"
    assert len(line.lanes) == 3
    marks = [mark for lane in line.lanes for mark in lane.marks]
    told = {row.text for row in line.rows}
    assert {mark.text.partition(": ")[2] for mark in marks} <= told
    held = [bar.text for lane in line.lanes for bar in lane.bars]
    assert len(held) == 2
    assert [row.on for row in line.rows] == sorted(row.on for row in line.rows)
    assert any(row.kind == "ahead" and "deadline" in row.text for row in line.rows), "deadlines ahead stand in it"
    for lane in line.lanes:
        places = sorted(mark.x for mark in lane.marks)
        assert all(second - first >= 20 for first, second in pairwise(places)), "none on another"
    assert max(mark.x for mark in marks) <= line.width


def test_the_clients_page_has_dates_and_words_and_no_result_nor_number(client: Client, cast: Cast) -> None:
    record = everything()
    record["persons"][0]["screenings"][-1]["judge_review"] = {"asked": "yes", "asked_on": "2019-02-27"}
    family = make_family(cast.organization, record, attorney=cast.attorney)
    mother = family.persons.get(reference="p1")
    for on, said in (("2019-02-01", "Wait for the call."), ("2019-02-03", "Bring the papers.")):
        values = {"channel": "visit", "outcome": "reached", "on": on, "said": said}
        contact_add(actor=cast.paralegal, person_id=mother.pk, values=values, key=None, day=DAY)
    values = {"channel": "phone", "outcome": "message_left", "said": "Left with the cousin."}
    contact_add(actor=cast.paralegal, person_id=mother.pk, values=values, key=None, day=DAY)
    client.force_login(cast.paralegal)
    page = client.get(f"/families/{family.pk}/paper/?language=en").content.decode()
    text = text_of(re.sub(r"<footer.*</footer>", "", page, flags=re.DOTALL).encode())
    assert "20 March 2019" in text, "the interview"
    assert "Wait for the call." in text
    assert "Left with the cousin." not in text, "what somebody else was told is not the client's"
    assert cast.attorney.name in text
    for person in family.persons.all():
        assert person.a_number is not None
        assert person.a_number not in page
        assert f"A…{person.a_number[-3:]}" in text
    assert not re.search(r"protected|barred|negative|positive|lifted|removal|member\b", text, re.IGNORECASE)
    spanish = text_of(client.get(f"/families/{family.pk}/paper/").content)
    assert "Lo que no firmo" in spanish, "in Spanish unless all speak English"
    son = family.persons.get(reference="c1")
    alone = text_of(client.get(f"/families/{family.pk}/paper/?language=en&person={son.pk}").content)
    assert "Wait for the call." not in alone
    assert client.get(f"/families/{family.pk}/paper/?person=0").status_code == 404
    client.force_login(cast.other_attorney)
    assert client.get(f"/families/{family.pk}/paper/").status_code == 404
    client.force_login(cast.auditor)
    assert client.get(f"/families/{family.pk}/paper/").status_code == 403


def test_the_page_says_who_entered_and_who_confirmed_in_a_fixed_number_of_queries(cast: Cast) -> None:
    small = make_family(cast.organization, of_size(1, 1))
    large = make_family(cast.organization, of_size(9, 3))
    counts = []
    for family in (small, large):
        with CaptureQueriesContext(connection) as queries:
            detail = family_detail(cast.attorney, family.pk, DAY)
        counts.append(len(queries))
        kept = [one for rows in detail.book.kept.values() for one in rows]
        assert len([one for one in kept if one.person]) == len(kept)
        assert all(
            origin.entered_at.date() >= datetime.date(2020, 1, 1) for one in kept for origin in one.origins.values()
        )
    assert counts[0] == counts[1] <= 20
