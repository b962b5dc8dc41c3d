"""One family made ready for its page: the answer, what to do, what to ask, why, and what happened. No rules here."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.apps import apps
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from config.words import list_text
from families import onfile
from families.chronology import Event, chronology, screening_text
from families.contacts.models import ContactAttempt, Note
from families.drawing import Drawing, draw
from families.models import Family, Person
from families.provenance import Change
from families.selectors import FamilyDetail
from families.timeline import Timeline, timeline
from settlement import guidance, wording

if TYPE_CHECKING:
    from families.proposals.page import Card

Fact = Mapping[str, Any]
Text = str | Promise
WRITTEN_SHOWN = 3  # notes, and contacts; the rest has a page of its own


class Reason(NamedTuple):
    """A link of the chain: what holds, about whom, how sure that is, and where it stands."""

    text: str
    about: str
    basis: Text
    citation: str


class Link(NamedTuple):
    """A child's link to a parent, in sentences; `apart` while nothing says that they are back together."""

    parent: str
    apart: bool
    sentences: list[str]


class Block(NamedTuple):
    """One person on the page."""

    person: Person
    name: str
    age: str
    status: wording.Status
    sentence: str
    lifted: bool
    right: Text
    right_state: Text
    membership: Text
    steps: list[guidance.Step]
    questions: list[str]
    form_problems: list[str]
    reasons: list[Reason]
    links: list[Link]
    screenings: list[tuple[int, str]]
    facts: list[onfile.Row]
    contact: list[onfile.Row]
    reached: ContactAttempt | None
    waits: bool = False


class DeadlineRow(NamedTuple):
    """A date to keep: what, whose, when, how far off, and whether it has passed."""

    label: Text
    name: str
    due: str
    act_by: str
    left: str
    missed: bool
    if_confirmed: bool


class ChangeRow(NamedTuple):
    """Who changed what, and when (UTC)."""

    when: datetime.datetime
    who: str
    text: str


class FamilyPage(NamedTuple):
    """All that the page shows of a family."""

    family: Family
    title: str
    status: wording.Status
    sentence: str
    stage: Text
    lifted: bool
    blocks: list[Block]
    deadlines: list[DeadlineRow]
    waiting: "list[Card]"
    drawing: Drawing
    line: Timeline
    changes: list[ChangeRow]
    attempts: list[ContactAttempt]
    notes: list[Note]


def family_page(detail: FamilyDetail, day: datetime.date, waiting: Sequence["Card"] = ()) -> FamilyPage:
    """Put a family's rows, facts and decision into words; `waiting` is what waits for a second person."""
    decision = detail.decision
    names = short_names(detail.persons)
    facts = {person["id"]: person for person in detail.facts["persons"]}
    answers = {answer["id"]: answer for answer in decision["persons"]}
    blocks = [
        _block(person, facts[person.reference], answers[person.reference], names, detail, day)
        for person in detail.persons
    ]
    waited_for = {card.proposal.person_id for card in waiting}
    blocks = [block._replace(waits=block.person.pk in waited_for) for block in blocks]
    return FamilyPage(
        family=detail.family,
        title=family_title(detail.persons),
        status=wording.family_status(decision["removal"]),
        sentence=wording.family_sentence(decision),
        stage=wording.stage_text(decision["stage"]),
        lifted=any(block.lifted for block in blocks),
        blocks=blocks,
        deadlines=[_deadline(deadline, names, day) for deadline in decision["deadlines"]],
        waiting=list(waiting),
        drawing=draw(detail.persons, facts, names, day),
        line=timeline(
            chronology(detail.facts, names),
            detail.facts["persons"],
            names,
            [_to_keep(deadline, names) for deadline in decision["deadlines"]],
            day,
        ),
        changes=[_change(change, detail.persons, names) for change in detail.book.changes],
        attempts=detail.attempts[:WRITTEN_SHOWN],
        notes=detail.notes[:WRITTEN_SHOWN],
    )


def short_names(persons: Sequence[Person]) -> dict[str, str]:
    """The name by which each person is called inside the family: the given names, or all where two share them."""
    given = [person.given_names for person in persons]
    full = [person.full_name for person in persons]
    return {
        person.reference: person.given_names
        if person.given_names and given.count(person.given_names) == 1
        else person.full_name
        if person.full_name and full.count(person.full_name) == 1
        else f"{person.full_name} ({person.reference})".strip()
        for person in persons
    }


