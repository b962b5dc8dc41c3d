"""Tries every option on the record, and puts first what helps most (plain Python).

Nothing here knows a rule: whether an answer helps is read off the engine's decisions before and after.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import Any, Final, Literal, NamedTuple

from settlement.asking import covered, process
from settlement.asking.options import Answer, Case, Fact, Option, case_of
from settlement.waiting import PROTECTION, Decide, Decision, Record, confirmed, decided_together

MOST_DECISIONS: Final = 700
"""How often the engine is asked for one family at most: a bound on time that does not depend on the machine."""
MOST_PAIRS: Final = 60
SHOWN_PAIRS: Final = 3

Aim = Literal["settle", "restore", "own"]
_OWN: Final = frozenset({"S1", "G1", "G2", "G3"})
_SHARED: Final = frozenset({"F1", "F2", "U1"})
_TELLS: Final = ("membership", "standing", "removal", "rule", "needs")


class Effect(NamedTuple):
    """One person whose answer would be another: the engine's, before and after."""

    person: str
    before: dict[str, Any]
    after: dict[str, Any]


class Outcome(NamedTuple):
    """What one answer would mean, for everybody whom it touches."""

    answer: Answer
    effects: tuple[Effect, ...]

    def on(self, person: str) -> Effect | None:
        """What it would mean for one person; None for nothing."""
        return next((effect for effect in self.effects if effect.person == person), None)


class Question(NamedTuple):
    """A fact to ask for, with every answer that would change something."""

    fact: Fact
    outcomes: tuple[Outcome, ...]


class Pair(NamedTuple):
    """Two answers that settle together what neither settles alone."""

    first: tuple[Fact, Answer]
    second: tuple[Fact, Answer]
    effects: tuple[Effect, ...]


class ForPerson(NamedTuple):
    """What to ask for one person, the most useful first.

    `aim`: settle (it is not known whether they are covered), restore (their bar is lifted), own (only the family's
    or the child's own situation still bars removal). `settling` of the questions, the first ones, reach it alone.
    `pairs` and `needs` (conditions still unknown) are for a person whom no single question settles.
    """

    person: str
    aim: Aim
    questions: list[Question]
    settling: int
    pairs: list[Pair]
    needs: list[str]


class Asking(NamedTuple):
    """The decision as it is, and for each person with something worth asking what that is.

    `complete` is False where the bound on time left options untried.
    """

    decision: Decision
    persons: list[ForPerson]
    complete: bool

    def of(self, person: str) -> ForPerson | None:
        """What to ask for one person."""
        return next((found for found in self.persons if found.person == person), None)


def what_if(record: Record, decide: Decide, answer: Answer) -> tuple[Decision, Decision]:
    """The decision as it is, and as it would be with one answer; nothing is written."""
    trial = _Trial(record, decide, decided_together(record, decide))
    return trial.now, trial.decision(answer)


class _Trial(NamedTuple):
    record: Record
    decide: Decide
    now: Decision

    def decision(self, *answers: Answer) -> Decision:
        record = self.record
        for answer in answers:
            for patch in answer.patches:
                record = confirmed(record, patch)
        return decided_together(record, self.decide)

    def effects(self, *answers: Answer) -> tuple[Effect, ...]:
        then = self.decision(*answers)
        if "error" in then:
            raise ValueError("an answer made a record that the engine refuses")
        return tuple(
            Effect(before["id"], before, after)
            for before, after in zip(self.now["persons"], then["persons"], strict=True)
            if any(before[name] != after[name] for name in _TELLS)
        )


def aim_of(answer: dict[str, Any]) -> Aim | None:
    """What asking could do for a person with this answer of the engine; None where there is nothing to ask for."""
    if answer["rule"] == "M3":
        return "settle"
    if answer["removal"] == "bar_lifted":
        return "restore"
    return "own" if answer["rule"] in _SHARED else None


def asking(record: Record, decide: Decide, *, unknown_only: bool = False) -> Asking:
    """What to ask about a family; `decide` gives the engine's decision for facts, and raises where they are in error.

    What waits for a second person is counted in, as in the family's own answer. `unknown_only` tries only what is not
    known, for the persons of whom it is not known whether they are covered: for lists of many families.
    """
    trial = _Trial(record, decide, decided_together(record, decide))
    wanted = [(answer, aim) for answer in trial.now["persons"] if (aim := aim_of(answer))]
    if unknown_only:
        wanted = [(answer, aim) for answer, aim in wanted if aim == "settle"]
    if not wanted:
        return Asking(trial.now, [], complete=True)
    case = case_of(record)
    possible = [option for option in options_of(case) if not (unknown_only and option.fact.doubt)]
    options, complete = _within_bounds(possible, len(record.waiting))
    asked = [
        Question(option.fact, tuple(outcomes)) for option in options if (outcomes := list(_outcomes(trial, option)))
    ]
    persons = [_for_person(trial, answer, aim, asked, options) for answer, aim in wanted]
    return Asking(trial.now, [one for one in persons if one.questions or one.pairs or one.needs], complete)


