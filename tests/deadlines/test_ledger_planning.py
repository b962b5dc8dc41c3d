"""When a reminder is due, whom it is for, and when the next person is told."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pytest_django.fixtures import Settings

from accounts.models import User
from deadlines.models import Deadline
from deadlines.reminders import ledger, planning
from deadlines.reminders.models import Reminder
from deadlines.reminders.moments import (
    DAY,
    OFFSETS,
    after_quiet,
    end_of,
    first_day,
    first_moment,
    moment_of,
    next_moment,
    offsets_of,
)
from deadlines.reminders.ways import Absence, OffsetSetting, Ways
from families.models import Family
from tests.cast import Cast
from tests.factories import make_deadline, make_family, make_opening, make_user, make_wall

pytestmark = pytest.mark.django_db

NEW_YORK = ZoneInfo("America/New_York")
DUE = datetime.date(2019, 3, 20)


def at(month: int, day: int, hour: int = 8, minute: int = 0) -> datetime.datetime:
    """A moment of 2019 at the office."""
    return datetime.datetime(2019, month, day, hour, minute, tzinfo=NEW_YORK)


@pytest.fixture(autouse=True)
def _office(settings: Settings) -> None:
    settings.TIME_ZONE = "America/New_York"


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast.organization, determined=False, attorney=cast.attorney, paralegal=cast.paralegal)


def plan(organization: Any, moment: datetime.datetime) -> planning.Planned:
    return planning.plan(organization.pk, moment)


def recipients(channel: str = "app", **only: Any) -> set[User]:
    rows = Reminder.objects.filter(channel=channel, **only).select_related("recipient")
    return {row.recipient for row in rows}


# --- moments ---


def test_days_are_mornings_of_the_office_also_where_clocks_change(family: Family) -> None:
    deadline = make_deadline(family, DUE)  # clocks went forward on 10 March
    assert moment_of(deadline, 7 * DAY) == at(3, 13)
    assert moment_of(deadline, 14 * DAY) == at(3, 6)
    assert at(3, 13).utcoffset() != at(3, 6).utcoffset()
    assert moment_of(deadline, -DAY) == at(3, 21)
    assert end_of(deadline) == at(3, 21, 0)


def test_hours_are_exact_also_where_clocks_change(family: Family) -> None:
    due_at = at(3, 10, 12)
    deadline = make_deadline(family, due_at.date(), weight="hours", due_at=due_at)
    day_before = due_at.astimezone(datetime.UTC) - datetime.timedelta(hours=24)
    assert moment_of(deadline, DAY) == day_before
    assert moment_of(deadline, DAY) == at(3, 9, 11)


def test_a_hearing_early_in_the_morning_is_told_before_it(family: Family) -> None:
    deadline = make_deadline(family, DUE, due_at=at(3, 20, 7, 30))
    assert moment_of(deadline, 0) == at(3, 20, 6, 30)
    assert moment_of(make_deadline(family, DUE, due_at=at(3, 20, 15)), 0) == at(3, 20)


def test_the_earliest_of_the_dates_on_which_sources_differ_counts(family: Family) -> None:
    others = [{"due_on": "2019-03-18", "basis": "M"}, {"due_on": "2019-03-25"}]
    deadline = make_deadline(family, DUE, otherwise=others)
    assert first_day(deadline) == datetime.date(2019, 3, 18)
    assert moment_of(deadline, DAY) == at(3, 17)


def test_the_first_moment_is_now_where_some_have_passed_and_else_the_next(family: Family) -> None:
    deadline = make_deadline(family, DUE)
    assert first_moment(deadline, at(3, 15)) == at(3, 15)
    far = make_deadline(family, datetime.date(2019, 12, 20))
    assert first_moment(far, at(3, 15)) == next_moment(far, at(3, 15)) == at(10, 21)
    assert next_moment(deadline, at(3, 25)) is None


def test_every_weight_has_offsets_and_an_organization_its_own(cast: Cast) -> None:
    assert set(OFFSETS) == set(Deadline.Weight)
    assert all(any(one >= 0 for one in offsets) for offsets in OFFSETS.values())
    OffsetSetting.objects.create(organization=cast.organization, weight="curable", offsets=[0, 5 * DAY])
    assert offsets_of(cast.organization.pk)["curable"] == (5 * DAY, 0)
    assert offsets_of(cast.organization.pk)["hours"] == tuple(OFFSETS["hours"])
    assert offsets_of(cast.other_organization.pk)["curable"] == tuple(OFFSETS["curable"])


@pytest.mark.parametrize(
    ("moment", "latest", "expected"),
    [
        (at(3, 5, 23), at(3, 9), at(3, 6, 7)),
        (at(3, 6, 3), at(3, 9), at(3, 6, 7)),
        (at(3, 6, 12), at(3, 9), at(3, 6, 12)),
        (at(3, 6, 3), at(3, 6, 6), at(3, 6, 3)),  # the date would pass in these hours
        (at(3, 9, 23), at(3, 12), at(3, 10, 7)),  # an hour less in this night
    ],
)
def test_quiet_hours_wait_for_their_end_but_never_past_the_date(
    moment: datetime.datetime, latest: datetime.datetime, expected: datetime.datetime
) -> None:
    assert after_quiet(moment, (datetime.time(22), datetime.time(7)), latest) == expected


# --- planning ---


def test_what_is_due_is_planned_once_for_both_who_have_the_family(family: Family, cast: Cast) -> None:
    deadline = make_deadline(family, DUE, remind_at=at(3, 13))
    assert plan(cast.organization, at(3, 12)).deadlines == 0
    assert plan(cast.organization, at(3, 13)) == (1, 4, 0)
    Deadline.objects.filter(pk=deadline.pk).update(remind_at=at(3, 13))
    plan(cast.organization, at(3, 13))
    assert Reminder.objects.count() == 4
    assert recipients("app") == recipients("mail") == {cast.attorney, cast.paralegal}
    assert {row.due_at for row in Reminder.objects.all()} == {at(3, 13)}
    deadline.refresh_from_db()
    assert deadline.remind_at == at(3, 14)  # when the supervisor is told, had nobody seen it


def test_moments_that_passed_are_one_reminder_that_says_how_many(family: Family, cast: Cast) -> None:
    make_deadline(family, DUE, remind_at=at(3, 6))
    plan(cast.organization, at(3, 18, 9))
    [row] = Reminder.objects.filter(recipient=cast.attorney, channel="mail")
    assert (row.why, row.offset, row.due_at) == ("caught_up", 2 * DAY, at(3, 6))
    assert row.covers == 6  # all but those of the last two days


def test_one_entered_late_is_told_at_once_and_is_not_called_late(family: Family, cast: Cast) -> None:
    make_deadline(family, DUE, remind_at=at(3, 18, 9))
    plan(cast.organization, at(3, 18, 9))
    [row] = Reminder.objects.filter(recipient=cast.attorney, channel="mail")
    assert (row.why, row.due_at) == ("plan", at(3, 18, 9))


def test_the_nearest_come_first(family: Family, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    later = make_deadline(family, DUE, remind_at=at(3, 13))
    sooner = make_deadline(family, DUE - datetime.timedelta(days=3), remind_at=at(3, 13, 9))
    planning.plan(cast.organization.pk, at(3, 13, 10), 1)
    assert set(Reminder.objects.values_list("deadline", flat=True)) == {sooner.pk}
    planning.plan(cast.organization.pk, at(3, 13, 10), 1)
    assert set(Reminder.objects.values_list("deadline", flat=True)) == {sooner.pk, later.pk}


def test_a_new_version_is_told_anew_and_says_that_it_replaces(family: Family, cast: Cast) -> None:
    deadline = make_deadline(family, DUE, remind_at=at(3, 13))
    plan(cast.organization, at(3, 13))
    Deadline.objects.filter(pk=deadline.pk).update(version=2, remind_at=at(3, 13, 10))
    plan(cast.organization, at(3, 13, 10))
    new = Reminder.objects.filter(deadline_version=2)
    assert {row.why for row in new} == {"change"}
    assert new.count() == 4


def test_ended_ones_and_anothers_are_left_alone(family: Family, cast: Cast) -> None:
    theirs = make_deadline(make_family(cast.other_organization, determined=False), DUE, remind_at=at(3, 13))
    make_deadline(family, DUE, state="done", ended_at=at(3, 12))
    assert plan(cast.organization, at(3, 14)).deadlines == 0
    theirs.refresh_from_db()
    assert theirs.remind_at == at(3, 13)


# --- whom ---


def test_where_nobody_has_the_family_the_supervisors_are_told(cast: Cast) -> None:
    make_deadline(make_family(cast.organization, determined=False), DUE, remind_at=at(3, 13))
    plan(cast.organization, at(3, 13))
    assert recipients() == {cast.supervisor}


def test_walled_or_gone_people_are_never_told_and_somebody_always_is(family: Family, cast: Cast) -> None:
    make_deadline(family, DUE, remind_at=at(3, 13))
    make_wall(family, cast.attorney, cast.supervisor)
    User.objects.filter(pk=cast.paralegal.pk).update(is_active=False)
    plan(cast.organization, at(3, 13))
    assert recipients() == {cast.supervisor}


def test_a_volunteer_is_told_while_the_family_is_open_to_them(cast: Cast) -> None:
    family = make_family(cast.organization, determined=False, paralegal=cast.volunteer)
    first = make_deadline(family, DUE, remind_at=at(3, 13))
    plan(cast.organization, at(3, 13))
    assert recipients(deadline=first) == {cast.supervisor}
    make_opening(family, cast.volunteer, cast.supervisor)
    second = make_deadline(family, DUE, remind_at=at(3, 13))
    plan(cast.organization, at(3, 13))
    assert recipients(deadline=second) == {cast.volunteer}


def test_a_substitute_is_told_while_somebody_is_away(family: Family, cast: Cast) -> None:
    Absence.objects.create(
        organization=cast.organization,
        user=cast.attorney,
        substitute=cast.supervisor,
        from_on=datetime.date(2019, 3, 12),
        to_on=datetime.date(2019, 3, 13),
        entered_by=cast.attorney,
    )
    away = make_deadline(family, DUE, remind_at=at(3, 13))
    plan(cast.organization, at(3, 13))
    assert recipients("mail", deadline=away) == {cast.paralegal, cast.supervisor}
    assert recipients("app", deadline=away) == {cast.paralegal, cast.supervisor, cast.attorney}
    back = make_deadline(family, DUE, remind_at=at(3, 14))
    plan(cast.organization, at(3, 14))
    assert recipients("mail", deadline=back) == {cast.paralegal, cast.attorney}


def test_quiet_hours_hold_back_the_mail_and_not_the_page(family: Family, cast: Cast) -> None:
    Ways.objects.create(
        organization=cast.organization, user=cast.attorney, quiet_from=datetime.time(7), quiet_to=datetime.time(9, 30)
    )
    make_deadline(family, DUE, remind_at=at(3, 13))
    urgent = make_deadline(family, DUE, weight="hours", due_at=at(3, 13, 20), remind_at=at(3, 13))
    plan(cast.organization, at(3, 13))
    rows = Reminder.objects.filter(recipient=cast.attorney)
    assert {row.ready_at for row in rows.filter(channel="mail").exclude(deadline=urgent)} == {at(3, 13, 9, 30)}
    assert {row.ready_at for row in rows.filter(channel="mail", deadline=urgent)} == {at(3, 13)}
    assert {row.sent_at for row in rows.filter(channel="app")} == {at(3, 13)}


# --- escalation ---


def test_unseen_for_a_day_the_supervisor_is_told_once(family: Family, cast: Cast) -> None:
    deadline = make_deadline(family, DUE, remind_at=at(3, 13))
    plan(cast.organization, at(3, 13))
    plan(cast.organization, at(3, 14) - datetime.timedelta(minutes=1))
    assert recipients() == {cast.attorney, cast.paralegal}
    plan(cast.organization, at(3, 14))
    assert recipients(why="escalation") == {cast.supervisor}
    deadline.refresh_from_db()
    assert deadline.remind_at == at(3, 17)  # three days before: the next one that is planned
    plan(cast.organization, at(3, 15))
    assert Reminder.objects.filter(why="escalation", channel="mail").count() == 1


def test_seen_by_one_of_them_nobody_else_is_told(family: Family, cast: Cast) -> None:
    make_deadline(family, DUE, remind_at=at(3, 13))
    plan(cast.organization, at(3, 13))
    Reminder.objects.filter(recipient=cast.paralegal).update(read_at=at(3, 13, 9))
    plan(cast.organization, at(3, 14))
    assert recipients() == {cast.attorney, cast.paralegal}


def test_where_hours_matter_the_next_person_is_told_within_the_hour(family: Family, cast: Cast) -> None:
    make_deadline(family, DUE, weight="hours", due_at=at(3, 13, 20), remind_at=at(3, 13))
    plan(cast.organization, at(3, 13))
    plan(cast.organization, at(3, 13, 8, 30))
    assert recipients(why="escalation") == {cast.supervisor}


def test_who_takes_the_family_over_is_told_what_the_others_know(family: Family, cast: Cast) -> None:
    make_deadline(family, DUE, remind_at=at(3, 13))
    plan(cast.organization, at(3, 13))
    Family.objects.filter(pk=family.pk).update(attorney=cast.supervisor)
    ledger.tell_again(Deadline.objects.values_list("pk", flat=True), at(3, 13, 9))
    plan(cast.organization, at(3, 13, 9))
    assert cast.supervisor in recipients(why="plan")


def hand_on(family: Family, moment: datetime.datetime, **to: User) -> None:
    Family.objects.filter(pk=family.pk).update(**to)
    ledger.tell_again(Deadline.objects.values_list("pk", flat=True), moment)
    plan(family.organization, moment)


def test_who_gets_the_family_back_is_mailed_what_was_void_meanwhile(family: Family, cast: Cast) -> None:
    make_deadline(family, DUE, remind_at=at(3, 13))
    plan(cast.organization, at(3, 13))
    mine = Reminder.objects.get(recipient=cast.paralegal, channel="mail")
    Reminder.objects.filter(pk=mine.pk).update(state="void", problem="recipient", ready_at=None)
    hand_on(family, at(3, 13, 9), paralegal=cast.supervisor)
    assert Reminder.objects.get(pk=mine.pk).state == "void"
    hand_on(family, at(3, 13, 10), paralegal=cast.paralegal)
    mine.refresh_from_db()
    assert (mine.state, mine.ready_at, mine.problem) == ("due", at(3, 13, 10), "")


def test_what_went_out_is_not_sent_again_to_who_gets_the_family_back(family: Family, cast: Cast) -> None:
    make_deadline(family, DUE, remind_at=at(3, 13))
    plan(cast.organization, at(3, 13))
    Reminder.objects.filter(channel="mail").update(state="sent", sent_at=at(3, 13), ready_at=None)
    hand_on(family, at(3, 13, 9), paralegal=cast.supervisor)
    hand_on(family, at(3, 13, 10), paralegal=cast.paralegal)
    assert set(Reminder.objects.filter(channel="mail", state="due").values_list("recipient", flat=True)) == {
        cast.supervisor.pk
    }


def test_seen_by_who_has_the_family_no_longer_is_not_seen(family: Family, cast: Cast) -> None:
    second = make_user(cast.organization, User.Role.PARALEGAL)
    make_deadline(family, DUE, remind_at=at(3, 13))
    plan(cast.organization, at(3, 13))
    Reminder.objects.filter(recipient=cast.paralegal).update(read_at=at(3, 13, 9))
    hand_on(family, at(3, 15), paralegal=second)
    assert recipients() == {cast.attorney, cast.paralegal, second}  # who has it now gets a day to look
    plan(cast.organization, at(3, 16) + datetime.timedelta(minutes=1))
    assert recipients(why="escalation") == {cast.supervisor}


def test_a_substitute_who_may_not_see_the_family_is_passed_over_and_somebody_is_there(
    cast: Cast,
) -> None:
    other = make_family(cast.organization, determined=False, attorney=cast.attorney)
    for user, substitute in ((cast.attorney, cast.paralegal), (cast.supervisor, cast.attorney)):
        Absence.objects.create(
            organization=cast.organization,
            user=user,
            substitute=substitute,
            from_on=datetime.date(2019, 3, 1),
            to_on=datetime.date(2019, 3, 30),
            entered_by=user,
        )
    make_wall(other, cast.paralegal, cast.supervisor)
    deadline = make_deadline(other, DUE, remind_at=at(3, 13))
    plan(cast.organization, at(3, 13))
    # The substitute is walled off, the supervisor away with no other: whoever is left is told by mail all the same.
    assert recipients("mail", deadline=deadline) == {cast.attorney, cast.supervisor}
