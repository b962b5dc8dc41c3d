"""The weekly look-up in the court's system: what sets it off, what keeps it, and when nobody is to look any more."""

import datetime
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deadlines.hearings import hearing_add, hearing_look, hearing_update
from deadlines.models import Deadline, Hearing
from deadlines.refresh import GONE, LOOKED_UP, RULE_OFF, refresh_family
from families.models import Custody, Family, Person
from settlement.determine import redetermine
from tests.cast import Cast
from tests.deadlines.test_office_rules import known, on_file, open_of, reached
from tests.deadlines.test_pages import client_of, page
from tests.deadlines.test_refresh import date, one
from tests.factories import DAY, make_family, mother_and_son

pytestmark = pytest.mark.django_db

KIND = "office_look_up"


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast.organization)


def mother(family: Family) -> Person:
    return family.persons.get(reference="p1")


def hearing(cast: Cast, person: Person, *, filed: str = "2019-02-25", on: str = "2019-04-15", **more: Any) -> Hearing:
    """A hearing that was put on file on that day."""
    at = datetime.datetime.combine(date(on), datetime.time(14), tzinfo=datetime.UTC)
    values = {"kind": "master", "at": at, "zone": "America/Chicago", **more}
    pk = hearing_add(actor=cast.paralegal, person_id=person.pk, values=values, key=None, day=DAY)
    noon = datetime.datetime.combine(date(filed), datetime.time(17), tzinfo=datetime.UTC)
    Hearing.history.filter(id=pk).update(history_date=noon)
    Deadline.objects.filter(family=person.family, kind=KIND, state="open").delete()  # as of another day on file
    refresh_family(family=person.family, day=DAY)
    return Hearing.objects.get(pk=pk)


def look(cast: Cast, hearing: Hearing, day: datetime.date = DAY) -> None:
    hearing.refresh_from_db()
    hearing_look(actor=cast.paralegal, hearing_id=hearing.pk, version=hearing.version, key=None, day=day)


def change(cast: Cast, hearing: Hearing, **values: Any) -> None:
    hearing.refresh_from_db()
    common: dict[str, Any] = {"actor": cast.paralegal, "reason": "By phone.", "key": None, "day": DAY}
    hearing_update(hearing_id=hearing.pk, version=hearing.version, values=values, **common)


def asked(family: Family) -> list[tuple[str, str, str]]:
    rows = Deadline.objects.filter(family=family, kind=KIND).order_by("trigger_on", "pk")
    return [(str(row.due_on), row.state, row.ended_because) for row in rows]


def test_before_the_first_look_up_the_week_runs_from_the_day_on_file(cast: Cast, family: Family) -> None:
    hearing(cast, mother(family))
    row = open_of(family, KIND)
    assert (row.source, row.weight, row.owes, row.person) == ("office", "routine", "office", mother(family))
    assert (row.trigger_on, row.due_on, row.title) == (date("2019-02-25"), date("2019-03-04"), "")
    assert not row.waits


@pytest.mark.parametrize(
    ("kind", "on", "cancelled"),
    [("interview", "2019-04-15", False), ("master", "2019-02-28", False), ("master", "2019-04-15", True)],
)
def test_only_what_is_to_come_in_court_sets_it_off(
    cast: Cast, family: Family, kind: str, on: str, *, cancelled: bool
) -> None:
    hearing(cast, mother(family), on=on, kind=kind, cancelled=cancelled)
    assert asked(family) == []


def test_on_the_day_of_the_hearing_it_is_still_to_come(cast: Cast, family: Family) -> None:
    hearing(cast, mother(family), on=DAY.isoformat())
    assert asked(family) == [("2019-03-04", "open", "")]
    redetermine(organization=cast.organization, family_ids=[family.pk], day=date("2019-03-02"))
    assert asked(family) == [("2019-03-04", "void", GONE)]


def test_a_look_up_keeps_the_date_and_sets_the_next_one_off(cast: Cast, family: Family) -> None:
    row = hearing(cast, mother(family))
    first = open_of(family, KIND)
    look(cast, row)
    first.refresh_from_db()
    assert (first.state, first.ended_because, first.ended_by, first.remind_at) == ("done", LOOKED_UP, None, None)
    assert first.history.latest("history_id").history_change_reason == LOOKED_UP
    assert open_of(family, KIND).due_on == date("2019-03-08")
    look(cast, row)
    assert asked(family) == [("2019-03-04", "done", LOOKED_UP), ("2019-03-08", "open", "")], "twice on a day is once"
    look(cast, row, date("2019-03-06"))
    assert asked(family)[1:] == [("2019-03-08", "done", LOOKED_UP), ("2019-03-13", "open", "")]


def test_a_hearing_that_was_looked_up_when_it_was_moved_counts_too(cast: Cast, family: Family) -> None:
    row = hearing(cast, mother(family))
    change(cast, row, place="Room 9")
    assert asked(family) == [("2019-03-04", "open", "")], "a notice that moved it is no look-up"
    change(cast, row, place="Room 8", checked_on=DAY)
    assert asked(family) == [("2019-03-04", "done", LOOKED_UP), ("2019-03-08", "open", "")]


