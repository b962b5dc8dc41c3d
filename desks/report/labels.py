"""The report's tables in words: blocks, rows in their groups, columns; and what the record does not hold."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from families.models import Person
from settlement.labels import STANDINGS

Text = str | Promise


class Group(NamedTuple):
    """Rows under one heading; the only one of a table may have none."""

    title: Text
    rows: Mapping[str, Text]


class Spec(NamedTuple):
    """A table: its block, its groups of rows and its columns, both by the keys that `figures` has."""

    key: str
    block: str
    title: Text
    groups: tuple[Group, ...]
    columns: Mapping[str, Text]
    note: Text = ""

    @property
    def rows(self) -> dict[str, Text]:
        """All rows in order."""
        return {key: label for group in self.groups for key, label in group.rows.items()}


_AGES: Final = {"minor": _("under 18"), "adult": _("18 and over"), "unknown": _("age not known")}
_ROLES: Final = {
    Person.Role.PARENT.value: _("Parents"),
    Person.Role.GUARDIAN.value: _("Guardians"),
    Person.Role.CHILD.value: _("Children"),
}
_NOT_COVERED: Final = {"not_member": _("not covered by the agreement")}
_NO_ANSWER: Final = {"no_answer": _("No answer yet")}

CHILDREN: Final = Spec(
    "children",
    "A",
    _("Children on file"),
    (
        Group(
            _("Discharged"),
            {
                "discharged.parent_held": _("to a parent whom DHS held then"),
                "discharged.parent_free": _("to a parent who was free"),
                "discharged.parent": _("to a parent; not known whether held"),
                "discharged.abroad": _("to a parent abroad"),
                "discharged.sponsor": _("to a sponsor"),
                "discharged.left": _("has left the country"),
                "discharged.adult": _("18 or older now, and not on file to whom"),
                "discharged.unknown": _("not in care, and not on file to whom"),
            },
        ),
        Group(
            _("In care, and the parent is"),
            {
                "care.parent_held": _("held by DHS"),
                "care.parent_held_else": _("held by somebody else"),
                "care.parent_free": _("free in the United States"),
                "care.parent_abroad": _("out of the country"),
                "care.red_flag": _("said to be left out of the agreement (a ground is on file)"),
                "care.declined": _("said to have declined to be reunified"),
                "care.parent_unknown": _("not known where, or not known who"),
            },
        ),
        Group(
            _("Others"),
            {
                "not_class": _("not covered by the agreement"),
                "turned_adult": _("turned 18 in care"),
                "unknown": _("not known whether in care"),
            },
        ),
    ),
    _AGES,
    _("A child stands in the first row that fits: not covered, turned 18 in care, abroad, in care, discharged."),
)
REMOVED: Final = Spec(
    "removed",
    "B",
    _("Parents and guardians who were removed"),
    (
        Group(
            "",
            {
                "reached": _("reached since"),
                "located": _("a number or address is on file; not reached"),
                "not_located": _("no number or address that works"),
                "how_unknown": _("out of the country; not known how they left"),
            },
        ),
    ),
    {
        "abroad": _("child to come to them"),
        "stays": _("child stays"),
        "differ": _("not the same for all children"),
        "unknown": _("wish not known"),
    },
)
MEMBERS: Final = Spec(
    "members",
    "C",
    _("Covered by the 2018 agreement"),
    (
        Group(
            "",
            {
                "member": _("covered"),
                "undetermined": _("not known whether covered"),
                **_NOT_COVERED,
                **_NO_ANSWER,
            },
        ),
    ),
    _ROLES,
)
FORMS: Final = Spec(
    "forms",
    "C",
    _("Election forms, by the last one"),
    (
        Group(
            "",
            {
                "stay": _("stay"),
                "return_valid": _("return; it counts"),
                "return_unclear": _("return; it does not count, or not known"),
                "return_gone": _("return; the person has left the country"),
                "withdrawn": _("withdrawn"),
                "unknown": _("choice not known"),
                "none": _("no form on file"),
                **_NOT_COVERED,
            },
        ),
    ),
    _ROLES,
)
STAGES: Final = Spec(
    "stages",
    "C",
    _("How far their claims are"),
    (Group("", {**STANDINGS, **_NOT_COVERED, **_NO_ANSWER}),),
    _ROLES,
)
REQUESTS: Final = Spec(
    "requests",
    "D",
    _("Requests that a removed parent may come back"),
    (
        Group(
            "",
            {
                "granted": _("answered: yes"),
                "refused": _("answered: no"),
                "pending": _("no answer yet, in time"),
                "late": _("no answer, and late"),
                "not_presented": _("to be presented later"),
                "unknown": _("no answer; not known when presented"),
            },
        ),
    ),
    {
        "class_counsel": _("presented by class counsel"),
        "other": _("presented by someone else"),
        "unknown": _("not known by whom"),
    },
)
SPECS: Final = {spec.key: spec for spec in (CHILDREN, REMOVED, MEMBERS, FORMS, STAGES, REQUESTS)}
"""The tables in the order of the report."""

NOT_IN_THE_RECORD: Final = (
    _("Settlement of 2023: registration, asylum applications under it, and parole. The record does not hold them."),
    _("Children who left care on their own: the record has no such way of leaving."),
    _("Removals against the agreement: whether one was, an attorney decides."),
)
"""What such reports have elsewhere, and what is no number here: a nought would be a lie."""
