"""Every figure and date of law that the engine uses, each with its source and how sure we are of it.

Basis letters: T its text was read in the primary source; R reported by a court paper's summary, counsel or the press;
M from memory, unconfirmed; I inferred. To change a value, add a version to `RULE_VERSION` and say in `docs/adr/` what
changed and from which day.
"""

from datetime import date
from typing import Final, Generic, NamedTuple, TypeVar

RULE_VERSION: Final = "2018.1"

V = TypeVar("V")


class Parameter(NamedTuple, Generic[V]):
    """A value of law: the value, its basis letter, its citation, and the day from which it holds."""

    value: V
    basis: str
    citation: str
    holds_from: date


_INJUNCTION = date(2018, 6, 26)
_APPROVAL = date(2018, 11, 15)

INJUNCTION_ON: Final = Parameter(
    _INJUNCTION, "T", "Ms. L. v. ICE, S.D. Cal. 18-cv-428, order of 26 June 2018", _INJUNCTION
)
MINOR_UNDER: Final = Parameter(18, "T", "class definition, Ms. L. v. ICE", _INJUNCTION)  # years
OWN_SIGNATURE_FROM: Final = Parameter(14, "T", "election form of the class notice, 2018", date(2018, 10, 9))  # years
ORIENTATION_DAYS: Final = Parameter(
    5, "M", "the agreement, orientation before an interview", _APPROVAL
)  # calendar days
CF_JUDGE_REVIEW_DAYS: Final = Parameter(7, "T", "8 USC 1225(b)(1)(B)(iii)(III)", date(1996, 9, 30))  # calendar days
RF_JUDGE_REVIEW_DAYS: Final = Parameter(10, "M", "8 CFR 208.31(g)", date(1999, 3, 22))  # calendar days
RETURN_REQUEST_DAYS: Final = Parameter(
    30, "R", "the agreement, removed parents; final approval of 15 November 2018", _APPROVAL
)
RETURN_ANSWER_DAYS: Final = Parameter(30, "M", "the agreement, removed parents", _APPROVAL)  # calendar days
ASYLUM_FILING_YEARS: Final = Parameter(1, "T", "8 USC 1158(a)(2)(B)", date(1996, 9, 30))
APPEAL_DAYS: Final = Parameter(30, "T", "8 CFR 1003.38(b)", date(2002, 9, 25))  # calendar days

# What happened in court, used when a record brings no court events of its own.
COURT_RECORD: Final = Parameter(
    (
        ("stay", date(2018, 7, 16)),
        ("proposed", date(2018, 9, 12)),
        ("preliminary_approval", date(2018, 10, 9)),
        ("final_approval", _APPROVAL),
    ),
    "R",
    "dockets of Ms. L. v. ICE and M.M.M. v. Sessions, S.D. Cal., 2018",
    date(2018, 7, 16),
)
