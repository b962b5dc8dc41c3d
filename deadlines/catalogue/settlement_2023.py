"""The settlement of December 2023, as far as it was read: its days are marked "confirm"."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from deadlines.catalogue.entries import Entry, Owes, SetOff, Trigger, Weight
from deadlines.catalogue.record import FamilyView, PersonView

EFFECTIVE_ON: Final = date(2023, 12, 11)
REGISTER_BY: Final = date(2026, 12, 11)
"""Two years from the effective day, and the one that an order added (I from R)."""
ENDS_ON: Final = date(2030, 12, 11)
"""Six years, and the one that an order added (I)."""
SEPARATIONS_LIMITED_UNTIL: Final = date(2031, 12, 11)
"""Eight years (I)."""
_AHEAD: Final = timedelta(days=400)
"""How long before them the last two are put in the book: until then they would only fill every family's list."""

_DAILY: Final = (14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)


def _fixed(day: date, *, abroad: bool) -> SetOff:
    """Once for a family that the agreement of 2018 does not leave out; with `abroad` also for one that has left."""

    def find(person: PersonView, family: FamilyView) -> Iterator[Trigger]:
        inside = [one for one in family.persons if one.answer["membership"] != "not_member"]
        if not abroad:
            inside = [one for one in inside if not one.is_absent]
        if family.day >= EFFECTIVE_ON and inside and person is inside[0]:
            yield Trigger("f", "settlement_2023", family.pk, day)

    return find


def _near(day: date) -> SetOff:
    """As `_fixed` of every member's family, once the day is near."""
    always = _fixed(day, abroad=True)

    def find(person: PersonView, family: FamilyView) -> Iterator[Trigger]:
        if family.day >= day - _AHEAD:
            yield from always(person, family)

    return find


def _arrested(person: PersonView, _family: FamilyView) -> Iterator[Trigger]:
    """A member was taken into custody and is still held: class counsel is told the same hour."""
    if person.answer["membership"] == "not_member":
        return
    for pk, item in person.items("custody"):
        began = person.day("from", item)
        if item.get("by") == "dhs" and item.get("to") is None and began is not None and began >= EFFECTIVE_ON:
            yield Trigger(f"k{pk}", "custody.began_on", pk, began)


def _taken(person: PersonView, family: FamilyView) -> Iterator[Trigger]:
    """A member was removed: class counsel is told the same hour."""
    if person.answer["membership"] == "not_member":
        return
    for pk, item in person.items("departures"):
        departed = person.day("on", item)
        if item.get("kind") == "removed" and departed is not None and departed >= EFFECTIVE_ON:
            yield Trigger(f"d{pk}", "departure.departed_on", pk, departed)


