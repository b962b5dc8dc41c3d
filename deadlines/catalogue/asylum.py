"""Filing for asylum, work permits, addresses, and birthdays that change rights."""

import datetime
from collections.abc import Callable, Iterator
from typing import Final

from django.utils.translation import gettext_lazy as _

from deadlines.catalogue.entries import Entry, Other, Owes, SetOff, Trigger, Weight
from deadlines.catalogue.record import FamilyView, PersonView
from deadlines.counting import age_on
from settlement import guidance
from settlement.engine import parameters as law

AHEAD: Final = datetime.timedelta(days=400)
"""How long before a birthday its date is put in the book: a little more than its first reminder."""
PAST_BIRTHDAY: Final = datetime.timedelta(days=30)
"""A birthday is no task: one that was over long before the file came would only stand among what is overdue."""


def _no_filing(person: PersonView, _family: FamilyView) -> Iterator[Trigger]:
    """Entered, in the country, nothing filed, and the engine does not give the date already."""
    if (
        person.is_absent
        or "asylum_filed_on" in person.facts
        or person.answer["standing"] in ("in_court", "won", "relief")
    ):
        return
    entered = person.day("on", person.facts.get("entry") or {})
    if entered is not None:
        yield Trigger(f"p{person.pk}", "person.entry_on", person.pk, entered)


def _filed(person: PersonView, _family: FamilyView) -> Iterator[Trigger]:
    filed = person.day("asylum_filed_on")
    if filed is not None and not person.is_absent and person.answer["standing"] != "relief":
        yield Trigger(f"p{person.pk}", "person.asylum_filed_on", person.pk, filed)


def _birthday(age: int, *, only: Callable[[PersonView], bool] = lambda _person: True) -> SetOff:
    def find(person: PersonView, family: FamilyView) -> Iterator[Trigger]:
        born = person.day("birth_date")
        if born is None or not person.is_child or person.is_absent or not only(person):
            return
        turned = age_on(born, age)
        if turned is not None and turned.due - AHEAD <= family.day:
            yield Trigger(f"p{person.pk}", "person.birth_date", person.pk, born)

    return find


def _registration(person: PersonView, family: FamilyView) -> Iterator[Trigger]:
    born = person.day("birth_date")
    if born is None or not person.is_child or person.is_absent:
        return
    turned = age_on(born, law.OWN_SIGNATURE_FROM.value)
    if turned is not None and turned.due <= family.day:
        yield Trigger(f"p{person.pk}", "person.birth_date", person.pk, turned.due)


