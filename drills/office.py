"""An office of made-up people and families, made through the same services as real ones."""

import datetime
from dataclasses import dataclass, field

from django.contrib.auth import get_user_model
from django.test import Client

from accounts.entrance.sessions import FACTOR
from accounts.models import Organization, User
from accounts.services import organization_create, user_create
from config.home import readable_password
from families.models import Person
from families.services import family_create
from screenings.services import screening_add

DAY = datetime.date(2018, 12, 10)


@dataclass
class Office:
    """One organization: its people, and of each family the mother's re-evaluation that is to come."""

    organization: Organization
    people: list[User] = field(default_factory=list)
    families: list[int] = field(default_factory=list)
    mothers: list[int] = field(default_factory=list)
    screenings: list[int] = field(default_factory=list)


def make_office(name: str, *, people: int, families: int) -> Office:
    """An organization with so many paralegals and families. The families are a mother and her son."""
    office = Office(organization_create(slug=name, name=f"Office {name}"))
    for number in range(people):
        office.people.append(make_user(office.organization, f"{name}-{number}", get_user_model().Role.PARALEGAL))
    actor = office.people[0]
    for number in range(families):
        mother = {"reference": "p1", "role": "parent", "given_names": f"Made Up {number}", "family_names": name}
        son = {"reference": "c1", "role": "child", "given_names": f"Invented {number}", "family_names": name}
        reference = f"{name}-{number:04}"
        pk = family_create(actor=actor, reference=reference, persons=[mother, son], key=None, day=DAY)
        parent = Person.objects.visible_to(actor).get(family=pk, role="parent")
        values = {"basis": "reevaluation", "kind": "credible_fear", "status": "scheduled"}
        office.families.append(pk)
        office.mothers.append(parent.pk)
        office.screenings.append(screening_add(actor=actor, person_id=parent.pk, values=values, key=None, day=DAY))
    return office


def make_user(organization: Organization, name: str, role: str) -> User:
    """Somebody who works there, with a password that nobody knows."""
    address = f"{name}@drill.example"
    return user_create(organization=organization, email=address, name=name, role=role, password=readable_password())


def signed_in(user: User) -> Client:
    """A browser in this process in which this person has just signed in, with a second factor as everybody has to."""
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    client.force_login(user)
    session = client.session
    session[FACTOR] = True
    session.save()
    return client


def session_of(user: User) -> str:
    """The key of a session in which this person has just signed in, for web workers."""
    return str(signed_in(user).session.session_key)