def test_it_is_asked_once_for_a_person_whichever_hearing_is_looked_up(cast: Cast, family: Family) -> None:
    first = hearing(cast, mother(family), filed="2019-02-20")
    second = hearing(cast, mother(family), filed="2019-02-26", on="2019-05-20", kind="individual")
    assert asked(family) == [("2019-02-27", "open", "")]
    look(cast, second)
    assert asked(family) == [("2019-02-27", "done", LOOKED_UP), ("2019-03-08", "open", "")]
    change(cast, second, cancelled=True)
    assert asked(family)[-1] == ("2019-03-08", "open", ""), "who looked the cancelled one up has seen the other, too"
    son = family.persons.get(reference="c1")
    hearing(cast, son)
    people = Deadline.objects.filter(family=family, kind=KIND, state="open").values_list("person", flat=True)
    assert set(people) == {first.person_id, son.pk}, "each has a number of their own"


def test_nobody_is_to_look_when_no_hearing_is_to_come_any_more(cast: Cast, family: Family) -> None:
    row = hearing(cast, mother(family))
    change(cast, row, cancelled=True)
    assert asked(family) == [("2019-03-04", "void", GONE)]
    change(cast, row, cancelled=False)
    assert asked(family) == [("2019-03-04", "open", "")]


def test_only_a_look_up_keeps_it(cast: Cast, family: Family) -> None:
    first = hearing(cast, mother(family), filed="2019-02-20")
    hearing(cast, mother(family), filed="2019-02-26", on="2019-05-20")
    change(cast, first, cancelled=True)
    assert asked(family) == [("2019-02-27", "void", GONE), ("2019-03-05", "open", "")]


def test_that_a_day_of_custody_became_known_keeps_no_date_to_talk_to_somebody(cast: Cast) -> None:
    record = mother_and_son()
    record["persons"][0]["custody"] += [{"by": "dhs"}]
    family = make_family(cast.organization, record)
    on_file(family, date("2019-02-01"))
    reached(cast, mother(family), "2019-02-20")
    asked_before = open_of(family, "office_contact_detained")
    Custody.objects.filter(person=mother(family), ended_on=None).update(began_on="2019-02-25")
    refresh_family(family=family, day=DAY)
    asked_before.refresh_from_db()
    assert (asked_before.state, asked_before.ended_because) == ("void", GONE)
    assert open_of(family, "office_contact_detained").due_on == date("2019-03-04")


def test_a_look_up_from_before_there_was_anything_to_come_sets_nothing_off(cast: Cast, family: Family) -> None:
    hearing(cast, mother(family), filed="2018-06-01", on="2018-08-01", checked_on=date("2018-07-25"))
    assert asked(family) == []
    hearing(cast, mother(family))
    assert asked(family) == [("2019-03-04", "open", "")]


def test_a_hearing_that_nobody_has_looked_up_for_long_is_asked_about(cast: Cast, family: Family) -> None:
    hearing(cast, mother(family), filed="2018-09-03")
    assert asked(family) == [("2018-09-10", "open", "")]


def test_an_office_changes_how_often_and_switches_it_off(cast: Cast, family: Family) -> None:
    row = hearing(cast, mother(family))
    known(cast, KIND, length=14)
    assert asked(family) == [("2019-03-11", "open", "")]
    look(cast, row)
    assert asked(family)[-1] == ("2019-03-15", "open", "")
    known(cast, KIND, version=1, length=14, is_on=False)
    assert asked(family)[-1] == ("2019-03-15", "void", RULE_OFF)
    look(cast, row, date("2019-03-04"))
    assert len(asked(family)) == 2


def test_the_number_of_queries_does_not_grow_with_hearings(cast: Cast) -> None:
    def queries(families: int) -> int:
        made = [make_family(cast.organization, determined=False) for _ in range(families)]
        for family in made:
            for on in ("2019-04-15", "2019-05-20")[:families]:
                hearing(cast, mother(family), on=on)
        keys = [family.pk for family in made]
        Deadline.objects.filter(family__in=keys).delete()
        with CaptureQueriesContext(connection) as seen:
            redetermine(organization=cast.organization, family_ids=keys, day=DAY)
        return len(seen)

    assert queries(1) == queries(6)


def test_the_proof_sheet_leads_to_the_hearing_where_it_is_looked_up(cast: Cast, family: Family) -> None:
    row = hearing(cast, mother(family))
    client = client_of(cast.attorney)
    text = page(client, f"/dates/{one(family, KIND).pk}/")
    for said in (
        "Look the person up in the court",
        "The last look-up; before the first one the day on which a hearing in court was put on file: <strong>25 Feb",
        f"Put on file by {cast.paralegal.name}",
        "No law stands behind it.",
        f'href="/hearings/{row.pk}/"',
    ):
        assert said in text, said
    look(cast, row)
    assert "Hearing: last looked up on: <strong>1 March" in page(client, f"/dates/{open_of(family, KIND).pk}/")
    done = Deadline.objects.get(family=family, kind=KIND, state="done")
    assert "They were looked up: the day is on file" in page(client, f"/dates/{done.pk}/")
    assert "Look the person up in the court" in page(client, "/dates/rules/")


def test_it_is_kept_by_looking_and_not_by_saying_done(cast: Cast, family: Family) -> None:
    hearing(cast, mother(family))
    row = one(family, KIND)
    client = client_of(cast.paralegal)
    answer = client.post(f"/dates/{row.pk}/done/", {"version": row.version, "key": uuid.uuid4(), "reason": "Looked."})
    assert answer.status_code == 422
    assert "it sets the next date off" in answer.content.decode()
    assert one(family, KIND).state == "open"
    body = page(client, f"/dates/{row.pk}/")
    assert "Write it down: that sets the next date off" in body
    assert f'action="/dates/{row.pk}/not-needed/"' in body
