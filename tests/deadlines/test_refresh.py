"""Derived deadlines: made with the change that sets them off, the same for the same trigger, and never overwritten."""

import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import scope
from accounts.models import User
from deadlines.catalogue import LAW
from deadlines.counting import RULES
from deadlines.models import Deadline
from deadlines.refresh import GONE, refresh_family
from deadlines.services import deadline_start
from documents.services import paper_record
from families.models import Custody, Family
from families.services import fact_add, fact_remove, person_update
from screenings.services import screening_record
from settlement.determine import decision_on, redetermine, redetermine_all
from settlement.models import CourtCase
from tests.cast import Cast
from tests.factories import DAY, confirm_waiting, everything, make_family, mother_and_son, with_reevaluation

pytestmark = pytest.mark.django_db


def date(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def rows(family: Family) -> dict[str, Deadline]:
    return {row.key: row for row in Deadline.objects.filter(family=family)}


def one(family: Family, kind: str) -> Deadline:
    return Deadline.objects.get(family=family, kind=kind)


def state_of(family: Family) -> list[Any]:
    return list(Deadline.objects.filter(family=family).order_by("key").values())


def ordered_removed(decided_on: str = "2019-02-15") -> dict[str, Any]:
    record = mother_and_son()
    record["persons"][0]["court_case"] = {
        "kind": "section_240",
        "outcome": "removal_ordered",
        "decided_on": decided_on,
    }
    return record


def test_every_deadline_of_the_engine_has_its_row_and_what_set_it_off(cast: Cast) -> None:
    family = make_family(cast.organization, everything())
    screening = family.persons.get(reference="c1").screenings.get()
    engine = Deadline.objects.filter(family=family, source="engine")
    lines = decision_on(family, day=DAY)["deadlines"]
    assert sorted((row.kind, str(row.due_on)) for row in engine) == sorted((line["id"], line["due"]) for line in lines)
    orientation = one(family, "orientation")
    assert (orientation.key, orientation.trigger_on) == (f"orientation:s{screening.pk}", date("2019-03-20"))
    assert (orientation.proof["what"], orientation.proof["row"]) == ("screening.interview_on", screening.pk)
    assert orientation.due_on == date("2019-03-15")


def test_refreshing_again_changes_nothing(cast: Cast) -> None:
    family = make_family(cast.organization, everything())
    before = state_of(family)
    assert before
    entries = Deadline.history.count()
    redetermine_all(organization=cast.organization, day=DAY, rebuild=True)
    refresh_family(family=family, day=DAY)
    assert state_of(family) == before
    assert Deadline.history.count() == entries == len(before)


def test_an_appeal_shows_both_dates_and_follows_the_earlier(cast: Cast) -> None:
    appeal = one(make_family(cast.organization, ordered_removed()), "appeal")
    assert appeal.due_on == date("2019-03-18")  # 30 days end on Sunday the 17th
    assert [other["due_on"] for other in appeal.otherwise] == ["2019-02-25"]
    assert appeal.safe_on == appeal.first_day() == date("2019-02-25")
    assert appeal.proof["skipped"] == [["2019-03-17", "sunday"]]


def test_another_date_of_the_same_trigger_is_the_next_version_of_the_same_row(cast: Cast) -> None:
    family = make_family(cast.organization, ordered_removed())
    before = one(family, "appeal")
    case = CourtCase.objects.get(person__family=family)
    case.decided_on = date("2019-02-20")
    case.save()
    redetermine(organization=cast.organization, family_ids=[family.pk], day=DAY)
    after = one(family, "appeal")
    assert (after.pk, after.key, after.version) == (before.pk, before.key, before.version + 1)
    assert after.due_on == date("2019-03-22")
    assert after.remind_at is not None
    assert [str(row.due_on) for row in after.history.order_by("history_id")] == ["2019-03-18", "2019-03-22"]


def test_what_no_longer_follows_is_void_with_the_reason_and_comes_back(cast: Cast) -> None:
    family = make_family(cast.organization, ordered_removed())
    case = CourtCase.objects.get(person__family=family)
    case.outcome = "pending"
    case.save()
    redetermine(organization=cast.organization, family_ids=[family.pk], day=DAY)
    void = one(family, "appeal")
    assert (void.state, void.ended_because, void.ended_by, void.remind_at) == ("void", GONE, None, None)
    assert void.ended_at is not None
    assert void.history.latest("history_id").history_change_reason == GONE
    case.outcome = "removal_ordered"
    case.save()
    redetermine(organization=cast.organization, family_ids=[family.pk], day=DAY)
    back = one(family, "appeal")
    assert (back.pk, back.state, back.version) == (void.pk, "open", void.version + 1)
    assert back.remind_at is not None


def test_what_somebody_ended_stays_ended_until_its_date_changes(cast: Cast) -> None:
    family = make_family(cast.organization, ordered_removed())
    Deadline.objects.filter(family=family, kind="appeal").update(
        state="done", ended_by=cast.attorney, ended_at=datetime.datetime.now(datetime.UTC), remind_at=None
    )
    redetermine_all(organization=cast.organization, day=DAY, rebuild=True)
    assert one(family, "appeal").state == "done"
    CourtCase.objects.update(decided_on=date("2019-02-20"))
    redetermine(organization=cast.organization, family_ids=[family.pk], day=DAY)
    assert one(family, "appeal").state == "open"


def test_a_correction_stands_and_what_is_worked_out_stands_beside_it(cast: Cast) -> None:
    family = make_family(cast.organization, ordered_removed())
    found = one(family, "appeal")
    Deadline.objects.filter(pk=found.pk).update(
        due_on=date("2019-03-29"),
        safe_on=date("2019-03-29"),
        corrected_from=found.due_on,
        entered_by=cast.paralegal,
        confirmed_by=cast.attorney,
        reason="The decision was mailed later.",
    )
    redetermine_all(organization=cast.organization, day=DAY, rebuild=True)
    corrected = one(family, "appeal")
    assert (corrected.due_on, corrected.version, corrected.first_day()) == (
        date("2019-03-29"),
        found.version,
        date("2019-03-29"),
    )
    CourtCase.objects.update(decided_on=date("2019-02-12"))
    redetermine(organization=cast.organization, family_ids=[family.pk], day=DAY)
    corrected = one(family, "appeal")
    assert (corrected.due_on, corrected.corrected_from) == (date("2019-03-29"), date("2019-03-14"))
    # Another date was worked out, so the correction is to be confirmed anew, and the earlier one counts meanwhile.
    assert (corrected.confirmed_by, corrected.waits) == (None, True)
    assert corrected.first_day() == date("2019-02-22")
    assert corrected.version == found.version + 1


def test_what_only_follows_if_a_change_is_confirmed_says_so_and_keeps_its_row(cast: Cast) -> None:
    family = make_family(cast.organization)
    mother = family.persons.get(reference="p1")
    with scope.acting_for(cast.paralegal):
        fact_add(
            actor=cast.paralegal,
            kind="court_case",
            person_id=mother.pk,
            values={"kind": "section_240", "outcome": "removal_ordered", "decided_on": "2019-02-15"},
            key=None,
            day=DAY,
        )
    waiting = one(family, "appeal")
    assert (waiting.if_confirmed, waiting.entered_by, waiting.waits) == (True, cast.paralegal, True)
    with scope.acting_for(cast.attorney):
        confirm_waiting(cast.attorney)
    settled = one(family, "appeal")
    assert (settled.pk, settled.if_confirmed) == (waiting.pk, False)
    assert (settled.entered_by, settled.confirmed_by, settled.waits) == (cast.paralegal, cast.attorney, False)
    assert settled.version == waiting.version  # its date is the same: nothing that was said of it is void


def positive_screening(actor: User, family: Family) -> Deadline:
    """Somebody records a positive finding, which sets off the asylum year of the mother."""
    screening = family.persons.get(reference="p1").screenings.get(basis="reevaluation")
    with scope.acting_for(actor):
        screening_record(
            actor=actor,
            screening_id=screening.pk,
            version=screening.version,
            values={"status": "decided", "result": "positive", "decided_on": "2019-02-28"},
            key=None,
            day=DAY,
        )
    return one(family, "asylum_filing")


def test_what_one_person_typed_waits_for_a_second_and_what_a_command_brought_does_not(cast: Cast) -> None:
    family = make_family(cast.organization, with_reevaluation(interview_on="2019-02-20"))
    now = datetime.datetime(2019, 3, 1, 12, tzinfo=datetime.UTC)
    assert Deadline.objects.filter(family=family, weight="right_lost").exists()
    assert not Deadline.objects.unconfirmed(now).filter(family=family).exists()
    row = positive_screening(cast.paralegal, family)
    assert (row.entered_by, row.waits) == (cast.paralegal, True)
    assert list(Deadline.objects.unconfirmed(now).filter(family=family)) == [row]


def test_an_unconfirmed_date_is_late_after_a_working_day(cast: Cast) -> None:
    family = make_family(cast.organization, with_reevaluation(interview_on="2019-02-20"))
    row = positive_screening(cast.paralegal, family)
    friday = datetime.datetime(2019, 3, 1, 15, tzinfo=datetime.UTC)
    Deadline.objects.filter(pk=row.pk).update(entered_at=friday)

    def late(now: datetime.datetime) -> bool:
        found: Any = Deadline.objects.unconfirmed(now).get(pk=row.pk)
        return bool(found.is_late)

    assert not late(friday)
    assert not late(datetime.datetime(2019, 3, 4, 23, tzinfo=datetime.UTC))  # Monday, the next working day
    assert late(datetime.datetime(2019, 3, 5, 15, tzinfo=datetime.UTC))


def test_facts_taken_off_file_end_their_deadlines_with_a_trace(cast: Cast) -> None:
    family = make_family(cast.organization)
    mother = family.persons.get(reference="p1")
    common: dict[str, Any] = {"actor": cast.attorney, "key": None, "day": DAY}
    values = {"choice": "stay", "signed_on": "2019-02-20"}
    pk = fact_add(kind="election", person_id=mother.pk, values=values, **common)
    chased = one(family, "screening_start")
    assert chased.due_on == date("2019-03-06")
    fact_remove(kind="election", pk=pk, version=1, reason="It is somebody else's.", **common)
    confirm_waiting(cast.supervisor)
    ended = one(family, "screening_start")
    assert (ended.pk, ended.state, ended.version, ended.remind_at) == (chased.pk, "void", 1, None)


def test_the_stored_deadlines_are_what_a_fresh_computation_gives(cast: Cast) -> None:
    families = [
        make_family(cast.organization, record)
        for record in (everything(), ordered_removed(), with_reevaluation(interview_on="2019-03-12"), mother_and_son())
    ]
    columns = ("family_id", "key", "state", "due_on", "safe_on", "trigger_on", "otherwise", "proof", "person_id")
    stored = list(Deadline.objects.filter(family__in=families).order_by("family_id", "key").values_list(*columns))
    assert len(stored) > len(families)
    Deadline.objects.filter(family__in=families).delete()
    call_command("redetermine", "--as-of", DAY.isoformat(), stdout=StringIO())
    fresh = list(Deadline.objects.filter(family__in=families).order_by("family_id", "key").values_list(*columns))
    assert fresh == stored


def test_the_number_of_queries_does_not_grow_with_the_families(cast: Cast) -> None:
    def queries(families: int) -> int:
        made = [make_family(cast.organization, everything(), determined=False).pk for _ in range(families)]
        with CaptureQueriesContext(
            connection,
        ) as seen:
            redetermine(organization=cast.organization, family_ids=made, day=DAY)
        return len(seen)

    assert queries(2) == queries(12)


def test_the_officers_record_is_demanded_until_it_is_in_the_file(cast: Cast) -> None:
    record = with_reevaluation(status="decided", result="negative", interview_on="2019-02-20", decided_on="2019-02-22")
    family = make_family(cast.organization, record)
    screening = family.persons.get(reference="p1").screenings.get(basis="reevaluation")
    key = f"officer_record:s{screening.pk}"
    wanted = rows(family)[key]
    assert (wanted.due_on, wanted.weight, wanted.state) == (date("2019-02-25"), "curable", "open")  # Friday to Monday
    common: dict[str, Any] = {"actor": cast.paralegal, "person_id": screening.person_id, "key": None, "day": DAY}
    earlier = {"state": "have", "dated_on": "2018-06-08"}  # of the first screening
    paper_record(kind="i_870", version=0, values={"state": "have", "dated_on": "2019-02-22"}, **common)
    paper_record(kind="i_869", version=0, values=earlier, **common)
    assert rows(family)[key].state == "open"
    paper_record(kind="i_869", version=1, values={"dated_on": "2019-02-22"}, **common)
    assert (rows(family)[key].state, rows(family)[key].ended_because) == ("void", GONE)


@pytest.mark.parametrize(
    ("days_ago", "kinds"), [(20, {"age_14", "registration_14"}), (80, {"registration_14"}), (200, set())]
)
def test_a_birthday_that_was_over_when_the_file_came_is_no_task(cast: Cast, days_ago: int, kinds: set[str]) -> None:
    record = mother_and_son()
    turned = DAY - datetime.timedelta(days=days_ago)
    record["persons"][1]["birth_date"] = turned.replace(year=turned.year - 14).isoformat()
    family = make_family(cast.organization, record)
    found = Deadline.objects.filter(family=family, kind__in=["age_14", "registration_14"])
    assert {row.kind for row in found} == kinds
    redetermine_all(organization=cast.organization, day=DAY + datetime.timedelta(days=300), rebuild=True)
    assert {row.kind for row in found.filter(state="open")} == kinds, "what was in the book stays until it is done"


def test_a_child_from_over_the_border_is_screened_within_two_days(cast: Cast) -> None:
    record = mother_and_son()
    record["persons"][1]["custody"] = [{"by": "dhs", "from": "2019-02-27"}]
    family = make_family(cast.organization, record)
    child = family.persons.get(reference="c1")
    assert not Deadline.objects.filter(family=family, kind="border_screening").exists()
    values = {"country": "MÉXICO"}
    common: dict[str, Any] = {"actor": cast.paralegal, "person_id": child.pk, "key": None, "day": DAY}
    person_update(version=child.version, values=values, **common)
    screened = one(family, "border_screening")
    assert (screened.due_on, screened.owes) == (date("2019-03-01"), "government")
    person_update(version=child.version + 1, values={"country": "Honduras"}, **common)
    assert one(family, "border_screening").state == "void"


def test_class_counsel_is_told_of_an_arrest_under_the_later_settlement_alone(cast: Cast) -> None:
    record = mother_and_son()
    record["persons"][0]["custody"] += [{"by": "dhs", "from": "2025-11-03"}]
    family = make_family(cast.organization, record)
    told = one(family, "member_arrested")
    assert (told.due_on, told.weight) == (date("2025-11-03"), "hours")
    Custody.objects.filter(person__family=family, began_on="2025-11-03").update(ended_on="2025-11-20")
    refresh_family(family=family, day=DAY)
    assert one(family, "member_arrested").state == "void"
    assert not Deadline.objects.filter(family__organization=cast.organization, due_on="2018-05-12").exists()


@pytest.mark.parametrize(
    ("kind", "day", "due"),
    [("settlement_end", "2029-11-06", "2030-12-11"), ("separations_limit_end", "2030-11-06", "2031-12-11")],
)
def test_the_last_days_of_the_settlement_stand_in_the_book_when_they_are_near(
    cast: Cast, kind: str, day: str, due: str
) -> None:
    family = make_family(cast.organization)
    refresh_family(family=family, day=date(day) - datetime.timedelta(days=1))
    assert not Deadline.objects.filter(family=family, kind=kind).exists()
    refresh_family(family=family, day=date(day))
    assert (one(family, kind).due_on, one(family, kind).person) == (date(due), None)


def test_what_only_a_paper_tells_can_be_started_by_hand(cast: Cast) -> None:
    family = make_family(cast.organization)
    for kind in ("status_report", "return_order"):
        pk = deadline_start(
            actor=cast.paralegal,
            family_id=family.pk,
            kind=kind,
            values={"start": date("2019-04-05")},
            key=None,
            day=DAY,
        )
        assert Deadline.objects.get(pk=pk).due_on == date("2019-04-05")


def test_every_entry_says_how_it_counts_on_what_it_stands_and_what_follows() -> None:
    for entry in LAW.values():
        assert entry.counting in RULES, entry.id
        assert entry.basis in ("T", "R", "M", "I"), entry.id
        assert entry.citation, entry.id
        assert str(entry.if_missed), entry.id
        assert sum([entry.set_off is not None, entry.by_hand, entry.engine]) == 1, entry.id
