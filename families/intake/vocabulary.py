"""The sheet's columns and the words that may stand in them (the contract's intake page, first table).

`COLUMNS` is the one place that knows a column's name, whether it must be there, and how its text is read. A reader
takes the text of a cell without spaces around it and returns the value in the contract's form (ISO date, true or
false, one of the contract's words, text), or raises `ValueError` with a sentence for the user. It is never asked
about an unknown cell.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

NONE = "none"
"""In `dhs_from`, `orr_from` and `departed_on`: it is known that there was nothing."""

UNKNOWN = frozenset({"", "?", "unknown", "desconocido", "n/a"})
YES = frozenset({"yes", "y", "true", "1", "sí", "si"})
NO = frozenset({"no", "n", "false", "0"})
REFERENCE_LENGTH = 500
SHOWN_LENGTH = 80

_MONTHS = "january february march april may june july august september october november december"
MONTHS = {name: number for number, whole in enumerate(_MONTHS.split(), 1) for name in (whole, whole[:3])}
ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
MONTH_FIRST = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
DAY_MONTH_NAME = re.compile(r"([0-9]{1,2})-([A-Za-z]+)-([0-9]{4})")
MONTH_NAME_DAY = re.compile(r"([A-Za-z]+) ([0-9]{1,2}), ([0-9]{4})")
TWO_DIGIT_YEAR = re.compile(
    r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{2}|[0-9]{1,2}-[A-Za-z]+-[0-9]{2}|[A-Za-z]+ [0-9]{1,2}, [0-9]{2}"
)
SEPARATORS = re.compile(r"[\s_\-\u2010\u2011]+")
A_NUMBER_SEPARATORS = re.compile(r"[\s.\-\u2010\u2011]+")
A_NUMBER = re.compile(r"[Aa]?([0-9]{7,9})")


def fold(text: str) -> str:
    """The form in which headers and words are compared: without case, spaces, hyphens and underscores."""
    return SEPARATORS.sub("", unicodedata.normalize("NFC", text)).casefold()


@lru_cache(maxsize=4096)
def is_unknown(text: str) -> bool:
    """Whether the cell says that the value is not known."""
    return fold(text) in UNKNOWN


def shown(text: str) -> str:
    """A cell's text for a message: never more than a line."""
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}…"


def read_day(text: str) -> str:
    """The ISO form of a date in one of the sheet's forms: 2018-05-14, 5/14/2018, 14-May-2018, May 14, 2018."""
    parts = _day_parts(text)
    if parts is None:
        if TWO_DIGIT_YEAR.fullmatch(text):
            raise ValueError(_("“%(value)s” has a year of two digits. Write all four.") % {"value": shown(text)})
        raise ValueError(
            _(
                "“%(value)s” is not a date in a form that can be read. "
                "Write 2018-05-14, 5/14/2018 (month first), 14-May-2018 or May 14, 2018."
            )
            % {"value": shown(text)}
        )
    try:
        return date(*parts).isoformat()
    except ValueError:
        raise ValueError(_("There is no such day as “%(value)s”.") % {"value": shown(text)}) from None


def _day_parts(text: str) -> tuple[int, int, int] | None:
    """Year, month and day, or None when the text has none of the forms. The day may still not exist."""
    if found := ISO.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := MONTH_FIRST.fullmatch(text):
        return int(found[3]), int(found[1]), int(found[2])
    if found := DAY_MONTH_NAME.fullmatch(text):
        month = MONTHS.get(found[2].lower())
        return (int(found[3]), month, int(found[1])) if month else None
    if found := MONTH_NAME_DAY.fullmatch(text):
        month = MONTHS.get(found[1].lower())
        return (int(found[3]), month, int(found[2])) if month else None
    return None


def read_day_or_none(text: str) -> str:
    """As `read_day`, or the word none."""
    return NONE if fold(text) == NONE else read_day(text)


def read_yes_no(text: str) -> bool:
    """True for yes, False for no."""
    word = fold(text)
    if word in YES:
        return True
    if word in NO:
        return False
    raise ValueError(_("“%(value)s” is neither yes nor no. Leave it empty if unknown.") % {"value": shown(text)})


def read_a_number(text: str) -> str:
    """The letter A and nine digits, with zeros in front."""
    found = A_NUMBER.fullmatch(A_NUMBER_SEPARATORS.sub("", text))
    if found is None:
        raise ValueError(_("“%(value)s” is not an A-number: it has 7 to 9 digits.") % {"value": shown(text)})
    return f"A{found[1]:0>9}"


def read_reference(text: str) -> str:
    """The office's own number for a family or a person: any text is one, also “None”."""
    if len(text) > REFERENCE_LENGTH:
        raise ValueError(_("This number is too long. It may have %(most)d characters.") % {"most": REFERENCE_LENGTH})
    return text


