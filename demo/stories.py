"""What happened to the made-up families, up to 10 December 2018.

A story changes the rows of a family that went through what all went through: they crossed in spring 2018, the child was
taken, the parent failed the first screening, and most were brought together again by the end of July. The shares of the
stories follow what court papers and the press reported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

DAY = date(2018, 12, 10)
INJUNCTION = date(2018, 6, 26)
NOTICE = date(2018, 10, 9)

AFTER_ENTRY = (
    "entry_on",
    "dhs_from",
    "dhs_to",
    "orr_from",
    "orr_to",
    "separated_on",
    "reunified_on",
    "initial_decided_on",
)

Row = dict[str, str]


@dataclass
class Draft:
    """A family being made: its rows, and the days that tie them together."""

    rng: Random
    entered: date
    taken: date
    home: date
    adults: list[Row] = field(default_factory=list)
    children: list[Row] = field(default_factory=list)

    @property
    def persons(self) -> list[Row]:
        return self.adults + self.children

    def likely(self, share: float) -> bool:
        """True in that share of the draws."""
        return self.rng.random() < share

    def between(self, first: date, last: date) -> date:
        """A day from ``first`` to ``last``, both included; ``first`` where they are the wrong way round."""
        return first + timedelta(days=self.rng.randint(0, max(0, (last - first).days)))

    def pick(self, **weights: float) -> str:
        """One of the names, by weight; an underscore stands for a space."""
        return self.rng.choices(list(weights), list(weights.values()))[0].replace("_", " ").strip()


def age_on(day: date, row: Row) -> int:
    """Whole years on that day; 30 where the date of birth is not on file."""
    if not row["birth_date"]:
        return 30
    born = date.fromisoformat(row["birth_date"])
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def working(day: date) -> date:
    """That day, or the Monday after a week-end: nobody is interviewed on a Sunday."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() >= 5 else day


# --- what a paper adds ---


def plan(draft: Draft, row: Row, status: str, first: date | None = None, last: date | None = None) -> None:
    """A second screening that is asked for, scheduled or held, without a result yet."""
    row["second_kind"] = row["initial_kind"] or "credible fear"
    row["second_status"] = status
    if first and last:
        row["second_interview_on"] = working(draft.between(first, last)).isoformat()


def answer(draft: Draft, row: Row, result: str, first: date) -> date:
    """A second screening with its result; the day of the result."""
    plan(draft, row, "decided", first, max(first, DAY - timedelta(days=7)))
    held = date.fromisoformat(row["second_interview_on"])
    decided = min(working(held + timedelta(days=draft.rng.randint(1, 6))), DAY - timedelta(days=1))
    row["second_result"], row["second_decided_on"] = result, decided.isoformat()
    return decided


def judge(draft: Draft, row: Row, decided: date) -> None:
    """What became of a negative result before the immigration judge."""
    asked = draft.pick(yes=50, silent=20, no=12, _=18)
    row["judge_asked"] = asked
    if asked == "yes":
        row["judge_asked_on"] = min(decided + timedelta(days=draft.rng.randint(0, 2)), DAY).isoformat()
    ruled = decided + timedelta(days=draft.rng.randint(4, 7))
    if asked in ("yes", "silent") and ruled < DAY and draft.likely(0.55):
        row["judge_outcome"], row["judge_decided_on"] = draft.pick(affirmed=75, vacated=25), ruled.isoformat()


def sign(draft: Draft, row: Row, choice: str, signed: date) -> None:
    """The person's own election form, filled in as the notice asks."""
    small = row in draft.children and age_on(signed, row) < 14
    row |= {
        "election": choice, "election_signed_on": signed.isoformat(),
        "election_signed_by": "parent" if small else "self",
        "own_form": "yes", "understood": "yes", "voluntary": "yes", "via_class_counsel": "yes",
    }  # fmt: skip
    if row in draft.children and not small:
        row["lacks_capacity"] = "no"


