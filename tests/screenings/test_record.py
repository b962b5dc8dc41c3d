"""Recording an outcome: refused or saved whole, seen before it is saved, and never over somebody else's work."""

import datetime
import threading
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404

from accounts.errors import Conflict, Invalid
from accounts.models import User
from families.models import Family
from families.proposals.models import Proposal
from screenings.models import JudgeReview, Screening
from screenings.selectors import outcome_preview
from screenings.services import screening_add, screening_record, screening_remove
from settlement.determine import decided
from settlement.facts import family_facts
from settlement.models import Determination, PersonDetermination
from tests.cast import Cast, make_cast
from tests.factories import DAY, confirm_waiting, make_family, with_reevaluation

NEGATIVE = {"status": "decided", "result": "negative", "decided_on": "2019-02-20", "state_of_mind_weighed": True}


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast.organization, with_reevaluation(interview_on="2019-02-01"))


@pytest.fixture
def screening(family: Family) -> Screening:
    return Screening.objects.get(basis="reevaluation")


def record(cast: Cast, screening: Screening, **given: Any) -> int:
    return screening_record(
        actor=cast.paralegal, screening_id=screening.pk, **{"version": 1, "key": None, "day": DAY, **given}
    )


def answers(family: Family) -> dict[str, str]:
    rows = PersonDetermination.objects.filter(family=family)
    return dict(rows.values_list("person__reference", "rule"))


def test_an_outcome_and_its_review_are_saved_with_history_and_answers(
    cast: Cast, family: Family, screening: Screening
) -> None:
    assert answers(family) == {"p1": "G3", "c1": "G3"}
    pk = record(
        cast,
        screening,
        values={**NEGATIVE, "judge_asked": "no", "judge_asked_on": datetime.date(2019, 2, 21)},
        key="k",
    )
    screening.refresh_from_db()
    assert (pk, screening.version, screening.status, screening.result) == (screening.pk, 1, "scheduled", None)
    assert answers(family) == {"p1": "G3", "c1": "G3"}, "one person's word takes no protection away"
    confirm_waiting(cast.attorney)
    screening.refresh_from_db()
    assert (screening.version, screening.result) == (2, "negative")
    assert screening.decided_on == datetime.date(2019, 2, 20)
    assert (screening.judge_review.asked, screening.judge_review.outcome) == ("no", None)
    assert answers(family) == {"p1": "F2", "c1": "G3"}
    for kept in (screening.history.first(), screening.judge_review.history.get()):
        assert kept.history_user == cast.attorney
        assert cast.paralegal.name in kept.history_change_reason
        assert cast.attorney.name in kept.history_change_reason
    assert record(cast, screening, values={"status": "withdrawn"}, key="k") == pk, "asked twice, done once"
    assert Screening.history.filter(id=screening.pk).count() == 2


def test_no_outcome_without_the_right_the_record_or_the_organization(cast: Cast, screening: Screening) -> None:
    given: dict[str, Any] = {"screening_id": screening.pk, "version": 1, "values": NEGATIVE, "key": None, "day": DAY}
    with pytest.raises(PermissionDenied):
        screening_record(actor=cast.auditor, **given)
    for actor, pk in ((cast.other_paralegal, screening.pk), (cast.paralegal, 2**62)):
        with pytest.raises(Http404):
            screening_record(actor=actor, **{**given, "screening_id": pk})
    screening.refresh_from_db()
    assert (screening.version, screening.status) == (1, "scheduled")
    screening_record(actor=cast.attorney, **given)


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"result": "negative"}, ["result"]),
        ({"decided_on": "2019-02-20"}, ["decided_on"]),
        ({"state_of_mind_weighed": True}, ["state_of_mind_weighed"]),
        ({"judge_asked": "yes"}, ["judge_asked"]),
        ({"judge_review": True}, ["judge_review"]),
        ({**NEGATIVE, "result": "positive", "judge_outcome": "affirmed"}, ["judge_outcome"]),
        ({**NEGATIVE, "decided_on": "2019-03-02"}, ["decided_on"]),
        ({**NEGATIVE, "decided_on": "2019-01-31"}, ["decided_on"]),
        ({**NEGATIVE, "judge_asked_on": "2019-02-19"}, ["judge_asked_on"]),
        ({**NEGATIVE, "judge_asked_on": "2019-02-22", "judge_decided_on": "2019-02-21"}, ["judge_decided_on"]),
        ({"requested_on": "2019-02-02"}, ["requested_on"]),
        ({"interview_on": "2019-02-30"}, ["interview_on"]),
        ({"interview_on": "20190201"}, ["interview_on"]),
        ({"interview_on": "0218-02-01"}, ["interview_on"]),
        ({"interview_on": 5}, ["interview_on"]),
        ({"interview_on": datetime.datetime(2019, 2, 1, tzinfo=datetime.UTC)}, ["interview_on"]),
        ({"kind": "fear", "status": "x", "judge_outcome": "y"}, ["judge_outcome", "kind", "status"]),
        ({"state_of_mind_weighed": "yes"}, ["state_of_mind_weighed"]),
        ({"basis": "initial"}, ["basis"]),
        ({"person": 3}, ["person"]),
        ({"kind": "\x00"}, ["kind"]),
        ({"kind": ["credible_fear"]}, ["kind"]),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    cast: Cast, screening: Screening, values: dict[str, Any], fields: list[str]
) -> None:
    for attempt in (
        lambda: record(cast, screening, values=values),
        lambda: outcome_preview(actor=cast.paralegal, screening_id=screening.pk, values=values, day=DAY),
    ):
        with pytest.raises(Invalid) as refusal:
            attempt()
        assert sorted(refusal.value.errors) == fields
        assert all(sentence.endswith(".") for sentence in refusal.value.errors.values())
    screening.refresh_from_db()
    assert screening.version == 1
    assert not JudgeReview.objects.exists()