def family_title(persons: Sequence[Person]) -> str:
    """The family names of its persons, each once, adults first."""
    adults_first = sorted(persons, key=lambda person: person.role == Person.Role.CHILD)
    return list_text(list(dict.fromkeys(person.family_names for person in adults_first if person.family_names)))


def _block(
    person: Person,
    facts: Fact,
    answer: Fact,
    names: Mapping[str, str],
    detail: FamilyDetail,
    day: datetime.date,
) -> Block:
    name = names[person.reference]
    attempts = [attempt for attempt in detail.attempts if attempt.person_id == person.pk]
    return Block(
        person=person,
        name=name,
        age=age_text(person.birth_date, day),
        status=wording.status(answer["removal"], answer["rule"]),
        sentence=wording.sentence(answer, names),
        lifted=answer["removal"] == "bar_lifted",
        right=wording.right_text(answer["right"]),
        right_state=wording.right_state_text(answer["right_state"]),
        membership=wording.membership_text(answer["membership"]),
        steps=[guidance.STEPS[step] for step in answer["next_steps"]],
        questions=[guidance.question(need, name) for need in answer["needs"]],
        form_problems=[wording.reason_text(reason) for reason in answer["because"] if reason["rule"][:1] == "W"]
        if "check_waiver" in answer["next_steps"]
        else [],
        reasons=list(_reasons(answer, names)),
        links=[
            Link(names[link["parent"]], onfile.is_apart(link), onfile.link_sentences(link))
            for link in facts.get("parents") or ()
        ],
        screenings=[
            (kept.row, screening_text(item))
            for kept, item in zip(detail.book.rows("screening", person.pk), facts.get("screenings", []), strict=False)
        ],
        facts=onfile.rows(person, facts, detail.book, name, names),
        contact=onfile.contact_rows(person, detail.book, attempts, day),
        reached=next((row for row in attempts if row.outcome == ContactAttempt.Outcome.REACHED), None),
    )


def _reasons(answer: Fact, names: Mapping[str, str]) -> Iterator[Reason]:
    for reason in answer["because"]:
        others = [names[about] for about in reason["about"] if about != answer["id"]]
        yield Reason(
            wording.reason_text(reason),
            list_text(others),
            guidance.basis_text(reason["basis"]),
            wording.citation_text(reason),
        )


def _deadline(deadline: Fact, names: Mapping[str, str], day: datetime.date) -> DeadlineRow:
    return DeadlineRow(
        label=guidance.DEADLINES[deadline["id"]],
        name=names[deadline["person"]],
        due=deadline["due"],
        act_by=deadline["act_by"],
        left=guidance.days_left_text(datetime.date.fromisoformat(deadline["due"]), day),
        missed=deadline["missed"],
        if_confirmed=deadline.get("if_confirmed", False),
    )


def _to_keep(deadline: Fact, names: Mapping[str, str]) -> Event:
    """A deadline as an event of the line of time; one that was missed is past."""
    text = _("%(name)s: deadline, %(what)s") % {
        "name": names[deadline["person"]],
        "what": guidance.DEADLINES[deadline["id"]],
    }
    if deadline.get("if_confirmed"):
        text = _("%(text)s (if what waits is confirmed)") % {"text": text}
    due = datetime.date.fromisoformat(deadline["due"])
    return Event(due, (deadline["person"],), text, "own" if deadline["missed"] else "ahead", "deadline")


_CHANGED: Final = {
    "+": noop("Put on file: %(what)s (%(name)s)"),
    "~": noop("Changed: %(what)s (%(name)s)"),
    "-": noop("Taken off file: %(what)s (%(name)s)"),
}


def _change(change: Change, persons: Sequence[Person], names: Mapping[str, str]) -> ChangeRow:
    about = next((names[person.reference] for person in persons if person.pk == change.person), "")
    what = str(_model(change.what)._meta.verbose_name)
    return ChangeRow(
        when=change.when,
        who=change.who or _("the intake sheet or the installation"),
        text=_(_CHANGED[change.how]) % {"what": what, "name": about},
    )


def _model(name: str) -> type[Model]:
    """The table of facts with this name, whichever room it is in."""
    return next(model for model in apps.get_models() if model._meta.model_name == name)


def age_text(birth_date: datetime.date | None, day: datetime.date) -> str:
    """The age in whole years on the day; empty when the birthday is not known or lies ahead."""
    if birth_date is None or birth_date > day:
        return ""
    years = day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))
    return ngettext("%(years)d year old", "%(years)d years old", years) % {"years": years}