def depart(row: Row, day: date, kind: str) -> None:
    """The person left the country that day, and whoever held them no longer does."""
    row["departed_on"], row["departed_kind"] = day.isoformat(), kind
    for held in ("dhs", "orr"):
        since, until = row[f"{held}_from"], row[f"{held}_to"]
        if since not in ("", "none") and (not until or until > day.isoformat()):
            row[f"{held}_to"] = day.isoformat()


def court(row: Row, kind: str, opened: date, outcome: str = "pending") -> None:
    """A case before the immigration court."""
    row["court_kind"], row["court_opened_on"], row["court_outcome"] = kind, opened.isoformat(), outcome


# --- stories ---


def parent_removed(draft: Draft) -> None:
    """The parent was removed without the child; the child is in a shelter or with a relative, or was sent after."""
    gone = draft.adults[0]
    day = draft.between(draft.taken + timedelta(days=18), date(2018, 8, 24))
    gone["dhs_to"] = ""
    gone["initial_decided_on"] = gone["initial_decided_on"] and min(
        gone["initial_decided_on"], (day - timedelta(days=2)).isoformat()
    )
    depart(gone, day, draft.pick(removed=88, returned=8, left=4))
    where = draft.pick(sponsor=42, shelter=30, abroad=12, _=16)
    for child in draft.children:
        child |= {"reunified_on": "", "reunification": "", "orr_to": ""}
        if where == "sponsor":
            out = draft.between(date(2018, 8, 1), date(2018, 11, 20))
            child |= {"orr_to": out.isoformat(), "reunification": "sponsor", "reunified_on": out.isoformat()}
        elif where == "abroad":
            out = draft.between(date(2018, 9, 1), date(2018, 11, 30))
            depart(child, out, "returned")
            child |= {"reunification": "abroad", "reunified_on": out.isoformat()}
        elif where != "shelter":
            child["orr_to"] = draft.between(date(2018, 9, 1), date(2018, 11, 30)).isoformat()


def chose_return(draft: Draft) -> None:
    """The family, or the parent alone, gave up the process on valid forms; half of them have gone."""
    signed = draft.between(NOTICE + timedelta(days=2), date(2018, 12, 6))
    alone = draft.likely(0.2)
    leaving = signed + timedelta(days=draft.rng.randint(6, 25))
    for row in draft.persons:
        sign(draft, row, "stay" if alone and row in draft.children else "return", signed)
        if leaving < DAY and not alone:
            depart(row, leaving, "returned")


def form_in_doubt(draft: Draft) -> None:
    """A form to go home on file that is no waiver, each for one of the reasons that offices met."""
    chose_return(draft)
    flaw = draft.pick(early=3, whole_family=3, unread=2, pressed=2, not_via_counsel=2, withdrawn=2, wrong_hand=2)
    for row in draft.persons:
        row |= {"departed_on": "none", "departed_kind": ""}
        if flaw == "early":
            row["election_signed_on"] = draft.between(draft.taken, NOTICE - timedelta(days=20)).isoformat()
        elif flaw == "whole family":
            row["own_form"] = "no"
        elif flaw == "unread":
            row["understood"] = draft.pick(no=1, _=1)
        elif flaw == "pressed":
            row["voluntary"] = draft.pick(no=1, _=1)
        elif flaw == "not via counsel":
            row["via_class_counsel"] = draft.pick(no=1, _=1)
        elif flaw == "withdrawn":
            row["election_withdrawn_on"] = draft.between(date.fromisoformat(row["election_signed_on"]), DAY).isoformat()
        else:
            row["election_signed_by"] = "other"


