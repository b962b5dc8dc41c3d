"""A row of the sheet becomes a person: values by column, and from them the facts in the contract's JSON form.

*Values* are what the known columns say: column name -> value as its reader gives it; an unknown cell has no entry.
*Groups* are what the values become, in pieces that are compared and changed as one (see `GROUPS`): single attributes,
and custody, links, screenings and so on whole. The same groups are made from what is stored (`record_groups`), so the
sheet and the record can be compared.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from config.text import without_safety
from families.intake.reading import ERROR_COLUMN, Header
from families.intake.vocabulary import COLUMNS, NONE, fold, is_unknown

Values = dict[str, Any]
Groups = dict[str, Any]

# Field of a fact -> column of the sheet.
ENTRY = {"on": "entry_on", "place": "entry_place"}
LINK = {name: name for name in ("entered_together", "separated_on", "separated_by", "reunified_on", "reunification")}
DEPARTURE = {"on": "departed_on", "kind": "departed_kind", "back_on": "back_on"}
EXCLUSION = {"kind": "exclusion_kind", "status": "exclusion_status"}
INITIAL = {"kind": "initial_kind", "result": "initial_result", "decided_on": "initial_decided_on"}
SECOND = {
    "kind": "second_kind",
    "status": "second_status",
    "interview_on": "second_interview_on",
    "result": "second_result",
    "decided_on": "second_decided_on",
    "state_of_mind_weighed": "state_of_mind_weighed",
}
REVIEW = {
    "asked": "judge_asked",
    "asked_on": "judge_asked_on",
    "outcome": "judge_outcome",
    "decided_on": "judge_decided_on",
}
ELECTION = {
    "choice": "election",
    "signed_on": "election_signed_on",
    "signed_by": "election_signed_by",
    "own_form": "own_form",
    "understood": "understood",
    "voluntary": "voluntary",
    "via_class_counsel": "via_class_counsel",
    "withdrawn_on": "election_withdrawn_on",
}
COURT_CASE = {
    "kind": "court_kind",
    "opened_on": "court_opened_on",
    "outcome": "court_outcome",
    "decided_on": "court_decided_on",
    "final_on": "court_final_on",
}
CUSTODY = {"dhs": ("dhs_from", "dhs_to"), "orr": ("orr_from", "orr_to")}

ATTRIBUTES = ("role", "birth_date", "noncitizen", "lacks_capacity", "asylum_filed_on")
"""Single attributes that are facts by the rules."""
TEXTS = ("given_names", "family_names", "a_number", "country", "language", "phone", "email", "notes")
"""Single attributes that are none."""
GROUPS: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in (*ATTRIBUTES, *TEXTS)},
    "entry": tuple(ENTRY.values()),
    "custody": ("dhs_from", "dhs_to", "orr_from", "orr_to"),
    "parents": ("parent_refs", *LINK.values()),
    "departures": tuple(DEPARTURE.values()),
    "exclusions": tuple(EXCLUSION.values()),
    "initial": tuple(INITIAL.values()),
    "second": (*SECOND.values(), *REVIEW.values()),
    "elections": tuple(ELECTION.values()),
    "court_case": tuple(COURT_CASE.values()),
}
"""Group -> its columns."""


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong with one cell of a row."""

    column: str
    message: str


@dataclass(slots=True)
class SheetPerson:
    """One row of the sheet, read."""

    row: int
    cells: list[str]
    family_ref: str
    person_ref: str
    values: Values = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    problems: list[CellProblem] = field(default_factory=list)

    def refuse(self, column: str, message: str) -> None:
        """Notes a problem, one for a column: what follows from the first is not worth a second line."""
        if not self.has_problem(column):
            self.problems.append(CellProblem(column, message))

    def has_problem(self, *columns: str) -> bool:
        return any(problem.column in columns for problem in self.problems)


def plain(cell: str) -> str:
    """A cell's text without spaces around, and without the apostrophe that makes it safe in a spreadsheet."""
    return without_safety(cell).strip()


def reference(header: Header, cells: list[str], column: str) -> str:
    """The family's or person's reference in a row: its text without spaces around; empty when there is none."""
    return plain(cells[header.columns[column]])


