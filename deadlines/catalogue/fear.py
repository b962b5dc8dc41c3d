"""The fear process: screenings, and the judge who looks again."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from deadlines.catalogue.entries import Entry, Owes, Trigger, Weight
from deadlines.catalogue.record import FamilyView, PersonView
from settlement import guidance
from settlement.engine import parameters as law


def _unanswered(person: PersonView, _family: FamilyView) -> Iterator[Trigger]:
    """A negative finding for which nobody is known to have asked for a judge."""
    if "ask_judge_review" not in person.answer["next_steps"]:
        return
    for pk, item in person.items("screenings"):
        decided = person.day("decided_on", item)
        asked = (item.get("judge_review") or {}).get("asked")
        if item.get("result") == "negative" and item["basis"] != "initial" and asked is None and decided is not None:
            yield Trigger(f"s{pk}", "screening.decided_on", pk, decided)


def _referred(person: PersonView, _family: FamilyView) -> Iterator[Trigger]:
    for pk, item in person.items("screenings"):
        requested = person.day("requested_on", item)
        under_way = item["status"] in ("requested", "scheduled", "interviewed")
        if item.get("kind") == "reasonable_fear" and under_way and requested is not None:
            yield Trigger(f"s{pk}", "screening.requested_on", pk, requested)


def _reviewed(person: PersonView, outcome: str, *, kind: str = "") -> Iterator[Trigger]:
    for pk, item in person.items("screenings"):
        review = item.get("judge_review") or {}
        decided = person.day("decided_on", review)
        if (
            review.get("outcome") == outcome
            and decided is not None
            and item.get("kind") in (kind or item["kind"], None)
        ):
            yield Trigger(f"s{pk}", "judge_review.decided_on", pk, decided)


def _affirmed(person: PersonView, _family: FamilyView) -> Iterator[Trigger]:
    if person.answer["standing"] == "lost":
        yield from _reviewed(person, "affirmed", kind="credible_fear")


def _vacated(person: PersonView, _family: FamilyView) -> Iterator[Trigger]:
    if "secure_notice_to_appear" in person.answer["next_steps"]:
        yield from _reviewed(person, "vacated")


def _stays(person: PersonView, _family: FamilyView) -> Iterator[Trigger]:
    """Somebody chose to stay in the process, and their screening has not begun."""
    if person.answer["standing"] != "available":
        return
    for pk, item in person.items("elections"):
        signed = person.day("signed_on", item)
        if item.get("choice") == "stay" and signed is not None:
            yield Trigger(f"e{pk}", "election.signed_on", pk, signed)


def _used_up(person: PersonView, _family: FamilyView) -> Iterator[Trigger]:
    """Every right of the agreement is used up: the last decision on file set it off."""
    if person.answer["rule"] != "X1":
        return
    ends = [(on, "court_case.final_on") for on in [person.day("final_on", person.facts.get("court_case") or {})] if on]
    for _pk, item in person.items("screenings"):
        review = item.get("judge_review") or {}
        ends += [(on, "judge_review.decided_on") for on in [person.day("decided_on", review)] if on]
        ends += [(on, "screening.decided_on") for on in [person.day("decided_on", item)] if on]
    if ends:
        last, what = max(ends)
        yield Trigger(f"p{person.pk}", what, person.pk, last)


def _no_record(person: PersonView, _family: FamilyView) -> Iterator[Trigger]:
    """A credible fear decision whose record (of a negative one, the finding, too) is not in the file."""
    for pk, item in person.items("screenings"):
        decided = person.day("decided_on", item)
        if decided is None or item.get("kind") not in ("credible_fear", None):
            continue
        needed = ("i_870", "i_869") if item.get("result") == "negative" else ("i_870",)
        if not all(_has(person, kind, person.day("interview_on", item)) for kind in needed):
            yield Trigger(f"s{pk}", "screening.decided_on", pk, decided)


def _has(person: PersonView, kind: str, interviewed: date | None) -> bool:
    """Whether the paper is here; one that is older than the interview is of another screening."""
    paper = person.papers.get(kind)
    if paper is None or not paper.settled:
        return False
    return paper.dated_on is None or interviewed is None or paper.dated_on >= interviewed


ENTRIES: Final = (
    Entry(
        id="judge_review",
        title=guidance.DEADLINES["judge_review"],
        trigger=_("the officer's negative finding of credible fear, and review asked for"),
        counting="calendar",
        length=law.CF_JUDGE_REVIEW_DAYS.value,
        owes=Owes.GOVERNMENT,
        weight=Weight.HOURS,
        basis=law.CF_JUDGE_REVIEW_DAYS.basis,
        citation=law.CF_JUDGE_REVIEW_DAYS.citation,
        if_missed=_("Write to the court. The person stays protected; do not take silence for a confirmed finding."),
        engine=True,
    ),
    Entry(
        id="judge_review_rf",
        title=_("judge's review of a negative finding of reasonable fear"),
        trigger=_("review of a negative finding of reasonable fear was asked for"),
        counting="calendar",
        length=law.RF_JUDGE_REVIEW_DAYS.value,
        owes=Owes.GOVERNMENT,
        weight=Weight.OTHER_SIDE,
        basis=law.RF_JUDGE_REVIEW_DAYS.basis,
        citation=law.RF_JUDGE_REVIEW_DAYS.citation,
        if_missed=_("Write to the court."),
        offsets=(5, 2, 0, -1),
        engine=True,
    ),
    Entry(
        id="judge_answer",
        title=_("answer whether a judge is to look again"),
        trigger=_("a negative finding was handed over"),
        counting="calendar",
        length=0,
        owes=Owes.OFFICE,
        weight=Weight.HOURS,
        basis="M",
        citation="8 CFR 208.30(g); 8 CFR 1208.30(g)",
        if_missed=_("Ask in writing all the same. Whether silence counts as asking depends on the day and the track."),
        set_off=_unanswered,
    ),
    Entry(
        id="rf_decision",
        title=_("decision on a reasonable-fear referral"),
        trigger=_("the case was referred for a reasonable-fear interview"),
        counting="calendar",
        length=10,
        owes=Owes.GOVERNMENT,
        weight=Weight.OTHER_SIDE,
        basis="T",
        citation="8 CFR 208.31(b)",
        if_missed=_("Write to USCIS. Nothing follows by itself; exceptional circumstances may lengthen it."),
        offsets=(3, 0, -1),
        set_off=_referred,
    ),
    Entry(
        id="reconsideration",
        title=_("request that USCIS reconsider"),
        trigger=_("a judge confirmed a negative finding of credible fear"),
        counting="calendar",
        length=7,
        owes=Owes.OFFICE,
        weight=Weight.RIGHT_LOST,
        basis="M",
        citation="8 CFR 208.30(g)(1)(i)",
        if_missed=_("The door may be closed. File anyway, and say why it is late; in 2018 there was no fixed limit."),
        offsets=(6, 3, 1, 0),
        set_off=_affirmed,
        confirm=True,
    ),
    Entry(
        id="notice_to_appear",
        title=_("Notice to Appear after a judge's vacated finding"),
        trigger=_("a judge vacated the negative finding"),
        counting="calendar",
        length=14,
        owes=Owes.GOVERNMENT,
        weight=Weight.OTHER_SIDE,
        basis="I",
        citation="8 CFR 1235.6(a)(1)(iii): the duty; no time was read there",
        if_missed=_("Write to the government. The person's own case in court comes first and still protects them."),
        offsets=(11, 7, 0),
        set_off=_vacated,
    ),
    Entry(
        id="screening_start",
        title=_("start of the screening that was chosen"),
        trigger=_("somebody chose to stay in the process"),
        counting="calendar",
        length=14,
        owes=Owes.GOVERNMENT,
        weight=Weight.OTHER_SIDE,
        basis="I",
        citation="M.M.M. v. Sessions, ECF 87: promptly; no time was read there",
        if_missed=_("Tell class counsel."),
        offsets=(11, 7, 0),
        set_off=_stays,
    ),
    Entry(
        id="used_up",
        title=_("call tree and emergency stay: this agreement no longer bars removal"),
        trigger=_("the last decision under the agreement"),
        counting="calendar",
        length=0,
        owes=Owes.OFFICE,
        weight=Weight.HOURS,
        basis="I",
        citation="no waiting time is known; removal can be on the same day",
        if_missed=_("Emergency stay papers at once; look at every other protection."),
        set_off=_used_up,
    ),
    Entry(
        id="officer_record",
        title=_("the officer's record of the interview (I-870, and I-869 if negative) in the file"),
        trigger=_("the officer decided on credible fear, and the record is not here"),
        counting="business_days",
        length=1,
        owes=Owes.OFFICE,
        weight=Weight.CURABLE,
        basis="I",
        citation="8 USC 1225(b)(1)(B)(iii)(II) gives the record and no time; the business day is an office's rule",
        if_missed=_("Demand the record in writing. Without it nobody can say what the officer weighed."),
        offsets=(0, -1),
        set_off=_no_record,
        # What has been missing for longer stands in the list of missing papers: a sheet would bring it in by hundreds.
        forgotten_after=timedelta(days=30),
    ),
)
