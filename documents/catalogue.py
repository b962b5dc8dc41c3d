"""Which papers the facts on file let expect: the catalogue, to be read by an attorney.

Each line is a condition on a person's rows, so that any number of persons is looked at in one query. A paper that no
line names is never missing by itself; it can be put on file, and it can be marked as missing. Facts in force count
alone: what waits for a second person makes no paper expected.
"""

from typing import Final, NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from documents.models import Paper
from families.models import Custody, Departure, Exclusion, Person
from screenings.models import JudgeReview, Screening
from settlement.models import Election

Kind = Paper.Kind
Text = str | Promise
SETTLED: Final = frozenset({Paper.State.HAVE, Paper.State.NOT_NEEDED})
"""The states in which a paper is not missing."""


class Line(NamedTuple):
    """When a paper is expected: as a condition on persons, and in words that follow "Expected"."""

    when: Q
    because: Text


def _screening(**values: object) -> Exists:
    return Exists(Screening.objects.filter(person=OuterRef("pk"), **values))


def _credible(**values: object) -> Q:
    """A credible fear screening; one of unknown kind is read as such, as for steps and deadlines (rules, section 5)."""
    return Q(_screening(kind="credible_fear", **values)) | Q(_screening(kind=None, **values))


def _reasonable(**values: object) -> Q:
    return Q(_screening(kind="reasonable_fear", **values))


def _review(**values: object) -> Q:
    return Q(Exists(JudgeReview.objects.filter(screening__person=OuterRef("pk"), **values)))


_HELD_BY_ORR: Final = Q(
    Exists(Custody.objects.filter(person=OuterRef("pk"), by__in=["orr", "orr_foster"], ended_on__isnull=False))
)
_REMOVED: Final = Q(Exists(Departure.objects.filter(person=OuterRef("pk"), kind="removed")))
_SAID_INTERIOR: Final = Q(
    Exists(Exclusion.objects.filter(person=OuterRef("pk"), kind="interior_arrest").exclude(status="withdrawn"))
)
_SIGNED: Final = Q(Exists(Election.objects.filter(person=OuterRef("pk"))))
# Who is out of the country is so by the current answer; who has none yet counts as here.
_HERE: Final = ~Q(answer__standing="absent")
_IN_COURT: Final = Q(court_case__isnull=False) & ~Q(court_case__outcome="terminated")
_HELD: Final = {"status__in": ["interviewed", "decided"]}

CATALOGUE: Final[dict[str, Line]] = {
    Kind.BIRTH_CERTIFICATE: Line(Q(role=Person.Role.CHILD), _("of every child: it shows the age and the parents")),
    Kind.I_860: Line(_credible(basis="initial"), _("after a first credible fear screening")),
    Kind.I_867: Line(_credible(basis="initial"), _("after a first credible fear screening")),
    Kind.M_444: Line(_credible(interview_on__isnull=False), _("before a credible fear interview")),
    Kind.I_870: Line(_credible(**_HELD), _("after a credible fear interview")),
    Kind.I_869: Line(_credible(result="negative"), _("after a negative credible fear result")),
    Kind.I_899: Line(_reasonable(**_HELD), _("after a reasonable fear interview")),
    Kind.I_898: Line(_reasonable(result="negative"), _("after a negative reasonable fear result")),
    Kind.I_863: Line(_review(asked="yes"), _("when a judge's review was asked for")),
    Kind.JUDGE_ORDER: Line(_review(outcome__isnull=False), _("when a judge has decided on the review")),
    Kind.I_862: Line(
        _credible(result="positive") | _review(outcome="vacated") | Q(court_case__kind="section_240"),
        _("after a positive credible fear result, and when there is a full case in court"),
    ),
    Kind.PRIOR_ORDER: Line(_reasonable(), _("when there is a reasonable fear screening")),
    Kind.I_205: Line(_REMOVED, _("after a removal")),
    Kind.I_213: Line(_SAID_INTERIOR, _("when the government speaks of an arrest in the interior")),
    Kind.ORR_RELEASE: Line(_HELD_BY_ORR, _("after ORR held a child")),
    Kind.ELECTION_FORM: Line(_SIGNED, _("when an election is on file")),
    Kind.INTERPRETER_RECORD: Line(_SIGNED, _("when an election is on file: in which language, and who read it")),
    Kind.I_589_RECEIPT: Line(Q(asylum_filed_on__isnull=False), _("after an asylum application")),
    Kind.G_28: Line(_HERE, _("of everybody who is in the country")),
    Kind.EOIR_28: Line(_IN_COURT, _("when there is a case in court")),
}


def flag(kind: str) -> str:
    """The name under which a query says whether this paper is expected."""
    return f"expects_{kind}"


def lacking_papers() -> Q:
    """True of who lacks a paper: one that the facts let expect, or that somebody marked as missing or asked for.

    The twin of `selectors.missing_papers` as a condition, to count by and to list.
    """
    here = Paper.objects.filter(person=OuterRef("pk"))
    condition = Q(Exists(here.exclude(state__in=SETTLED)))
    for kind, line in CATALOGUE.items():
        condition |= line.when & ~Q(Exists(here.filter(kind=kind, state__in=SETTLED)))
    return condition


def not_in_court() -> Q:
    """True of a Notice to Appear that was served, or is here, and that nobody has seen in the court's system."""
    unserved = Q(served_on=None, state__in=[Paper.State.ASKED, Paper.State.MISSING])
    return Q(kind=Kind.I_862, seen_in_court_on=None) & ~Q(state=Paper.State.NOT_NEEDED) & ~unserved


def notice_not_in_court() -> Q:
    """True of who has such a notice."""
    return Q(Exists(Paper.objects.filter(not_in_court(), person=OuterRef("pk"))))