def read_row(header: Header, row: int, cells: list[str], references: Collection[str]) -> SheetPerson:
    """Reads the cells of a row, and notes those that cannot be read. `references` are the persons of its family: a name
    that is theirs is never read as a word for unknown."""
    person = SheetPerson(row, cells, reference(header, cells, "family_ref"), reference(header, cells, "person_ref"))
    for name, place in header.columns.items():
        column = COLUMNS[name]
        text = plain(cells[place])
        if not text or (
            not column.any_text and is_unknown(text) and not (name == "parent_refs" and text in references)
        ):
            if column.needed:
                person.refuse(name, _("This must be filled in."))
            continue
        try:
            value = column.read(text)
        except ValueError as error:
            person.refuse(name, str(error))
            continue
        if value != []:  # semicolons alone name no parents: who they are is unknown, which is not that there are none
            person.values[name] = value
    for name, place in header.others.items():
        if fold(name) != ERROR_COLUMN and (text := plain(cells[place])):
            person.extra[name] = text
    return person


def check_groups(person: SheetPerson) -> None:
    """Notes what one person's values lack together: the start of a custody, a child's parents, a screening's status."""
    values = person.values
    for begun, ended in CUSTODY.values():
        if ended in values and values.get(begun, NONE) == NONE and not person.has_problem(begun):
            person.refuse(ended, _("This needs a date in %(column)s.") % {"column": begun})
    _check_parents(person)
    second = [column for column in SECOND.values() if column in values]
    review = [column for column in REVIEW.values() if column in values]
    if person.has_problem(*SECOND.values()):
        return
    if second and "second_status" not in values and "second_result" not in values:
        person.refuse("second_status", _("A second screening needs its status or its result."))
    if review and not second:
        person.refuse(review[0], _("A judge’s review needs a second screening: fill in second_status."))


def _check_parents(person: SheetPerson) -> None:
    values = person.values
    known = [column for column in LINK.values() if column in values]
    if known and "parent_refs" not in values and not person.has_problem("parent_refs"):
        person.refuse(known[0], _("This needs the parents it is about, in parent_refs."))
    if "parent_refs" in values and values.get("role") in ("parent", "guardian"):
        person.refuse("parent_refs", _("Only a child’s row names parents."))


# --- values into groups and facts ---


def _item(values: Values, fields: Mapping[str, str]) -> dict[str, Any]:
    return {name: values[column] for name, column in fields.items() if column in values}


def sheet_groups(values: Values, extra: Mapping[str, str]) -> Groups:
    """The groups of a row without problems."""
    groups: Groups = {name: values.get(name) for name in (*ATTRIBUTES, *TEXTS)}
    initial = _item(values, INITIAL)
    exclusion = _item(values, EXCLUSION)
    election = _item(values, ELECTION)
    groups["entry"] = _item(values, ENTRY) or None
    groups["custody"] = _custody(values)
    groups["parents"] = _links(values)
    groups["departures"] = [] if values.get("departed_on") == NONE else [_item(values, DEPARTURE)]
    if groups["departures"] == [{}]:
        groups["departures"] = None
    groups["exclusions"] = [exclusion] if exclusion else []
    groups["initial"] = [{"basis": "initial", "status": "decided", **initial}] if initial else []
    groups["second"] = _second(values)
    groups["elections"] = [election] if election else []
    groups["court_case"] = _item(values, COURT_CASE) or None
    groups["extra"] = dict(extra)
    return groups


def _custody(values: Values) -> list[dict[str, Any]] | None:
    held = []
    known = False
    for by, (begun, ended) in CUSTODY.items():
        known = known or begun in values
        if values.get(begun, NONE) != NONE:
            held.append({"by": by, **_item(values, {"from": begun, "to": ended})})
    return held if known else None


def _links(values: Values) -> list[dict[str, Any]] | None:
    if "parent_refs" not in values:
        return None
    return [{"parent": parent, **_item(values, LINK)} for parent in sorted(values["parent_refs"])]


def _second(values: Values) -> list[dict[str, Any]]:
    screening = _item(values, SECOND)
    review = _item(values, REVIEW)
    if not screening:
        return []
    screening.setdefault("status", "decided")
    screening["basis"] = "independent" if values.get("role") == "child" else "reevaluation"
    if review:
        screening["judge_review"] = review
    return [screening]