def read_references(text: str) -> list[str]:
    """References separated by semicolons, each named once."""
    return list(dict.fromkeys(read_reference(part.strip()) for part in text.split(";") if part.strip()))


def read_text(text: str) -> str:
    """Text as it stands."""
    return text


def one_of(*words: str, **others: str) -> Callable[[str], str]:
    """A reader for the contract's `words`; `others` are further words for them."""
    listed = {fold(word): word for word in words} | others

    def read(text: str) -> str:
        word = listed.get(fold(text))
        if word is None:
            allowed = ", ".join([word.replace("_", " ") for word in words] + list(others))
            raise ValueError(_("“%(value)s” is not one of: %(words)s.") % {"value": shown(text), "words": allowed})
        return word

    return read


def read_asked(text: str) -> str:
    """Whether a judge's review was asked for: yes, no, or silent."""
    word = fold(text)
    if word == "silent":
        return word
    if word in YES or word in NO:
        return "yes" if word in YES else "no"
    raise ValueError(_("“%(value)s” is not one of: %(words)s.") % {"value": shown(text), "words": "yes, no, silent"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the sheet: how its cells are read, and whether the sheet and each row must have it."""

    name: str
    read: Callable[[str], Any]
    needed: bool = False
    any_text: bool = False
    """The words for unknown are text like any other here: references and names."""


_KIND = one_of("credible_fear", "reasonable_fear")
_RESULT = one_of("positive", "negative")

COLUMNS: dict[str, Column] = {
    column.name: column
    for column in (
        Column("family_ref", read_reference, needed=True, any_text=True),
        Column("person_ref", read_reference, needed=True, any_text=True),
        Column(
            "role",
            one_of("parent", "guardian", "child", mother="parent", father="parent", son="child", daughter="child"),
            needed=True,
        ),
        Column("given_names", read_text, needed=True, any_text=True),
        Column("family_names", read_text, needed=True, any_text=True),
        Column("a_number", read_a_number),
        Column("birth_date", read_day),
        Column("country", read_text),
        Column("language", read_text),
        Column("noncitizen", read_yes_no),
        Column("lacks_capacity", read_yes_no),
        Column("entry_on", read_day),
        Column("entry_place", one_of("port_of_entry", "between_ports", "interior")),
        Column("dhs_from", read_day_or_none),
        Column("dhs_to", read_day),
        Column("orr_from", read_day_or_none),
        Column("orr_to", read_day),
        Column("parent_refs", read_references),
        Column("entered_together", read_yes_no),
        Column("separated_on", read_day),
        Column("separated_by", one_of("dhs", "other")),
        Column("reunified_on", read_day),
        Column("reunification", one_of("court_order", "sponsor", "abroad", "declined")),
        Column("departed_on", read_day_or_none),
        Column("departed_kind", one_of("removed", "returned", "left")),
        Column("back_on", read_day),
        Column(
            "exclusion_kind", one_of("criminal_history", "communicable_disease", "interior_arrest", "unfit_or_danger")
        ),
        Column("exclusion_status", one_of("alleged", "contested", "established", "withdrawn")),
        Column("initial_kind", _KIND),
        Column("initial_result", _RESULT),
        Column("initial_decided_on", read_day),
        Column("second_kind", _KIND),
        Column("second_status", one_of("requested", "scheduled", "interviewed", "decided", "withdrawn")),
        Column("second_interview_on", read_day),
        Column("second_result", _RESULT),
        Column("second_decided_on", read_day),
        Column("state_of_mind_weighed", read_yes_no),
        Column("judge_asked", read_asked),
        Column("judge_asked_on", read_day),
        Column("judge_outcome", one_of("vacated", "affirmed")),
        Column("judge_decided_on", read_day),
        Column("election", one_of("stay", "return")),
        Column("election_signed_on", read_day),
        Column("election_signed_by", one_of("self", "parent", "legal_representative", "other")),
        Column("own_form", read_yes_no),
        Column("understood", read_yes_no),
        Column("voluntary", read_yes_no),
        Column("via_class_counsel", read_yes_no),
        Column("election_withdrawn_on", read_day),
        Column("court_kind", one_of("section_240", "withholding_only")),
        Column("court_opened_on", read_day),
        Column("court_outcome", one_of("pending", "removal_ordered", "relief_granted", "terminated")),
        Column("court_decided_on", read_day),
        Column("court_final_on", read_day),
        Column("asylum_filed_on", read_day),
        Column("phone", read_text),
        Column("email", read_text),
        Column("notes", read_text),
    )
}
NEEDED = tuple(name for name, column in COLUMNS.items() if column.needed)
BY_FOLDED_NAME = {fold(name): name for name in COLUMNS}
PLACE = {name: place for place, name in enumerate(COLUMNS)}
