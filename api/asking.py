"""What callers may send: the filters of each list, and the body with which an outcome is recorded."""

import hashlib
import json
import re
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from api.fields import ExactChoice, ExactDate, ExactFlag, ExactNumber, ExactText, FlagWord, NumberWord, OnlyTrue, Strict
from families.models import Person
from families.proposals.models import Proposal
from screenings.models import JudgeReview, Screening
from screenings.outcome import REVIEW_FIELDS, SCREENING_FIELDS
from settlement.guidance import DEADLINES
from settlement.models import Membership, Removal, Stage

# Visible ASCII: what a UUID or any other made-up key is of.
IDEMPOTENCY_KEY = r"[!-~]{1,150}"
PAGE_SIZE, MOST_A_PAGE = 50, 200


def asked(form: type[Strict], data: Any) -> dict[str, Any]:
    """The checked values of a query or a body; raises `ValidationError` with sentences by field."""
    if isinstance(data, QueryDict):
        twice = [name for name, values in data.lists() if len(values) > 1]
        if twice:
            raise ValidationError({name: [_("This is given twice. Give it once.")] for name in twice})
        data = data.dict()
    filled = form(data=data)
    filled.is_valid(raise_exception=True)
    given: dict[str, Any] = filled.validated_data
    return given


def write_key(request: Request, *, needed: bool) -> str | None:
    """The header Idempotency-Key and the body in one key: the same key with another body is another write.

    Raises `ValidationError` where the header is needed and missing, or not as it should be.
    """
    key: str = request.headers.get("Idempotency-Key", "")
    if not key and not needed:
        return None
    if not re.fullmatch(IDEMPOTENCY_KEY, key):
        raise ValidationError(
            {"Idempotency-Key": [_("Send a header Idempotency-Key: up to 150 letters and digits, new for each write.")]}
        )
    body = json.dumps(request.data, sort_keys=True)
    return f"{hashlib.sha256(body.encode()).hexdigest()[:24]}:{key}"


class Key(NumberWord):
    """The key of a row, as a filter."""

    def __init__(self, help_text: str | None = None) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1, required=False, help_text=help_text)


class NoQuery(Strict):
    """No part after the question mark."""


class PageQuery(Strict):
    """Which page of a list, and how long."""

    page = NumberWord(min_value=1, max_value=1_000_000, required=False)
    page_size = NumberWord(min_value=1, max_value=MOST_A_PAGE, required=False)


class FamiliesQuery(PageQuery):
    attorney = Key("The attorney's key.")
    paralegal = Key("The paralegal's key.")
    removal = serializers.ChoiceField(choices=Removal.choices, required=False)
    stage = serializers.ChoiceField(choices=Stage.choices, required=False)


class PersonsQuery(PageQuery):
    family = Key()
    role = serializers.ChoiceField(choices=Person.Role.choices, required=False)
    membership = serializers.ChoiceField(choices=Membership.choices, required=False)
    removal = serializers.ChoiceField(choices=Removal.choices, required=False)


class ScreeningsQuery(PageQuery):
    family = Key()
    person = Key()
    basis = serializers.ChoiceField(choices=Screening.Basis.choices, required=False)
    status = serializers.ChoiceField(choices=Screening.Status.choices, required=False)
    kind = serializers.ChoiceField(choices=Screening.Kind.choices, required=False)
    result = serializers.ChoiceField(choices=Screening.Result.choices, required=False)


class DeadlinesQuery(PageQuery):
    family = Key()
    person = Key()
    kind = serializers.ChoiceField(choices=sorted(DEADLINES), required=False)
    missed = FlagWord(required=False)
    due_from = ExactDate(required=False, help_text="The first day.")
    due_through = ExactDate(required=False, help_text="The last day.")


class _OutcomeFields(Strict):
    """What is said of a screening, by the names that `screenings.services` has for it."""

    kind = ExactChoice(choices=Screening.Kind.choices, required=False)
    status = ExactChoice(choices=Screening.Status.choices, required=False)
    requested_on = ExactDate(required=False)
    interview_on = ExactDate(required=False)
    result = ExactChoice(choices=Screening.Result.choices, required=False)
    decided_on = ExactDate(required=False)
    state_of_mind_weighed = ExactFlag(required=False)
    judge_review = OnlyTrue(required=False, help_text="True: there is a review, of which nothing more may be known.")
    judge_asked = ExactChoice(choices=JudgeReview.Asked.choices, required=False)
    judge_asked_on = ExactDate(required=False)
    judge_outcome = ExactChoice(choices=JudgeReview.Outcome.choices, required=False)
    judge_decided_on = ExactDate(required=False)


class OutcomeBody(_OutcomeFields):
    """What became of a screening. A field that is not sent keeps what it has; null and empty texts are refused.

    What is unknown from now on is named in `erase`, with a `reason`; `judge_review` there says that there was none.
    """

    version = ExactNumber(min_value=1, max_value=2**31 - 1, help_text="The version that you read.")
    erase = serializers.ListField(
        child=ExactChoice(choices=[*SCREENING_FIELDS, "judge_review", *REVIEW_FIELDS]),
        required=False,
        max_length=20,
        help_text="Fields that are unknown from now on.",
    )
    reason = ExactText(required=False, max_length=2000, help_text="Why; needed with `erase`, kept in the history.")


class ScreeningBody(_OutcomeFields):
    """A screening that is not on file yet."""

    basis = ExactChoice(choices=Screening.Basis.choices)
    status = ExactChoice(choices=Screening.Status.choices)


class _Seen(Strict):
    version = ExactNumber(min_value=1, max_value=2**31 - 1, help_text="The version of the proposal that you read.")


class ConfirmBody(_Seen):
    """Somebody else's change is to be in force."""

    row_version = ExactNumber(
        min_value=0, max_value=2**31 - 1, help_text="`row_version_now` as you read it: 0 for a row that is not there."
    )
    note = ExactText(required=False, max_length=2000, help_text="Kept in the history.")


class DeclineBody(_Seen):
    """What is in force is to stay."""

    note = ExactText(max_length=2000, help_text="Why; who typed the change reads it.")


class WithdrawBody(_Seen):
    """One's own change is taken back."""


class ProposalsQuery(PageQuery):
    """Which changes: all, or of one family, person, state, kind."""

    family = Key()
    person = Key()
    state = ExactChoice(choices=Proposal.State.choices, required=False)
    kind = ExactChoice(choices=Proposal.Kind.choices, required=False)
