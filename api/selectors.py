"""What callers of the API read, each in a fixed number of queries. They refuse as the pages' do."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import Prefetch

from accounts.access import access, access_family
from accounts.models import User
from accounts.owned import OwnedQuerySet
from accounts.permissions import Permission, require
from families.models import Family, Person
from families.proposals.models import Proposal
from families.proposals.selectors import row_now
from screenings.models import Screening
from settlement.determine import decision_on
from settlement.models import Determination, DeterminedDeadline
from settlement.waiting import Decision

Filters = Mapping[str, Any]


def _renamed(filters: Filters, **names: str) -> dict[str, Any]:
    """The filters by the names of their columns; only those that are named."""
    return {column: filters[name] for name, column in names.items() if name in filters}


def families(actor: User, filters: Filters) -> OwnedQuerySet[Any]:
    """Families, in order of their keys, each with the head of its current determination as the list `current`."""
    require(actor, Permission.FAMILY_RECORD_VIEW)
    current = Determination.objects.filter(current=True)
    rows = (
        Family.objects.visible_to(actor)
        .filter(**_renamed(filters, attorney="attorney_id", paralegal="paralegal_id"))
        .select_related("attorney", "paralegal")
        .prefetch_related(Prefetch("determinations", queryset=current.defer("decision"), to_attr="current"))
    )
    answer = _renamed(filters, removal="removal", stage="stage")
    if answer:
        rows = rows.filter(pk__in=current.filter(**answer).values("family_id"))
    return rows.order_by("pk")


def family(actor: User, pk: int) -> Family:
    """One of them, with its persons."""
    rows: OwnedQuerySet[Family] = families(actor, {})
    return access(rows.prefetch_related(Prefetch("persons", queryset=persons(actor, {}))), actor, pk)


def persons(actor: User, filters: Filters) -> OwnedQuerySet[Person]:
    """Persons with what was determined of each, in order of their keys."""
    require(actor, Permission.FAMILY_RECORD_VIEW)
    columns = _renamed(
        filters, family="family_id", role="role", membership="answer__membership", removal="answer__removal"
    )
    return Person.objects.visible_to(actor).filter(**columns).select_related("answer").order_by("pk")


_FACTS = ("parent_links", "custodies", "departures", "exclusions", "elections")


def person(actor: User, pk: int) -> Person:
    """A person with all that is on file about them."""
    rows = persons(actor, {}).select_related("court_case", "return_request").prefetch_related(*_FACTS)
    return access(rows.prefetch_related(Prefetch("screenings", queryset=screenings(actor, {}))), actor, pk)


def screenings(actor: User, filters: Filters) -> OwnedQuerySet[Screening]:
    """Screenings with the judge's review, in order of their keys."""
    require(actor, Permission.FAMILY_RECORD_VIEW)
    columns = _renamed(
        filters,
        family="person__family_id",
        person="person_id",
        basis="basis",
        status="status",
        kind="kind",
        result="result",
    )
    rows = Screening.objects.visible_to(actor).filter(**columns)
    return rows.select_related("person", "judge_review").order_by("pk")


def screening(actor: User, pk: int) -> Screening:
    """One of them."""
    return access(screenings(actor, {}), actor, pk)


def decision(actor: User, pk: int, day: datetime.date) -> Decision:
    """The engine's decision for the family as of the day."""
    require(actor, Permission.FAMILY_RECORD_VIEW)
    return decision_on(access_family(actor, pk), day=day)


def determinations(actor: User, family_id: int) -> OwnedQuerySet[Determination]:
    """The family's determinations, the newest (which is the current one) first."""
    require(actor, Permission.FAMILY_RECORD_VIEW)
    of_family = access_family(actor, family_id)
    rows = Determination.objects.visible_to(actor).filter(family=of_family)
    return rows.order_by("-current", "-from_day", "-pk")  # one of an earlier day may have been worked out afterwards


def determination(actor: User, pk: int) -> Determination:
    """One determination, current or earlier."""
    require(actor, Permission.FAMILY_RECORD_VIEW)
    return access(Determination.objects.all(), actor, pk)


def deadlines(actor: User, filters: Filters) -> OwnedQuerySet[DeterminedDeadline]:
    """The deadlines of the current determinations, the next one first."""
    require(actor, Permission.FAMILY_RECORD_VIEW)
    columns = _renamed(
        filters,
        family="family_id",
        person="person_id",
        kind="kind",
        missed="missed",
        due_from="due__gte",
        due_through="due__lte",
    )
    return DeterminedDeadline.objects.visible_to(actor).filter(**columns).order_by("due", "pk")


def proposals(actor: User, filters: Filters) -> OwnedQuerySet[Proposal]:
    """Changes that wait or waited for a second person, in order of their keys."""
    require(actor, Permission.FAMILY_RECORD_VIEW)
    columns = _renamed(filters, family="family_id", person="person_id", state="state", kind="kind")
    return Proposal.objects.visible_to(actor).filter(**columns).order_by("pk")


def proposal(actor: User, pk: int) -> Proposal:
    """One of them, with the version that its row has now (0: there is no such row), as `row_version_now`."""
    found = access(proposals(actor, {}).select_related("person"), actor, pk)
    found.row_version_now = row_now(found).version  # type: ignore[attr-defined]
    return found


def recorded(actor: User, pk: int) -> Screening:
    """A screening with what waits for it, as the list `waiting`."""
    found = screening(actor, pk)
    found.waiting = list(proposals(actor, {"state": "waiting", "kind": "screening"}).filter(row=pk))  # type: ignore[attr-defined]
    return found
