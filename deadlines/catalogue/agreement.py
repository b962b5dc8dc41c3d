"""Dates of the 2018 agreement itself, which the engine gives."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from deadlines.catalogue.entries import Entry, Owes, Weight
from settlement import guidance
from settlement.engine import parameters as law

ENTRIES: Final = (
    Entry(
        id="orientation",
        title=guidance.DEADLINES["orientation"],
        trigger=_("an interview is planned"),
        counting="frcp_back",
        length=law.ORIENTATION_DAYS.value,
        owes=Owes.GOVERNMENT,
        weight=Weight.CURABLE,
        basis=law.ORIENTATION_DAYS.basis,
        citation=law.ORIENTATION_DAYS.citation,
        if_missed=_("Object in writing, ask for the interview to be moved, and record it."),
        offsets=(2, 1, 0),
        engine=True,
    ),
    Entry(
        id="return_request",
        title=guidance.DEADLINES["return_request"],
        trigger=_("the agreement was finally approved while the parent was out of the country"),
        counting="frcp_days",
        length=law.RETURN_REQUEST_DAYS.value,
        owes=Owes.CLASS_COUNSEL,
        weight=Weight.RIGHT_LOST,
        basis=law.RETURN_REQUEST_DAYS.basis,
        citation=law.RETURN_REQUEST_DAYS.citation,
        if_missed=_("This way is closed. Ask class counsel, the court, and under the 2023 settlement."),
        # Class counsel needs the file ten days before: the office's own cut-off.
        offsets=(21, 14, 10, 7, 3, 1, 0),
        engine=True,
    ),
    Entry(
        id="return_answer",
        title=guidance.DEADLINES["return_answer"],
        trigger=_("class counsel presented the request"),
        counting="frcp_days",
        length=law.RETURN_ANSWER_DAYS.value,
        owes=Owes.GOVERNMENT,
        weight=Weight.OTHER_SIDE,
        basis=law.RETURN_ANSWER_DAYS.basis,
        citation=law.RETURN_ANSWER_DAYS.citation,
        if_missed=_("Class counsel goes to the court."),
        offsets=(7, 0, -1),
        engine=True,
    ),
    Entry(
        id="status_report",
        title=_("what class counsel needs of the family for a joint status report or a conference"),
        trigger=_("the date in the court's order"),
        counting="fixed",
        length=0,
        owes=Owes.OFFICE,
        weight=Weight.CURABLE,
        basis="T",
        citation="Ms. L. v. ICE, the orders that set a joint status report or a status conference",
        if_missed=_("Tell class counsel now: what the report leaves out, the court does not hear until the next one."),
        offsets=(5, 2, 1, 0),
        by_hand=True,
    ),
)
