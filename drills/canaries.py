"""Two offices for the access drill: in every text of every row a word that says whose it is and who may read it."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models

from accounts.models import Organization, User
from desks.report.services import report_make
from drills.routes import KINDS
from families.intake.jobs import import_job_create, run_job
from families.intake.vocabulary import COLUMNS
from families.models import Family
from settlement.determine import redetermine
from tests.factories import (
    DAY,
    everything,
    make_closure,
    make_family,
    make_hearing,
    make_letter,
    make_office_rule,
    make_opening,
    make_organization,
    make_proposal,
    make_user,
    make_wall,
)

SIDES = ("here", "there")
ZONES = (
    "open",
    "shut",
    "walled",
)  # families: open to the volunteer, too; not open to them; walled off from all who probe
OFFICE = "office"
# Made by machines, or never shown, or held to a form of their own.
_NO_TEXTS = {
    *("password", "a_number", "slug", "key", "what", "rule_version", "facts_digest", "session_key", "language", "zone"),
}
MISSING = 2**40


def word(side: str, zone: str) -> str:
    """The canary: it stands in no other text. What is typed into searches is only its beginning."""
    return f"Q{side}z{zone}"


def canary(side: str, zone: str) -> str:
    """What must not be found in an answer for somebody who may not see the zone."""
    return f"{word(side, zone)}vq7".lower()


@dataclass
class Side:
    """One organization, its people by role, and for each zone the keys of rows by their kind."""

    name: str
    organization: Organization
    people: dict[str, User] = field(default_factory=dict)
    keys: dict[str, dict[str, int]] = field(default_factory=dict)
    families: dict[str, Family] = field(default_factory=dict)
    a_numbers: dict[str, str] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)


def make_side(name: str) -> Side:
    """The organization with everything in it; nothing of it is seen by the other one."""
    side = Side(name, make_organization(name))
    for role in User.Role.values:
        side.people[role] = make_user(side.organization, role)
    side.people["volunteer"] = make_user(side.organization, User.Role.PARALEGAL, is_volunteer=True)
    keeper = make_user(side.organization, User.Role.SUPERVISOR)  # sees what is walled off from the others
    for zone in ZONES:
        family = make_family(side.organization, everything(), attorney=keeper, paralegal=side.people["paralegal"])
        side.families[zone] = family
        make_proposal(family, keeper)
        make_letter(family, keeper)
        make_hearing(family.persons.all()[0], datetime.datetime.combine(DAY, datetime.time(12), datetime.UTC))
    make_closure(side.organization, DAY)
    make_office_rule(side.organization)
    make_opening(side.families["open"], side.people["volunteer"], keeper)
    for colleague in side.people.values():
        make_wall(side.families["walled"], colleague, keeper)
    _bring_sheet(side)
    _write_canaries(side)
    families = [family.pk for family in side.families.values()]
    redetermine(organization=side.organization, family_ids=families, day=DAY, rebuild=True)
    report_make(actor=keeper, key=None, day=DAY)
    for zone in (*ZONES, OFFICE):
        side.keys[zone] = dict(_keys(side, zone))
    return side


def _bring_sheet(side: Side) -> None:
    """A sheet that was looked at: the rows that it refuses say whose they are."""
    text = canary(side.name, OFFICE)
    cells = {"family_ref": text, "person_ref": "p1", "role": "mother", "given_names": text, "birth_date": "2018-13-45"}
    rows = ",".join(COLUMNS) + "\n" + ",".join(cells.get(name, "") for name in COLUMNS) + "\n"
    actor = side.people[User.Role.PARALEGAL]
    run_job(import_job_create(actor=actor, file_name=f"{text}.csv", file=rows.encode(), key=None))


def _models() -> Iterator[type[models.Model]]:
    """Every table of ours that belongs to an organization."""
    for model in apps.get_models():
        if any(part.name == "organization" for part in model._meta.local_fields):
            yield model


def _rows(side: Side, model: type[models.Model], zone: str) -> Any:
    """The rows of this zone in the table, or None where the table has no such zone."""
    rows: Any = model._default_manager.filter(organization=side.organization)
    path = getattr(model, "family_path", "")
    if zone == OFFICE:
        return None if path else rows
    return rows.filter(**{path: side.families[zone].pk}) if path else None


def _write_canaries(side: Side) -> None:
    Organization.objects.filter(pk=side.organization.pk).update(name=canary(side.name, OFFICE))
    for model in _models():
        for zone in (*ZONES, OFFICE):
            rows = _rows(side, model, zone)
            for row in rows if rows is not None else ():
                texts = dict(_texts(model, canary(side.name, zone), row.pk))
                if texts:
                    type(row)._default_manager.filter(pk=row.pk).update(**texts)
                    side.texts |= {f"{model._meta.label}.{name}" for name in texts}


def _texts(model: type[models.Model], text: str, pk: int) -> Iterator[tuple[str, Any]]:
    """The text fields of a table, each with the canary; the row's key makes it unique."""
    for part in model._meta.local_fields:
        if (
            part.name in _NO_TEXTS
            or part.choices
            or part.primary_key
            or not isinstance(part, models.CharField | models.TextField)
        ):
            continue
        if isinstance(part, models.GeneratedField):
            continue
        value = f"{text}-{pk}@drill.example" if isinstance(part, models.EmailField) else f"{text}-{pk}"
        if part.max_length is None or len(value) <= part.max_length:
            yield part.name, value


def _keys(side: Side, zone: str) -> Iterator[tuple[str, int]]:
    """For each kind of row whose key stands in an address, one of this zone."""
    for kind, label in KINDS.items():
        try:
            model = apps.get_model(label)
        except LookupError:
            continue
        rows = _rows(side, model, zone)
        found = rows.order_by("pk").first() if rows is not None else None
        if found is not None:
            yield kind, found.pk
