"""Children in custody: the government's duties, to be chased. Only days are on file, so hours are counted as days."""

import unicodedata
from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext_lazy as _

from deadlines.catalogue.entries import Entry, Owes, Trigger, Weight
from deadlines.catalogue.record import FamilyView, PersonView


def _held_by_dhs(person: PersonView, _family: FamilyView) -> Iterator[Trigger]:
    if not person.is_child or person.is_absent:
        return
    for pk, item in person.items("custody"):
        began = person.day("from", item)
        if item.get("by") == "dhs" and item.get("to") is None and began is not None:
            yield Trigger(f"k{pk}", "custody.began_on", pk, began)


CONTIGUOUS: Final = frozenset({"canada", "mexico", "mx"})
"""The countries with a common border, as people type them, without accents and in lower case."""


def _from_contiguous(person: PersonView, family: FamilyView) -> Iterator[Trigger]:
    """A child from a country with a common border, whom the border's officers could send back within two days."""
    plain = unicodedata.normalize("NFKD", person.country.strip().casefold())
    if "".join(letter for letter in plain if not unicodedata.combining(letter)) in CONTIGUOUS:
        yield from _held_by_dhs(person, family)


ENTRIES: Final = (
    Entry(
        id="child_told",
        title=_("HHS is told of a child in custody"),
        trigger=_("a child was taken into custody"),
        counting="calendar",
        length=2,
        owes=Owes.GOVERNMENT,
        weight=Weight.OTHER_SIDE,
        basis="T",
        citation="8 USC 1232(b)(2): 48 hours",
        if_missed=_("Write to the agency."),
        offsets=(1, 0),
        set_off=_held_by_dhs,
        safe_is_due=True,
    ),
    Entry(
        id="border_screening",
        title=_("screening of a child from Mexico or Canada before any return"),
        trigger=_("a child from a country with a common border was taken into custody"),
        counting="calendar",
        length=2,
        owes=Owes.GOVERNMENT,
        weight=Weight.OTHER_SIDE,
        basis="T",
        citation="8 USC 1232(a)(4): 48 hours; trafficking, fear, and whether the child can decide",
        if_missed=_("Tell class counsel. A child who was not screened is not to be sent back."),
        offsets=(1, 0),
        set_off=_from_contiguous,
        safe_is_due=True,
    ),
    Entry(
        id="child_transfer",
        title=_("transfer of an unaccompanied child to HHS"),
        trigger=_("a child was taken into custody"),
        counting="calendar",
        length=3,
        owes=Owes.GOVERNMENT,
        weight=Weight.OTHER_SIDE,
        basis="T",
        citation="8 USC 1232(b)(3): 72 hours",
        if_missed=_("Write to the agency, and to counsel in Flores."),
        offsets=(1, 0),
        set_off=_held_by_dhs,
        safe_is_due=True,
    ),
    Entry(
        id="child_release",
        title=_("release of a minor from family detention"),
        trigger=_("a child was taken into custody"),
        counting="calendar",
        length=20,
        owes=Owes.GOVERNMENT,
        weight=Weight.OTHER_SIDE,
        basis="M",
        citation="Flores settlement: without unnecessary delay; about 20 days in the courts' practice",
        if_missed=_("Counsel in Flores."),
        offsets=(17, 15, 10, 5, 2, 0),
        set_off=_held_by_dhs,
        safe_is_due=True,
        confirm=True,
    ),
    Entry(
        id="secure_review",
        title=_("monthly review of a secure placement"),
        trigger=_("the child was placed, or last reviewed"),
        counting="calendar",
        length=30,
        owes=Owes.GOVERNMENT,
        weight=Weight.OTHER_SIDE,
        basis="T",
        citation="8 USC 1232(c)(2)(A): at least monthly",
        if_missed=_("Write to ORR."),
        offsets=(5, 0),
        by_hand=True,
    ),
    Entry(
        id="sponsor_packet",
        title=_("papers of a sponsor for ORR"),
        trigger=_("the date that the ORR worker gave"),
        counting="fixed",
        length=0,
        owes=Owes.OFFICE,
        weight=Weight.CURABLE,
        basis="M",
        citation="8 USC 1232(c)(3); ORR policy",
        if_missed=_("The child stays in custody longer."),
        offsets=(7, 3, 1, 0),
        by_hand=True,
    ),
)
