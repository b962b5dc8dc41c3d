"""Puts the demonstration into an installation: two organizations, the people who work there, and their families.

Everything goes through the services that a page uses, each step under a key of its own: done again it changes nothing,
and a load that was broken off goes on where it was.
"""

import datetime
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from accounts.models import Organization, User
from accounts.scope import acting_for, scope
from accounts.services import organization_create, user_create
from config.database.statistics import look_again
from demo import names, sheet
from demo.desk_work import do_desk_work
from demo.waiting import type_what_waits
from desks.movement import weeks_back
from families.intake.importing import import_sheet
from families.models import Family, Person
from families.services import fact_add, family_assign
from families.walls import opening_make, wall_make
from settlement.determine import determine_earlier, redetermine_all

RETURN_REQUESTS = 12
WALLS = 2
OPENINGS = 3


class DemoRefusedError(RuntimeError):
    """This installation is not one for a demonstration; the message says why."""


@dataclass(frozen=True)
class Office:
    """One of the demonstration's organizations. `first_number` is where its block of A-numbers begins."""

    slug: str
    name: str
    prefix: str
    families: int
    seed: int
    first_number: int
    attorneys: int
    paralegals: int


OFFICES = (
    Office("demo", "Centro Amparo (demonstration)", "CA", 780, 20181210, 100_001, attorneys=5, paralegals=4),
    Office("other", "Casa Colibrí (demonstration)", "CC", 220, 20181211, 200_001, attorneys=2, paralegals=1),
)


def load(
    *, password: str, day: datetime.date, tell: Callable[[str], object], offices: Sequence[Office] = OFFICES
) -> None:
    """Brings the demonstration to the day. Raises `DemoRefusedError` where other organizations have their record."""
    mine = {office.slug: office.name for office in offices}
    for organization in Organization.objects.order_by("pk"):
        if mine.get(organization.slug) != organization.name:
            raise DemoRefusedError(
                f"This installation belongs to {organization.name!r}, and the demonstration never meets real families. "
                "Set AMPARO_HOME to an empty folder, or DATABASE_URL to an empty database."
            )
    for office in offices:
        found = Organization.objects.filter(slug=office.slug).first()
        organization = found or organization_create(slug=office.slug, name=office.name)
        with scope(organization_id=organization.pk, actor_id=None):
            _load(office, organization, password, day, tell)
    look_again()


def _load(
    office: Office, organization: Organization, password: str, day: datetime.date, tell: Callable[[str], object]
) -> None:
    """Brings one office to the day, in its scope."""
    people = _people(office, organization, password)
    if Family.objects.filter(organization=organization).count() < office.families:
        tell(f"{office.name}: bringing in {office.families} families")
        _import(office, organization, day)
    if not Family.objects.filter(organization=organization, attorney__isnull=False).exists():
        determine_earlier(organization=organization, days=weeks_back(day)[:-1])
        with acting_for(people["supervisor"][0]):
            _assign(office, organization, people)
            _ask_for_returns(organization, people["supervisor"][0], day)
            type_what_waits(organization, people, day)
            do_desk_work(organization, people, day)
            _wall(organization, people)
    with acting_for(people["supervisor"][0]):
        _open(organization, people)
    if organization.determined_on != day:
        redetermine_all(organization=organization, day=day)


def _people(office: Office, organization: Organization, password: str) -> dict[str, list[User]]:
    """The people of the office by role. They all have the one password; another one replaces it."""
    rng = Random(office.seed)
    people: dict[str, list[User]] = {}
    counts = {"supervisor": 1, "attorney": office.attorneys, "paralegal": office.paralegals}
    for kind, count in {**counts, "administrator": 1, "auditor": 1, "volunteer": 1}.items():
        role = "paralegal" if kind == "volunteer" else kind
        for place in range(1, count + 1):
            email = f"{kind}{place if place > 1 else ''}@{office.slug}.example"
            name = f"{names.given_names(rng)} {names.two_surnames(names.surname(rng), names.surname(rng), rng)}"
            user = User.objects.filter(email=email).first()
            if user is None:
                user = user_create(
                    organization=organization,
                    email=email,
                    name=name,
                    role=role,
                    password=password,
                    language="es" if (kind, place) == ("paralegal", 2) else "en",
                    is_volunteer=kind == "volunteer",
                )
            people.setdefault(kind, []).append(user)
    if not people["supervisor"][0].check_password(password):
        for user in (user for users in people.values() for user in users):
            user.set_password(password)
            user.save(update_fields=["password"])
    return people


