"""Dates made, corrected, confirmed and ended by people: with a reason, a second person, and nobody's work lost."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.errors import Conflict, Invalid
from audit.models import Act, Entry
from deadlines.closures import closure_add, closure_remove
from deadlines.hearings import hearing_add, hearing_update
from deadlines.models import Deadline
from deadlines.selectors import of_family, open_list
from deadlines.services import (
    address_change,
    deadline_add,
    deadline_confirm,
    deadline_correct,
    deadline_done,
    deadline_not_needed,
    deadline_reopen,
    deadline_start,
)
from families.models import Family
from tests.cast import Cast
from tests.deadlines.test_refresh import date, one, ordered_removed
from tests.factories import DAY, make_family, make_wall

pytestmark = pytest.mark.django_db
OWN = {"title": "Send the letter", "due_on": date("2019-03-31"), "weight": "right_lost", "owes": "office"}


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast.organization, ordered_removed())


def fresh(row: Deadline) -> Deadline:
    return Deadline.objects.get(pk=row.pk)


def given(row: Deadline, **values: Any) -> dict[str, Any]:
    return {"deadline_id": row.pk, "version": row.version, "key": None, **values}


def test_a_date_made_by_hand_waits_for_a_second_person(cast: Cast, family: Family) -> None:
    make: dict[str, Any] = {"family_id": family.pk, "values": OWN, "key": "k", "day": DAY}
    pk = deadline_add(actor=cast.paralegal, **make)
    assert deadline_add(actor=cast.paralegal, **make) == pk  # a double click
    row = Deadline.objects.get(pk=pk)
    assert (row.safe_on, row.waits, row.source) == (date("2019-03-29"), True, "hand")  # the 31st is a Sunday
    assert row.remind_at is not None
    with pytest.raises(PermissionDenied):
        deadline_confirm(actor=cast.paralegal, **given(row))
    with pytest.raises(Http404):
        deadline_confirm(actor=cast.other_attorney, **given(row))
    deadline_confirm(actor=cast.attorney, **given(row))
    row = fresh(row)
    assert (row.confirmed_by, row.waits, row.version) == (cast.attorney, False, 1)
    assert Entry.objects.filter(act=Act.CONFIRMED, thing_id=pk).exists()


def test_what_is_missing_is_said_by_field(cast: Cast, family: Family) -> None:
    with pytest.raises(Invalid) as refused:
        deadline_add(actor=cast.attorney, family_id=family.pk, values={}, key=None, day=DAY)
    assert set(refused.value.errors) == {"title", "due_on"}
    with pytest.raises(PermissionDenied):
        deadline_add(actor=cast.auditor, family_id=family.pk, values=OWN, key=None, day=DAY)


def test_a_date_of_the_catalogue_is_counted_from_the_day_on_the_paper(cast: Cast, family: Family) -> None:
    pk = deadline_start(
        actor=cast.attorney,
        family_id=family.pk,
        kind="board_brief",
        values={"start": date("2019-02-22")},
        key=None,
        day=DAY,
    )
    row = Deadline.objects.get(pk=pk)
    assert (row.due_on, row.counting, row.weight) == (date("2019-03-15"), "bia_days", "right_lost")
    with pytest.raises(Http404):
        deadline_start(
            actor=cast.attorney, family_id=family.pk, kind="appeal", values={"start": DAY}, key=None, day=DAY
        )


def test_who_moved_owes_two_offices_a_new_address(cast: Cast, family: Family) -> None:
    person = family.persons.get(reference="p1")
    address_change(actor=cast.paralegal, person_id=person.pk, moved_on=DAY, key=None, day=DAY)
    assert one(family, "address_uscis").due_on == date("2019-03-11")
    assert one(family, "address_court").due_on == date("2019-03-06")


def test_a_correction_leaves_both_dates_until_it_is_confirmed(cast: Cast, family: Family) -> None:
    row = one(family, "appeal")
    before = row.due_on
    with pytest.raises(Invalid):
        deadline_correct(actor=cast.paralegal, due_on=date("2019-03-29"), reason=" ", **given(row))
    deadline_correct(actor=cast.paralegal, due_on=date("2019-03-29"), reason="It was mailed later.", **given(row))
    row = fresh(row)
    assert (row.due_on, row.corrected_from, row.version, row.waits) == (date("2019-03-29"), before, 2, True)
    assert row.first_day() == date("2019-02-25")
    with pytest.raises(Conflict):
        deadline_confirm(actor=cast.attorney, **given(row, version=1))
    deadline_confirm(actor=cast.attorney, **given(row))
    assert fresh(row).first_day() == date("2019-03-29")
    reasons = list(row.history.order_by("history_id").values_list("history_change_reason", flat=True))
    assert reasons[1] == "It was mailed later."


def test_a_date_ends_once_and_opens_again_with_a_reason(cast: Cast, family: Family) -> None:
    row = one(family, "appeal")
    deadline_done(actor=cast.paralegal, note="Filed, receipt on file.", **given(row))
    done = fresh(row)
    assert (done.state, done.ended_by, done.ended_because, done.remind_at) == (
        "done",
        cast.paralegal,
        "Filed, receipt on file.",
        None,
    )
    with pytest.raises(Conflict):
        deadline_not_needed(actor=cast.attorney, reason="Never mind.", **given(row))
    with pytest.raises(Invalid):
        deadline_reopen(actor=cast.attorney, reason="", **given(row))
    deadline_reopen(actor=cast.attorney, reason="It was sent back.", **given(row))
    again = fresh(row)
    assert (again.state, again.version, again.ended_by) == ("open", 2, None)
    assert again.remind_at is not None
    with pytest.raises(Invalid):
        deadline_not_needed(actor=cast.attorney, reason="", **given(again))
    deadline_not_needed(actor=cast.attorney, reason="The order was vacated.", **given(again))
    assert fresh(row).state == "void"
    with pytest.raises(PermissionDenied):
        deadline_done(actor=cast.volunteer, note="", **given(again))


def test_a_hearing_has_its_places_clock_and_moves_its_dates_with_it(cast: Cast, family: Family) -> None:
    person = family.persons.get(reference="p1")
    chicago = ZoneInfo("America/Chicago")
    values = {
        "kind": "individual",
        "at": datetime.datetime(2019, 4, 15, 9, tzinfo=chicago),
        "zone": "America/Chicago",
        "place": "Room 3",
    }
    pk = hearing_add(actor=cast.paralegal, person_id=person.pk, values=values, key=None, day=DAY)
    hearing, filings = one(family, "hearing"), one(family, "hearing_filings")
    assert (hearing.due_at, hearing.zone) == (values["at"], "America/Chicago")
    assert (filings.due_on, filings.safe_on) == (date("2019-04-01"), date("2019-03-15"))  # 31 March is a Sunday
    assert one(family, "hearing_check").due_on == date("2019-04-13")
    later = {"at": datetime.datetime(2019, 4, 16, 9, tzinfo=chicago)}
    hearing_update(
        actor=cast.paralegal, hearing_id=pk, version=1, values=later, reason="Moved by the court.", key=None, day=DAY
    )
    moved = fresh(hearing)
    assert (moved.due_on, moved.version) == (date("2019-04-16"), 2)
    hearing_update(
        actor=cast.paralegal, hearing_id=pk, version=2, values={"cancelled": True}, reason="Off.", key=None, day=DAY
    )
    assert {one(family, kind).state for kind in ("hearing", "hearing_check", "hearing_filings")} == {"void"}
    with pytest.raises(Invalid):
        hearing_add(actor=cast.paralegal, person_id=person.pk, values={**values, "zone": "Mars"}, key=None, day=DAY)


def test_a_day_without_business_counts_open_dates_anew(cast: Cast, family: Family) -> None:
    appeal = one(family, "appeal")
    brief = deadline_start(
        actor=cast.attorney,
        family_id=family.pk,
        kind="board_brief",
        values={"start": date("2019-02-25")},
        key=None,
        day=DAY,
    )
    assert (appeal.due_on, Deadline.objects.get(pk=brief).due_on) == (date("2019-03-18"), date("2019-03-18"))
    with pytest.raises(PermissionDenied):
        closure_add(actor=cast.attorney, on=date("2019-03-18"), why="Storm.", key=None, day=DAY)
    pk = closure_add(actor=cast.supervisor, on=date("2019-03-18"), why="Storm.", key=None, day=DAY)
    counted = fresh(appeal)
    assert (counted.due_on, counted.version) == (date("2019-03-19"), 2)
    assert ["2019-03-18", "closure"] in counted.proof["skipped"]
    assert Deadline.objects.get(pk=brief).due_on == date("2019-03-19")
    with pytest.raises(Invalid):
        closure_add(actor=cast.supervisor, on=date("2019-03-18"), why="Again.", key=None, day=DAY)
    closure_remove(actor=cast.supervisor, closure_id=pk, reason="They were open.", key=None, day=DAY)
    assert fresh(appeal).due_on == Deadline.objects.get(pk=brief).due_on == date("2019-03-18")


def test_lists_hold_what_one_sees_the_nearest_first(cast: Cast, family: Family) -> None:
    rows = of_family(cast.attorney, family)
    assert [row.first_day() for row in rows] == sorted(row.first_day() for row in rows)
    early = open_list(cast.attorney, until=date("2019-02-28"))
    assert [row.kind for row in early] == ["appeal"]
    assert not open_list(cast.other_attorney).exists()
    make_wall(family, cast.attorney, cast.supervisor)
    assert not of_family(cast.attorney, family)
    assert not open_list(cast.attorney).exists()
    with pytest.raises(Http404):
        deadline_done(actor=cast.attorney, note="", **given(rows[0]))
