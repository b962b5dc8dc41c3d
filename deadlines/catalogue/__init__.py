"""The catalogue of deadlines: each date of law and of practice as data, with its basis, citation and day of checking.

Dates of law live here and in `settlement/engine/parameters.py`, nowhere else. What the record can set off is derived by
`deadlines.refresh`; the rest is started by hand with a date off a paper.

Looked at and left out, because nothing of them can still be kept or missed: the days of the injunction of 2018-06-26
by which children were to be reunified (2018-07-10 and 2018-07-26, practice D-01), the objections and the hearing on
whether the agreement is fair (2018-11-15, D-04), and the status reports of 2018 and 2019 (D-05). They bound the
government and the court, belong to no one family, and passed years before a family could be put on file. The turns of
the class action that still matter to somebody stand in the court record (`settlement.models.CourtEvent`). Of D-05 the
part that can come again is `status_report`, started by hand with the date of the order.
"""

from collections.abc import Iterable
from typing import Final

from deadlines.catalogue import agreement, asylum, court, custody, fear, office, settlement_2023
from deadlines.catalogue.entries import Entry

LAW: Final[dict[str, Entry]] = {
    entry.id: entry for area in (agreement, fear, court, asylum, settlement_2023, custody) for entry in area.ENTRIES
}
"""The dates of law and of practice: what the page of the catalogue shows."""

OFFICE: Final[dict[str, Entry]] = {str(entry.id): entry for entry in office.ENTRIES}
"""The rules of the office that Amparo knows, as they are where an organization has not changed them."""

CATALOGUE: Final[dict[str, Entry]] = {**LAW, **OFFICE}

DERIVED: Final[tuple[Entry, ...]] = tuple(entry for entry in LAW.values() if entry.set_off is not None)
"""The entries of law that the record itself sets off."""

BY_HAND: Final[tuple[Entry, ...]] = tuple(entry for entry in CATALOGUE.values() if entry.by_hand)
"""The entries that somebody starts with a day."""


def titles(kinds: Iterable[str]) -> dict[str, str]:
    """The titles of these kinds, in the language of the moment; an unknown kind stands for itself."""
    return {kind: str(CATALOGUE[kind].title) if kind in CATALOGUE else kind for kind in kinds}
