"""What is wrong with a family beyond its single cells: A-numbers of two persons, and facts in error by the rules."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from families.intake.reading import Header
from families.intake.rows import SheetPerson, column_at, read_row
from families.intake.spool import Row, Spool
from families.intake.vocabulary import shown
from families.models import Person
from settlement.engine import FactsError, Problem, read_facts

A_NUMBERS_AT_ONCE = 2_000
ROWS_NAMED = 5
_PERSON = re.compile(r"persons\[([0-9]+)\]\.?(.*)")
_ENDS_EARLY = {"dhs_to", "orr_to", "back_on", "election_withdrawn_on"}


class Clashes:
    """The A-numbers of the sheet that belong to two: to two persons of the sheet, or also to someone in the record.

    Worked out before anything is written, so that the answer is the same for a dry run and in any order of families.
    """

    def __init__(self, spool: Spool, organization_id: int, actor: User | None) -> None:
        """`actor` is None for commands, which see every family."""
        self.organization_id = organization_id
        self.actor = actor
        self.shared = spool.shared_a_numbers()
        self.taken: dict[str, tuple[str, str]] = {}
        for wanted in spool.a_numbers(A_NUMBERS_AT_ONCE):
            self.taken |= taken_a_numbers(organization_id, wanted, actor)

    def look_again(self, chunk: Mapping[str, list[Row]], header: Header) -> None:
        """Looks up the A-numbers of these families anew, for somebody else may have used one of them."""
        rows = [read_row(header, number, cells, ()) for rows in chunk.values() for number, cells in rows]
        wanted = {row.values["a_number"]: None for row in rows if "a_number" in row.values}
        self.taken |= taken_a_numbers(self.organization_id, wanted, self.actor)

    def check(self, person: SheetPerson) -> None:
        """Notes it where the person's A-number is another's."""
        a_number: str = person.values.get("a_number", "")
        others = [str(row) for row in self.shared.get(a_number, []) if row != person.row]
        if others:
            rows = ", ".join(others[:ROWS_NAMED]) + (" …" if len(others) > ROWS_NAMED else "")
            person.refuse(
                "a_number", _("Another person of this sheet has this A-number: row %(rows)s.") % {"rows": rows}
            )
        elif a_number in self.taken and self.taken[a_number] != (person.family_ref, person.person_ref):
            family, reference = self.taken[a_number]
            if not family:
                person.refuse(
                    "a_number", _("This A-number cannot be used here. Ask a supervisor of your organization.")
                )
                return
            person.refuse(
                "a_number",
                _("This A-number is already that of person “%(person)s” of family “%(family)s”.")
                % {"person": shown(reference), "family": shown(family)},
            )


def taken_a_numbers(organization_id: int, wanted: Mapping[str, Any], actor: User | None) -> dict[str, tuple[str, str]]:
    """Those of the `wanted` A-numbers that the record has, with the references of family and person; empty ones where
    the actor must not know whose it is."""
    rows = Person.objects.filter(organization_id=organization_id, a_number__in=list(wanted))
    seen = rows if actor is None else Person.objects.visible_to(actor).filter(a_number__in=list(wanted))
    hidden = {number: ("", "") for number in rows.values_list("a_number", flat=True) if number is not None}
    return hidden | {
        a_number: (family, person)
        for a_number, family, person in seen.values_list("a_number", "family__reference", "reference")
        if a_number is not None
    }


def check_facts(
    family_ref: str, day: str, facts: Sequence[Mapping[str, Any]], rows: Sequence[SheetPerson | None]
) -> None:
    """Notes what the engine finds wrong with the family's facts. `rows` has for each person the row that it came from,
    or None for one who is in the record alone."""
    try:
        read_facts({"family": family_ref, "as_of": day, "persons": list(facts)})
    except FactsError as error:
        for problem in error.problems:
            _note(problem, facts, rows)


def _note(problem: Problem, facts: Sequence[Mapping[str, Any]], rows: Sequence[SheetPerson | None]) -> None:
    found = _PERSON.fullmatch(problem.at)
    place = int(found[1]) if found else 0
    path = found[2] if found else problem.at
    row = rows[place]
    if row is None:
        first = next(row for row in rows if row is not None)
        first.refuse(
            "role",
            _("With this sheet, the record of person “%(person)s”, who is not in it, would be in error: %(what)s.")
            % {"person": shown(facts[place]["id"]), "what": f"{path} {problem.message}"},
        )
        return
    column = column_at(path, facts[place])
    row.refuse(column, _message(column, path, problem, facts[place], rows, row))


def _message(
    column: str,
    path: str,
    problem: Problem,
    facts: Mapping[str, Any],
    rows: Sequence[SheetPerson | None],
    row: SheetPerson,
) -> str:
    if column in _ENDS_EARLY:
        return _("This day is before the day on which it began.")
    if column == "person_ref":
        first = next(other for other in rows if other is not None and other.person_ref == row.person_ref)
        return _("Row %(row)d has the same person_ref in this family.") % {"row": first.row}
    link = re.match(r"parents\[([0-9]+)\]\.parent", path)
    if link:
        name = facts["parents"][int(link[1])]["parent"]
        return _("“%(name)s” is not a parent or guardian of this family.") % {"name": shown(name)}
    return _("By the rules this value is in error: %(what)s.") % {"what": f"{path} {problem.message}"}
