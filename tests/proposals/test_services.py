"""Four eyes: one person's word raises at once and lowers nothing; a second one confirms, declines, or is told."""

import datetime
import threading
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.http import Http404

from accounts.errors import Conflict, Invalid
from accounts.models import User
from audit.models import Entry
from families.models import Departure, Family, Person
from families.proposals.models import Proposal
from families.proposals.selectors import row_now, seen, to_decide
from families.proposals.services import proposal_confirm, proposal_decline, proposal_withdraw
from families.services import fact_add, fact_remove, fact_update, person_add, person_update
from screenings.models import JudgeReview, Screening
from screenings.services import screening_add, screening_record
from settlement.models import Determination, DeterminedDeadline, Election, PersonDetermination
from tests.cast import Cast, make_cast
from tests.factories import DAY, confirm_waiting, make_family, mother_and_son, with_reevaluation

NEGATIVE = {"status": "decided", "result": "negative", "decided_on": "2019-02-26", "state_of_mind_weighed": True}


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast.organization, with_reevaluation(interview_on="2019-02-01"))


@pytest.fixture
def screening(family: Family) -> Screening:
    return Screening.objects.get(basis="reevaluation")


def record(cast: Cast, screening: Screening, **given: Any) -> Proposal:
    """The paralegal types; what then waits."""
    arguments = {"actor": cast.paralegal, "version": 1, "key": None, "day": DAY, **given}
    screening_record(screening_id=screening.pk, **arguments)
    return Proposal.objects.get(kind="screening", row=screening.pk, state="waiting")


def decide(proposal: Proposal, actor: User, **given: Any) -> int:
    arguments: dict[str, Any] = {"version": proposal.version, "row_version": row_now(proposal).version, **given}
    return proposal_confirm(actor=actor, proposal_id=proposal.pk, key=None, day=DAY, **arguments)


def rules(family: Family) -> dict[str, str]:
    return dict(PersonDetermination.objects.filter(family=family).values_list("person__reference", "rule"))


def test_only_a_second_person_with_the_right_decides(cast: Cast, screening: Screening) -> None:
    proposal = record(cast, screening, values=NEGATIVE, actor=cast.attorney)
    for actor in (cast.paralegal, cast.volunteer, cast.administrator, cast.auditor, cast.attorney):
        with pytest.raises((PermissionDenied, Http404)):
            decide(proposal, actor)
        with pytest.raises((PermissionDenied, Http404)):
            proposal_decline(actor=actor, proposal_id=proposal.pk, version=1, note="no", key=None, day=DAY)
    with pytest.raises(Http404):
        decide(proposal, cast.other_supervisor)
    with pytest.raises(PermissionDenied):
        proposal_withdraw(actor=cast.supervisor, proposal_id=proposal.pk, version=1, key=None, day=DAY)
    screening.refresh_from_db()
    assert (screening.version, screening.result) == (1, None)
    decide(proposal, cast.supervisor, note="seen on paper")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by, proposal.note) == ("confirmed", cast.supervisor, "seen on paper")
    screening.refresh_from_db()
    assert screening.result == "negative"
    entry = Entry.objects.get(act="confirmed", thing_id=proposal.pk)
    assert (entry.families, entry.reason) == ([proposal.family_id], "seen on paper")


def test_no_author_decides_and_who_types_the_same_is_none(cast: Cast, screening: Screening) -> None:
    first = record(cast, screening, values=NEGATIVE)
    again = record(cast, screening, values={"result": "negative", "status": "decided"}, actor=cast.supervisor)
    assert (again.pk, again.authors, again.version) == (first.pk, [cast.paralegal.pk], 1)
    later = record(cast, screening, values={**NEGATIVE, "judge_asked": "no"}, actor=cast.attorney)
    assert later.pk == first.pk
    assert later.authors == sorted([cast.paralegal.pk, cast.attorney.pk])
    assert later.values["judge_asked"] == "no"
    with pytest.raises(PermissionDenied):
        decide(later, cast.attorney)
    with pytest.raises(Conflict):
        decide(first, cast.supervisor, version=1)
    decide(later, cast.supervisor)
    assert JudgeReview.objects.get().asked == "no"


