"""The page "What to ask" made ready: questions in two languages, what each answer would mean, and the script."""

from collections.abc import Mapping
from functools import partial
from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from families.editing.comparison import PreviewRow, previews
from families.models import Person
from families.page import short_names
from families.proposals.effect import compared
from settlement import guidance, wording
from settlement.asking import process, script
from settlement.asking.options import Answer, Fact, case_of
from settlement.asking.questions import Effect, ForPerson, Outcome, Question, options_of, what_if
from settlement.asking.selectors import Asked
from settlement.asking.wording import Both, answer_text, both, label, question
from settlement.determine import decided

Text = str | Promise
FIRST: Final = 6
"""How many questions are read out; the rest is folded away."""

_AIMS: Final = {
    "settle": gettext_lazy("It is not known whether the agreement covers this person. These questions can settle it."),
    "restore": gettext_lazy(
        "The agreement no longer bars removal, as the file stands. If one of these facts is different, it does again."
    ),
    "own": gettext_lazy(
        "Only the situation of the family, or of the child, bars removal. These facts would give them their own."
    ),
}


class Meaning(NamedTuple):
    """Answers that mean the same, and whom they change from what to what."""

    answers: str
    changes: list[tuple[str, str, str]]


class Asks(NamedTuple):
    """One question in both languages: who is asked or about whom, what the file says of it, what answers would mean."""

    about: str
    label: str
    text: Both
    known: bool
    paper: bool
    settles: bool
    meanings: list[Meaning]


class ScriptPart(NamedTuple):
    """A part of the script in both languages; the note is for who calls."""

    heading: Both
    note: Text
    say: list[Both]
    asks: bool


class Choice(NamedTuple):
    """One fact and value of "What if": the key for the address, and its words."""

    key: str
    text: str


class AskingPage(NamedTuple):
    """All that the page shows."""

    name: str
    status: wording.Status
    sentence: str
    lifted: bool
    aim: Text
    first: list[Asks]
    more: list[Asks]
    pairs: list[str]
    needs: list[str]
    complete: bool
    script: list[ScriptPart]


def asking_page(asked: Asked) -> AskingPage:
    """The page of one person."""
    me = asked.person.reference
    names = short_names(asked.persons)
    answer = next(one for one in asked.asking.decision["persons"] if one["id"] == me)
    found = asked.asking.of(me)
    asks = (
        [_asks(one, place < found.settling, asked, names) for place, one in enumerate(found.questions)] if found else []
    )
    return AskingPage(
        name=names[me],
        status=wording.status(answer["removal"], answer["rule"]),
        sentence=wording.sentence(answer, names),
        lifted=answer["removal"] == "bar_lifted",
        aim=_AIMS[found.aim] if found else _("There is nothing to ask: this person has a protection of their own."),
        first=asks[:FIRST],
        more=asks[FIRST:],
        pairs=_pairs(found, names) if found else [],
        needs=[guidance.question(need, names[me]) for need in found.needs] if found else [],
        complete=asked.asking.complete,
        script=[_part(part) for part in script.PARTS],
    )


def _asks(one: Question, settles: bool, asked: Asked, names: Mapping[str, str]) -> Asks:
    fact = one.fact
    return Asks(
        about=names[fact.person],
        label=label(fact, names),
        text=both(partial(question, fact, child=_is_child(asked, fact.person), names=names)),
        known=fact.doubt > 0,
        paper=fact.doubt > 1,
        settles=settles,
        meanings=_meanings(fact, one.outcomes, names),
    )


def _is_child(asked: Asked, reference: str) -> bool:
    return any(one.reference == reference and one.role == Person.Role.CHILD for one in asked.persons)


def _meanings(fact: Fact, outcomes: tuple[Outcome, ...], names: Mapping[str, str]) -> list[Meaning]:
    """The answers, those that change the same for everybody said together."""
    together: dict[tuple[tuple[str, str, str], ...], list[str]] = {}
    for outcome in outcomes:
        changes = tuple(_change(effect, names) for effect in outcome.effects)
        together.setdefault(changes, []).append(answer_text(fact, outcome.answer))
    return [Meaning(" / ".join(answers), list(changes)) for changes, answers in together.items()]


def _change(effect: Effect, names: Mapping[str, str]) -> tuple[str, str, str]:
    before, after = wording.short(effect.before, names), wording.short(effect.after, names)
    if before == after and len(effect.after["needs"]) < len(effect.before["needs"]):
        after = _("still not known, but one thing less to find out")
    elif before == after:
        after = _("the same answer, for other reasons")
    return names[effect.person], before, after


def _pairs(found: ForPerson, names: Mapping[str, str]) -> list[str]:
    return [
        _("If both are known, it is settled: %(first)s; %(second)s.")
        % {"first": _said(pair.first, names), "second": _said(pair.second, names)}
        for pair in found.pairs
    ]


def _said(known: tuple[Fact, Answer], names: Mapping[str, str]) -> str:
    fact, answer = known
    return f"{names[fact.person]}, {label(fact, names)}: {answer_text(fact, answer)}"


def _part(part: script.Part) -> ScriptPart:
    say = [both(partial(str, text)) for text in part.say]
    return ScriptPart(both(partial(str, part.heading)), part.note, say, part.asks)


# --- what if ---


class WhatIf(NamedTuple):
    """The facts one may try, by person, and what the chosen one would change for everybody."""

    groups: list[tuple[str, list[Choice]]]
    chosen: str
    said: str
    rows: list[PreviewRow]


def what_if_page(asked: Asked, key: str) -> WhatIf:
    """The choices, and the effect of the one with this key; an unknown key is none."""
    names = short_names(asked.persons)
    case = case_of(asked.record)
    groups: dict[str, list[Choice]] = {names[person["id"]]: [] for person in case.persons}
    chosen: tuple[Fact, Answer] | None = None
    places = {person["id"]: place for place, person in enumerate(case.persons)}
    for option in sorted([*process.ahead(case), *options_of(case)], key=lambda one: one.fact.name not in _FIRST_TRIED):
        for place, answer in enumerate(option.answers):
            fact = option.fact
            one = Choice(_key(places, fact, place), f"{label(fact, names)}: {answer_text(fact, answer)}")
            groups[names[fact.person]].append(one)
            if one.key == key:
                chosen = fact, answer
    rows: list[PreviewRow] = []
    if chosen:
        now, then = what_if(asked.record, partial(decided, asked.person.family_id), chosen[1])
        rows = previews(compared(asked.persons, now, then))
    return WhatIf(list(groups.items()), key if chosen else "", _said(chosen, names) if chosen else "", rows)


_FIRST_TRIED: Final = frozenset({"screenings.outcome", "screenings.judge_review.outcome"})


def _key(places: Mapping[str, int], fact: Fact, answer: int) -> str:
    """A name for an answer without anything personal: the places of person, row and parent, and the fact."""
    row = "" if fact.place is None else fact.place
    return f"{places[fact.person]}-{fact.name}-{row}-{places.get(fact.other, '')}-{answer}"
