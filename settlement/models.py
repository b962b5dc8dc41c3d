"""What the agreement and the courts add to a family's record, and the determinations made from all of it."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.owned import Fact, Owned, SameOrganization, choices_checked, history, order_check
from families.models import Family, Person


@choices_checked
class Election(Fact):
    """A form on which someone chose to stay in the agreement's process or to give it up and return."""

    family_path = "person__family_id"

    class Choice(models.TextChoices):
        STAY = "stay", _("stay")
        RETURN = "return", _("return")

    class SignedBy(models.TextChoices):
        SELF = "self", _("this person")
        PARENT = "parent", _("a parent")
        LEGAL_REPRESENTATIVE = "legal_representative", _("a legal representative")
        OTHER = "other", _("someone else")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="elections", db_constraint=False)
    choice = models.CharField(_("choice"), max_length=20, choices=Choice, null=True, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    signed_by = models.CharField(_("signed by"), max_length=30, choices=SignedBy, null=True, blank=True)
    own_form = models.BooleanField(_("this person's own form"), null=True, blank=True)
    understood = models.BooleanField(_("read to them in a language they understand"), null=True, blank=True)
    voluntary = models.BooleanField(_("voluntary"), null=True, blank=True)
    via_class_counsel = models.BooleanField(_("came through class counsel"), null=True, blank=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)

    history = history()

    class Meta:
        verbose_name = _("election")
        verbose_name_plural = _("elections")
        constraints = [
            SameOrganization(field="person", to="families.Person", name="settlement_election_owner"),
            order_check("signed_on", "withdrawn_on", name="settlement_election_order"),
        ]

    def __str__(self) -> str:
        return f"{self.choice} {self.signed_on}"


@choices_checked
class CourtCase(Fact):
    """Someone's own case before an immigration judge."""

    family_path = "person__family_id"

    class Kind(models.TextChoices):
        SECTION_240 = "section_240", _("section 240 proceedings")
        WITHHOLDING_ONLY = "withholding_only", _("withholding-only proceedings")

    class Outcome(models.TextChoices):
        PENDING = "pending", _("pending")
        REMOVAL_ORDERED = "removal_ordered", _("removal ordered")
        RELIEF_GRANTED = "relief_granted", _("relief granted")
        TERMINATED = "terminated", _("terminated")

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="court_case", db_constraint=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, null=True, blank=True)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome, null=True, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    final_on = models.DateField(_("final on"), null=True, blank=True)

    history = history()

    class Meta:
        verbose_name = _("court case")
        verbose_name_plural = _("court cases")
        constraints = [
            SameOrganization(field="person", to="families.Person", name="settlement_courtcase_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.outcome}"


@choices_checked
class ReturnRequest(Fact):
    """A request that a parent who was removed may come back."""

    family_path = "person__family_id"

    class PresentedBy(models.TextChoices):
        CLASS_COUNSEL = "class_counsel", _("class counsel")
        OTHER = "other", _("someone else")

    class Answer(models.TextChoices):
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="return_request", db_constraint=False)
    presented_by = models.CharField(_("presented by"), max_length=20, choices=PresentedBy, null=True, blank=True)
    presented_on = models.DateField(_("presented on"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=20, choices=Answer, null=True, blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)

    history = history()

    class Meta:
        verbose_name = _("return request")
        verbose_name_plural = _("return requests")
        constraints = [
            SameOrganization(field="person", to="families.Person", name="settlement_returnrequest_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.presented_by} {self.answer}"


@choices_checked
class CourtEvent(Fact):
    """A turn of the class action itself. An organization with no row uses the engine's court record."""

    class Kind(models.TextChoices):
        STAY = "stay", _("stay")
        STAY_LIFTED = "stay_lifted", _("stay lifted")
        PROPOSED = "proposed", _("agreement proposed")
        PRELIMINARY_APPROVAL = "preliminary_approval", _("preliminary approval")
        FINAL_APPROVAL = "final_approval", _("final approval")
        REJECTED = "rejected", _("agreement rejected")

    kind = models.CharField(_("what happened"), max_length=30, choices=Kind)
    on = models.DateField(_("on"))

    history = history()

    class Meta:
        verbose_name = _("court event")
        verbose_name_plural = _("court events")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind", "on"],
                name="settlement_courtevent_once",
                violation_error_message=_("This event is already recorded for this day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class Removal(models.TextChoices):
    """Whether this agreement bars removal (rules, section 6)."""

    BARRED = "barred", _("removal is barred")
    UNDETERMINED = "undetermined", _("not determined")
    BAR_LIFTED = "bar_lifted", _("this agreement no longer bars removal")
    OUTSIDE = "outside", _("outside the agreement")
    ABSENT = "absent", _("not in the country")


class Stage(models.TextChoices):
    """How far the agreement has come in court (rules, section 2)."""

    STAYED = "stayed", _("stayed")
    OPEN = "open", _("open")
    APPROVED = "approved", _("approved")


class Membership(models.TextChoices):
    """Whether the agreement reaches a person (rules, section 3)."""

    MEMBER = "member", _("member")
    NOT_MEMBER = "not_member", _("not a member")
    UNDETERMINED = "undetermined", _("not determined")


@choices_checked
class Determination(Owned):
    """The engine's answer for a family, with the rule version, the days it holds for and the digest of its facts.

    One is current. A later day with the same answer moves `through_day`; a changed fact or answer adds a row.
    """

    family_path = "family_id"

    family = models.ForeignKey(Family, on_delete=models.CASCADE, related_name="determinations", db_constraint=False)
    from_day = models.DateField()
    through_day = models.DateField()
    rule_version = models.CharField(max_length=40)
    facts_digest = models.CharField(max_length=64)
    stage = models.CharField(max_length=20, choices=Stage)
    removal = models.CharField(max_length=20, choices=Removal)
    deportation_eligible = models.BooleanField()
    decision = models.JSONField()
    made_at = models.DateTimeField(auto_now_add=True)
    current = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("determination")
        verbose_name_plural = _("determinations")
        constraints = [
            SameOrganization(field="family", to="families.Family", name="settlement_determination_owner"),
            models.UniqueConstraint(
                fields=["family"], condition=models.Q(current=True), name="settlement_determination_current"
            ),
            order_check("from_day", "through_day", name="settlement_determination_order"),
            models.CheckConstraint(
                condition=models.Q(facts_digest__regex=r"^[0-9a-f]{64}$"), name="settlement_determination_digest"
            ),
            models.CheckConstraint(
                condition=models.Q(removal=Removal.BAR_LIFTED, deportation_eligible=True)
                | (~models.Q(removal=Removal.BAR_LIFTED) & models.Q(deportation_eligible=False)),
                name="settlement_determination_eligible",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "removal"],
                condition=models.Q(current=True),
                name="settlement_det_by_removal",
            ),
            models.Index(
                fields=["organization", "through_day"],
                condition=models.Q(current=True),
                name="settlement_det_by_through_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.family_id} {self.removal} {self.from_day}"


@choices_checked
class PersonDetermination(Owned):
    """Index of the current determinations by person: for lists and counts, never a source of facts."""

    family_path = "family_id"

    family = models.ForeignKey(Family, on_delete=models.CASCADE, related_name="answers", db_constraint=False)
    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="answer", db_constraint=False)
    membership = models.CharField(max_length=20, choices=Membership)
    standing = models.CharField(max_length=20)
    right_state = models.CharField(max_length=20)
    removal = models.CharField(max_length=20, choices=Removal)
    rule = models.CharField(max_length=10)
    needs = ArrayField(models.CharField(max_length=10))
    next_steps = ArrayField(models.CharField(max_length=40))

    class Meta:
        constraints = [
            SameOrganization(field="family", to="families.Family", name="settlement_answer_family_owner"),
            SameOrganization(field="person", to="families.Person", name="settlement_answer_person_owner"),
        ]
        indexes = [
            models.Index(fields=["organization", "removal", "rule"], name="settlement_answer_by_removal"),
            models.Index(fields=["organization", "standing"], name="settlement_answer_by_standing"),
            models.Index(fields=["organization", "right_state"], name="settlement_answer_by_right"),
            GinIndex(fields=["needs"], name="settlement_answer_by_need"),
            GinIndex(fields=["next_steps"], name="settlement_answer_by_next_step"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.removal} {self.rule}"


class DeterminedDeadline(Owned):
    """Index of the current determinations' deadlines; some follow only once a typed change is confirmed."""

    family_path = "family_id"

    family = models.ForeignKey(Family, on_delete=models.CASCADE, related_name="deadlines", db_constraint=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="deadlines", db_constraint=False)
    kind = models.CharField(max_length=40)
    due = models.DateField()
    act_by = models.DateField()
    missed = models.BooleanField()
    if_confirmed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            SameOrganization(field="family", to="families.Family", name="settlement_deadline_family_owner"),
            SameOrganization(field="person", to="families.Person", name="settlement_deadline_person_owner"),
        ]
        indexes = [
            models.Index(fields=["organization", "due"], name="settlement_deadline_by_due"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.due}"
