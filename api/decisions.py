"""The shape of the engine's decision, for the schema: the decision itself is handed on as it was made."""

from typing import Any

from rest_framework import serializers

from settlement.guidance import DEADLINES
from settlement.models import Membership, Removal, Stage


class ReasonShape(serializers.Serializer[Any]):
    """One link of the chain; `basis` says how sure the rule is (T read, R reported, M from memory, I inferred)."""

    rule = serializers.CharField()
    text = serializers.CharField()
    basis = serializers.ChoiceField(choices=["T", "R", "M", "I"])
    citation = serializers.CharField()
    about = serializers.ListField(child=serializers.CharField(), help_text="References of persons of the family.")


class PersonAnswerShape(serializers.Serializer[Any]):
    """What is decided of one person, and why."""

    id = serializers.CharField(help_text="The person's reference in the family.")
    membership = serializers.ChoiceField(choices=Membership.choices)
    standing = serializers.CharField()
    right = serializers.ChoiceField(choices=["reevaluation", "independent_claim"])
    right_state = serializers.CharField()
    removal = serializers.ChoiceField(choices=Removal.choices)
    rule = serializers.CharField()
    needs = serializers.ListField(child=serializers.CharField())
    next_steps = serializers.ListField(child=serializers.CharField())
    because = ReasonShape(many=True)


class DeadlineShape(serializers.Serializer[Any]):
    """A date to keep."""

    id = serializers.ChoiceField(choices=sorted(DEADLINES))
    person = serializers.CharField(help_text="The person's reference in the family.")
    due = serializers.DateField()
    act_by = serializers.DateField()
    missed = serializers.BooleanField()
    if_confirmed = serializers.BooleanField(
        required=False, help_text="True: it follows only once something that waits is confirmed. Else left out."
    )


class DecisionShape(serializers.Serializer[Any]):
    """The answer for a family and each of its persons, as of a day. The strongest word is `bar_lifted`: this agreement
    no longer bars removal; other law may still protect."""

    family = serializers.CharField(help_text="The office's own number of the family.")
    as_of = serializers.DateField()
    stage = serializers.ChoiceField(choices=Stage.choices)
    removal = serializers.ChoiceField(choices=Removal.choices)
    deportation_eligible = serializers.BooleanField()
    persons = PersonAnswerShape(many=True)
    deadlines = DeadlineShape(many=True)
