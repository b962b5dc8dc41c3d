"""What was typed about a new family, read as the intake sheet reads its rows: a person of the draft is a row.

The content of a draft: {"step": 1 to 3, "reference": text, "next": number, "persons": [{"ref": "1", column: text}]}.
Texts are kept as they were typed. An empty one is not known, and never "no".
"""

import copy
import datetime
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext as _

from families.intake.checks import check_facts
from families.intake.rows import Groups, SheetPerson, check_groups, person_facts, sheet_groups
from families.intake.vocabulary import COLUMNS, is_unknown
from settlement.waiting import Facts

Content = dict[str, Any]
MOST_PERSONS: Final = 20
_MOST_SIGNS: Final = 2000
_NEEDED: Final = ("role", "given_names")
COLUMNS_ASKED: Final = (*(name for name in COLUMNS if name not in ("family_ref", "person_ref")), "contact_note")


def new_content() -> Content:
    """A draft in which nothing is typed: a parent and a child are the least that a separated family is."""
    return {
        "step": 1,
        "reference": "",
        "next": 3,
        "persons": [{"ref": "1", "role": "parent"}, {"ref": "2", "role": "child"}],
    }


def typed_in(content: Content, data: QueryDict) -> Content:
    """The content with what a page sent in it. What the page did not show stays as it was."""
    found = copy.deepcopy(content)
    if "reference" in data:
        found["reference"] = str(data["reference"])[:_MOST_SIGNS]
    for person in found["persons"]:
        for column in COLUMNS_ASKED:
            name = f"p{person['ref']}-{column}"
            if name in data:
                several = column == "parent_refs"
                texts = [str(text) for text in (data.getlist(name) if several else [data[name]]) if text]
                person[column] = "; ".join(texts)[:_MOST_SIGNS]
    return found


def with_person(content: Content) -> Content:
    """The content with one more person; unchanged where there are as many as one may type."""
    if len(content["persons"]) >= MOST_PERSONS:
        return content
    return {
        **content,
        "next": content["next"] + 1,
        "persons": [*content["persons"], {"ref": str(content["next"]), "role": ""}],
    }


def without_person(content: Content, ref: str) -> Content:
    """The content without a person; nobody names them as a parent any more. The last one stays."""
    kept = [copy.deepcopy(person) for person in content["persons"] if person["ref"] != ref]
    for person in kept:
        named = [one for one in person.get("parent_refs", "").split("; ") if one and one != ref]
        person["parent_refs"] = "; ".join(named)
    return {**content, "persons": kept} if kept else content


class Read(NamedTuple):
    """The persons of a draft as read, and what is wrong by field name (`p1-birth_date`)."""

    persons: list[SheetPerson]
    errors: dict[str, str]

    @property
    def groups(self) -> dict[str, Groups]:
        """The groups of facts of each person by ref; of a person with an error, what could be read."""
        return {person.person_ref: sheet_groups(person.values, {}) for person in self.persons}


def read(content: Content, day: datetime.date) -> Read:
    """Every cell read by its column's reader; what cannot be read, or is an error by the rules, has its sentence."""
    persons: list[SheetPerson] = []
    errors: dict[str, str] = {}
    adults = {person["ref"] for person in content["persons"] if person.get("role") in ("parent", "guardian")}
    for place, typed in enumerate(content["persons"]):
        person = _person(place, typed, adults)
        persons.append(person)
    known = [person for person in persons if "role" in person.values]
    facts = [person_facts(person.person_ref, sheet_groups(person.values, {})) for person in known]
    if facts:
        check_facts("-", day.isoformat(), facts, known)
    for person in persons:
        errors |= {f"p{person.person_ref}-{problem.column}": problem.message for problem in person.problems}
    return Read(persons, errors)


def _person(place: int, typed: Mapping[str, str], adults: Iterable[str]) -> SheetPerson:
    person = SheetPerson(place, [], "", typed["ref"])
    for name in COLUMNS_ASKED:
        text = typed.get(name, "").strip()
        column = COLUMNS.get(name)
        if column is None or not text or (is_unknown(text) and not column.any_text and name != "parent_refs"):
            continue
        try:
            value = column.read(text)
        except ValueError as error:
            person.refuse(name, str(error))
            continue
        person.values[name] = [ref for ref in value if ref in adults] if name == "parent_refs" else value
    for name in _NEEDED:
        if name not in person.values:
            person.refuse(name, _("This is needed."))
    if person.values.get("role") != "child" or not person.values.get("parent_refs"):
        for name in (
            "parent_refs",
            "entered_together",
            "separated_on",
            "separated_by",
            "reunified_on",
            "reunification",
        ):
            person.values.pop(name, None)
    check_groups(person)
    return person


def facts_of_draft(found: Read, day: datetime.date) -> Facts | None:
    """The facts as the engine takes them; None while no person's role is known, or where they are in error."""
    known = [person for person in found.persons if "role" in person.values]
    if not known:
        return None
    groups = found.groups
    persons = [person_facts(one.person_ref, groups[one.person_ref]) for one in known]
    return {"family": "-", "as_of": day.isoformat(), "persons": persons}
