"""What a row of a list says, made for one page of it in a fixed number of queries."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from config.words import list_text
from deadlines.models import Deadline
from deadlines.wording import title_of
from families.models import Family, Person
from families.page import age_text, family_title, short_names
from screenings.models import Screening
from settlement import guidance, wording
from settlement.exposure import (
    EXPOSURES,
    NEAR,
    RANKS,
    Exposure,
    coming_interview,
    exposure_of_answer,
    exposure_sentence,
    with_exposure,
)
from settlement.labels import NEEDS, RULES
from settlement.models import PersonDetermination, Removal

Text = str | Promise


class DateOf(NamedTuple):
    """A date to keep or an interview: what, when, how far off, and whether it has passed."""

    label: Text
    name: str
    day: datetime.date
    left: str
    missed: bool


class FamilyRow(NamedTuple):
    """A family in a list: who they are, where they stand, what is pressing, and the dates next to come."""

    family: Family
    title: str
    persons: str
    status: wording.Status | None
    pressing: Exposure
    sentence: str
    missed: DateOf | None
    next: DateOf | None


class PersonRow(NamedTuple):
    """A person in a list."""

    person: Person
    age: str
    status: wording.Status | None
    why: Text
    right: Text
    steps: list[Text]
    needs: list[Text]
    question: str = ""
    """Of somebody undetermined, the one question that would settle the most."""


class ScreeningRow(NamedTuple):
    """A screening whose outcome is awaited; while no day is known, `interview` is None and `left` empty."""

    screening: Screening
    interview: datetime.date | None
    left: str


def family_rows(actor: User, families: Sequence[Family], day: datetime.date) -> list[FamilyRow]:
    """The rows of these families, which have `stands`, in four queries."""
    here = Family.objects.visible_to(actor).filter(pk__in=[family.pk for family in families])
    exposures = dict(with_exposure(here, day).values_list("pk", "exposure"))
    members: dict[int, list[Person]] = defaultdict(list)
    persons = Person.objects.visible_to(actor).filter(family__in=families).annotate(rank=exposure_of_answer("answer__"))
    for person in persons.select_related("answer").order_by("pk"):
        members[person.family_id].append(person)
    dates = _dates(actor, members, day)
    return [_family_row(family, exposures[family.pk], members[family.pk], dates[family.pk], day) for family in families]


class _Dates(NamedTuple):
    """The dates of a family, each list with the earliest first; `pressing` are those deadlines on which most hangs."""

    deadlines: list[DateOf]
    pressing: list[DateOf]
    interviews: list[DateOf]


def _dates(actor: User, members: Mapping[int, Sequence[Person]], day: datetime.date) -> dict[int, _Dates]:
    """The open dates and the coming interviews of these families."""
    names: dict[int, str] = {}
    for persons in members.values():
        short = short_names(persons)
        names |= {person.pk: short[person.reference] for person in persons}
    found = {family_id: _Dates([], [], []) for family_id in members}
    rows = Deadline.objects.open().visible_to(actor).filter(family__in=members).order_by("due_on", "pk")
    for deadline in rows.only("family_id", "person_id", "kind", "title", "weight", "source", "due_on"):
        name = names[deadline.person_id] if deadline.person_id else _("the whole family")
        of = date_of(title_of(deadline), name, deadline.due_on, day)
        found[deadline.family_id].deadlines.append(of)
        if deadline.presses:
            found[deadline.family_id].pressing.append(of)
    interviews = Screening.objects.visible_to(actor).filter(coming_interview(day), person__family__in=members)
    for family_id, person_id, on in interviews.order_by("interview_on", "pk").values_list(
        "person__family_id", "person_id", "interview_on"
    ):
        assert on is not None  # noqa: S101  # coming_interview() says so
        found[family_id].interviews.append(date_of(_("Interview"), names[person_id], on, day))
    return found


def date_of(label: Text, name: str, on: datetime.date, day: datetime.date) -> DateOf:
    """A date, seen from the day."""
    return DateOf(label, name, on, guidance.days_left_text(on, day), on < day)


def _family_row(family: Family, rank: int, persons: Sequence[Person], dates: _Dates, day: datetime.date) -> FamilyRow:
    stands: str | None = family.stands  # type: ignore[attr-defined]  # annotated by the list
    missed = [date for date in dates.pressing if date.missed]
    ahead = sorted([date for date in dates.deadlines if not date.missed] + dates.interviews, key=lambda date: date.day)
    names = short_names(persons)
    return FamilyRow(
        family=family,
        title=family_title(persons),
        persons=list_text([names[person.reference] for person in persons]),
        status=wording.family_status(stands) if stands else None,
        pressing=EXPOSURES[rank],
        sentence=_sentence(rank, stands, persons, dates.pressing, day),
        missed=missed[-1] if missed else None,
        next=ahead[0] if ahead else None,
    )


def _sentence(
    rank: int, stands: str | None, persons: Sequence[Person], deadlines: Sequence[DateOf], day: datetime.date
) -> str:
    """What is pressing in this family; where nothing is, where the family stands."""
    names = short_names(persons)
    touched = [names[person.reference] for person in persons if person.rank == rank]  # type: ignore[attr-defined]
    if rank < RANKS["date"]:
        return exposure_sentence(rank, list_text(touched), len(touched))
    if rank == RANKS["date"]:
        # What can still be kept comes before what is missed.
        near = [date for date in deadlines if date.day <= day + NEAR]
        nearest = next((date for date in near if not date.missed), near[-1])
        words = {"deadline": capfirst(str(nearest.label)), "name": nearest.name, "when": nearest.left}
        return _("%(deadline)s (%(name)s): %(when)s.") % words
    if stands is None:
        return _("This family has no answer yet. It is made with the next change, or within minutes.")
    answers = [{"removal": person.answer.removal} for person in persons]
    return wording.family_sentence({"removal": stands, "persons": answers})


def person_rows(persons: Sequence[Person], day: datetime.date) -> list[PersonRow]:
    """The rows of these persons, which come with their answers; no query."""
    return [_person_row(person, getattr(person, "answer", None), day) for person in persons]


def _person_row(person: Person, answer: PersonDetermination | None, day: datetime.date) -> PersonRow:
    if answer is None:
        return PersonRow(person, age_text(person.birth_date, day), None, "", "", [], [])
    return PersonRow(
        person=person,
        age=age_text(person.birth_date, day),
        status=wording.status(answer.removal, answer.rule),
        why=RULES[answer.rule],
        right=wording.right_state_text(answer.right_state),
        steps=_steps_of(answer),
        needs=[NEEDS[need] for need in answer.needs],
        question=question_of(person, answer),
    )


def _steps_of(answer: PersonDetermination) -> list[Text]:
    """What is next; of whom this agreement no longer protects first that other law may: never that nothing is left."""
    beyond = [wording.OTHER_LAW_SHORT] if answer.removal == Removal.BAR_LIFTED else []
    return [*beyond, *(guidance.STEPS[step].title for step in answer.next_steps)]


def question_of(person: Person, answer: PersonDetermination) -> str:
    """What to ask first about somebody of whom it is not known whether they are protected; empty for others."""
    if answer.removal != Removal.UNDETERMINED or not answer.needs:
        return ""
    return guidance.question(answer.needs[0], person.full_name or person.reference)


def screening_rows(screenings: Iterable[Screening], day: datetime.date) -> list[ScreeningRow]:
    """The rows of these screenings, which come with their persons and families; no query."""
    return [_screening_row(row, day) for row in screenings]


def _screening_row(row: Screening, day: datetime.date) -> ScreeningRow:
    on = row.interview_on
    if on is None:
        return ScreeningRow(row, None, "")
    # A day that has come is not "missed": the interview was held, or its day must be asked for again.
    ago = ngettext("%(days)d day ago", "%(days)d days ago", (day - on).days) % {"days": (day - on).days}
    return ScreeningRow(row, on, ago if on < day else guidance.days_left_text(on, day))
