"""The immigration court, the Board, the courts of appeals, and hearings."""

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext_lazy as _

from deadlines.catalogue.entries import Entry, Other, Owes, Trigger, Weight
from deadlines.catalogue.record import FamilyView, PersonView
from settlement import guidance
from settlement.engine import parameters as law

IN_COURT: Final = ("master", "individual", "review")


def _final_order(person: PersonView, _family: FamilyView) -> Iterator[Trigger]:
    case = person.facts.get("court_case") or {}
    final = person.day("final_on", case)
    if case.get("outcome") == "removal_ordered" and final is not None:
        decided = person.day("decided_on", case)
        also = {} if decided is None else {"decided_on": decided}
        yield Trigger(f"c{person.pk}", "court_case.final_on", person.pk, final, also=also)


def _hearings(person: PersonView, family: FamilyView, *, kinds: tuple[str, ...] = ()) -> Iterator[Trigger]:
    for row in person.hearings:
        if row.local_day >= family.day and (not kinds or row.kind in kinds):
            yield Trigger(f"h{row.pk}", "hearing.at", row.pk, row.local_day, row.at, row.zone)


def _before_court(person: PersonView, family: FamilyView) -> Iterator[Trigger]:
    for trigger in _hearings(person, family, kinds=IN_COURT):
        yield trigger._replace(at=None)


def _individual(person: PersonView, family: FamilyView) -> Iterator[Trigger]:
    for trigger in _hearings(person, family, kinds=("individual",)):
        yield trigger._replace(at=None)