def test_an_odd_old_record_does_not_keep_anybody_from_recording(cast: Cast, screening: Screening) -> None:
    Screening.objects.filter(pk=screening.pk).update(result="negative", decided_on="2018-01-01")
    record(cast, screening, values={"requested_on": "2018-11-20"})
    with pytest.raises(Invalid):
        record(cast, screening, version=2, values={"status": "interviewed"})


def test_a_blank_keeps_and_erasing_is_an_act_of_its_own(cast: Cast, screening: Screening) -> None:
    record(cast, screening, values={**NEGATIVE, "judge_asked": "yes", "judge_asked_on": "2019-02-21"})
    confirm_waiting(cast.attorney)
    record(cast, screening, version=2, values={"result": "", "judge_asked": None, "kind": ""})
    screening.refresh_from_db()
    assert (screening.version, screening.result, screening.judge_review.asked) == (2, "negative", "yes")
    for given in (
        {"erase": ["result"]},
        {"erase": ["status"], "reason": "why"},
        {"erase": ["judge_asked"], "values": {"judge_asked": "no"}, "reason": "why"},
        {"erase": ["judge_review"], "values": {"judge_asked": "no"}, "reason": "why"},
        {"erase": ["basis"], "reason": "why"},
        {"erase": ["no such field"], "reason": "why"},
    ):
        with pytest.raises(Invalid):
            record(cast, screening, **{"version": 2, "values": {}, **given})
    record(cast, screening, version=2, values={}, erase=["judge_asked", "result"], reason="misread")
    confirm_waiting(cast.attorney)
    screening = Screening.objects.get(pk=screening.pk)
    assert (screening.version, screening.result, screening.judge_review.asked) == (3, None, None)
    assert screening.judge_review.asked_on is not None
    record(cast, screening, version=3, values={}, erase=["judge_review"], reason="another person's")
    assert JudgeReview.objects.exists()
    confirm_waiting(cast.attorney)
    screening = Screening.objects.get(pk=screening.pk)
    assert screening.version == 4
    assert not JudgeReview.objects.exists()
    last = JudgeReview.history.first()
    assert last.history_type == "-"
    assert last.history_change_reason.endswith("another person's")


def test_a_review_of_which_nothing_is_known_is_a_review(cast: Cast, family: Family, screening: Screening) -> None:
    record(cast, screening, values={**NEGATIVE, "kind": "credible_fear", "judge_review": True})
    confirm_waiting(cast.supervisor)
    assert family_facts(family, day=DAY)["persons"][0]["screenings"][1]["judge_review"] == {}


def test_the_second_of_two_is_told_who_changed_what(cast: Cast, screening: Screening) -> None:
    record(cast, screening, values=NEGATIVE)
    confirm_waiting(cast.attorney)
    with pytest.raises(Conflict) as refusal:
        record(cast, screening, values={"interview_on": "2019-02-02"})
    conflict = refusal.value
    assert conflict.current["result"] == "negative"
    assert conflict.current["version"] == 2
    assert conflict.theirs == {"interview_on": "2019-02-02"}
    [change] = conflict.changes
    assert change.who == cast.attorney.name
    assert set(change.fields) == {"status", "result", "decided_on", "state_of_mind_weighed"}


