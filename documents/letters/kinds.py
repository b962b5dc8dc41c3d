"""Which letters fit a person, in which languages, and what each rests on in law."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from documents.letters.models import Language, LetterKind

Text = str | Promise
Answer = Mapping[str, Any]
GOVERNMENTS_DUTIES: Final = frozenset({"judge_review", "return_answer"})


class Basis(NamedTuple):
    """What a letter rests on, how sure that is (T, R, M or I), and where it stands."""

    says: Text
    letter: str
    citation: str


_ALONE: Final = Basis(_("Each person is decided alone; one person's form binds nobody else."), "T", "ECF 256")
BASES: Final[dict[str, tuple[Basis, ...]]] = {
    LetterKind.CLIENT: (
        Basis(_("Only an attorney or an accredited representative may give legal advice."), "M", "8 CFR 292.1"),
    ),
    LetterKind.SCREENING: (
        Basis(_("A parent with a negative result gets a re-evaluation."), "R", "Ms. L., M.M.M. and Dora, 2018"),
        Basis(_("A child has a fear claim of their own."), "R", "Ms. L., M.M.M. and Dora, 2018"),
    ),
    LetterKind.WAIVER_CHECK: (
        _ALONE,
        Basis(
            _("A choice to return is affirmative, knowing and voluntary, and read in one's language."),
            "T",
            "ECF 256",
        ),
        Basis(_("The government acts only on forms that come from class counsel."), "M", ""),
    ),
    LetterKind.RETURN_REQUEST: (
        Basis(_("Only class counsel presents such a request, in rare cases, within 30 days of the approval."), "R", ""),
        Basis(_("The government answers within 30 days."), "M", ""),
    ),
    LetterKind.MEMBERSHIP: (
        Basis(_("Class counsel, and in the end the court, decide who is covered."), "I", "Ms. L., 3:18-cv-00428"),
    ),
    LetterKind.STATE_OF_MIND: (
        Basis(
            _("Due weight is given to the parent's state of mind at the first interview."),
            "R",
            "Ms. L., M.M.M. and Dora, 2018",
        ),
        Basis(_("The officer's record and notes are attached to the decision."), "T", "8 USC 1225(b)(1)(B)(iii)(II)"),
    ),
    LetterKind.JUDGE_REVIEW: (
        Basis(
            _("A judge reviews a negative finding on request, in 24 hours if practicable, never later than 7 days."),
            "T",
            "8 USC 1225(b)(1)(B)(iii)(III); 8 CFR 1003.42",
        ),
        Basis(_("Whether a parent may ask for review of a second negative finding is an open question: ask."), "I", ""),
    ),
    LetterKind.OVERDUE: (
        Basis(_("A judge's review is concluded within 7 days of the finding."), "T", "8 USC 1225(b)(1)(B)(iii)(III)"),
        Basis(_("The government answers a request to return within 30 days."), "M", ""),
    ),
    LetterKind.ELECTION_DATA: (_ALONE,),
    LetterKind.CHRONOLOGY: (),
}


def languages(kind: str) -> list[str]:
    """The languages in which a kind of letter is written: what the client takes along in both."""
    return [Language.EN, Language.ES] if kind == LetterKind.CLIENT else [Language.EN]


def fitting(answer: Answer, facts: Answer, deadlines: list[Answer]) -> list[str]:
    """The kinds of letter that fit a person: their `answer` and `deadlines` of the decision, their `facts`."""
    steps, forms = set(answer["next_steps"]), facts.get("elections") or ()
    late = [one for one in deadlines if one["id"] in GOVERNMENTS_DUTIES and one["missed"]]
    fits = {
        LetterKind.CLIENT: True,
        LetterKind.SCREENING: bool(steps & {"request_reevaluation", "request_independent_screening"}),
        LetterKind.WAIVER_CHECK: any(form.get("choice") == "return" for form in forms),
        LetterKind.RETURN_REQUEST: "present_return_request" in steps,
        LetterKind.MEMBERSHIP: answer["membership"] == "undetermined",
        LetterKind.STATE_OF_MIND: "challenge_reevaluation" in steps,
        LetterKind.JUDGE_REVIEW: "ask_judge_review" in steps,
        LetterKind.OVERDUE: bool(late),
        LetterKind.ELECTION_DATA: bool(forms),
        LetterKind.CHRONOLOGY: True,
    }
    return [kind for kind in LetterKind.values if fits[LetterKind(kind)]]