ENTRIES: Final = (
    Entry(
        id="appeal",
        title=guidance.DEADLINES["appeal"],
        trigger=_("an immigration judge ordered removal"),
        counting="bia_days",
        length=law.APPEAL_DAYS.value,
        owes=Owes.OFFICE,
        weight=Weight.RIGHT_LOST,
        basis=law.APPEAL_DAYS.basis,
        citation=f"{law.APPEAL_DAYS.citation}; 8 CFR 1240.15; 8 USC 1158(d)(5)(A)(iv)",
        if_missed=_("The order is final. What is left: reopening, or certification by the Board."),
        offsets=(10, 5, 3, 2, 1, 0),
        engine=True,
        others=(
            Other(
                "ten_days",
                "bia_days",
                10,
                "R",
                "Justice Department rule of 2026-02-06, in force from 2026-03-09; its core vacated by a D.C. judge on "
                "2026-03-08",
                _(
                    "10 days, for most appeals. What a court made of this rule is not settled: file by this day, or "
                    "have the attorney choose."
                ),
            ),
        ),
    ),
    Entry(
        id="reconsider",
        title=_("motion to reconsider"),
        trigger=_("the order of removal became final"),
        counting="eoir_days",
        length=30,
        owes=Owes.OFFICE,
        weight=Weight.RIGHT_LOST,
        basis="T",
        citation="8 USC 1229a(c)(6)(B)",
        if_missed=_("One motion only. Argue tolling, or ask the court to act by itself."),
        offsets=(14, 7, 3, 1, 0),
        set_off=_final_order,
    ),
    Entry(
        id="reopen",
        title=_("motion to reopen"),
        trigger=_("the order of removal became final"),
        counting="eoir_days",
        length=90,
        owes=Owes.OFFICE,
        weight=Weight.RIGHT_LOST,
        basis="T",
        citation="8 USC 1229a(c)(7)(C)",
        if_missed=_(
            "There is no limit for changed conditions in the country, and one year for a battered spouse, child "
            "or parent."
        ),
        offsets=(60, 30, 14, 7, 3, 1, 0),
        set_off=_final_order,
    ),
    Entry(
        id="petition",
        title=_("petition for review"),
        trigger=_("the order of removal became final"),
        counting="frap_days",
        length=30,
        owes=Owes.OFFICE,
        weight=Weight.RIGHT_LOST,
        basis="T",
        citation="8 USC 1252(b)(1), (b)(3)(B)",
        if_missed=_(
            "A motion that the limit does not go to jurisdiction. Filing does not hold removal: a stay is asked "
            "for apart."
        ),
        offsets=(20, 10, 5, 3, 1, 0),
        set_off=_final_order,
        others=(
            Other(
                "from_order",
                "frap_days",
                30,
                "R",
                "Riley v. Bondi, 26 June 2025",
                _(
                    "30 days from the order itself: with a reinstated or administrative order the time may run from "
                    "there, not from the later decision."
                ),
                start="decided_on",
            ),
        ),
    ),
    Entry(
        id="removal_period",
        title=_("end of the removal period"),
        trigger=_("the order of removal became final"),
        counting="calendar",
        length=90,
        owes=Owes.GOVERNMENT,
        weight=Weight.OTHER_SIDE,
        basis="T",
        citation="8 USC 1231(a)(1)",
        if_missed=_("No right of the person: watch custody, and ask for review of it."),
        offsets=(90, 30, 0),
        set_off=_final_order,
    ),
    Entry(
        id="absentia_reopen",
        title=_("reopening of an order made in absence, for exceptional circumstances"),
        trigger=_("an order was made because the person was not in court"),
        counting="calendar",
        length=180,
        owes=Owes.OFFICE,
        weight=Weight.RIGHT_LOST,
        basis="T",
        citation="8 USC 1229a(b)(5)(C)",
        if_missed=_("Only what has no limit is left: no notice, or custody. Filing holds removal."),
        offsets=(173, 120, 60, 30, 14, 7, 3, 1, 0),
        by_hand=True,
    ),
    Entry(
        id="court_brief",
        title=_("petitioner's brief in the court of appeals"),
        trigger=_("the administrative record is available"),
        counting="frap_days",
        length=40,
        owes=Owes.OFFICE,
        weight=Weight.RIGHT_LOST,
        basis="T",
        citation="8 USC 1252(b)(3)(C)",
        if_missed=_("Dismissal, unless that would be a manifest injustice."),
        offsets=(20, 10, 5, 2, 0),
        by_hand=True,
    ),
    Entry(
        id="court_reply",
        title=_("reply brief in the court of appeals"),
        trigger=_("the government's brief was served"),
        counting="frap_days",
        length=14,
        owes=Owes.OFFICE,
        weight=Weight.CURABLE,
        basis="T",
        citation="8 USC 1252(b)(3)(C)",
        if_missed=_("The court decides without a reply."),
        by_hand=True,
    ),
    Entry(
        id="board_brief",
        title=_("brief to the Board"),
        trigger=_("the notice of the briefing schedule"),
        counting="bia_days",
        length=21,
        owes=Owes.OFFICE,
        weight=Weight.RIGHT_LOST,
        basis="M",
        citation="8 CFR 1003.3(c); the notice itself sets the day",
        if_missed=_("One extension may be asked for; the appeal may be dismissed summarily."),
        offsets=(14, 7, 3, 1, 0),
        by_hand=True,
        confirm=True,
    ),
    Entry(
        id="voluntary_departure_before",
        title=_("voluntary departure granted before the end of the case"),
        trigger=_("the judge granted voluntary departure"),
        counting="calendar",
        length=120,
        owes=Owes.CLIENT,
        weight=Weight.RIGHT_LOST,
        basis="T",
        citation="8 USC 1229c(a)(2)",
        if_missed=_("Penalties, and bars of ten years. The order may set an earlier day."),
        offsets=(30, 14, 7, 3, 1, 0),
        by_hand=True,
    ),
    Entry(
        id="voluntary_departure_end",
        title=_("voluntary departure granted at the end of the case"),
        trigger=_("the judge granted voluntary departure"),
        counting="calendar",
        length=60,
        owes=Owes.CLIENT,
        weight=Weight.RIGHT_LOST,
        basis="T",
        citation="8 USC 1229c(b)(2)",
        if_missed=_("Penalties, and bars of ten years. The order may set an earlier day."),
        offsets=(30, 14, 7, 3, 1, 0),
        by_hand=True,
    ),
    Entry(
        id="first_hearing_notice",
        title=_("earliest day of a first hearing"),
        trigger=_("the Notice to Appear was served"),
        counting="calendar",
        length=10,
        owes=Owes.GOVERNMENT,
        weight=Weight.OTHER_SIDE,
        basis="T",
        citation="8 USC 1229(b)(1)",
        if_missed=_(
            "Object at the hearing: ten days between service and hearing, unless asked in writing to go faster."
        ),
        by_hand=True,
    ),
    Entry(
        id="hearing",
        title=_("hearing or appointment"),
        trigger=_("a hearing or an appointment is on file"),
        counting="fixed",
        length=0,
        owes=Owes.CLIENT,
        weight=Weight.RIGHT_LOST,
        basis="T",
        citation="8 USC 1229(a); in absence 1229a(b)(5)(A)",
        if_missed=_("An order in absence. Ask for reopening the same day."),
        offsets=(30, 14, 7, 3, 1, 0),
        set_off=_hearings,
        safe_is_due=True,
    ),
    Entry(
        id="hearing_check",
        title=_("look the hearing up in the court's system"),
        trigger=_("a hearing in court is on file"),
        counting="calendar",
        length=-2,
        owes=Owes.OFFICE,
        weight=Weight.CURABLE,
        basis="I",
        citation="practice: weekly, and 48 hours before, because dates change",
        if_missed=_("Look now. A hearing that was moved forward is missed without a sign."),
        offsets=(28, 21, 14, 7, 0),
        set_off=_before_court,
        safe_is_due=True,
    ),
    Entry(
        id="hearing_filings",
        title=_("filings before an individual hearing"),
        trigger=_("an individual hearing is on file"),
        counting="eoir_days",
        length=-15,
        owes=Owes.OFFICE,
        weight=Weight.RIGHT_LOST,
        basis="R",
        citation="Immigration Court Practice Manual, ch. 3.1(b)",
        if_missed=_("A motion that late filings be accepted."),
        offsets=(30, 15, 7, 5, 0),
        set_off=_individual,
        confirm=True,
        others=(
            Other(
                "thirty_days",
                "eoir_days",
                -30,
                "M",
                "newer versions of the Practice Manual",
                _("30 days before the hearing, in newer versions of the manual. Look at the judge's own order, too."),
            ),
        ),
    ),
    Entry(
        id="hearing_response",
        title=_("response to the other side's filings before an individual hearing"),
        trigger=_("an individual hearing is on file"),
        counting="eoir_days",
        length=-10,
        owes=Owes.OFFICE,
        weight=Weight.CURABLE,
        basis="R",
        citation="Immigration Court Practice Manual, ch. 3.1(b)",
        if_missed=_("A motion that the late response be accepted. Answer at the hearing all the same."),
        offsets=(7, 5, 2, 0),
        set_off=_individual,
        confirm=True,
    ),
)