def _import(office: Office, organization: Organization, day: datetime.date) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "families.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            sheet.write(out, office.families, seed=office.seed, prefix=office.prefix, first_number=office.first_number)
        report = import_sheet(actor=None, organization=organization, path=path, day=day)
    if report.families.refused:
        error = report.errors[0]
        raise RuntimeError(f"row {error.row} of the demonstration's own sheet, {error.column}: {error.message}")


def _assign(office: Office, organization: Organization, people: dict[str, list[User]]) -> None:
    """Shares the families out, unevenly as in life; a few wait for somebody to take them."""
    rng = Random(office.seed)
    shares: list[list[int]] = [[] for _ in people["attorney"]]
    weights = [1 / (2 + place) for place in range(len(shares))]
    for pk in Family.objects.filter(organization=organization).order_by("reference").values_list("pk", flat=True):
        if rng.random() > 0.03:
            rng.choices(shares, weights)[0].append(pk)
    for place, (attorney, share) in enumerate(zip(people["attorney"], shares, strict=True)):
        paralegal = people["paralegal"][place % len(people["paralegal"])]
        family_assign(
            actor=people["supervisor"][0],
            family_ids=share,
            attorney_id=attorney.pk,
            paralegal_id=paralegal.pk,
            key=f"demo-assign-{attorney.pk}",
        )


def _wall(organization: Organization, people: dict[str, list[User]]) -> None:
    """Two families of other attorneys that the first one must not see."""
    first = people["attorney"][0]
    others = Family.objects.filter(organization=organization).exclude(attorney=first)
    families = others.order_by("reference")[:WALLS]
    for family in families:
        wall_make(
            actor=people["supervisor"][0],
            family_id=family.pk,
            user_id=first.pk,
            reason="Represents a relative of a witness in another case.",
            key=f"demo-wall-{family.pk}",
        )


def _open(organization: Organization, people: dict[str, list[User]]) -> None:
    """A few families of the first attorney are open to the volunteer for three days; then the next start opens them."""
    [volunteer] = people["volunteer"]
    if Family.objects.visible_to(volunteer).exists():
        return
    families = Family.objects.filter(organization=organization, attorney=people["attorney"][0]).order_by("reference")
    for family in families[:OPENINGS]:
        opening_make(
            actor=people["supervisor"][0],
            family_id=family.pk,
            user_id=volunteer.pk,
            hours=72,
            reason="Sits with the family while the forms are read aloud.",
            key=None,
        )


def _ask_for_returns(organization: Organization, actor: User, day: datetime.date) -> None:
    """Class counsel has put forward some of the removed parents, and one was answered: no column of a sheet says so."""
    removed = Person.objects.filter(organization=organization, role=Person.Role.PARENT, departures__kind="removed")
    gone = removed.filter(departures__back_on=None).order_by("family__reference", "reference")
    asked_on = datetime.date(2018, 11, 26)
    for place, person in enumerate(gone[: RETURN_REQUESTS * 5 : 5]):
        values: dict[str, object] = {
            "presented_by": "class_counsel",
            "presented_on": asked_on + datetime.timedelta(days=place),
        }
        if place == 0:
            values |= {"answer": "refused", "answered_on": asked_on + datetime.timedelta(days=9)}
        key = f"demo-return-{person.pk}"
        fact_add(actor=actor, kind="return_request", person_id=person.pk, values=values, key=key, day=day)