def options_of(case: Case) -> list[Option]:
    """All that may be asked, what is not known first, and then in the order of the rules."""
    found = [*covered.options(case), *process.options(case)]
    return sorted(found, key=lambda option: option.fact.doubt)


def _within_bounds(options: list[Option], waiting: int) -> tuple[list[Option], bool]:
    """The first options that can be tried in time: each answer is decided once for each view of what waits."""
    views = 1 + 2 * (2 * waiting - 1) if waiting else 1
    left = MOST_DECISIONS // views
    kept: list[Option] = []
    for option in options:
        left -= len(option.answers)
        if left < 0:
            return kept, False
        kept.append(option)
    return kept, True


def _outcomes(trial: _Trial, option: Option) -> Iterator[Outcome]:
    for answer in option.answers:
        if effects := trial.effects(answer):
            yield Outcome(answer, effects)


# --- what helps one person ---


class _Help(NamedTuple):
    """How an outcome helps a person: whether it reaches the aim, whether it does so for their good, whether removal is
    then barred and not merely doubtful, and how many conditions fewer are unknown."""

    reaches: bool
    protects: bool
    bars: bool
    fewer: int


def _help(outcome: Outcome, fact: Fact, person: str, aim: Aim) -> _Help | None:
    effect = outcome.on(person)
    if effect is None:
        return None
    before, after = effect.before, effect.after
    bars = after["removal"] == "barred"
    if aim != "settle":
        helps = PROTECTION[after["removal"]] > 0 if aim == "restore" else bars and after["rule"] in _OWN
        return _Help(helps, helps, bars, 0) if helps else None
    # Nobody asks whether a known fact is wrong in order to lose by it.
    if fact.doubt and PROTECTION[after["removal"]] < PROTECTION[before["removal"]]:
        return None
    reaches = after["membership"] != "undetermined"
    fewer = len(before["needs"]) if reaches else len(set(before["needs"]) - set(after["needs"]))
    return _Help(reaches, after["membership"] == "member", bars, fewer) if reaches or fewer else None


def _for_person(
    trial: _Trial, answer: dict[str, Any], aim: Aim, asked: list[Question], options: list[Option]
) -> ForPerson:
    person, ranked = answer["id"], []
    for place, question in enumerate(asked):
        helps = [found for one in question.outcomes if (found := _help(one, question.fact, person, aim))]
        if helps:
            ranked.append((_rank(question, helps, person), place, question, any(one.protects for one in helps)))
    ranked.sort(key=lambda one: one[:2])
    settling = sum(protects for *_rest, protects in ranked)
    pairs: list[Pair] = []
    if aim == "settle" and not settling:
        pairs = list(_pairs(trial, answer, [one[2] for one in ranked], options))
    return ForPerson(person, aim, [one[2] for one in ranked], settling, pairs, [] if settling else answer["needs"])


def _rank(question: Question, helps: list[_Help], person: str) -> tuple[Any, ...]:
    """What reaches protection alone; then what leaves fewest conditions unknown; then what is least sure on file,
    closest to the person, and helps most others too."""
    fewer = max((one.fewer for one in helps if one.protects or not one.reaches), default=0)
    others = {
        effect.person
        for outcome in question.outcomes
        for effect in outcome.effects
        if effect.person != person and PROTECTION[effect.after["removal"]] > PROTECTION[effect.before["removal"]]
    }
    return (
        not any(one.protects for one in helps),
        not any(one.bars for one in helps),
        -fewer,
        question.fact.doubt,
        question.fact.person != person,
        -len(others),
    )


def _pairs(trial: _Trial, answer: dict[str, Any], asked: list[Question], options: list[Option]) -> Iterator[Pair]:
    """Two answers that make the person a member together: such as each remove a part of what is not known; and where
    one condition alone is unknown, any two facts that are not known."""
    person, needs, found = answer["id"], set(answer["needs"]), set[tuple[Fact, Fact]]()
    removing = [
        (question.fact, outcome.answer, needs - set(effect.after["needs"]))
        for question in asked
        for outcome in question.outcomes
        if (effect := outcome.on(person)) and effect.after["membership"] == "undetermined"
    ]
    candidates = [
        (one[:2], other[:2])
        for one, other in combinations(removing, 2)
        if one[0] != other[0] and one[2] | other[2] == needs
    ]
    if len(needs) == 1:
        unknown = [(option.fact, one) for option in options if not option.fact.doubt for one in option.answers]
        candidates += [(one, other) for one, other in combinations(unknown, 2) if one[0] != other[0]]
    for first, second in candidates[:MOST_PAIRS]:
        if (first[0], second[0]) in found:
            continue
        effects = trial.effects(first[1], second[1])
        if any(effect.person == person and effect.after["membership"] == "member" for effect in effects):
            yield Pair(first, second, effects)
            found.add((first[0], second[0]))
            if len(found) == SHOWN_PAIRS:
                return
