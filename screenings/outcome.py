"""What recording an outcome makes of a screening, before anything is saved: shared by the preview and the service."""

import datetime
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import Invalid
from families.models import Person
from families.writing import Values, clean_erasures, clean_values, require_reason
from screenings.models import JudgeReview, Screening

SCREENING_FIELDS = (
    "kind",
    "status",
    "requested_on",
    "interview_on",
    "result",
    "decided_on",
    "state_of_mind_weighed",
)
REVIEW_FIELDS = {
    "judge_asked": "asked",
    "judge_asked_on": "asked_on",
    "judge_outcome": "outcome",
    "judge_decided_on": "decided_on",
}
_NAMES = {field: name for name, field in REVIEW_FIELDS.items()}


class Outcome(NamedTuple):
    """Checked values to set: on the screening and on its judge's review (by their own field names).

    `reviewed` is whether there is a judge's review afterwards.
    """

    screening: Values
    review: Values
    reviewed: bool

    def changes(self, screening: Screening) -> Values:
        """What would be different, by the names that a caller uses; of a new screening all that is known."""
        old = current_values(screening, review_of(screening)) if screening.pk else {}
        of_review = {name: self.review[field] for name, field in REVIEW_FIELDS.items() if field in self.review}
        if not self.reviewed:
            of_review = {name: None for name in REVIEW_FIELDS if old.get(name) is not None}
        after = {**self.screening, **of_review, "judge_review": self.reviewed}
        return {name: value for name, value in after.items() if _told(name, old.get(name)) != _told(name, value)}


def _told(name: str, value: Any) -> Any:
    """What a value says, to be compared: a blank one nothing. No is not nothing, but where there is no review."""
    return bool(value) if name == "judge_review" else None if value == "" else value


def current_values(screening: Screening, review: JudgeReview | None) -> Values:
    """What a screening and its review say now, by the names that a caller uses."""
    values: Values = {name: getattr(screening, name) for name in ("basis", *SCREENING_FIELDS)}
    values["judge_review"] = review is not None
    for name, field in REVIEW_FIELDS.items():
        values[name] = getattr(review, field) if review is not None else None
    return values


def review_of(screening: Screening) -> JudgeReview | None:
    """The judge's review of a screening, if there is one."""
    return getattr(screening, "judge_review", None) if screening.pk else None


def outcome_of(
    screening: Screening,
    values: Mapping[str, Any],
    *,
    day: datetime.date,
    erase: Collection[str] = (),
    reason: str = "",
) -> Outcome:
    """The values checked one by one and together; raises `Invalid` with a sentence for each field that is wrong.

    A rule between fields speaks only where one of them is given, so that what was oddly recorded before does not keep
    anybody from recording something else. `erase` may name `judge_review`: there was none.
    """
    given, given_review = _cleaned(screening, values)
    erased, erased_review, no_review = _erased(erase, values, reason)
    review = review_of(screening)
    reviewed = (review is not None and not no_review) or bool(given_review) or values.get("judge_review") is True
    after = current_values(screening, None if no_review else review) | given | erased
    after |= {name: (given_review | erased_review).get(field, after[name]) for name, field in REVIEW_FIELDS.items()}
    after["judge_review"] = reviewed
    touched = {*given, *erased, *(name for name, field in REVIEW_FIELDS.items() if field in given_review)}
    if values.get("judge_review") is True:
        touched.add("judge_review")
    _check_together(screening.person, after, touched, day)
    return Outcome(given | erased, given_review | erased_review, reviewed)


def _cleaned(screening: Screening, values: Mapping[str, Any]) -> tuple[Values, Values]:
    """The given values of the screening and of the review; a new screening needs its basis and status."""
    errors: dict[str, str] = {}
    parts: list[Values] = []
    review = {field: values[name] for name, field in REVIEW_FIELDS.items() if name in values}
    own = {name: value for name, value in values.items() if name not in REVIEW_FIELDS and name != "judge_review"}
    fields = SCREENING_FIELDS if screening.pk else ("basis", *SCREENING_FIELDS)
    try:
        parts.append(clean_values(Screening, own, fields=fields))
    except Invalid as refusal:
        errors |= refusal.errors
    try:
        parts.append(clean_values(JudgeReview, review, fields=tuple(_NAMES)))
    except Invalid as refusal:
        errors |= {_NAMES[field]: sentence for field, sentence in refusal.errors.items()}
    if not screening.pk:
        errors |= {name: _("This is needed.") for name in ("basis", "status") if not own.get(name)}
    if errors:
        raise Invalid(errors)
    return parts[0], parts[1]


