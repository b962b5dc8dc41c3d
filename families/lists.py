"""Lists of families, persons and screenings: which rows, in which order, and what each row says.

Every count on the dashboard is the length of one of these lists, or of that of dates (`deadlines.lists`), so the
conditions stand there alone.
"""

import datetime
from collections.abc import Collection
from typing import Any

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet
from django.http import Http404

from accounts.models import User
from accounts.permissions import Permission, require
from families.conditions import of_person
from families.filters import NOBODY, Filters, Office, outcome_condition
from families.models import Family, Person
from families.proposals.models import Proposal
from families.search import families_matching, persons_matching
from screenings.models import Screening
from settlement.exposure import RANKS, Annotated, most_exposed_first, with_exposure


def office_of(actor: User) -> Office:
    """What the filters of this person's office may be, in three queries. Who left is there while they have families."""
    given = list(Family.objects.visible_to(actor).order_by().values_list("attorney", "paralegal").distinct())
    attorneys, paralegals = ({pair[place] for pair in given} for place in (0, 1))
    for user in (staff := list(User.objects.visible_to(actor).order_by("name", "pk"))):
        if user.place:
            (paralegals if user.place == "paralegal" else attorneys).add(user.pk)
    origins = Person.objects.visible_to(actor).order_by().values_list("country", "language").distinct()
    countries, languages = zip(*origins, strict=True) if origins else ((), ())
    return Office(
        attorneys=[(str(user.pk), user.name) for user in staff if user.pk in attorneys],
        paralegals=[(str(user.pk), user.name) for user in staff if user.pk in paralegals],
        countries=sorted(set(countries)),
        languages=sorted(set(languages)),
    )


def of_colleague(filters: Filters, prefix: str = "") -> Q:
    """True of a family that the named attorney and paralegal have."""
    condition = Q()
    for name in ("attorney", "paralegal"):
        value = getattr(filters, name)
        if value == NOBODY:
            condition &= Q(**{f"{prefix}{name}__isnull": True})
        elif value:
            condition &= Q(**{f"{prefix}{name}": int(value)})
    return condition


def families_list(actor: User, filters: Filters, day: datetime.date) -> Annotated:
    """The families that the filters let through, with `stands` (the family's removal; None without an answer).

    A filter about persons lets a family through when it holds for somebody in it, all such filters for the same
    person. Raises `PermissionDenied` for who has no office.
    """
    require(actor, Permission.FAMILY_RECORD_VIEW)
    rows: Annotated = Family.objects.visible_to(actor).filter(of_colleague(filters))
    rows = rows.annotate(now=FilteredRelation("determinations", condition=Q(determinations__current=True)))
    rows = rows.annotate(stands=F("now__removal"))
    if filters.removal:
        stands = None if filters.removal == NOBODY else filters.removal
        rows = rows.filter(now__removal=stands) if stands else rows.filter(now__isnull=True)
    about_person = of_person(filters, day)
    if about_person:
        rows = rows.filter(Exists(Person.objects.visible_to(actor).filter(about_person, family=OuterRef("pk"))))
    if filters.search:
        rows = rows.filter(families_matching(actor, filters.text))
    if filters.exposure:
        rows = with_exposure(rows, day).filter(exposure=RANKS[filters.exposure])
    return rows


def families_sorted(rows: Annotated, sort: str, day: datetime.date) -> Annotated:
    """The families in one of the orders of `filters.FAMILIES`, with their colleagues."""
    rows = rows.select_related("attorney", "paralegal")
    if sort == "exposure":
        return most_exposed_first(rows, day)
    if sort == "date":
        return with_exposure(rows, day).order_by(F("next_date").asc(nulls_last=True), "reference", "pk")
    if sort == "attorney":
        return rows.order_by(F("attorney__name").asc(nulls_first=True), "reference", "pk")
    return rows.order_by("-pk") if sort == "newest" else rows.order_by("reference", "pk")


def people_list(actor: User, filters: Filters, day: datetime.date) -> QuerySet[Person]:
    """The persons that the filters let through. Raises `PermissionDenied` for who has no office."""
    require(actor, Permission.FAMILY_RECORD_VIEW)
    rows = persons_matching(actor, filters.text) if filters.search else Person.objects.visible_to(actor)
    rows = rows.filter(of_colleague(filters, "family__"), of_person(filters, day))
    if filters.removal == NOBODY:
        return rows.filter(answer__isnull=True)
    return rows.filter(answer__removal=filters.removal) if filters.removal else rows


def people_sorted(rows: QuerySet[Person], sort: str) -> QuerySet[Person]:
    """The persons in one of the orders of `filters.PEOPLE`, with their answers, families and colleagues."""
    rows = rows.select_related("answer", "family__attorney", "family__paralegal")
    order: dict[str, list[Any]] = {
        "": ["family__reference", "pk"],
        "name": ["family_names", "given_names", "pk"],
        "age": [F("birth_date").desc(nulls_last=True), "pk"],
    }
    return rows.order_by(*order[sort])


def screenings_list(actor: User, filters: Filters, day: datetime.date) -> QuerySet[Screening]:
    """The screenings whose outcome is awaited and that the filters let through, the earliest interview first.

    One about which something was typed that waits for a second person is on that person's list instead.
    """
    require(actor, Permission.FAMILY_RECORD_VIEW)
    rows = Screening.objects.visible_to(actor).filter(of_colleague(filters, "person__family__"))
    about_person = of_person(filters, day)
    if about_person:
        rows = rows.filter(person__in=Person.objects.visible_to(actor).filter(about_person).values("pk"))
    typed = Proposal.objects.filter(kind="screening", state="waiting", organization=OuterRef("organization"))
    rows = rows.filter(outcome_condition(filters.outcome, day)).exclude(Exists(typed.filter(row=OuterRef("pk"))))
    return rows.select_related("person__family__paralegal").order_by(F("interview_on").asc(nulls_last=True), "pk")


def assignable(actor: User) -> Office:
    """Who may be given families today."""
    staff = User.objects.visible_to(actor).filter(is_active=True).order_by("name", "pk")
    return Office(
        attorneys=[(str(user.pk), user.name) for user in staff if user.place == "attorney"],
        paralegals=[(str(user.pk), user.name) for user in staff if user.place == "paralegal"],
    )


def chosen_families(actor: User, keys: Collection[int]) -> list[Family]:
    """These families, with their colleagues; raises `Http404` when one is missing or is not this person's to see."""
    rows = Family.objects.visible_to(actor).filter(pk__in=keys).select_related("attorney", "paralegal")
    found = list(rows.order_by("reference", "pk"))
    if len(found) != len(set(keys)):
        raise Http404
    return found
