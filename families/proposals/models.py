"""What one person typed and a second one has to confirm before it is in force."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.owned import Fact, SameOrganization, choices_checked, history


@choices_checked
class Proposal(Fact):
    """A change that waits, or what became of it. At most one waits for a row of facts.

    `values` has what was typed by the services' names of fields, null where it is to be unknown; `before` the same
    fields as they were in force. `row` is the key of the row, also of one that is not there yet; `row_version` the
    version from which the change was made, 0 for a new row. `authors` are the keys of all who typed into it.
    """

    family_path = "family_id"

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        CUSTODY = "custody", _("custody")
        DEPARTURE = "departure", _("departure")
        EXCLUSION = "exclusion", _("exclusion")
        PARENT_LINK = "parent_link", _("parent of a child")
        SCREENING = "screening", _("screening")
        ELECTION = "election", _("election")
        COURT_CASE = "court_case", _("court case")
        RETURN_REQUEST = "return_request", _("return request")

    class How(models.TextChoices):
        ADD = "add", _("addition to the file")
        CHANGE = "change", _("change of what is on file")
        REMOVE = "remove", _("removal from the file")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for a second person")
        CONFIRMED = "confirmed", _("confirmed by a second person")
        DECLINED = "declined", _("declined by a second person")
        WITHDRAWN = "withdrawn", _("taken back by who typed it")
        SUPERSEDED = "superseded", _("overtaken by a later change")

    family = models.ForeignKey(
        "families.Family", on_delete=models.CASCADE, related_name="proposals", db_constraint=False
    )
    person = models.ForeignKey(
        "families.Person", on_delete=models.CASCADE, related_name="proposals", db_constraint=False
    )
    parent = models.ForeignKey(
        "families.Person",
        on_delete=models.CASCADE,
        related_name="+",
        db_constraint=False,
        null=True,
        blank=True,
        verbose_name=_("parent"),
    )
    kind = models.CharField(_("kind of fact"), max_length=20, choices=Kind)
    how = models.CharField(_("kind of change"), max_length=10, choices=How)
    row = models.BigIntegerField(_("row"))
    row_version = models.PositiveIntegerField(_("made from version"))
    before = models.JSONField(_("in force"), default=dict, encoder=DjangoJSONEncoder)
    values = models.JSONField(_("typed"), default=dict, encoder=DjangoJSONEncoder)
    reason = models.TextField(_("why"), blank=True)
    authors = ArrayField(models.BigIntegerField(), verbose_name=_("typed by"))
    proposed_at = models.DateTimeField(_("typed at"))
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        null=True,
        blank=True,
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    note = models.TextField(_("reason of the decision"), blank=True)

    history = history()

    class Meta:
        app_label = "families"
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        constraints = [
            SameOrganization(field="family", to="families.Family", name="families_proposal_family_owner"),
            SameOrganization(field="person", to="families.Person", name="families_proposal_person_owner"),
            SameOrganization(field="parent", to="families.Person", name="families_proposal_parent_owner"),
            SameOrganization(field="decided_by", to="accounts.User", name="families_proposal_decided_by_owner"),
            models.UniqueConstraint(
                fields=["kind", "row"],
                condition=models.Q(state="waiting"),
                name="families_proposal_one_waits",
                violation_error_message=_("A change of this waits already."),
            ),
            models.CheckConstraint(condition=models.Q(authors__len__gt=0), name="families_proposal_has_author"),
            # The four eyes, held by PostgreSQL as well: who typed does not decide.
            models.CheckConstraint(
                condition=~models.Q(state__in=["confirmed", "declined"])
                | (models.Q(decided_by__isnull=False) & ~models.Q(authors__contains=[models.F("decided_by_id")])),
                name="families_proposal_four_eyes",
                violation_error_message=_("Nobody decides what they typed themselves. Ask a second person."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "family"],
                condition=models.Q(state="waiting"),
                name="families_proposal_waiting",
            ),
            models.Index(fields=["organization", "-decided_at"], name="families_proposal_decided"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.row} {self.state}"

    @property
    def waits(self) -> bool:
        """Whether it still has to be decided."""
        return self.state == self.State.WAITING

    @property
    def gives_up(self) -> bool:
        """Whether it puts a form in force, or completes one, on which somebody gives up the agreement's process: who
        confirms that shows once more that it is they."""
        says = {**self.before, **self.values}
        return (
            self.kind == self.Kind.ELECTION and self.how != self.How.REMOVE and says.get("choice", "return") == "return"
        )