def _erased(erase: Collection[str], values: Mapping[str, Any], reason: str) -> tuple[Values, Values, bool]:
    """What is unknown from now on, of the screening and of the review, and whether there was no review at all."""
    if erase:
        require_reason(reason)
    given = {name for name in ("judge_review", *REVIEW_FIELDS) if values.get(name) not in (None, "", False)}
    if "judge_review" in erase and given:
        raise Invalid({"judge_review": _("You gave a judge's review and said that there was none. Choose one.")})
    own = [name for name in erase if name != "judge_review" and name not in REVIEW_FIELDS]
    review = [REVIEW_FIELDS[name] for name in erase if name in REVIEW_FIELDS]
    given_review = {REVIEW_FIELDS[name]: values[name] for name in given if name in REVIEW_FIELDS}
    try:
        of_review = clean_erasures(JudgeReview, review, given_review, fields=tuple(REVIEW_FIELDS.values()))
    except Invalid as refusal:
        raise Invalid({_NAMES[field]: sentence for field, sentence in refusal.errors.items()}) from None
    return clean_erasures(Screening, own, values, fields=SCREENING_FIELDS), of_review, "judge_review" in erase


class Rule(NamedTuple):
    """Something that cannot be so: between which fields, told at the first of them."""

    fields: tuple[str, ...]
    broken: Callable[[Values, Person, datetime.date], bool]
    sentence: str | Promise


def _before(later: str, earlier: str) -> Callable[[Values, Person, datetime.date], bool]:
    return lambda v, person, day: None not in (v[later], v[earlier]) and v[later] < v[earlier]


def _in_future(name: str) -> Callable[[Values, Person, datetime.date], bool]:
    return lambda v, person, day: v[name] is not None and v[name] > day


_FUTURE = gettext_lazy("This day has not come yet.")

RULES = (
    Rule(
        ("basis",),
        lambda v, person, day: v["basis"] == ("reevaluation" if person.role == "child" else "independent"),
        gettext_lazy("Parents and guardians have a re-evaluation, children a screening of their own."),
    ),
    Rule(
        ("result", "status"),
        lambda v, person, day: v["result"] is not None and v["status"] != "decided",
        gettext_lazy("There is a result only once the screening is decided. Set the status to decided."),
    ),
    Rule(
        ("decided_on", "status"),
        lambda v, person, day: v["decided_on"] is not None and v["status"] != "decided",
        gettext_lazy("There is a day of decision only once the screening is decided. Set the status to decided."),
    ),
    Rule(
        ("state_of_mind_weighed", "status"),
        lambda v, person, day: v["state_of_mind_weighed"] is not None and v["status"] != "decided",
        gettext_lazy("Whether the state of mind was weighed is known only once the screening is decided."),
    ),
    Rule(
        ("judge_asked", "judge_asked_on", "judge_outcome", "judge_decided_on", "judge_review", "result", "status"),
        lambda v, person, day: v["judge_review"] and (v["status"] != "decided" or v["result"] == "positive"),
        gettext_lazy("A judge reviews only a screening that was decided negatively."),
    ),
    Rule(("requested_on",), _in_future("requested_on"), _FUTURE),
    Rule(("decided_on",), _in_future("decided_on"), _FUTURE),
    Rule(("judge_asked_on",), _in_future("judge_asked_on"), _FUTURE),
    Rule(("judge_decided_on",), _in_future("judge_decided_on"), _FUTURE),
    Rule(
        ("interview_on", "requested_on"),
        _before("interview_on", "requested_on"),
        gettext_lazy("The interview is before the day on which the screening was asked for."),
    ),
    Rule(
        ("decided_on", "interview_on"),
        _before("decided_on", "interview_on"),
        gettext_lazy("The decision is before the interview."),
    ),
    Rule(
        ("judge_asked_on", "decided_on"),
        _before("judge_asked_on", "decided_on"),
        gettext_lazy("Review was asked for before the screening was decided."),
    ),
    Rule(
        ("judge_decided_on", "judge_asked_on"),
        _before("judge_decided_on", "judge_asked_on"),
        gettext_lazy("The judge decided before review was asked for."),
    ),
)


def _check_together(person: Person, after: Values, touched: Collection[str], day: datetime.date) -> None:
    """Raises `Invalid` with every broken rule in which a touched field has a part."""
    errors: dict[str, str] = {}
    for rule in RULES:
        parts = [name for name in rule.fields if name in touched]
        if parts and rule.broken(after, person, day):
            errors.setdefault(parts[0], str(rule.sentence))
    if errors:
        raise Invalid(errors)
