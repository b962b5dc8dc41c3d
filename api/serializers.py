"""What callers are given. The names are those of the record; unknown is null."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from api.decisions import DecisionShape
from families.models import Custody, Departure, Exclusion, Family, ParentLink, Person
from families.proposals.models import Proposal
from screenings.models import JudgeReview, Screening
from settlement.models import (
    CourtCase,
    Determination,
    DeterminedDeadline,
    Election,
    PersonDetermination,
    ReturnRequest,
)


@extend_schema_field(DecisionShape)
class DecisionField(serializers.JSONField):
    """The engine's decision, as it was stored."""


class ColleagueOut(serializers.ModelSerializer[User]):
    """Someone of the organization."""

    class Meta:
        model = User
        fields = ["id", "name"]


_HEAD = [
    "id",
    "from_day",
    "through_day",
    "made_at",
    "rule_version",
    "facts_digest",
    "current",
    "stage",
    "removal",
    "deportation_eligible",
]


class DeterminationHead(serializers.ModelSerializer[Determination]):
    """The family's answer, the days it was given for, and of which facts and rules it was made."""

    class Meta:
        model = Determination
        fields = _HEAD


class DeterminationOut(serializers.ModelSerializer[Determination]):
    """A determination with its reasons."""

    decision = DecisionField()

    class Meta:
        model = Determination
        fields = [*_HEAD, "family", "decision"]


class AnswerOut(serializers.ModelSerializer[PersonDetermination]):
    """What the current determination says of one person; its reasons stand in the family's determination."""

    class Meta:
        model = PersonDetermination
        fields = ["membership", "standing", "right_state", "removal", "rule", "needs", "next_steps"]


_PERSON = [
    "id",
    "family",
    "reference",
    "role",
    "given_names",
    "family_names",
    "a_number",
    "birth_date",
    "country",
    "language",
    "version",
    "answer",
]


class PersonOut(serializers.ModelSerializer[Person]):
    """A parent, guardian or child, with what was determined of them."""

    answer = AnswerOut(allow_null=True)

    class Meta:
        model = Person
        fields = _PERSON


class FamilyOut(serializers.ModelSerializer[Family]):
    """A family with the head of its current determination; `through_day` there says for which day it was last made."""

    attorney = ColleagueOut(allow_null=True)
    paralegal = ColleagueOut(allow_null=True)
    determination = serializers.SerializerMethodField()

    class Meta:
        model = Family
        fields = ["id", "reference", "attorney", "paralegal", "version", "created_at", "updated_at", "determination"]

    @extend_schema_field(DeterminationHead(allow_null=True))
    def get_determination(self, family: Any) -> dict[str, Any] | None:
        """The current determination, which the selector has put on the family."""
        return DeterminationHead(family.current[0]).data if family.current else None


class FamilyWithPersonsOut(FamilyOut):
    """A family and who is in it."""

    persons = PersonOut(many=True)

    class Meta(FamilyOut.Meta):
        fields = [*FamilyOut.Meta.fields, "persons"]


class ScreeningOut(serializers.ModelSerializer[Screening]):
    """A screening and the judge's review of it, by the names with which it is recorded."""

    family = serializers.IntegerField(source="person.family_id")
    judge_review = serializers.SerializerMethodField()
    judge_asked = serializers.ChoiceField(JudgeReview.Asked.choices, source="judge_review.asked", allow_null=True)
    judge_asked_on = serializers.DateField(source="judge_review.asked_on", allow_null=True)
    judge_outcome = serializers.ChoiceField(JudgeReview.Outcome.choices, source="judge_review.outcome", allow_null=True)
    judge_decided_on = serializers.DateField(source="judge_review.decided_on", allow_null=True)

    class Meta:
        model = Screening
        fields = [
            "id",
            "family",
            "person",
            "version",
            "basis",
            "kind",
            "status",
            "requested_on",
            "interview_on",
            "result",
            "decided_on",
            "state_of_mind_weighed",
            "judge_review",
            "judge_asked",
            "judge_asked_on",
            "judge_outcome",
            "judge_decided_on",
        ]

    def get_judge_review(self, screening: Screening) -> bool:
        """Whether there is a review."""
        return hasattr(screening, "judge_review")


class ProposalOut(serializers.ModelSerializer[Proposal]):
    """A change that one person typed and a second one has to confirm. `before` is what was in force, `values` what was
    typed (null: unknown from now on), by field; `row` is the key of the row that it is about."""

    class Meta:
        model = Proposal
        fields = [
            "id",
            "family",
            "person",
            "kind",
            "how",
            "row",
            "row_version",
            "before",
            "values",
            "reason",
            "authors",
            "proposed_at",
            "state",
            "decided_by",
            "decided_at",
            "note",
            "version",
        ]


