"""Fear screenings, and the judge's review of one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.owned import Fact, SameOrganization, choices_checked, history, owner_key
from families.models import Person


@choices_checked
class Screening(Fact):
    """A credible or reasonable fear screening of one person: the first, a parent's re-evaluation, a child's own."""

    family_path = "person__family_id"

    class Kind(models.TextChoices):
        CREDIBLE_FEAR = "credible_fear", _("credible fear")
        REASONABLE_FEAR = "reasonable_fear", _("reasonable fear")

    class Basis(models.TextChoices):
        INITIAL = "initial", _("first screening")
        REEVALUATION = "reevaluation", _("re-evaluation")
        INDEPENDENT = "independent", _("child's own screening")

    class Status(models.TextChoices):
        REQUESTED = "requested", _("requested")
        SCHEDULED = "scheduled", _("scheduled")
        INTERVIEWED = "interviewed", _("interviewed")
        DECIDED = "decided", _("decided")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Result(models.TextChoices):
        POSITIVE = "positive", _("positive")
        NEGATIVE = "negative", _("negative")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="screenings", db_constraint=False)
    basis = models.CharField(_("basis"), max_length=20, choices=Basis)
    status = models.CharField(_("status"), max_length=20, choices=Status)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, null=True, blank=True)
    requested_on = models.DateField(_("requested on"), null=True, blank=True)
    interview_on = models.DateField(_("interview on"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=20, choices=Result, null=True, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    state_of_mind_weighed = models.BooleanField(_("state of mind weighed"), null=True, blank=True)

    history = history()

    class Meta:
        verbose_name = _("screening")
        verbose_name_plural = _("screenings")
        # That the basis fits the person's role is held by a trigger (migration 0002).
        constraints = [
            owner_key("screenings_screening_owner"),
            SameOrganization(field="person", to="families.Person", name="screenings_screening_person_owner"),
        ]
        indexes = [
            models.Index(fields=["organization", "status", "interview_on"], name="screenings_screening_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.basis} {self.status}"


@choices_checked
class JudgeReview(Fact):
    """An immigration judge's review of a negative screening. A row without values says that there is one."""

    family_path = "screening__person__family_id"

    class Asked(models.TextChoices):
        YES = "yes", _("asked for review")
        NO = "no", _("refused review")
        SILENT = "silent", _("said nothing")

    class Outcome(models.TextChoices):
        VACATED = "vacated", _("vacated the negative finding")
        AFFIRMED = "affirmed", _("affirmed the negative finding")

    screening = models.OneToOneField(
        Screening, on_delete=models.CASCADE, related_name="judge_review", db_constraint=False
    )
    asked = models.CharField(_("review asked for"), max_length=20, choices=Asked, null=True, blank=True)
    asked_on = models.DateField(_("asked on"), null=True, blank=True)
    outcome = models.CharField(_("judge's decision"), max_length=20, choices=Outcome, null=True, blank=True)
    decided_on = models.DateField(_("judge decided on"), null=True, blank=True)

    history = history()

    class Meta:
        verbose_name = _("judge's review")
        verbose_name_plural = _("judges' reviews")
        constraints = [
            SameOrganization(field="screening", to="screenings.Screening", name="screenings_judgereview_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.asked} {self.outcome}"
