"""A paralegal's desk: one queue that says what to do next, in order, why, and where it is done."""

import datetime
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from django.db.models import Case, Count, Exists, OuterRef, QuerySet, Subquery, When, Window
from django.db.models.functions import Coalesce, TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from config.words import day_text, list_text
from deadlines.models import OfficeRule
from desks.board import Cell, Table, next_steps
from desks.selectors import View, saved_views
from documents.models import Paper
from documents.selectors import missing_papers, nta_not_in_court
from families.contacts.models import ContactAttempt
from families.contacts.selectors import LastContact, last_contacts
from families.contacts.silence import days_of, silent_and_held
from families.filters import NOBODY, Filters
from families.list_rows import ScreeningRow, screening_rows
from families.lists import families_list, people_list, screenings_list
from families.models import Person
from families.proposals.page import Card, plain_cards
from families.proposals.selectors import typed_by
from screenings.models import Screening
from settlement import guidance

Text = str | Promise
OF_A_KIND = 10
"""How many tasks of one kind the queue shows; the rest is behind the kind's number."""
AT_ONCE = 10
"""How many interviews to come, and changes that wait, the desk shows."""


class Task(NamedTuple):
    """One thing to do: about whom, what, why now, and the address where it is done, with the words of its link."""

    person: Person
    what: Text
    why: str
    address: str
    link: Text


class Kind(NamedTuple):
    """The tasks of one kind, the most urgent first, and how many there are in all."""

    key: str
    label: Text
    tasks: list[Task]
    all: Cell


class Pile(NamedTuple):
    """The first screenings that wait for one kind of outcome, and how many there are in all."""

    rows: list[ScreeningRow]
    all: Cell


class ParalegalDesk(NamedTuple):
    """What waits in a paralegal's families, or in everybody's while they have none (`has_families`)."""

    has_families: bool
    queue: list[Kind]
    soon: Pile
    steps: Table
    nobodys: Cell
    mine: list[Card]
    views: list[View]

    @property
    def tasks(self) -> list[Task]:
        """The queue in order."""
        return [task for kind in self.queue for task in kind.tasks]

    def persons(self) -> list[Person]:
        """Whom the desk shows by name."""
        named = [task.person for task in self.tasks] + [row.screening.person for row in self.soon.rows]
        return named + [card.proposal.person for card in self.mine]


def paralegal_desk(actor: User, day: datetime.date) -> ParalegalDesk:
    """The desk of a paralegal."""
    shown = _whose(actor, day)
    nobodys = Filters(paralegal=NOBODY, outcome="record")
    soon = Filters(paralegal=shown.paralegal, outcome="soon")
    rows = screenings_list(actor, soon, day)
    return ParalegalDesk(
        has_families=bool(shown.paralegal),
        queue=queue(actor, shown, day),
        soon=Pile(screening_rows(rows[:AT_ONCE], day), Cell(rows.count(), soon.address("screenings"))),
        steps=next_steps(actor, shown, day),
        nobodys=Cell(screenings_list(actor, nobodys, day).count(), nobodys.address("screenings")),
        mine=plain_cards(list(typed_by(actor)[:AT_ONCE]), actor.pk),
        views=saved_views(actor),
    )


def next_outcome(actor: User, day: datetime.date, *, after: int) -> int | None:
    """The key of the screening whose outcome is to be recorded next, once that of `after` is; None when none waits."""
    rows = screenings_list(actor, Filters(paralegal=_whose(actor, day).paralegal, outcome="record"), day)
    key: int | None = rows.exclude(pk=after).values_list("pk", flat=True).first()
    return key


def _whose(actor: User, day: datetime.date) -> Filters:
    """The paralegal's own families, or everybody's while they have none."""
    mine = Filters(paralegal=str(actor.pk))
    return mine if families_list(actor, mine, day).exists() else Filters()