def test_a_new_screening_fits_the_person(cast: Cast, family: Family) -> None:
    son = family.persons.get(role="child")
    add = partial(screening_add, actor=cast.paralegal, person_id=son.pk, key="k", day=DAY)
    for values, fields in (
        ({}, ["basis", "status"]),
        ({"basis": "reevaluation", "status": "scheduled"}, ["basis"]),
        ({"basis": "independent", "status": "requested", "result": "positive"}, ["result"]),
    ):
        with pytest.raises(Invalid) as refusal:
            add(values=values)
        assert sorted(refusal.value.errors) == fields
    pk = add(values={"basis": "independent", "status": "decided", "result": "positive", "kind": "credible_fear"})
    assert add(values={"basis": "independent", "status": "requested"}) == pk
    assert answers(family)["c1"] == "G2"
    assert Screening.objects.filter(person=son).count() == 1
    with pytest.raises(Http404):
        screening_add(actor=cast.other_attorney, person_id=son.pk, values={}, key=None, day=DAY)


def test_the_preview_says_what_saving_would_do_and_writes_nothing(
    cast: Cast, family: Family, screening: Screening, django_assert_max_num_queries: Any
) -> None:
    values = {**NEGATIVE, "judge_asked": "yes", "judge_asked_on": "2019-02-21", "judge_outcome": "affirmed"}
    before = list(Determination.objects.values())
    with django_assert_max_num_queries(25):
        preview = outcome_preview(actor=cast.paralegal, screening_id=screening.pk, values=values, day=DAY)
    assert {"status", "result", "judge_outcome"} <= preview.waits
    assert [(line.person.reference, line.before["rule"], line.after["rule"]) for line in preview.persons] == [
        ("p1", "G3", "F2"),
        ("c1", "G3", "G3"),
    ]
    assert preview.persons[0].changes
    assert list(Determination.objects.values()) == before
    screening.refresh_from_db()
    assert screening.status == "scheduled"
    record(cast, screening, values=values)
    confirm_waiting(cast.attorney)
    stored = decided(family.pk, family_facts(family, day=DAY))["persons"]
    assert [line.after for line in preview.persons] == stored


def test_the_preview_of_a_new_screening_is_what_adding_it_does(cast: Cast, family: Family) -> None:
    son = family.persons.get(role="child")
    values = {"basis": "independent", "status": "decided", "result": "positive", "kind": "credible_fear"}
    preview = outcome_preview(actor=cast.paralegal, person_id=son.pk, values=values, day=DAY)
    screening_add(actor=cast.paralegal, person_id=son.pk, values=values, key=None, day=DAY)
    assert not preview.waits
    assert [line.after for line in preview.persons] == decided(family.pk, family_facts(family, day=DAY))["persons"]
    for given in ({"screening_id": 2**62}, {"person_id": 2**62}, {}):
        with pytest.raises(Http404):
            outcome_preview(actor=cast.paralegal, values=values, day=DAY, **given)  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
def test_of_many_saves_at_once_one_wins_for_each_version() -> None:
    cast = make_cast()
    make_family(cast.organization, with_reevaluation())
    pk = Screening.objects.get(basis="reevaluation").pk
    outcomes: list[str] = []

    def save(number: int) -> None:
        try:
            screening_record(
                actor=cast.paralegal,
                screening_id=pk,
                version=1,
                values={"interview_on": datetime.date(2019, 2, 1) + datetime.timedelta(number)},
                key=f"k{number}",
                day=DAY,
            )
            outcomes.append("saved")
        except Conflict:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=[number]) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["saved"] + ["told"] * 11
    assert Screening.objects.get(pk=pk).version == 2
    assert Screening.history.filter(id=pk).count() == 2
    assert Determination.objects.count() == 2


def test_no_is_not_unknown(cast: Cast, family: Family, screening: Screening) -> None:
    """That the state of mind was not weighed makes a negative finding doubtful: a "no" that is lost takes that away."""
    record(cast, screening, values={**NEGATIVE, "state_of_mind_weighed": False})
    confirm_waiting(cast.attorney)
    screening.refresh_from_db()
    assert screening.state_of_mind_weighed is False
    assert decided(family.pk, family_facts(family, day=DAY))["persons"][0]["standing"] == "disputed"
    record(
        cast,
        screening,
        version=screening.version,
        values={},
        erase=["state_of_mind_weighed"],
        reason="Another's paper.",
    )
    confirm_waiting(cast.attorney)
    screening.refresh_from_db()
    assert screening.state_of_mind_weighed is None