def record_groups(facts: Mapping[str, Any], attributes: Mapping[str, Any]) -> Groups:
    """The groups of a stored person: `facts` as the engine gets them, `attributes` the texts and `extra`."""
    known = _known(facts)
    screenings = known.get("screenings", [])
    groups: Groups = {name: known.get(name) for name in ATTRIBUTES}
    groups |= {name: attributes[name] or None for name in TEXTS}
    groups["entry"] = known.get("entry") or None
    groups["custody"] = known.get("custody")
    groups["parents"] = sorted(known["parents"], key=lambda link: link["parent"]) if "parents" in known else None
    groups["departures"] = known.get("departures")
    groups["exclusions"] = known.get("exclusions", [])
    groups["initial"] = [screening for screening in screenings if screening["basis"] == "initial"]
    groups["second"] = [screening for screening in screenings if screening["basis"] != "initial"]
    groups["elections"] = known.get("elections", [])
    groups["court_case"] = known.get("court_case")
    groups["extra"] = attributes["extra"]
    return groups


def _known(value: Any) -> Any:
    """The value without what is null in it."""
    if isinstance(value, Mapping):
        return {name: _known(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_known(item) for item in value]
    return value


def person_facts(person_ref: str, groups: Groups, return_request: Any = None) -> dict[str, Any]:
    """A person of the record (rules, section 1) made of groups, and of the return request, which no sheet has."""
    facts = {"id": person_ref, **{name: groups[name] for name in ATTRIBUTES}}
    for name in ("entry", "custody", "departures", "exclusions", "parents", "elections", "court_case"):
        facts[name] = groups[name]
    facts["screenings"] = groups["initial"] + groups["second"]
    facts["return_request"] = return_request
    return facts


# --- back from facts to columns ---

_STEP = re.compile(r"[a-z_]+|[0-9]+")
_LISTS = {"departures": DEPARTURE, "exclusions": EXCLUSION, "elections": ELECTION, "parents": LINK}
_OBJECTS = {"entry": ENTRY, "court_case": COURT_CASE}


def column_at(path: str, facts: Mapping[str, Any]) -> str:
    """The column in which the value at `path` stands (`custody[0].to`: dhs_to), the person's `facts` being these."""
    steps = _STEP.findall(path)
    first, last = (steps[0], steps[-1]) if steps else ("", "")
    if first == "id":
        return "person_ref"
    if first in _OBJECTS:
        return _OBJECTS[first].get(last, GROUPS[first][0])
    if first in _LISTS:
        return _LISTS[first].get(last, GROUPS[first][0])
    if first in ("custody", "screenings") and len(steps) > 1:
        item = facts[first][int(steps[1])]
        if first == "custody":
            begun, ended = CUSTODY["dhs" if item.get("by") == "dhs" else "orr"]
            return ended if last == "to" else begun
        if "judge_review" in steps:
            return REVIEW.get(last, REVIEW["asked"])
        if item.get("basis") == "initial":
            return INITIAL.get(last, "initial_result")
        return SECOND.get(last, "second_status")
    return first if first in COLUMNS else "role"


def cells_of(group: str, value: Any) -> dict[str, Any] | None:
    """What the columns of a group would say, column -> value; None when the sheet has no way to say it."""
    if group in ("initial", "second", "elections", "exclusions", "departures"):
        if value is None or len(value) > 1:
            return {} if value is None else None
        if not value:
            return {"departed_on": NONE} if group == "departures" else {}
        fields = {"initial": INITIAL, "second": SECOND}.get(group) or _LISTS[group]
        review = value[0].get("judge_review", {})
        return _columns(value[0], fields) | (_columns(review, REVIEW) if group == "second" else {})
    if group in _OBJECTS:
        return _columns(value or {}, _OBJECTS[group])
    if group == "custody":
        return _custody_cells(value)
    if group == "parents":
        return _link_cells(value)
    return {group: value} if value is not None else {}


def _columns(item: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    return {column: item[name] for name, column in fields.items() if name in item}


def _custody_cells(value: list[dict[str, Any]] | None) -> dict[str, Any] | None:
    if value is None:
        return {}
    bys = [item.get("by") for item in value]
    if len(set(bys)) < len(bys) or not set(bys) <= set(CUSTODY):
        return None
    cells: dict[str, Any] = {} if value else {"dhs_from": NONE}
    for item in value:
        cells |= _columns(item, dict(zip(("from", "to"), CUSTODY[item["by"]], strict=True)))
    return cells


def _link_cells(value: Iterable[dict[str, Any]] | None) -> dict[str, Any] | None:
    links = list(value or ())
    common = [_columns(link, LINK) for link in links]
    if any(cells != common[0] for cells in common):
        return None
    return {"parent_refs": [link["parent"] for link in links]} | common[0] if links else {}