def queue(actor: User, filters: Filters, day: datetime.date) -> list[Kind]:
    """What to do next under these filters (paralegal), kind by kind in the order of their urgency.

    An outcome that is known and not on file comes first: everybody's answer may hang on it (8 CFR 208.30(g)).
    """
    kinds = (
        _outcomes(actor, filters, day, "record", gettext_lazy("Outcomes to record"), partial(_held, day=day)),
        _outcomes(actor, filters, day, "judge", gettext_lazy("Judges’ reviews to record"), _before_judge),
        _steps(actor, filters, day, "check_waiver", gettext_lazy("Forms to return to read to the client"), _unread),
        _steps(actor, filters, day, "secure_notice_to_appear", gettext_lazy("Notices to Appear to get"), _notice),
        _notices_unseen(actor, filters),
        _silent(actor, filters, day),
        _papers(actor, filters, day),
        _steps(actor, filters, day, "find_facts", gettext_lazy("Questions to ask"), _question),
    )
    return [kind for kind in kinds if kind.tasks]


def _kind(key: str, label: Text, rows: QuerySet[Any], address: str, task: Callable[[Any], Task]) -> Kind:
    """The first rows as tasks."""
    found, number = _first(rows)
    return Kind(key, label, [task(row) for row in found], Cell(number, address))


def _first(rows: QuerySet[Any]) -> tuple[Sequence[Any], int]:
    """The first rows, and how many there are in all; in one query, for the desk has many kinds."""
    found = list(rows.annotate(in_all=Window(Count("pk")))[:OF_A_KIND])
    return found, found[0].in_all if found else 0


def _outcomes(
    actor: User,
    filters: Filters,
    day: datetime.date,
    outcome: str,
    label: Text,
    task: Callable[[Screening], Task],
) -> Kind:
    asked = Filters(paralegal=filters.paralegal, outcome=outcome)
    return _kind(outcome, label, screenings_list(actor, asked, day), asked.address("screenings"), task)


def _steps(
    actor: User,
    filters: Filters,
    day: datetime.date,
    step: str,
    label: Text,
    task: Callable[[Person], Task],
) -> Kind:
    asked = Filters(paralegal=filters.paralegal, step=step)
    rows = people_list(actor, asked, day).select_related("answer", "family").order_by("family__reference", "pk")
    return _kind(step, label, rows, asked.address("people"), task)


def _notices_unseen(actor: User, filters: Filters) -> Kind:
    """Notices to Appear that were served and that nobody has seen in the court's system: served is not filed."""
    rows = nta_not_in_court(actor)
    if filters.paralegal:
        rows = rows.filter(person__family__paralegal=int(filters.paralegal))
    label = gettext_lazy("Notices to Appear not seen in court")
    address = Filters(paralegal=filters.paralegal, pile="notices").address("people")
    return _kind("notices", label, rows, address, _unseen)


def _unseen(paper: Paper) -> Task:
    served = _("It was served on %(day)s.") % {"day": day_text(paper.served_on)} if paper.served_on else ""
    why = f"{served} {_('Look whether the court has it, and write the day down.')}".strip()
    return _papers_of(paper.person, gettext_lazy("Notice to Appear"), why)


_FAMILY = "person__family"


def _silent(actor: User, filters: Filters, day: datetime.date) -> Kind:
    """Whom nobody has spoken with for too long, who is held first, then who was not reached for the longest."""
    asked = Filters(paralegal=filters.paralegal, pile="silent")
    reached = ContactAttempt.objects.filter(outcome=ContactAttempt.Outcome.REACHED).order_by("-on", "-pk").values("on")
    own, familys = (reached.filter(**{path: OuterRef(of)}) for path, of in (("person", "pk"), (_FAMILY, "family")))
    rows: QuerySet[Any] = people_list(actor, asked, day).select_related("family")
    rows = rows.annotate(is_held=Exists(Person.objects.filter(silent_and_held(day), pk=OuterRef("pk"))))
    rows = rows.annotate(reached=Case(When(is_held=True, then=Subquery(own[:1])), default=Subquery(familys[:1])))
    held, free = days_of(OfficeRule.Kind.CONTACT_DETAINED), days_of(OfficeRule.Kind.CONTACT)
    rows = rows.annotate(days=Case(When(is_held=True, then=held), default=free))
    since = Coalesce("reached", TruncDate("family__created_at"))
    rows = rows.order_by("-is_held", since, "family__reference", "pk")
    found, number = _first(rows)
    last = last_contacts(actor, {row.family_id for row in found}) if found else {}
    tasks = [_call(row, last.get(row.pk)) for row in found]
    label = gettext_lazy("Clients nobody has spoken with for too long")
    return Kind("silent", label, tasks, Cell(number, asked.address("people")))


