"""Templates of letters as an organization has changed them, and the letters of a family."""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.owned import Fact, SameOrganization, choices_checked, history


class LetterKind(models.TextChoices):
    """What a letter is for."""

    CLIENT = "client", _("To the client: what holds today, and what comes next")
    SCREENING = "screening", _("To class counsel: request for a re-evaluation or a child's own screening")
    WAIVER_CHECK = "waiver_check", _("To class counsel: check of a form that chose to return")
    RETURN_REQUEST = "return_request", _("To class counsel: request to let a removed parent return")
    MEMBERSHIP = "membership", _("To class counsel: question of membership")
    STATE_OF_MIND = "state_of_mind", _("To the government: objection, the state of mind was not weighed")
    JUDGE_REVIEW = "judge_review", _("To the government: request for a judge's review")
    OVERDUE = "overdue", _("To the government: an overdue duty")
    ELECTION_DATA = "election_data", _("Data for the election form")
    CHRONOLOGY = "chronology", _("Chronology for a declaration, each sentence with its source")


class Language(models.TextChoices):
    """The language that a letter is written in."""

    EN = "en", "English"
    ES = "es", "Español"


def _key(to: str, related_name: str = "+", **options: Any) -> Any:
    """A foreign key whose `SameOrganization` constraint says more than the one that Django would make."""
    options = {"on_delete": models.PROTECT, **options}
    return models.ForeignKey(to, related_name=related_name, db_constraint=False, **options)


@choices_checked
class LetterTemplate(Fact):
    """An organization's own text for a kind of letter in a language. Without a row, or with one that is not active, the
    text that comes with Amparo is used (`defaults.py`)."""

    kind = models.CharField(_("letter"), max_length=30, choices=LetterKind)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"))
    active = models.BooleanField(_("in use"), default=True)

    history = history()

    class Meta:
        app_label = "documents"
        verbose_name = _("template of letters")
        verbose_name_plural = _("templates of letters")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind", "language"],
                name="documents_lettertemplate_once",
                violation_error_message=_("There is a text of your organization for this letter already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.language}"


@choices_checked
class Letter(Fact):
    """A letter of a family, and the answer it was made from.

    `values` has what could be filled in as it stood when the text was made (by names of fields); `facts_digest`,
    `rule_version` and `made_on` name the determination. A letter is approved and sent only while they still hold.
    """

    family_path = "family_id"

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        APPROVED = "approved", _("approved")
        SENT = "sent", _("sent")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class How(models.TextChoices):
        HAND = "hand", _("handed over")
        READ = "read", _("read aloud")
        POST = "post", _("by post")
        MAIL = "mail", _("by e-mail")
        FAX = "fax", _("by fax")

    family = _key("families.Family", "letters", on_delete=models.CASCADE)
    person = _key("families.Person", "letters", on_delete=models.CASCADE)
    kind = models.CharField(_("letter"), max_length=30, choices=LetterKind)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"))
    values = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    facts_digest = models.CharField(max_length=64)
    rule_version = models.CharField(max_length=40)
    made_on = models.DateField(_("made for the day"))
    template_version = models.PositiveIntegerField(default=0)
    made_by = _key("accounts.User", db_index=False)
    made_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.DRAFT)
    approved_by = _key("accounts.User", null=True, blank=True, db_index=False)
    approved_at = models.DateTimeField(null=True, blank=True)
    sent_on = models.DateField(_("sent on"), null=True, blank=True)
    how = models.CharField(_("how it was sent"), max_length=20, choices=How, null=True, blank=True)

    history = history()

    class Meta:
        app_label = "documents"
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        constraints = [
            SameOrganization(field="family", to="families.Family", name="documents_letter_family_owner"),
            SameOrganization(field="person", to="families.Person", name="documents_letter_person_owner"),
            SameOrganization(field="made_by", to="accounts.User", name="documents_letter_made_by_owner"),
            SameOrganization(field="approved_by", to="accounts.User", name="documents_letter_approved_by_owner"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["approved", "sent"])
                | models.Q(approved_by__isnull=False, approved_at__isnull=False),
                name="documents_letter_approved",
                violation_error_message=_("A letter is approved before it is sent."),
            ),
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(sent_on__isnull=False, how__isnull=False),
                name="documents_letter_sent",
                violation_error_message=_("Say on which day the letter was sent, and how."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def mark(self) -> str:
        """What must stand across every page of it; empty once it is approved."""
        if self.state in (self.State.APPROVED, self.State.SENT):
            return ""
        return str(self.State(self.state).label).upper()