ENTRIES: Final = (
    Entry(
        id="registration_2023",
        title=_("registration under the 2023 settlement"),
        trigger=_("the settlement's effective day, 2023-12-11"),
        counting="fixed",
        length=0,
        owes=Owes.CLIENT,
        weight=Weight.RIGHT_LOST,
        basis="I",
        citation="Ms. L. settlement of December 2023: two years; one year added by order",
        if_missed=_("Ask class counsel about late registration. Keep working on the file."),
        offsets=(90, 60, 30, 21, *_DAILY),
        set_off=_fixed(REGISTER_BY, abroad=False),
        confirm=True,
        of_family=True,
    ),
    Entry(
        id="asylum_2023",
        title=_("asylum filing with USCIS under the 2023 settlement, received"),
        trigger=_("the settlement's effective day, 2023-12-11, for members who were in the country then"),
        counting="fixed",
        length=0,
        owes=Owes.OFFICE,
        weight=Weight.RIGHT_LOST,
        basis="I",
        citation="Ms. L. settlement of December 2023; filed is received, not mailed (8 CFR 1003.13)",
        if_missed=_("The ordinary rules of asylum and their excuses. Ask class counsel."),
        offsets=(90, 60, 30, 21, *_DAILY),
        set_off=_fixed(REGISTER_BY, abroad=False),
        confirm=True,
        of_family=True,
        extra={"mail_by": date(2026, 12, 4)},
    ),
    Entry(
        id="member_removed",
        title=_("tell class counsel that a member was removed"),
        trigger=_("a removal"),
        counting="calendar",
        length=0,
        owes=Owes.OFFICE,
        weight=Weight.HOURS,
        basis="R",
        citation="orders of 2025 and of 2026-02-05; the hour is an office's rule",
        if_missed=_("Evidence is lost. Tell them now."),
        set_off=_taken,
        confirm=True,
    ),
    Entry(
        id="settlement_parole",
        title=_("settlement parole runs out"),
        trigger=_("the date on the I-94"),
        counting="fixed",
        length=0,
        owes=Owes.OFFICE,
        weight=Weight.RIGHT_LOST,
        basis="R",
        citation="Ms. L. settlement of December 2023: 36 months; an order adds six for some",
        if_missed=_("A gap in status. Ask class counsel."),
        offsets=(270, 180, 90, 60, 30, 7, 0),
        by_hand=True,
        confirm=True,
    ),
    Entry(
        id="settlement_work_permit",
        title=_("settlement work permit runs out"),
        trigger=_("the date on the card"),
        counting="fixed",
        length=0,
        owes=Owes.OFFICE,
        weight=Weight.CURABLE,
        basis="R",
        citation="Ms. L. settlement of December 2023",
        if_missed=_("The right to work is lost until it is renewed. Do not rely on an automatic extension."),
        offsets=(200, 180, 120, 60, 30, 0),
        by_hand=True,
        confirm=True,
    ),
    Entry(
        id="settlement_services",
        title=_("end of a service under the 2023 settlement"),
        trigger=_("the date in the letter"),
        counting="fixed",
        length=0,
        owes=Owes.OFFICE,
        weight=Weight.CURABLE,
        basis="R",
        citation="Ms. L. settlement of December 2023; sources differ on the times",
        if_missed=_("Ask the provider."),
        offsets=(60, 30, 7, 0),
        by_hand=True,
        confirm=True,
    ),
    Entry(
        id="settlement_joiner",
        title=_("two years of somebody who joined later"),
        trigger=_("the person joined or entered"),
        counting="one_year_safe",
        length=2,
        owes=Owes.OFFICE,
        weight=Weight.RIGHT_LOST,
        basis="I",
        citation="Ms. L. settlement of December 2023; whether a third year is added is not known",
        if_missed=_("Ask class counsel."),
        offsets=(365, 180, 90, 30, 14, 7, 0),
        by_hand=True,
        confirm=True,
    ),
    Entry(
        id="member_arrested",
        title=_("tell class counsel that a member was arrested"),
        trigger=_("a member was taken into custody"),
        counting="calendar",
        length=0,
        owes=Owes.OFFICE,
        weight=Weight.HOURS,
        basis="R",
        citation="orders of 2025 and of 2026-02-05; the hour is an office's rule",
        if_missed=_("Evidence is lost. Tell them now."),
        set_off=_arrested,
        confirm=True,
    ),
    Entry(
        id="return_order",
        title=_("the government carries out the order of 2026-02-05 to let people return"),
        trigger=_("the date in the order, or in a notice under it"),
        counting="fixed",
        length=0,
        owes=Owes.GOVERNMENT,
        weight=Weight.OTHER_SIDE,
        basis="R",
        citation="Ms. L., order of 2026-02-05; its dates were not read",
        if_missed=_("Tell class counsel. Look every week whether the order was carried out."),
        offsets=(7, 0, -7),
        by_hand=True,
        confirm=True,
    ),
    Entry(
        id="settlement_end",
        title=_("the 2023 settlement ends"),
        trigger=_("the settlement's effective day, 2023-12-11"),
        counting="fixed",
        length=0,
        owes=Owes.OFFICE,
        weight=Weight.CURABLE,
        basis="I",
        citation="Ms. L. settlement of December 2023: six years; one year added by order",
        if_missed=_("Nothing can be asked for under it any more. Ask class counsel what goes on."),
        offsets=(365, 0),
        set_off=_near(ENDS_ON),
        confirm=True,
        of_family=True,
    ),
    Entry(
        id="separations_limit_end",
        title=_("the limit on new separations ends"),
        trigger=_("the settlement's effective day, 2023-12-11"),
        counting="fixed",
        length=0,
        owes=Owes.GOVERNMENT,
        weight=Weight.OTHER_SIDE,
        basis="I",
        citation="Ms. L. settlement of December 2023: eight years",
        if_missed=_("Tell the family that a separation at the border is no longer limited by it. Ask class counsel."),
        offsets=(365, 0),
        set_off=_near(SEPARATIONS_LIMITED_UNTIL),
        confirm=True,
        of_family=True,
    ),
)
