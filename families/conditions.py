"""True of which persons: what the filters of a list ask of somebody, each as a condition of one query.

A filter about persons lets a family through when it holds for somebody in it; so all of them speak of one person.
"""

import datetime
from collections.abc import Callable
from typing import Final

from django.db.models import DateField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from documents.catalogue import lacking_papers, notice_not_in_court
from families.contacts.silence import silent
from families.filters import NOBODY, Filters
from families.models import Custody, Person
from settlement.models import CourtCase, Election, Removal

_ANSWER: Final = {
    "membership": "answer__membership",
    "rule": "answer__rule",
    "standing": "answer__standing",
    "right_state": "answer__right_state",
}
_IN_ANSWER: Final = {"need": "answer__needs__contains", "step": "answer__next_steps__contains"}

_BANDS: Final = {"under5": (None, 5), "5to13": (5, 14), "14to17": (14, 18), "18to20": (18, 21), "21up": (21, None)}
"""Full years: from the first until before the second. At 14 a child signs for itself; rights end at 18 and 21."""


def of_person(filters: Filters, day: datetime.date) -> Q:
    """True of a person by who they are, who holds them, and how they were answered; `removal` is not looked at."""
    condition = _of_answer(filters)
    for name in ("country", "language"):
        value = getattr(filters, name)
        if value:
            condition &= Q(**{name: "" if value == NOBODY else value})
    if filters.role:
        child = Q(role=Person.Role.CHILD)
        condition &= child if filters.role == "child" else ~child
    if filters.held:
        condition &= held(filters.held, day)
    if filters.age:
        condition &= Q(role=Person.Role.CHILD) & aged(filters.age, day)
    if filters.pile:
        condition &= _PILES[filters.pile](day)
    return condition


def _of_answer(filters: Filters) -> Q:
    condition = Q()
    for name, column in _ANSWER.items():
        if getattr(filters, name):
            condition &= Q(**{column: getattr(filters, name)})
    for name, column in _IN_ANSWER.items():
        if getattr(filters, name):
            condition &= Q(**{column: [getattr(filters, name)]})
    return condition


def held(by: str, day: datetime.date) -> Q:
    """True of a person whom this authority holds on the day; "none": of whom it is known that nobody does.

    `NOBODY` is what is not known: held, but not by whom, or nothing on file about custody. Who is held without an end
    is still held (rules, section 1); on the day on which it ends somebody is free.
    """
    here: QuerySet[Custody] = Custody.objects.filter(person=OuterRef("pk"))
    now = here.filter(Q(began_on=None) | Q(began_on__lte=day), Q(ended_on=None) | Q(ended_on__gt=day))
    on_file = Q(custody_known=True) | Q(Exists(here))
    if by == "none":
        return on_file & ~Q(Exists(now))
    if by == NOBODY:
        return Q(Exists(now.filter(by=None))) | ~on_file
    return Q(Exists(now.filter(by=by)))


def aged(band: str, day: datetime.date) -> Q:
    """True of a person whose age on the day lies in the band; `NOBODY`: whose day of birth is not known."""
    if band == NOBODY:
        return Q(birth_date=None)
    youngest, until = _BANDS[band]
    condition = Q(birth_date__isnull=False)
    if youngest is not None:
        condition &= Q(birth_date__lte=years_before(day, youngest))
    if until is not None:
        condition &= Q(birth_date__gt=years_before(day, until))
    return condition


def years_before(day: datetime.date, years: int) -> datetime.date:
    """The latest day of birth of who is that old on the day; who was born on 29 February turns on 1 March."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return datetime.date(day.year - years, 2, 28)


def exposed(day: datetime.date) -> Q:
    """True of a person whom nothing on file would keep in the country: the bar is lifted, and no case is open.

    The engine says "bar lifted" only of who is in the country. A case is open while it is pending, while its outcome
    is not known, and while an order of removal can still be appealed (8 USC 1229a(a)(3), 8 CFR 1003.6(a)).
    """
    ordered = Q(outcome=CourtCase.Outcome.REMOVAL_ORDERED) & (Q(final_on=None) | Q(final_on__gt=day))
    still_open = Q(outcome=None) | Q(outcome=CourtCase.Outcome.PENDING) | ordered
    case = CourtCase.objects.filter(still_open, person=OuterRef("pk"))
    return Q(answer__removal=Removal.BAR_LIFTED) & ~Q(Exists(case))


def in_a_family_of_two_minds(day: datetime.date) -> Q:
    """True of a person in whose family somebody elected to return while another, who is in the country, did not.

    Elections do not bind anybody else (rules, section 4), so such a family needs separate talks.
    """
    del day  # what was signed stands until it is withdrawn
    returning = _last_forms_to_return()
    others = Person.objects.filter(family=OuterRef("family")).exclude(answer__removal=Removal.ABSENT)
    others = others.exclude(pk__in=returning.values("person"))
    return Q(family__in=returning.values("person__family")) & Q(Exists(others))


def _last_forms_to_return() -> QuerySet[Election]:
    """The forms to return that are somebody's last and not withdrawn: by the day of signing, one without a day after
    all others; of two on one day the one that is no "return" is the last, else the later one.

    Read from the few forms there are, and once for the query: asked of each person it took half a minute where
    PostgreSQL knew nothing yet of the tables.
    """
    after = Election.objects.filter(person=OuterRef("person")).exclude(pk=OuterRef("pk"))
    one_day = Q(signed_on=OuterRef("signed_on")) | Q(signed_on=None, form_day=None)
    later = Q(signed_on__gt=OuterRef("signed_on")) | Q(signed_on=None, form_day__isnull=False)
    stays = ~Q(choice=Election.Choice.RETURN) | Q(choice=None)
    with_day = after.annotate(form_day=ExpressionWrapper(OuterRef("signed_on"), output_field=DateField()))
    outdone = with_day.filter(later | (one_day & (stays | Q(pk__gt=OuterRef("pk")))))
    return Election.objects.filter(choice=Election.Choice.RETURN, withdrawn_on=None).exclude(Exists(outdone))


def without_papers(day: datetime.date) -> Q:
    """True of who is in the country, as far as is known, and lacks a paper."""
    del day  # what the facts let expect is expected until it is here
    return lacking_papers() & (~Q(answer__removal=Removal.ABSENT) | Q(answer=None))


_PILES: Final[dict[str, Callable[[datetime.date], Q]]] = {
    "exposed": exposed,
    "differ": in_a_family_of_two_minds,
    "silent": silent,
    "papers": without_papers,
    "notices": lambda _day: notice_not_in_court(),
}
