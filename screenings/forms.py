"""The form for a screening and the judge's review of it. It only gathers what was typed; the services judge it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from families.editing.forms import YES_NO, RecordForm, choice_field, day_field
from families.models import Person
from screenings.models import JudgeReview, Screening

# In the order in which one hears it on the telephone.
GROUPS = (
    (_("The screening"), ("basis", "kind", "requested_on")),
    (_("Where it stands"), ("status", "interview_on")),
    (_("The result"), ("result", "decided_on", "state_of_mind_weighed")),
    (_("The judge's review"), ("judge_asked", "judge_asked_on", "judge_outcome", "judge_decided_on")),
)


class OutcomeForm(RecordForm):
    """What one hears of a screening."""

    fieldsets = GROUPS
    booleans = frozenset({"state_of_mind_weighed"})
    lasting = frozenset({"status"})

    basis = choice_field(_("Which screening"), Screening.Basis.choices)
    kind = choice_field(_("Kind of fear"), Screening.Kind.choices)
    requested_on = day_field(_("Asked for on"))
    status = choice_field(_("Status"), Screening.Status.choices)
    interview_on = day_field(_("Interview on"), _("Planned or held."))
    result = choice_field(_("Result"), Screening.Result.choices)
    decided_on = day_field(_("Decided on"), _("The day on the officer's paper. The judge's days are counted from it."))
    state_of_mind_weighed = choice_field(
        _("Does the officer's record show that the state of mind during the separation was weighed?"), YES_NO
    )
    judge_asked = choice_field(
        _("What was answered when a judge's review was offered?"),
        JudgeReview.Asked.choices,
        _("An empty box on the form is “said nothing”, not “refused review”."),
    )
    judge_asked_on = day_field(_("Answered on"))
    judge_outcome = choice_field(_("What the judge decided"), JudgeReview.Outcome.choices)
    judge_decided_on = day_field(_("The judge decided on"))

    def __init__(self, person: Person, *args: Any, screening: Screening | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        basis = screening.basis if screening else None
        if screening:
            del self.fields["basis"]
        else:
            other = Screening.Basis.REEVALUATION if person.role == Person.Role.CHILD else Screening.Basis.INDEPENDENT
            self.offer("basis", [choice for choice in Screening.Basis.choices if choice[0] != other])
            self.offer("status", Screening.Status.choices)
        if person.role == Person.Role.CHILD or basis == Screening.Basis.INITIAL:
            del self.fields["state_of_mind_weighed"]
        self.settle(on_file=screening is not None)