def interviewed(draft: Draft) -> None:
    """The parent was heard again; where the answer is still no, the child's own screening follows."""
    for adult in draft.adults[:1] if draft.likely(0.6) else draft.adults:
        sign(draft, adult, "stay", draft.between(NOTICE + timedelta(days=1), date(2018, 10, 22)))
        result = draft.pick(positive=45, negative=43, _=12)
        if not result:
            plan(draft, adult, "interviewed", date(2018, 11, 26), DAY - timedelta(days=1))
            continue
        decided = answer(draft, adult, result, date(2018, 10, 25))
        if result == "positive":
            if draft.likely(0.4) and decided + timedelta(days=5) < DAY:
                kind = "section 240" if adult["second_kind"] == "credible fear" else "withholding only"
                court(adult, kind, decided + timedelta(days=5))
            continue
        adult["state_of_mind_weighed"] = draft.pick(yes=70, no=16, _=14)
        if adult["second_kind"] == "reasonable fear":
            judge(draft, adult, decided)
        for child in draft.children:
            child_heard(draft, child, decided)


def child_heard(draft: Draft, child: Row, after: date) -> None:
    """The child's own screening after the parent's second refusal."""
    stage = draft.pick(decided=58, scheduled=20, requested=8, _=14)
    if stage == "scheduled":
        plan(draft, child, stage, DAY - timedelta(days=3), date(2019, 1, 11))
    elif stage == "requested":
        plan(draft, child, stage)
    elif stage == "decided":
        result = draft.pick(negative=65, positive=35)
        decided = answer(
            draft, child, result, min(max(after + timedelta(days=2), date(2018, 11, 21)), DAY - timedelta(days=8))
        )
        if result == "negative":
            judge(draft, child, decided)


def heard_out(draft: Draft) -> None:
    """Everybody's right is used up: parent and children refused, the judge agreed or was declined."""
    for row in draft.persons:
        decided = answer(draft, row, "negative", date(2018, 10, 25))
        if row in draft.adults:
            row["state_of_mind_weighed"] = "yes"
        if row in draft.children or row["second_kind"] == "reasonable fear":
            ruled = min(decided + timedelta(days=6), DAY)
            row |= {
                "judge_asked": "yes",
                "judge_asked_on": decided.isoformat(),
                "judge_outcome": "affirmed",
                "judge_decided_on": ruled.isoformat(),
            }


def scheduled(draft: Draft) -> None:
    """An interview lies ahead, or was to be in the last days and its outcome is to be recorded."""
    signed = draft.between(NOTICE + timedelta(days=2), date(2018, 11, 30))
    for adult in draft.adults:
        sign(draft, adult, "stay", signed)
        plan(draft, adult, "scheduled", date(2018, 12, 3), date(2019, 1, 25))
    if draft.likely(0.15):
        plan(draft, draft.children[0], "scheduled", date(2018, 12, 12), date(2019, 1, 25))


def requested(draft: Draft) -> None:
    """They chose to stay and asked; no day is set."""
    signed = draft.between(NOTICE + timedelta(days=2), date(2018, 12, 5))
    for adult in draft.adults:
        sign(draft, adult, "stay", signed)
        plan(draft, adult, "requested")
    for child in draft.children:
        if draft.likely(0.3):
            sign(draft, child, "stay", signed)


def waiting(draft: Draft) -> None:
    """Nobody has been seen again, and no form has come back from most."""
    for adult in draft.adults:
        if draft.likely(0.25):
            sign(draft, adult, "stay", draft.between(NOTICE + timedelta(days=2), date(2018, 12, 5)))


def passed_first(draft: Draft) -> None:
    """The parent passed the first screening, and mostly has a case in court."""
    for adult in draft.adults[:1]:
        decided = draft.entered + timedelta(days=draft.rng.randint(12, 40))
        adult |= {
            "initial_kind": adult["initial_kind"] or "credible fear",
            "initial_result": "positive",
            "initial_decided_on": decided.isoformat(),
        }
        if draft.likely(0.7):
            court(
                adult,
                "section 240" if adult["initial_kind"] == "credible fear" else "withholding only",
                decided + timedelta(days=20),
            )
        if draft.likely(0.25):
            adult["asylum_filed_on"] = draft.between(decided + timedelta(days=40), DAY).isoformat()


