"""Single records, by their key: what is missing and what is another organization's look the same (404)."""

from typing import TypeVar

from django.db.models import Model
from django.http import Http404

from accounts.models import Organization, User
from accounts.owned import OwnedQuerySet
from families.models import Family, Person
from screenings.models import Screening

M = TypeVar("M", bound=Model)


def access(rows: OwnedQuerySet[M], actor: User, pk: int) -> M:
    """The row with this key, if the person may see it; raises `Http404` otherwise."""
    row = rows.visible_to(actor).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def access_family(actor: User, pk: int) -> Family:
    """The family, with its attorney and paralegal; raises `Http404`."""
    return access(Family.objects.select_related("attorney", "paralegal"), actor, pk)


def access_person(actor: User, pk: int) -> Person:
    """The person, with their family; raises `Http404`."""
    return access(Person.objects.select_related("family"), actor, pk)


def access_screening(actor: User, pk: int) -> Screening:
    """The screening, with its person, their family, and the judge's review if there is one; raises `Http404`."""
    return access(Screening.objects.select_related("person__family", "judge_review"), actor, pk)


def access_colleague(actor: User, pk: int) -> User:
    """Someone who works at the same organization; raises `Http404`."""
    colleague: User = access(User.objects.all(), actor, pk)
    return colleague


def organization_of(actor: User) -> Organization:
    """The organization in whose record this person writes."""
    return actor.organization
