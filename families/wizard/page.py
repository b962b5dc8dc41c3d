"""The draft made ready for its page: each person's fields with what was typed and what is wrong with it."""

import datetime
from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from families.models import Person
from families.wizard.duplicates import Found
from families.wizard.fields import LEGENDS, WHO, Asked, Choices, asked_in, sections_of
from families.wizard.typed import Content, Read, facts_of_draft

Text = str | Promise


class Field(NamedTuple):
    """One field of the page. `several`: the choices are boxes, of which any number may be ticked."""

    name: str
    label: Text
    hint: Text
    value: str
    choices: Choices
    error: str
    several: bool = False
    ticked: tuple[str, ...] = ()


class Section(NamedTuple):
    """Fields under a heading."""

    legend: Text
    fields: list[Field]


class Block(NamedTuple):
    """One person: who they are, what is asked of them, and what is not asked because it can change nothing."""

    ref: str
    heading: str
    who: list[Field]
    sections: list[Section]
    skipped: list[Text]


class WizardPage(NamedTuple):
    """All that the page shows."""

    step: int
    version: int
    key: str
    reference: Field
    blocks: list[Block]
    errors: list[tuple[str, str]]
    similar: list[Person]
    on_file: list[Person]


def wizard_page(
    content: Content,
    found: Read,
    *,
    version: int,
    key: str,
    errors: Mapping[str, str],
    others: Found,
    day: datetime.date,
) -> WizardPage:
    """The page for what was typed. `errors` are the sentences to show, by field."""
    asked = sections_of(facts_of_draft(found, day), content["step"])
    names = {person["ref"]: _name(person, place) for place, person in enumerate(content["persons"], 1)}
    adults: Choices = tuple(
        (person["ref"], names[person["ref"]])
        for person in content["persons"]
        if person.get("role") in ("parent", "guardian")
    )
    blocks = []
    for person in content["persons"]:
        ref, child = person["ref"], person.get("role") == "child"
        shown = asked.get(ref)
        sections = [
            Section(LEGENDS[name], [_field(one, person, errors, adults) for one in asked_in(name, child=child)])
            for name in (shown.asked if shown else ())
        ]
        skipped = [LEGENDS[name] for name in (shown.skipped if shown else ())]
        blocks.append(Block(ref, names[ref], [_field(one, person, errors, adults) for one in WHO], sections, skipped))
    own = Field(
        "reference",
        _("Family number"),
        _("The office's own number for this family."),
        content["reference"],
        (),
        errors.get("reference", ""),
    )
    told = [(name, _told(name, sentence, names)) for name, sentence in errors.items()]
    return WizardPage(content["step"], version, key, own, blocks, told, others.similar, others.on_file)


def _name(person: Mapping[str, str], place: int) -> str:
    return f"{person.get('given_names', '')} {person.get('family_names', '')}".strip() or _("Person %(number)d") % {
        "number": place
    }


def _told(name: str, sentence: str, names: Mapping[str, str]) -> str:
    ref = name.removeprefix("p").split("-")[0]
    return f"{names[ref]}: {sentence}" if name.startswith("p") and ref in names else sentence


def _field(asked: Asked, person: Mapping[str, str], errors: Mapping[str, str], adults: Choices) -> Field:
    name, value = f"p{person['ref']}-{asked.column}", person.get(asked.column, "")
    error = errors.get(name, "")
    if asked.column == "parent_refs":
        ticked = tuple(value.split("; ")) if value else ()
        return Field(name, asked.label, asked.hint, value, adults, error, True, ticked)
    return Field(name, asked.label, asked.hint, value, asked.choices, error)
