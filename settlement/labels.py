"""Short names of the engine's words (rules, sections 3, 5 and 6), for lists, filters and tables of counts."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

RULES: Final[dict[str, Text]] = {
    "S1": _("by the court's stay"),
    "G1": _("by relief granted in court"),
    "G2": _("by their own positive finding or court case"),
    "G3": _("by their own right, not used up yet"),
    "F1": _("only by the claim of a family member"),
    "F2": _("only until a family member has finished"),
    "U1": _("only as a child alone"),
    "M3": _("not known whether the agreement covers them"),
    "S2": _("neither a stay nor an approved agreement"),
    "W0": _("gave up the process by a valid form"),
    "X1": _("used up every right under the agreement"),
    "M2": _("not covered by the agreement"),
    "A1": _("has left the country"),
}
"""The lines of section 6 by what they say of a person, those that bar removal first."""

RULES_OF: Final = {
    "barred": ("S1", "G1", "G2", "G3", "F1", "F2", "U1"),
    "undetermined": ("M3", "S2"),
    "bar_lifted": ("W0", "X1"),
    "outside": ("M2",),
    "absent": ("A1",),
}

STANDINGS: Final[dict[str, Text]] = {
    "available": _("right not used yet"),
    "waiting": _("right waits for a parent"),
    "pending": _("screening under way"),
    "review": _("judge's review open"),
    "disputed": _("re-evaluation disputed"),
    "joined": _("carried along by a parent's claim"),
    "won": _("positive finding"),
    "in_court": _("case in immigration court"),
    "relief": _("relief granted"),
    "lost": _("negative finding is final"),
    "lost_in_court": _("lost in immigration court"),
    "waived": _("gave up by a valid form"),
    "absent": _("has left the country"),
}

NEEDS: Final[dict[str, Text]] = {
    "P1": _("whether a parent or a guardian"),
    "P2": _("whether a citizen (parent)"),
    "P3": _("age at entry (parent)"),
    "P4": _("place of entry (parent)"),
    "P5": _("custody by DHS (parent)"),
    "P6": _("which child was taken from them"),
    "P7": _("entry and departures (parent)"),
    "P8": _("grounds to leave out (parent)"),
    "C1": _("whether a citizen (child)"),
    "C2": _("age (child)"),
    "C3": _("place of entry (child)"),
    "C4": _("from which parent taken, and reunified how"),
    "C5": _("entry and departures (child)"),
}
