"""What is suggested is true of the engine: tried on worked families, on the contract's cases and on generated ones."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from settlement.asking.days import Span, birthday, spans, years_before
from settlement.asking.options import Answer, Option, case_of, plain_record
from settlement.asking.questions import MOST_DECISIONS, Asking, _within_bounds, aim_of, asking, options_of
from settlement.engine import decide
from settlement.engine.days import has_reached
from settlement.engine.parameters import INJUNCTION_ON
from settlement.waiting import PROTECTION, Decision, Facts, Patch, Record, confirmed, decided_together
from tests.engine.families import families
from tests.engine.test_contract_cases import CASES
from tests.factories import mother_and_son, with_reevaluation

RECORDS = [case["facts"] for case in CASES]
few = settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def strict(facts: Facts) -> Decision:
    """The engine, and no record in error."""
    found = decide(facts)
    assert "error" not in found, found
    return found


def ask(facts: Facts) -> Asking:
    return asking(plain_record({"family": "F", "as_of": "2019-03-01", **facts}), strict)


def applied(record: Record, *answers: Answer) -> Decision:
    for answer in answers:
        for patch in answer.patches:
            record = confirmed(record, patch)
    return decided_together(record, strict)


def told(decision: Decision) -> list[tuple[Any, ...]]:
    return [
        (one["id"], one["membership"], one["standing"], one["removal"], one["rule"], tuple(one["needs"]))
        for one in decision["persons"]
    ]


def names(found: Asking, person: str) -> list[str]:
    one = found.of(person)
    return [question.fact.name for question in one.questions] if one else []


# --- what must hold for every family ---


def keeps_its_promises(facts: Facts) -> None:
    record = plain_record(facts)
    before = deepcopy(facts)
    found = asking(record, strict)
    assert facts == before, "asking changes nothing"
    now = {one["id"]: one for one in found.decision["persons"]}
    for one in found.persons:
        assert one.aim == aim_of(now[one.person])
        for place, question in enumerate(one.questions):
            for outcome in question.outcomes:
                then = applied(record, outcome.answer)
                promised = {effect.person: effect.after for effect in outcome.effects}
                assert promised, "nothing is suggested that changes nothing"
                assert [promised.get(row["id"], now[row["id"]])["rule"] for row in then["persons"]] == [
                    row["rule"] for row in then["persons"]
                ]
                assert all(row == promised[row["id"]] for row in then["persons"] if row["id"] in promised)
            reached = [effect for outcome in question.outcomes if (effect := outcome.on(one.person))]
            assert reached, "a question for a person touches that person"
            if place < one.settling:
                assert any(
                    effect.after["membership"] == "member"
                    if one.aim == "settle"
                    else PROTECTION[effect.after["removal"]] > 0
                    for effect in reached
                )
        for pair in one.pairs:
            then = applied(record, pair.first[1], pair.second[1])
            assert next(row["membership"] for row in then["persons"] if row["id"] == one.person) == "member"


@pytest.mark.parametrize("place", range(0, len(RECORDS), 15))
def test_promises_are_kept_in_the_contract_s_cases(place: int) -> None:
    keeps_its_promises(RECORDS[place])


@few
@given(families())
def test_promises_are_kept_in_generated_families(facts: Facts) -> None:
    keeps_its_promises(facts)


@few
@given(families(as_of="2019-03-01"))
def test_every_option_is_a_record_that_the_engine_takes_and_a_span_means_one_thing(facts: Facts) -> None:
    record = plain_record(facts)
    for option in options_of(case_of(record)):
        for answer in option.answers:
            there = told(applied(record, answer))
            if answer.said == "span" and answer.span is not None:
                for day in filter(None, (answer.span.first, answer.span.last)):
                    assert told(applied(record, on_day(answer, day.isoformat()))) == there, option.fact


def on_day(answer: Answer, day: str) -> Answer:
    [patch] = answer.patches
    return answer._replace(patches=(patch._replace(values=dict.fromkeys(patch.values, day)),))


@few
@given(families(), st.data())
def test_what_waits_is_counted_in(facts: Facts, data: Any) -> None:
    person = data.draw(st.sampled_from(facts["persons"]))
    waiting = Patch(person["id"], "", "change", 0, {("noncitizen",): data.draw(st.sampled_from([True, False, None]))})
    record = plain_record(facts)._replace(waiting=(waiting,))
    found = asking(record, strict)
    assert told(found.decision) == told(decided_together(record, strict))
    for one in found.persons:
        for question in one.questions[:3]:
            for outcome in question.outcomes:
                then = applied(record, outcome.answer)
                effects = {effect.person: effect.after for effect in outcome.effects}
                assert all(row == effects[row["id"]] for row in then["persons"] if row["id"] in effects)


# --- worked families ---


def refused(weighed: bool | None = True) -> Facts:
    record = with_reevaluation(
        status="decided", result="negative", decided_on="2018-12-10", state_of_mind_weighed=weighed,
        judge_review={"asked": "no"},
    )  # fmt: skip
    record["persons"][1]["screenings"] = [
        {
            "basis": "independent",
            "kind": "credible_fear",
            "status": "decided",
            "result": "negative",
            "decided_on": "2018-12-12",
            "judge_review": {"asked": "no"},
        }
    ]
    return record


def test_one_missing_fact_is_the_first_question() -> None:
    record = mother_and_son()
    del record["persons"][0]["noncitizen"]
    found = ask(record)
    one = found.of("p1")
    assert one is not None
    assert (one.aim, one.settling, one.needs) == ("settle", 1, [])
    assert one.questions[0].fact[:2] == ("p1", "noncitizen")
    assert [(outcome.answer.said, outcome.on("p1").after["rule"]) for outcome in one.questions[0].outcomes] == [  # type: ignore[union-attr]
        ("yes", "G3"),
        ("no", "M2"),
    ]


def test_a_lifted_bar_asks_whether_the_state_of_mind_was_weighed_and_says_whom_else_it_helps() -> None:
    found = ask(refused())
    one = found.of("p1")
    assert one is not None
    assert one.aim == "restore"
    first = one.questions[0]
    assert first.fact.name == "screenings.state_of_mind_weighed"
    [outcome] = first.outcomes
    assert outcome.answer.said == "no"
    assert {effect.person: effect.after["rule"] for effect in outcome.effects} == {"p1": "G3", "c1": "F2"}


def test_a_form_to_return_asks_for_what_makes_it_valid() -> None:
    record = mother_and_son()
    form = {"choice": "return", "signed_on": "2018-10-20", "signed_by": "self", "own_form": True}
    record["persons"][0]["elections"] = [form | dict.fromkeys(("understood", "voluntary", "via_class_counsel"), True)]
    asked = names(ask(record), "p1")
    assert asked[0] == "elections.withdrawn_on"
    assert {"elections.understood", "elections.voluntary", "elections.own_form"} <= set(asked)


def test_who_is_held_here_by_others_alone_is_asked_for_a_claim_of_their_own() -> None:
    record = refused()
    record["persons"][1]["screenings"][0] |= {"result": "positive"}
    del record["persons"][1]["screenings"][0]["judge_review"]
    one = ask(record).of("p1")
    assert one is not None
    assert one.aim == "own"
    assert one.questions[0].fact.name == "screenings.state_of_mind_weighed"


def test_two_missing_facts_are_given_as_a_pair() -> None:
    record = mother_and_son()
    for name in ("noncitizen", "birth_date"):
        del record["persons"][0][name]
    one = ask(record).of("p1")
    assert one is not None
    assert (one.settling, one.needs) == (0, ["P2", "P3"])
    [pair] = one.pairs
    assert {pair.first[0].name, pair.second[0].name} == {"noncitizen", "birth_date"}


def test_two_parts_of_one_condition_are_a_pair() -> None:
    record = mother_and_son()
    link = record["persons"][1]["parents"][0]
    del link["entered_together"], link["separated_by"]
    one = ask(record).of("p1")
    assert one is not None
    assert one.needs == ["P6"]
    assert {one.pairs[0].first[0].name, one.pairs[0].second[0].name} == {
        "parents.entered_together",
        "parents.separated_by",
    }


def test_nothing_known_leaves_the_conditions_to_find_out() -> None:
    one = ask({"persons": [{"id": "p1", "role": "parent"}]}).of("p1")
    assert one is not None
    assert one.needs == ["P2", "P3", "P4", "P5", "P6", "P7"]
    assert one.pairs == []
    assert {"noncitizen", "entry.place", "custody", "departures"} <= {question.fact.name for question in one.questions}


def test_who_has_a_right_of_their_own_is_asked_nothing() -> None:
    assert ask(mother_and_son()).persons == []


def test_nobody_is_asked_whether_a_known_fact_is_wrong_in_order_to_lose_by_it() -> None:
    record = mother_and_son()
    del record["persons"][0]["departures"]
    one = ask(record).of("p1")
    assert one is not None
    assert "noncitizen" not in names(ask(record), "p1")


# --- bounds and days ---


def test_the_time_is_bounded_however_much_waits() -> None:
    case = case_of(plain_record(json.loads(json.dumps({"family": "F", "as_of": "2019-03-01", **refused()}))))
    options = options_of(case)
    kept, complete = _within_bounds(options, 0)
    assert complete
    assert kept == options
    kept, complete = _within_bounds(options, 30)
    assert not complete
    assert sum(len(option.answers) for option in kept) * 119 <= MOST_DECISIONS
    assert all(isinstance(option, Option) for option in kept)


def test_spans_lie_between_the_turns() -> None:
    turn = INJUNCTION_ON.value
    before, after = spans([turn])
    assert (before.first, before.last, after.first, after.last) == (None, turn.replace(day=25), turn, None)
    assert before.day == turn.replace(day=25)
    assert after.holds(turn)
    assert not before.holds(turn)
    assert spans([]) == []
    assert spans([turn, None], first=turn, last=turn) == [Span(turn, turn)]
    assert spans([], first=turn, last=turn.replace(day=1)) == []
    with pytest.raises(ValueError, match="without limits"):
        _ = Span(None, None).day


@few
@given(st.dates(INJUNCTION_ON.value.replace(year=2000), INJUNCTION_ON.value), st.sampled_from([14, 18]))
def test_birthdays_are_those_of_the_engine(day: Any, age: int) -> None:
    last = years_before(day, age)
    assert has_reached(age, last, day) is True
    assert has_reached(age, Span(last, None).day.fromordinal(last.toordinal() + 1), day) is False
    assert has_reached(age, day, birthday(day, age)) is True