def take_off(cast: Cast, screening: Screening, *, actor: User | None = None, **given: Any) -> int:
    screening.refresh_from_db()
    given = {"version": screening.version, "reason": "It was her sister's.", "key": None, **given}
    return screening_remove(actor=actor or cast.paralegal, screening_id=screening.pk, day=DAY, **given)


def waiting_removals() -> int:
    return Proposal.objects.filter(kind="screening", how="remove", state="waiting").count()


def test_one_entered_by_mistake_goes_with_its_review_and_stays_in_the_history(
    cast: Cast, family: Family, screening: Screening
) -> None:
    """Under way it goes at once; decided with a judge's review it waits, for that is on file what protects."""
    take_off(cast, screening)
    assert (waiting_removals(), Screening.objects.filter(pk=screening.pk).exists()) == (0, False)
    kept = Screening.history.filter(id=screening.pk).first()
    assert (kept.history_type, kept.history_user) == ("-", cast.paralegal)
    assert kept.history_change_reason == "It was her sister's."
    mother = family.persons.get(reference="p1")
    values = {**NEGATIVE, "basis": "reevaluation", "judge_asked": "yes"}
    pk = screening_add(actor=cast.paralegal, person_id=mother.pk, values=values, key=None, day=DAY)
    confirm_waiting(cast.attorney)
    before, second = answers(family), Screening.objects.get(pk=pk)
    take_off(cast, second)
    assert (waiting_removals(), answers(family)) == (1, before), "nothing moves on one person's word"
    confirm_waiting(cast.attorney)
    assert not Screening.objects.filter(pk=pk).exists()
    assert not JudgeReview.objects.filter(screening=pk).exists()
    assert JudgeReview.history.filter(screening_id=pk).first().history_type == "-"


@pytest.mark.parametrize(
    ("values", "waits"),
    [
        ({"status": "interviewed"}, False),
        (NEGATIVE, False),
        ({**NEGATIVE, "judge_asked": "silent"}, True),
        ({**NEGATIVE, "state_of_mind_weighed": False}, True),
        ({"status": "decided", "result": "positive", "decided_on": "2019-02-20"}, True),
        ({"status": "decided", "decided_on": "2019-02-20"}, True),
    ],
)
def test_what_may_protect_somebody_waits(cast: Cast, screening: Screening, values: dict[str, Any], waits: bool) -> None:
    record(cast, screening, values=values)
    confirm_waiting(cast.attorney)
    screening.refresh_from_db()
    assert (screening.status, screening.result) == (values["status"], values.get("result"))
    assert screening.state_of_mind_weighed is values.get("state_of_mind_weighed")
    take_off(cast, screening)
    assert (waiting_removals() == 1, Screening.objects.filter(pk=screening.pk).exists()) == (waits, waits)


def test_one_that_only_lowers_waits_where_somebody_would_fall_without_it(cast: Cast) -> None:
    """The second negative finding is doubtful, so the first, which is final, does not decide; without it it would."""
    facts = with_reevaluation(**NEGATIVE, judge_review={"asked": "no"})
    doubtful = {"basis": "reevaluation", "status": "decided", "result": "negative", "decided_on": "2019-02-25"}
    facts["persons"][0]["screenings"].append({"kind": "credible_fear", **doubtful})
    family = make_family(cast.organization, facts)
    before = answers(family)
    take_off(cast, Screening.objects.get(person__family=family, decided_on="2019-02-25"))
    assert (waiting_removals(), answers(family)) == (1, before)


def test_it_is_taken_off_only_for_a_reason_by_who_may_and_as_it_was_seen(cast: Cast, screening: Screening) -> None:
    for actor, given, refusal in (
        (cast.auditor, {}, PermissionDenied),
        (cast.other_paralegal, {}, Http404),
        (cast.paralegal, {"reason": "  "}, Invalid),
        (cast.paralegal, {"version": 7}, Conflict),
    ):
        with pytest.raises(refusal):
            take_off(cast, screening, actor=actor, **given)
        assert Screening.objects.filter(pk=screening.pk).exists()
    once: dict[str, Any] = {"screening_id": screening.pk, "version": 1, "reason": "x", "key": "k", "day": DAY}
    assert screening_remove(actor=cast.paralegal, **once) == screening_remove(actor=cast.paralegal, **once)