def test_postgresql_refuses_one_pair_of_eyes(cast: Cast, screening: Screening) -> None:
    proposal = record(cast, screening, values=NEGATIVE)
    for values in ({"decided_by": cast.paralegal}, {"decided_by": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Proposal.objects.filter(pk=proposal.pk).update(state="confirmed", **values)
    assert Proposal.objects.filter(pk=proposal.pk).update(state="confirmed", decided_by=cast.attorney) == 1


def test_what_raises_holds_at_once_also_out_of_one_save(cast: Cast, family: Family, screening: Screening) -> None:
    screening_record(
        actor=cast.paralegal,
        screening_id=screening.pk,
        version=1,
        values={"status": "decided", "result": "positive"},
        key=None,
        day=DAY,
    )
    assert rules(family)["p1"] == "G2"
    assert not Proposal.objects.exists()
    mixed = {"phone": "1", "noncitizen": False, "birth_date": "1987-01-01"}
    mother = family.persons.get(reference="p1")
    person_update(actor=cast.paralegal, person_id=mother.pk, version=1, values=mixed, key=None, day=DAY)
    mother.refresh_from_db()
    assert (mother.phone, mother.noncitizen, str(mother.birth_date)) == ("1", True, "1986-03-14")
    assert set(Proposal.objects.get().values) == {"noncitizen", "birth_date"}
    confirm_waiting(cast.attorney)
    assert rules(family)["p1"] == "M2"


def test_declined_or_taken_back_the_record_stays(cast: Cast, family: Family, screening: Screening) -> None:
    before = rules(family)
    proposal = record(cast, screening, values=NEGATIVE)
    with pytest.raises(Invalid):
        proposal_decline(actor=cast.attorney, proposal_id=proposal.pk, version=1, note=" ", key=None, day=DAY)
    proposal_decline(actor=cast.attorney, proposal_id=proposal.pk, version=1, note="another child", key=None, day=DAY)
    with pytest.raises(Conflict) as told:
        decide(proposal, cast.supervisor)
    assert told.value.current["state"] == "declined"
    second = record(cast, screening, values=NEGATIVE)
    assert second.pk != proposal.pk
    proposal_withdraw(actor=cast.paralegal, proposal_id=second.pk, version=1, key="k", day=DAY)
    proposal_withdraw(actor=cast.paralegal, proposal_id=second.pk, version=1, key="k", day=DAY)
    screening.refresh_from_db()
    assert (screening.version, rules(family)) == (1, before)
    assert set(Proposal.objects.values_list("state", flat=True)) == {"declined", "withdrawn"}
    assert [row.history.count() for row in Proposal.objects.order_by("pk")] == [2, 2]


def test_a_row_that_has_moved_on_is_shown_and_nothing_is_lost(cast: Cast, screening: Screening) -> None:
    proposal = record(cast, screening, values=NEGATIVE)
    screening_record(
        actor=cast.attorney, screening_id=screening.pk, version=1, values={"interview_on": "2019-02-02"},
        key=None, day=DAY,
    )  # fmt: skip
    with pytest.raises(Conflict) as refusal:
        decide(proposal, cast.supervisor, row_version=1)
    assert refusal.value.current["row_version"] == 2
    decide(proposal, cast.supervisor)
    screening.refresh_from_db()
    assert (str(screening.interview_on), screening.result, screening.version) == ("2019-02-02", "negative", 3)


def test_what_is_typed_must_fit_when_it_is_confirmed_too(cast: Cast, screening: Screening) -> None:
    proposal = record(cast, screening, values=NEGATIVE)
    screening_record(
        actor=cast.attorney, screening_id=screening.pk, version=1, values={"interview_on": "2019-02-28"},
        key=None, day=DAY,
    )  # fmt: skip
    with pytest.raises(Invalid):
        decide(proposal, cast.supervisor)
    assert Proposal.objects.get().state == "waiting"


def test_what_is_overtaken_is_closed_with_a_trace(cast: Cast, family: Family) -> None:
    mother = family.persons.get(reference="p1")
    case = fact_add(actor=cast.paralegal, kind="court_case", person_id=mother.pk,
                    values={"kind": "section_240", "outcome": "removal_ordered"}, key=None, day=DAY)  # fmt: skip
    assert rules(family)["p1"] == "G2", "the case protects at once, the order waits"
    fact_remove(actor=cast.paralegal, kind="court_case", pk=case, version=1, reason="x", key=None, day=DAY)
    [proposal] = Proposal.objects.all()
    assert (proposal.how, proposal.authors) == ("remove", [cast.paralegal.pk])
    decide(proposal, cast.attorney)
    assert rules(family)["p1"] == "G3"
    one = fact_add(actor=cast.paralegal, kind="exclusion", person_id=mother.pk, values={"status": "established"},
                   key=None, day=DAY)  # fmt: skip
    two = fact_add(actor=cast.paralegal, kind="exclusion", person_id=mother.pk, values={"status": "established"},
                   key=None, day=DAY)  # fmt: skip
    assert one != two
    decide(Proposal.objects.get(kind="exclusion", row=one), cast.attorney)
    assert Proposal.objects.get(kind="exclusion", row=two).state == "superseded"


def test_a_parent_who_may_have_left_makes_a_lost_child_a_child_alone(cast: Cast) -> None:
    """In force alone would not do: with the departure only unknown, U1 holds for the child."""
    record_ = mother_and_son()
    mother, son = record_["persons"]
    lost = {"kind": "credible_fear", "status": "decided", "result": "negative", "decided_on": "2018-12-10",
            "judge_review": {"asked": "no"}}  # fmt: skip
    mother["screenings"].append({**lost, "basis": "reevaluation", "state_of_mind_weighed": True})
    son["screenings"] = [{**lost, "basis": "independent"}]
    family = make_family(cast.organization, record_)
    assert rules(family) == {"p1": "X1", "c1": "X1"}
    parent = family.persons.get(reference="p1")
    pk = fact_add(actor=cast.paralegal, kind="departure", person_id=parent.pk,
                  values={"departed_on": "2019-02-20", "kind": "removed"}, key=None, day=DAY)  # fmt: skip
    assert rules(family)["c1"] == "F2", "a parent of whom it is not known whether they are here keeps the child"
    assert not Determination.objects.get(family=family, current=True).deportation_eligible
    assert not Departure.objects.exists()
    confirm_waiting(cast.supervisor)
    assert rules(family) == {"p1": "A1", "c1": "U1"}
    fact_update(actor=cast.paralegal, kind="departure", pk=pk, version=1, values={"back_on": "2019-02-25"},
                key=None, day=DAY)  # fmt: skip
    assert rules(family)["c1"] == "F2", "that the parent is back lowers nobody: it holds at once"
    assert Departure.objects.get().back_on == datetime.date(2019, 2, 25)


def test_a_deadline_runs_from_the_day_on_which_a_result_is_typed(cast: Cast, family: Family) -> None:
    son = family.persons.get(reference="c1")
    values = {"basis": "independent", "kind": "credible_fear", "status": "decided", "result": "negative",
              "decided_on": "2019-02-26", "judge_asked": "yes", "judge_asked_on": "2019-02-26"}  # fmt: skip
    pk = screening_add(actor=cast.paralegal, person_id=son.pk, values=values, key=None, day=DAY)
    screening = Screening.objects.get(pk=pk)
    assert (screening.status, screening.result) == ("decided", None)
    deadline = DeterminedDeadline.objects.get(person=son, kind="judge_review")
    assert (str(deadline.due), deadline.if_confirmed) == ("2019-03-05", True)
    [one] = seen(cast.attorney, list(to_decide(cast.attorney)), DAY)
    assert one.due == datetime.date(2019, 3, 5)
    confirm_waiting(cast.attorney)
    deadline = DeterminedDeadline.objects.get(person=son, kind="judge_review")
    assert (str(deadline.due), deadline.if_confirmed) == ("2019-03-05", False)


def test_a_form_to_return_waits_as_a_whole_and_is_no_waiver_with_a_part_missing(cast: Cast, family: Family) -> None:
    mother = family.persons.get(reference="p1")
    marks = dict.fromkeys(("own_form", "understood", "voluntary"), True)
    form = {"choice": "return", "signed_on": "2019-02-01", "signed_by": "self", **marks}
    pk = fact_add(actor=cast.paralegal, kind="election", person_id=mother.pk, values=form, key=None, day=DAY)
    assert not Election.objects.exists()
    [one] = seen(cast.attorney, list(to_decide(cast.attorney)), DAY)
    assert {name: holds for name, holds in one.waiver if holds is not True} == {"W6": None}
    confirm_waiting(cast.attorney)
    assert rules(family)["p1"] == "G3"
    change = partial(fact_update, kind="election", pk=pk, version=1, key=None, day=DAY)
    change(actor=cast.paralegal, values={"via_class_counsel": True})
    assert rules(family)["p1"] == "G3"
    confirm_waiting(cast.attorney)
    assert rules(family)["p1"] == "W0"
    change(actor=cast.paralegal, version=2, values={"withdrawn_on": "2019-02-28"})
    assert rules(family)["p1"] == "G3", "to withdraw it is one person's right at once"


def test_a_new_person_comes_with_what_protects_and_the_rest_waits(cast: Cast, family: Family) -> None:
    values = {"reference": "c2", "role": "child", "given_names": "Ibis", "noncitizen": False, "phone": "1"}
    pk = person_add(actor=cast.paralegal, family_id=family.pk, values=values, key=None, day=DAY)
    child = Person.objects.get(pk=pk)
    assert (child.noncitizen, child.phone, rules(family)["c2"]) == (None, "1", "M3")
    confirm_waiting(cast.attorney)
    assert rules(family)["c2"] == "M2"


def test_what_no_word_says_but_the_engine_does_waits_too(cast: Cast) -> None:
    """An alleged ground, a birthday that was not known, a custody that turns out not to be DHS's: each makes somebody
    less sure of the agreement, and none is a lowering word."""
    record_ = mother_and_son()
    del record_["persons"][1]["birth_date"]
    family = make_family(cast.organization, record_)
    mother, son = family.persons.order_by("pk")
    assert rules(family) == {"p1": "G3", "c1": "M3"}
    common: dict[str, Any] = {"actor": cast.paralegal, "key": None, "day": DAY}
    fact_add(kind="exclusion", person_id=mother.pk, values={"status": "alleged"}, **common)
    assert rules(family)["p1"] == "G3"
    grown_up = {"birth_date": "1999-01-01"}
    person_update(person_id=son.pk, version=1, values=grown_up, **common)
    assert rules(family)["c1"] == "M3"
    assert set(Proposal.objects.values_list("kind", "how")) == {("exclusion", "add"), ("person", "change")}
    confirm_waiting(cast.attorney)
    assert rules(family) == {"p1": "M3", "c1": "M2"}
    small = make_family(cast.organization, record_)
    child = small.persons.get(role="child")
    person_update(person_id=child.pk, version=1, values={"birth_date": "2011-08-30"}, **common)
    assert rules(small)["c1"] != "M3", "what was not known and now protects holds at once"
    assert not Proposal.objects.filter(state="waiting").exists()


def test_what_cannot_be_is_refused_when_it_is_typed(cast: Cast, family: Family) -> None:
    mother = family.persons.get(reference="p1")
    with pytest.raises(Invalid):
        fact_add(actor=cast.paralegal, kind="departure", person_id=mother.pk,
                 values={"departed_on": "2018-08-01", "back_on": "2018-07-01"}, key=None, day=DAY)  # fmt: skip
    assert not Proposal.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_decisions_at_once_one_is_taken_and_the_others_are_told() -> None:
    cast = make_cast()
    make_family(cast.organization, with_reevaluation(interview_on="2019-02-01"))
    proposal = record(cast, Screening.objects.get(basis="reevaluation"), values=NEGATIVE)
    outcomes: list[str] = []

    def try_it(number: int) -> None:
        common: dict[str, Any] = {"proposal_id": proposal.pk, "version": 1, "key": f"k{number}", "day": DAY}
        actor = (cast.attorney, cast.supervisor)[number % 2]
        try:
            if number % 3:
                proposal_confirm(actor=actor, row_version=1, **common)
            else:
                proposal_decline(actor=actor, note="no", **common)
            outcomes.append("decided")
        except Conflict:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["decided"] + ["told"] * 7
    proposal.refresh_from_db()
    assert proposal.history.count() == 2
    assert Screening.history.filter(id=proposal.row).count() == (2 if proposal.state == "confirmed" else 1)