ENTRIES: Final = (
    Entry(
        id="asylum_filing",
        title=guidance.DEADLINES["asylum_filing"],
        trigger=_("the day of entry"),
        counting="frcp_years",
        length=law.ASYLUM_FILING_YEARS.value,
        owes=Owes.OFFICE,
        weight=Weight.RIGHT_LOST,
        basis=law.ASYLUM_FILING_YEARS.basis,
        citation=law.ASYLUM_FILING_YEARS.citation,
        if_missed=_(
            "Write the reason for the delay now: changed or extraordinary circumstances excuse it, and every "
            "further month weakens it. Members of the 2023 settlement may not need it: ask class counsel."
        ),
        offsets=(180, 90, 60, 30, 14, 7, 3, 0),
        engine=True,
        others=(
            Other(
                "one_year_safe",
                "one_year_safe",
                1,
                "I",
                "8 USC 1158(a)(2)(B), read strictly",
                _("The day before the anniversary: within one year, and no weekend relied on."),
            ),
        ),
    ),
    Entry(
        id="asylum_year",
        title=_("asylum application within one year of entry"),
        trigger=_("the day of entry"),
        counting="one_year_safe",
        length=law.ASYLUM_FILING_YEARS.value,
        owes=Owes.OFFICE,
        weight=Weight.RIGHT_LOST,
        basis=law.ASYLUM_FILING_YEARS.basis,
        citation="8 USC 1158(a)(2)(B), (D), (E)",
        if_missed=_(
            "Write the reason for the delay now: changed or extraordinary circumstances excuse it. It does not "
            "run against an unaccompanied child."
        ),
        offsets=(180, 90, 60, 30, 14, 7, 3, 0),
        set_off=_no_filing,
    ),
    Entry(
        id="work_permit_ask",
        title=_("first day to ask for a work permit"),
        trigger=_("the asylum application was received"),
        counting="calendar",
        length=150,
        owes=Owes.OFFICE,
        weight=Weight.CURABLE,
        basis="T",
        citation="8 CFR 208.7(a)(1)(i), as of 2026-06-20; a proposal of 2026-02-23 would say 365 days",
        if_missed=_("Only time is lost. Delays that the applicant asks for stop the clock; a denial ends it."),
        offsets=(10, 0),
        set_off=_filed,
        safe_is_due=True,
    ),
    Entry(
        id="work_permit_grant",
        title=_("first day on which a work permit can be granted"),
        trigger=_("the asylum application was received"),
        counting="calendar",
        length=180,
        owes=Owes.GOVERNMENT,
        weight=Weight.OTHER_SIDE,
        basis="T",
        citation="8 USC 1158(d)(2); 8 CFR 208.7(a)(1)",
        if_missed=_("Ask USCIS 30 days later."),
        offsets=(0, -30),
        set_off=_filed,
        safe_is_due=True,
    ),
    Entry(
        id="address_uscis",
        title=_("change of address to USCIS (AR-11)"),
        trigger=_("the person moved"),
        counting="calendar",
        length=10,
        owes=Owes.CLIENT,
        weight=Weight.CURABLE,
        basis="T",
        citation="8 USC 1305(a), 1306(b)",
        if_missed=_("File late anyway."),
        offsets=(7, 3, 1, 0),
        by_hand=True,
    ),
    Entry(
        id="address_court",
        title=_("change of address to the court (EOIR-33)"),
        trigger=_("the person moved, with a case in court or at the Board"),
        counting="strictest_of",
        length=5,
        owes=Owes.CLIENT,
        weight=Weight.RIGHT_LOST,
        basis="R",
        citation="8 CFR 1003.15(d)(2), five days; 1003.38(e), five working days",
        if_missed=_(
            "Notices go to the old address, and an order can be made in absence. File now, with a copy to ICE's "
            "counsel. Since February 2026 the form has no line for “in care of”."
        ),
        offsets=(4, 2, 0),
        by_hand=True,
    ),
    Entry(
        id="age_14",
        title=_("14th birthday: signs their own election form"),
        trigger=_("the date of birth"),
        counting="age_on",
        length=law.OWN_SIGNATURE_FROM.value,
        owes=Owes.OFFICE,
        weight=Weight.CURABLE,
        basis=law.OWN_SIGNATURE_FROM.basis,
        citation=law.OWN_SIGNATURE_FROM.citation,
        if_missed=_("Have the child sign a new form of their own."),
        offsets=(60, 30, 7, 0),
        set_off=_birthday(law.OWN_SIGNATURE_FROM.value),
        forgotten_after=PAST_BIRTHDAY,
    ),
    Entry(
        id="registration_14",
        title=_("registration and fingerprints after the 14th birthday"),
        trigger=_("the 14th birthday"),
        counting="calendar",
        length=30,
        owes=Owes.CLIENT,
        weight=Weight.CURABLE,
        basis="T",
        citation="8 USC 1302(b)",
        if_missed=_("Register late anyway."),
        offsets=(23, 7, 0),
        set_off=_registration,
        forgotten_after=datetime.timedelta(days=90),
    ),
    Entry(
        id="age_18",
        title=_("18th birthday: a child's protections end"),
        trigger=_("the date of birth"),
        counting="age_on",
        length=18,
        owes=Owes.OFFICE,
        weight=Weight.RIGHT_LOST,
        basis="T",
        citation="6 USC 279(g)(2)(B); 8 USC 1232(c)(2)(B)",
        if_missed=_("Plan anew. A state court's order for special immigrant juveniles is often needed before."),
        offsets=(365, 180, 90, 30, 7, 1),
        set_off=_birthday(18),
        forgotten_after=PAST_BIRTHDAY,
    ),
    Entry(
        id="age_21",
        title=_("21st birthday: a parent's asylum application must be filed before"),
        trigger=_("the date of birth"),
        counting="age_on",
        length=21,
        owes=Owes.OFFICE,
        weight=Weight.RIGHT_LOST,
        basis="T",
        citation="8 USC 1158(b)(3)(B)",
        if_missed=_("The child needs a case of their own."),
        offsets=(365, 180, 90, 30, 7, 1),
        set_off=_birthday(21),
    ),
    Entry(
        id="work_permit_expiry",
        title=_("work permit runs out"),
        trigger=_("the date on the card"),
        counting="fixed",
        length=0,
        owes=Owes.OFFICE,
        weight=Weight.CURABLE,
        basis="M",
        citation="8 CFR 274a.13; renewal may be asked for 180 days before",
        if_missed=_("The right to work is lost until it is renewed. Do not rely on an automatic extension."),
        offsets=(200, 180, 120, 60, 30, 0),
        by_hand=True,
    ),
    Entry(
        id="parole_expiry",
        title=_("parole runs out"),
        trigger=_("the date on the I-94"),
        counting="fixed",
        length=0,
        owes=Owes.OFFICE,
        weight=Weight.RIGHT_LOST,
        basis="M",
        citation="8 USC 1182(d)(5)",
        if_missed=_("Unlawful presence begins. Ask whether the 2023 settlement gives more time."),
        offsets=(270, 180, 90, 60, 30, 7, 0),
        by_hand=True,
    ),
    Entry(
        id="uscis_notice",
        title=_("answer to a USCIS notice"),
        trigger=_("the date on the notice"),
        counting="fixed",
        length=0,
        owes=Owes.OFFICE,
        weight=Weight.RIGHT_LOST,
        basis="M",
        citation="8 CFR 103.2(b)",
        if_missed=_("Denied as abandoned. Ask for reopening."),
        offsets=(30, 14, 7, 2, 1, 0),
        by_hand=True,
    ),
    Entry(
        id="asylum_fee",
        title=_("yearly fee for a pending asylum application"),
        trigger=_("the date on the notice"),
        counting="fixed",
        length=0,
        owes=Owes.CLIENT,
        weight=Weight.CURABLE,
        basis="R",
        citation="Pub. L. 119-21; class members are reported exempt from 2026-02-05",
        if_missed=_("The application may be rejected. Ask class counsel whether the person is exempt."),
        offsets=(30, 7, 0),
        by_hand=True,
        confirm=True,
    ),
    Entry(
        id="sij_decision",
        title=_("decision on a special immigrant juvenile petition"),
        trigger=_("the petition was filed"),
        counting="calendar",
        length=180,
        owes=Owes.GOVERNMENT,
        weight=Weight.OTHER_SIDE,
        basis="T",
        citation="8 USC 1232(d)(2)",
        if_missed=_("Inquire, then go to court."),
        offsets=(30, 0, -30),
        by_hand=True,
    ),
)
