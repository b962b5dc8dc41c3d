"""Rules of the office: derived like dates of law and never mistaken for them, changed in settings, taken to all."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from accounts import scope
from accounts.errors import Conflict, Invalid
from config import clock
from deadlines.models import Deadline, OfficeRule
from deadlines.office import bringing
from deadlines.office.services import MOST, own_rule_change, rule_add, rule_change
from deadlines.refresh import GONE, REACHED, RULE_OFF, refresh_family
from deadlines.reminders.models import Reminder
from deadlines.reminders.planning import plan
from deadlines.tasks import bring_rules
from families.contacts.services import contact_add
from families.models import Custody, Family, Person
from settlement.determine import redetermine, redetermine_all
from settlement.models import Determination
from tests.cast import Cast
from tests.deadlines.test_refresh import date, one, rows, state_of
from tests.factories import DAY, everything, make_family, make_office_rule, mother_and_son, with_reevaluation

pytestmark = pytest.mark.django_db

OWN: dict[str, Any] = {
    "title": "Call the family after the finding",
    "set_off": "negative",
    "length": 3,
    "counting": "business_days",
    "weight": "routine",
    "owes": "office",
    "if_missed": "Call now.",
    "is_on": True,
}


def on_file(family: Family, day: datetime.date) -> None:
    """The family was put on file on this day."""
    moment = datetime.datetime.combine(day, datetime.time(15), tzinfo=datetime.UTC)
    Family.objects.filter(pk=family.pk).update(created_at=moment)
    refresh_family(family=family, day=DAY)


def reached(cast: Cast, person: Person, on: str, outcome: str = "reached") -> None:
    values = {"channel": "phone", "outcome": outcome, "on": on}
    contact_add(actor=cast.paralegal, person_id=person.pk, values=values, key=None, day=DAY)


def held(**custody: Any) -> dict[str, Any]:
    """The mother and her son, she held now."""
    record = mother_and_son()
    record["persons"][0]["custody"] += [{"by": "dhs", **custody}]
    return record


def open_of(family: Family, kind: str) -> Deadline:
    return Deadline.objects.get(family=family, kind=kind, state="open")


def known(cast: Cast, kind: str, version: int = 0, **values: Any) -> int:
    given = {"length": 30, "weight": "routine", "is_on": True, **values}
    return rule_change(actor=cast.supervisor, kind=kind, version=version, values=given, key=None, day=DAY)


# --- talking to a family ----------------------------------------------------------------------------------------------


def test_who_was_never_reached_is_to_be_called_from_the_day_on_file(cast: Cast) -> None:
    family = make_family(cast.organization)
    on_file(family, date("2019-02-20"))
    call = open_of(family, "office_contact")
    assert (call.source, call.weight, call.person, call.title) == ("office", "routine", None, "")
    assert (call.trigger_on, call.due_on) == (date("2019-02-20"), date("2019-03-22"))
    assert not call.waits


def test_a_contact_keeps_the_date_and_sets_the_next_one_off(cast: Cast) -> None:
    family = make_family(cast.organization)
    on_file(family, date("2019-02-01"))
    first = open_of(family, "office_contact")
    mother, son = family.persons.order_by("pk")
    reached(cast, mother, "2019-02-26", "no_answer")
    assert open_of(family, "office_contact") == first, "a try that reached nobody is no contact"
    reached(cast, son, "2019-02-27")
    first.refresh_from_db()
    assert (first.state, first.ended_because, first.remind_at) == ("done", REACHED, None)
    assert first.history.latest("history_id").history_change_reason == REACHED
    call = open_of(family, "office_contact")
    assert (call.trigger_on, call.due_on) == (date("2019-02-27"), date("2019-03-29"))
    reached(cast, mother, "2019-02-10")
    assert open_of(family, "office_contact") == call, "an older contact that is written down later is not the last"


def test_a_contact_long_ago_is_overdue_however_long(cast: Cast) -> None:
    family = make_family(cast.organization)
    on_file(family, date("2018-07-01"))
    reached(cast, family.persons.order_by("pk")[0], "2018-07-02")
    assert open_of(family, "office_contact").due_on == date("2018-08-01")


def test_who_is_held_is_to_be_reached_each_week(cast: Cast) -> None:
    family = make_family(cast.organization, held(**{"from": "2019-02-25"}))
    on_file(family, date("2019-02-01"))
    mother, son = family.persons.order_by("pk")
    reached(cast, mother, "2019-02-20")
    call = open_of(family, "office_contact_detained")
    assert (call.person, call.trigger_on, call.due_on) == (mother, date("2019-02-25"), date("2019-03-04"))
    reached(cast, son, "2019-02-28")
    assert open_of(family, "office_contact_detained") == call, "the son cannot speak for her"
    reached(cast, mother, "2019-02-28")
    assert open_of(family, "office_contact_detained").due_on == date("2019-03-07")
    call.refresh_from_db()
    assert (call.state, call.ended_because) == ("done", REACHED)
    Custody.objects.filter(person=mother, ended_on=None).update(ended_on="2019-02-28")
    refresh_family(family=family, day=DAY)
    released = Deadline.objects.filter(family=family, kind="office_contact_detained").latest("pk")
    assert (released.state, released.ended_because) == ("void", GONE)


# --- what is not known ------------------------------------------------------------------------------------------------


def unknown_family(cast: Cast, record: dict[str, Any] | None = None) -> Family:
    """A family whose answer is unknown, for nobody knows when the son and his mother were separated."""
    found = record or mother_and_son()
    del found["persons"][1]["parents"]
    family = make_family(cast.organization, found)
    assert family.determinations.get().removal == "undetermined"
    return family


def test_what_is_not_known_is_asked_about_on_the_same_day_where_somebody_is_held(cast: Cast) -> None:
    family = unknown_family(cast)
    assert not Deadline.objects.filter(family=family, kind__startswith="office_unknown").exists()
    other = unknown_family(cast, held(**{"from": "2019-02-25"}))
    asked = open_of(other, "office_unknown_detained")
    assert (asked.due_on, asked.safe_on, asked.person) == (DAY, DAY, None)
    known(cast, "office_unknown", length=2)
    asked = open_of(family, "office_unknown")
    assert (asked.trigger_on, asked.due_on) == (DAY, date("2019-03-05"))  # Friday, and two business days
    assert not Deadline.objects.filter(family=other, kind="office_unknown").exists(), "one of the two, never both"


def test_the_clock_runs_from_the_day_since_which_it_is_unknown_without_a_break(cast: Cast) -> None:
    family = unknown_family(cast)
    known(cast, "office_unknown", length=2)
    for day in ("2019-03-02", "2019-03-06"):
        redetermine_all(organization=cast.organization, day=date(day))
        assert open_of(family, "office_unknown").trigger_on == DAY, day
    before = Determination.objects.get(family=family)
    answered = {"organization": cast.organization, "removal": "barred", "current": False, "stage": before.stage}
    common = {"rule_version": before.rule_version, "facts_digest": before.facts_digest, "decision": {}}
    days = {"from_day": "2019-03-07", "through_day": "2019-03-07", "deportation_eligible": False}
    Determination.objects.create(family=family, **answered, **common, **days)
    Determination.objects.filter(pk=before.pk).update(current=False)
    redetermine(organization=cast.organization, family_ids=[family.pk], day=date("2019-03-08"))
    assert open_of(family, "office_unknown").trigger_on == date("2019-03-08")


def test_a_withdrawal_and_a_choice_to_return_ask_for_their_talks_unless_they_are_old(cast: Cast) -> None:
    record = mother_and_son()
    mother, son = record["persons"]
    mother["elections"] = [{"choice": "return", "signed_on": "2019-02-27"}]
    son["elections"] = [
        {"choice": "stay", "signed_on": "2019-02-01", "withdrawn_on": "2019-02-28"},
        {"choice": "return", "signed_on": "2018-10-20"},
    ]
    family = make_family(cast.organization, record)
    talk = one(family, "office_second_talk")
    assert (talk.due_on, talk.weight) == (date("2019-02-28"), "curable")
    told = one(family, "office_withdrawal")
    assert (told.due_on, told.weight) == (date("2019-02-28"), "hours")


# --- rules of an office's own making ----------------------------------------------------------------------------------


def test_a_rule_of_ones_own_is_derived_changed_and_switched_off_with_a_trace(cast: Cast) -> None:
    record = with_reevaluation(status="decided", result="negative", decided_on="2019-02-22", judge_review={})
    family, other = make_family(cast.organization, record), make_family(cast.other_organization, record)
    common: dict[str, Any] = {"actor": cast.supervisor, "key": None, "day": DAY}
    rule = rule_add(values=OWN, **common)
    screening = family.persons.get(reference="p1").screenings.get(basis="reevaluation")
    key = f"O-{rule}:s{screening.pk}"
    call = rows(family)[key]
    assert (call.source, call.kind, call.title) == ("office", f"O-{rule}", OWN["title"])
    assert (call.due_on, call.owes, call.state, call.version) == (date("2019-02-27"), "office", "open", 1)
    assert not any(row.startswith("O-") for row in rows(other))
    old = family.persons.get(reference="p1").screenings.get(basis="initial")
    assert f"O-{rule}:s{old.pk}" not in rows(family), "a new rule does not ask for what passed long ago"

    own_rule_change(rule_id=rule, version=1, values={**OWN, "length": 5}, **common)
    moved = rows(family)[key]
    assert (moved.pk, moved.due_on, moved.version) == (call.pk, date("2019-03-01"), 2)
    own_rule_change(rule_id=rule, version=2, values={**OWN, "length": 5, "is_on": False}, **common)
    off = rows(family)[key]
    assert (off.state, off.ended_because, off.ended_by, off.remind_at) == ("void", RULE_OFF, None, None)
    assert off.history.latest("history_id").history_change_reason == RULE_OFF
    own_rule_change(rule_id=rule, version=3, values={**OWN, "length": 5}, **common)
    assert (rows(family)[key].state, rows(family)[key].version) == ("open", 3)
    states = list(OfficeRule.objects.get(pk=rule).history.order_by("history_id").values_list("length", "is_on"))
    assert states == [(3, True), (5, True), (5, False), (5, True)]


def test_what_somebody_has_done_is_not_asked_for_again_because_the_rule_has_changed(cast: Cast) -> None:
    record = with_reevaluation(status="decided", result="negative", decided_on="2019-02-22", judge_review={})
    family = make_family(cast.organization, record)
    rule = rule_add(actor=cast.supervisor, values=OWN, key=None, day=DAY)
    done = {"state": "done", "ended_by": cast.paralegal, "ended_at": clock.now(), "remind_at": None}
    Deadline.objects.filter(family=family, kind=f"O-{rule}").update(**done)
    common: dict[str, Any] = {"actor": cast.supervisor, "key": None, "day": DAY}
    own_rule_change(rule_id=rule, version=1, values={**OWN, "length": 9}, **common)
    assert one(family, f"O-{rule}").state == "done"
    screening = family.persons.get(reference="p1").screenings.get(basis="reevaluation")
    screening.decided_on = date("2019-02-25")
    screening.save()
    refresh_family(family=family, day=DAY)
    assert one(family, f"O-{rule}").state == "open", "another finding is another talk"


@pytest.mark.parametrize(
    ("set_off", "length", "due"),
    [
        ("interview", -3, ["2019-03-15"]),  # three business days before Wednesday, 20 March
        ("negative", 0, []),  # of December, and of last summer
        ("court_case", 60, ["2019-02-28"]),
        ("filed", 1, ["2019-03-04"]),
        ("election", 1, []),
    ],
)
def test_each_thing_that_sets_a_rule_off_is_found_in_the_record(
    cast: Cast, set_off: str, length: int, due: list[str]
) -> None:
    family = make_family(cast.organization, everything())
    on_file(family, DAY)
    rule = make_office_rule(cast.organization, set_off=set_off, length=length)
    refresh_family(family=family, day=DAY)
    assert [str(row.due_on) for row in Deadline.objects.filter(family=family, kind=f"O-{rule.pk}")] == due


def test_every_wrong_value_is_named_and_nothing_is_saved(cast: Cast) -> None:
    wrong = {
        "title": " ", "set_off": "moon", "length": 2000, "counting": "fixed", "weight": "x", "owes": "y",
        "if_missed": "z" * 2001,
    }  # fmt: skip
    with pytest.raises(Invalid) as refusal:
        rule_add(actor=cast.supervisor, values=wrong, key=None, day=DAY)
    assert set(refusal.value.errors) == set(wrong)
    for length in (None, "3", True, -366):
        with pytest.raises(Invalid) as refusal:
            rule_add(actor=cast.supervisor, values={**OWN, "length": length}, key=None, day=DAY)
        assert set(refusal.value.errors) == {"length"}
    with pytest.raises(Invalid):
        rule_add(actor=cast.supervisor, values={**OWN, "title": "a\x00b"}, key=None, day=DAY)
    assert not OfficeRule.objects.exists()


def test_only_supervisors_and_administrators_change_rules_and_only_their_own(cast: Cast) -> None:
    common: dict[str, Any] = {"values": OWN, "key": None, "day": DAY}
    for actor in (cast.attorney, cast.paralegal, cast.auditor, cast.volunteer):
        with pytest.raises(PermissionDenied):
            rule_add(actor=actor, **common)
        with pytest.raises(PermissionDenied):
            rule_change(actor=actor, kind="office_contact", version=0, **common)
    rule = rule_add(actor=cast.administrator, **common)
    with pytest.raises(PermissionDenied):
        own_rule_change(actor=cast.attorney, rule_id=rule, version=1, **common)
    with pytest.raises(Http404):
        own_rule_change(actor=cast.other_supervisor, rule_id=rule, version=1, **common)
    with pytest.raises(Http404):
        rule_change(actor=cast.supervisor, kind="own", version=0, **common)


def test_a_rule_is_changed_in_the_version_that_was_seen_and_once(cast: Cast) -> None:
    family = make_family(cast.organization)
    on_file(family, DAY)
    rule = known(cast, "office_contact", length=14)
    assert open_of(family, "office_contact").due_on == date("2019-03-15")
    with pytest.raises(Conflict) as conflict:
        known(cast, "office_contact", length=20)  # as one who still sees the rule that came with Amparo
    assert conflict.value.current["length"] == 14
    assert [change.who for change in conflict.value.changes] == []
    own = rule_add(actor=cast.supervisor, values=OWN, key=None, day=DAY)
    with pytest.raises(Conflict):
        own_rule_change(actor=cast.supervisor, rule_id=own, version=7, values={**OWN, "length": 1}, key=None, day=DAY)
    twice = [rule_add(actor=cast.supervisor, values=OWN, key="one", day=DAY) for _click in range(2)]
    assert twice[0] == twice[1]
    assert OfficeRule.objects.get(pk=rule).version == 1


def test_there_is_an_end_to_rules_of_ones_own(cast: Cast) -> None:
    for _number in range(MOST):
        make_office_rule(cast.organization)
    with pytest.raises(Invalid):
        rule_add(actor=cast.supervisor, values=OWN, key=None, day=DAY)


# --- many families ----------------------------------------------------------------------------------------------------


def test_where_families_are_many_the_sweep_takes_a_rule_to_them_and_goes_on_where_it_ended(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.AMPARO_TODAY = DAY
    monkeypatch.setattr(bringing, "CHUNK", 2)
    families = [make_family(cast.organization, reference=f"F-{number}") for number in range(5)]
    for family in families:
        on_file(family, DAY)
    known(cast, "office_contact", length=14)
    assert bringing.waits(cast.organization.pk)
    assert open_of(families[0], "office_contact").due_on == date("2019-03-31")
    with scope.acting_for(cast.supervisor):
        assert bringing.bring_waiting(cast.organization.pk, DAY, seconds=0) == 0
    brought: list[int] = []
    bring_chunk = bringing._bring_chunk

    def broken(organization: Any, keys: list[int], day: datetime.date) -> None:
        if brought:
            raise RuntimeError("the process died")
        brought.extend(keys)
        bring_chunk(organization, keys, day)

    with monkeypatch.context() as patched:
        patched.setattr(bringing, "_bring_chunk", broken)
        with pytest.raises(RuntimeError):
            bringing.bring_waiting(cast.organization.pk, DAY)
    assert OfficeRule.objects.get().brought_to == families[1].pk
    assert bring_rules() == 3
    assert not bringing.waits(cast.organization.pk)
    for family in families:
        assert open_of(family, "office_contact").due_on == date("2019-03-15")
    assert bring_rules() == 0


def test_a_rule_that_changes_while_it_is_brought_is_brought_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.AMPARO_TODAY = DAY
    family = make_family(cast.organization)
    rule = make_office_rule(cast.organization, brought_to=0)
    bring_chunk = bringing._bring_chunk

    def changed(organization: Any, keys: list[int], day: datetime.date) -> None:
        bring_chunk(organization, keys, day)
        OfficeRule.objects.filter(pk=rule.pk, version=1).update(version=2)

    monkeypatch.setattr(bringing, "_bring_chunk", changed)
    assert bring_rules() == 2, f"family {family.pk} twice, for the rule was another one the first time"
    assert not bringing.waits(cast.organization.pk)


def test_the_number_of_queries_does_not_grow_with_families_or_rules(cast: Cast) -> None:
    def queries(families: int) -> int:
        made = [make_family(cast.organization, everything(), determined=False).pk for _ in range(families)]
        make_office_rule(cast.organization)
        with CaptureQueriesContext(connection) as seen:
            redetermine(organization=cast.organization, family_ids=made, day=DAY)
        return len(seen)

    assert queries(2) == queries(12)


def test_refreshing_again_changes_nothing(cast: Cast) -> None:
    family = unknown_family(cast, held(**{"from": "2019-02-25"}))
    rule_add(actor=cast.supervisor, values=OWN, key=None, day=DAY)
    before, entries = state_of(family), Deadline.history.count()
    redetermine_all(organization=cast.organization, day=DAY, rebuild=True)
    refresh_family(family=family, day=DAY)
    assert (state_of(family), Deadline.history.count()) == (before, entries)


# --- reminders --------------------------------------------------------------------------------------------------------


def test_routine_is_told_seldom_and_stays_with_whose_work_it_is(cast: Cast, settings: Any) -> None:
    settings.AMPARO_TODAY = DAY
    families = [make_family(cast.organization, attorney=cast.attorney, paralegal=cast.paralegal) for _ in range(3)]
    for family in families:
        on_file(family, date("2019-01-28"))  # due on 27 February
    assert plan(cast.organization.pk, clock.moment()).reminders > 0
    calls = Deadline.objects.filter(kind="office_contact", family__in=families)
    told = Reminder.objects.filter(deadline__in=calls)
    assert set(told.values_list("recipient_id", "covers")) == {(cast.attorney.pk, 2), (cast.paralegal.pk, 2)}
    for weeks in (1, 2, 3):
        plan(cast.organization.pk, clock.moment() + datetime.timedelta(weeks=weeks))
    assert not told.filter(why="escalation").exists()
    assert not told.filter(recipient=cast.supervisor).exists()
    assert Reminder.objects.filter(why="escalation").exclude(deadline__in=calls).count() > 0, "of the others there are"


# --- the pages --------------------------------------------------------------------------------------------------------