def _call(person: Any, last: LastContact | None) -> Task:
    """Why somebody is to be called; of who is not held what counts is when anybody of the family was reached."""
    if person.reached is not None:
        told = [_("Last spoken with on %(day)s.") % {"day": day_text(person.reached)}]
    else:
        filed = day_text(timezone.localdate(person.family.created_at))
        told = [_("On file since %(day)s, and nobody has spoken with them.") % {"day": filed}]
    if last is not None and last.tried_on != last.reached_on:
        told.append(_("Last tried on %(day)s.") % {"day": day_text(last.tried_on)})
    held = _("Is held: every %(days)d days.") if person.is_held else _("Every %(days)d days.")
    told.append(held % {"days": person.days})
    address = f"{reverse('family-contacts', args=[person.family_id])}?person={person.pk}"
    return Task(person, gettext_lazy("Call"), " ".join(told), address, gettext_lazy("Open the contacts"))


def _papers(actor: User, filters: Filters, day: datetime.date) -> Kind:
    """People in the country who lack papers that the facts let expect, each with these."""
    asked = Filters(paralegal=filters.paralegal, pile="papers")
    rows = people_list(actor, asked, day).select_related("family").order_by("family__reference", "pk")
    found, number = _first(rows)
    missing = missing_papers(actor, [person.pk for person in found]) if found else {}
    names = dict(Paper.Kind.choices)
    what = gettext_lazy("Papers missing")
    lacks = {person.pk: [str(names[one]) for one in missing.get(person.pk, ())] for person in found}
    tasks = [_papers_of(person, what, list_text(lacks[person.pk])) for person in found]
    return Kind("papers", gettext_lazy("People with papers missing"), tasks, Cell(number, asked.address("people")))


def _papers_of(person: Person, what: Text, why: str) -> Task:
    return Task(person, what, why, reverse("papers", args=[person.pk]), gettext_lazy("Open the papers"))


def _recording(screening: Screening, why: str) -> Task:
    address = reverse("desk-outcome", args=[screening.pk])
    return Task(screening.person, screening.get_basis_display(), why, address, gettext_lazy("Record"))


def _held(screening: Screening, *, day: datetime.date) -> Task:
    on = screening.interview_on
    if on is None:
        return _recording(screening, _("The interview was held, and its result is not on file."))
    days = (day - on).days
    ago = ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days} if days > 0 else _("today")
    words = {"day": day_text(on), "ago": ago}
    return _recording(screening, _("Interview on %(day)s (%(ago)s), and its result is not on file.") % words)


def _before_judge(screening: Screening) -> Task:
    on = screening.decided_on
    if on is None:
        return _recording(screening, _("A judge was asked. Find out whether it is decided."))
    why = _("Negative on %(day)s, and a judge was asked. Find out whether it is decided.") % {"day": day_text(on)}
    return _recording(screening, why)


def _about(person: Person, what: Text, why: str, link: Text) -> Task:
    return Task(person, what, why, f"{reverse('family', args=[person.family_id])}#person-{person.pk}", link)


def _unread(person: Person) -> Task:
    why = _("The form on file does not count as it is. See what is missing, and read it to the person alone.")
    return _about(person, gettext_lazy("Form to return"), why, gettext_lazy("See the form"))


def _notice(person: Person) -> Task:
    step = guidance.STEPS["secure_notice_to_appear"]
    return _about(person, step.title, str(step.how), gettext_lazy("See the person"))


def _question(person: Person) -> Task:
    need = person.answer.needs[0] if person.answer.needs else ""
    why = (
        guidance.question(need, person.full_name or person.reference) if need else str(guidance.STEPS["find_facts"].how)
    )
    address = reverse("questions", args=[person.pk])
    return Task(person, gettext_lazy("Question"), why, address, gettext_lazy("See what to ask"))