class ProposalDetailOut(ProposalOut):
    """The same, with the version that the row has now: send it back to confirm."""

    row_version_now = serializers.IntegerField(help_text="0 for a row that is not there.")

    class Meta(ProposalOut.Meta):
        fields = [*ProposalOut.Meta.fields, "row_version_now"]


class RecordedOut(ScreeningOut):
    """A screening as it is in force, and what of it waits for a second person."""

    waiting = ProposalOut(many=True)

    class Meta(ScreeningOut.Meta):
        fields = [*ScreeningOut.Meta.fields, "waiting"]


class ParentLinkOut(serializers.ModelSerializer[ParentLink]):
    class Meta:
        model = ParentLink
        fields = [
            "id",
            "parent",
            "entered_together",
            "separated_on",
            "separated_by",
            "reunified_on",
            "reunification",
            "version",
        ]


class CustodyOut(serializers.ModelSerializer[Custody]):
    class Meta:
        model = Custody
        fields = ["id", "by", "began_on", "ended_on", "version"]


class DepartureOut(serializers.ModelSerializer[Departure]):
    class Meta:
        model = Departure
        fields = ["id", "departed_on", "kind", "back_on", "version"]


class ExclusionOut(serializers.ModelSerializer[Exclusion]):
    class Meta:
        model = Exclusion
        fields = ["id", "kind", "status", "version"]


class ElectionOut(serializers.ModelSerializer[Election]):
    class Meta:
        model = Election
        fields = [
            "id",
            "choice",
            "signed_on",
            "signed_by",
            "own_form",
            "understood",
            "voluntary",
            "via_class_counsel",
            "withdrawn_on",
            "version",
        ]


class CourtCaseOut(serializers.ModelSerializer[CourtCase]):
    class Meta:
        model = CourtCase
        fields = ["id", "kind", "opened_on", "outcome", "decided_on", "final_on", "version"]


class ReturnRequestOut(serializers.ModelSerializer[ReturnRequest]):
    class Meta:
        model = ReturnRequest
        fields = ["id", "presented_by", "presented_on", "answer", "answered_on", "version"]


class PersonFactsOut(serializers.ModelSerializer[Person]):
    """A person with all that is on file about them. An empty list is "none" where `…_known` is true, else unknown."""

    answer = AnswerOut(allow_null=True)
    parent_links = ParentLinkOut(many=True)
    custodies = CustodyOut(many=True)
    departures = DepartureOut(many=True)
    exclusions = ExclusionOut(many=True)
    screenings = ScreeningOut(many=True)
    elections = ElectionOut(many=True)
    court_case = CourtCaseOut(allow_null=True)
    return_request = ReturnRequestOut(allow_null=True)

    class Meta:
        model = Person
        fields = [
            *_PERSON,
            "noncitizen",
            "lacks_capacity",
            "entry_on",
            "entry_place",
            "asylum_filed_on",
            "phone",
            "email",
            "contact_note",
            "notes",
            "parents_known",
            "parent_links",
            "custody_known",
            "custodies",
            "departures_known",
            "departures",
            "exclusions",
            "screenings",
            "elections",
            "court_case",
            "return_request",
        ]


class DeadlineOut(serializers.ModelSerializer[DeterminedDeadline]):
    """A deadline: `due` is the last day by law, `act_by` the last working day on or before it. With `if_confirmed` it
    follows only once something that waits for a second person is confirmed."""

    class Meta:
        model = DeterminedDeadline
        fields = ["id", "family", "person", "kind", "due", "act_by", "missed", "if_confirmed"]


class ProblemOut(serializers.Serializer[Any]):
    """Why something was not done: a sentence, and for values that cannot be taken the sentences for each field."""

    detail = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]  # the stubs know another `errors`
        child=serializers.ListField(child=serializers.CharField()), required=False
    )


class ChangeOut(serializers.Serializer[Any]):
    """Who changed which fields, and when; `who` is null for the installation's own commands."""

    who = serializers.CharField(allow_null=True)
    when = serializers.DateTimeField()
    fields_changed = serializers.ListField(child=serializers.CharField())


class ConflictOut(serializers.Serializer[Any]):
    """Someone else saved first: what is on file now, with its version, what you sent, and what was changed since."""

    detail = serializers.CharField()
    current = serializers.DictField()
    yours = serializers.DictField()
    changes = ChangeOut(many=True)
