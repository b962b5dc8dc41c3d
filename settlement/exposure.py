"""How exposed a family is: the order in which an attorney looks at families, and the one place that says it.

Every family has exactly one exposure, the first of `EXPOSURES` that fits; so counts by exposure add up.
"""

import datetime
from typing import Any, Final, NamedTuple

from django.db.models import Case, DateField, Exists, F, IntegerField, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Least
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from deadlines.models import Deadline
from families.models import Family
from screenings.models import Screening
from settlement.models import PersonDetermination

Annotated = QuerySet[Any]
"""Families with what the function adds to them."""

NEAR: Final = datetime.timedelta(days=14)
"""A deadline is near from this long before it is due."""


class Exposure(NamedTuple):
    """Why a family needs a look. `fits` tells it of one person's answer; `sentence` names the persons it fits."""

    key: str
    label: str | Promise
    fits: Q | None = None
    sentence: str | Promise = ""


EXPOSURES: Final = (
    Exposure(
        "bar_lifted",
        _("The agreement no longer bars removal"),
        Q(removal="bar_lifted"),
        _("This agreement no longer bars the removal of %(names)s. Other law may still protect: act today."),
    ),
    Exposure(
        "judge",
        _("Negative finding, and no judge known to be asked"),
        Q(next_steps__contains=["ask_judge_review"]),
        _("A judge can still change the negative finding (%(names)s), and nobody is known to have asked."),
    ),
    Exposure(
        "disputed",
        _("Re-evaluation disputed"),
        Q(next_steps__contains=["challenge_reevaluation"]),
        _("The negative re-evaluation (%(names)s) is not known to be the one that the agreement promises."),
    ),
    Exposure(
        "undetermined",
        _("Not known whether protected"),
        Q(removal="undetermined"),
        _("It is not known whether this agreement protects %(names)s. Treat as protected, and find out."),
    ),
    Exposure(
        "waiver",
        _("Form to return to be checked"),
        Q(next_steps__contains=["check_waiver"]),
        ngettext_lazy(
            "The form by which %(names)s chose to return does not count as it is on file. Check it.",
            "The forms by which %(names)s chose to return do not count as they are on file. Check them.",
            "count",
        ),
    ),
    Exposure("date", _("A deadline is near or missed")),
    Exposure("none", _("Nothing pressing")),
)
RANKS: Final = {exposure.key: rank for rank, exposure in enumerate(EXPOSURES)}


def exposure_of_answer(prefix: str = "") -> Case:
    """The rank of one person's answer as an expression; `prefix` leads to the `PersonDetermination`, as "answer__"."""
    return Case(
        *(
            When(_prefixed(exposure.fits, prefix), then=Value(rank))
            for rank, exposure in enumerate(EXPOSURES)
            if exposure.fits is not None
        ),
        default=Value(RANKS["none"]),
        output_field=IntegerField(),
    )


def _prefixed(condition: Q, prefix: str) -> Q:
    return Q(*((f"{prefix}{name}", value) for name, value in condition.children))  # type: ignore[misc]  # all are flat


def coming_interview(day: datetime.date) -> Q:
    """True of a screening whose interview is planned, for the day or later."""
    return Q(status__in=(Screening.Status.REQUESTED, Screening.Status.SCHEDULED), interview_on__gte=day)


def with_exposure(families: QuerySet[Family], day: datetime.date) -> Annotated:
    """The families with `exposure` (the rank) and `next_date` (the nearest open date or interview not past).

    The rank is the lowest of the ranks of the family's persons, or "date" where a deadline that presses
    (`Deadline.objects.pressing()`) is missed or due within `NEAR`. Whether one is missed is told by the day, so it
    holds also while the stored answers are being renewed.
    """
    here = OuterRef("pk")
    ranks = PersonDetermination.objects.filter(family=here).values("family").annotate(it=Min(exposure_of_answer()))
    deadlines = Deadline.objects.open().filter(family=here).order_by("due_on")
    interviews = Screening.objects.filter(coming_interview(day), person__family=here).order_by("interview_on")
    near = Exists(Deadline.objects.pressing().filter(family=here, due_on__lte=day + NEAR))
    dated = Case(When(near, then=Value(RANKS["date"])), default=Value(RANKS["none"]), output_field=IntegerField())
    return families.annotate(
        next_date=Least(
            Subquery(deadlines.filter(due_on__gte=day).values("due_on")[:1], output_field=DateField()),
            Subquery(interviews.values("interview_on")[:1]),
        ),
        exposure=Least(Coalesce(Subquery(ranks.values("it")), Value(RANKS["none"])), dated),
    )


def most_exposed_first(families: QuerySet[Family], day: datetime.date) -> Annotated:
    """The families in the order in which an attorney looks at them.

    First by exposure: somebody whom this agreement no longer protects; a negative finding that no judge is known to be
    asked about; a disputed re-evaluation; somebody of whom it is not known whether they are protected; a form to
    return that must be checked; a deadline that is missed or due within 14 days; all others. Within one exposure the
    nearest date comes first, families without a date last, and then the office's number decides.
    """
    return with_exposure(families, day).order_by("exposure", F("next_date").asc(nulls_last=True), "reference", "pk")


def exposure_sentence(rank: int, names: str, count: int) -> str:
    """The sentence of an exposure that is told of persons: `names` in words, and how many they are."""
    return str(EXPOSURES[rank].sentence % {"names": names, "count": count})