def in_court(draft: Draft) -> None:
    """A case in immigration court: mostly the child's, from the time in the shelter."""
    row = draft.rng.choice([*draft.children, *draft.persons])
    opened = draft.between(draft.home, date(2018, 9, 20))
    outcome = draft.pick(pending=60, removal_ordered=22, relief_granted=6, terminated=12)
    court(row, "section 240", opened, outcome)
    if outcome != "pending":
        decided = draft.between(date(2018, 11, 9), DAY - timedelta(days=2))
        row["court_decided_on"] = decided.isoformat()
        if outcome == "removal ordered" and draft.likely(0.3):
            row["court_final_on"] = draft.between(decided, DAY).isoformat()


def excluded(draft: Draft) -> None:
    """The government says that the parent is not covered."""
    for adult in draft.adults[:1]:
        adult["exclusion_kind"] = draft.pick(
            criminal_history=60, unfit_or_danger=25, communicable_disease=8, interior_arrest=7
        )
        adult["exclusion_status"] = draft.pick(alleged=50, contested=28, established=14, withdrawn=8)


def home_before_the_order(draft: Draft) -> None:
    """The child was back before 26 June 2018: whether the parent is covered is before the court."""
    back = min(
        draft.between(draft.taken + timedelta(days=6), INJUNCTION - timedelta(days=1)), INJUNCTION - timedelta(days=1)
    ).isoformat()
    for row in draft.children:
        moved = min(row["orr_from"], back)
        row |= {"dhs_to": moved, "orr_from": moved, "orr_to": back, "reunified_on": back, "reunification": ""}


def with_guardian(draft: Draft) -> None:
    """The adult is the child's legal guardian and not a parent."""
    draft.adults[0]["role"] = "guardian"


def outside(draft: Draft) -> None:
    """The agreement does not reach them: found inland, came after the order, or a citizen."""
    case = draft.pick(inland=4, later=3, citizen=3)
    delay = INJUNCTION + timedelta(days=draft.rng.randint(2, 9)) - draft.entered
    for row in draft.persons:
        if case == "inland":
            row["entry_place"] = "interior"
        elif case == "later":
            for column in AFTER_ENTRY:
                row[column] = (
                    row[column] and min(date.fromisoformat(row[column]) + delay, date(2018, 12, 1)).isoformat()
                )
        elif row in draft.children:
            row["noncitizen"] = "no"


def still_apart(draft: Draft) -> None:
    """The parent is in the country, and the child with a relative, in a shelter, or not with a parent who declined."""
    way = draft.pick(sponsor=6, declined=2, _=4)
    for child in draft.children:
        child |= {"reunification": way, "reunified_on": child["reunified_on"] if way == "sponsor" else ""}
        if not way:
            child["orr_to"] = ""


def eighteen_between(draft: Draft) -> None:
    """The eldest turned 18 between the order and the approval, or soon will."""
    born = draft.between(date(2000, 6, 28), date(2001, 1, 20))
    draft.children[0]["birth_date"] = born.isoformat()


def came_back(draft: Draft) -> None:
    """The parent was removed and is in the country again."""
    gone = draft.between(INJUNCTION + timedelta(days=3), date(2018, 8, 20))
    draft.adults[0] |= {
        "departed_on": gone.isoformat(),
        "departed_kind": "removed",
        "back_on": draft.between(gone, date(2018, 12, 1)).isoformat(),
    }


# In a thousand families. Reported in 2018: nine in ten parents with a removal order; 463 parents possibly out of the
# country for 2,551 children;
# over forty families gone home while waiting; about sixty forms signed and interviews begun by mid-October; 17 parents
# "red-flagged".
STORIES: tuple[tuple[Callable[[Draft], None], int], ...] = (
    (parent_removed, 285), (chose_return, 40), (form_in_doubt, 15), (interviewed, 60), (heard_out, 4), (scheduled, 176),
    (requested, 128),
    (waiting, 124), (passed_first, 60), (in_court, 30), (excluded, 17), (home_before_the_order, 9), (with_guardian, 9),
    (outside, 9),
    (still_apart, 24), (eighteen_between, 6), (came_back, 4),
)  # fmt: skip
