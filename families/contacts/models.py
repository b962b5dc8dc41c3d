"""Notes, and tries to reach somebody. Both are only ever added to: what was said stays said."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.owned import Fact, SameOrganization, choices_checked, history


class Note(Fact):
    """Something to remember about a family, or about one person in it. No rule reads it."""

    family_path = "family_id"

    family = models.ForeignKey(
        "families.Family", on_delete=models.CASCADE, related_name="written_notes", db_constraint=False
    )
    person = models.ForeignKey(
        "families.Person",
        on_delete=models.CASCADE,
        related_name="written_notes",
        db_constraint=False,
        null=True,
        blank=True,
        verbose_name=_("about"),
    )
    text = models.TextField(_("note"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        verbose_name=_("written by"),
    )
    written_at = models.DateTimeField(_("written at"))

    history = history()

    class Meta:
        app_label = "families"
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints = [
            SameOrganization(field="family", to="families.Family", name="families_note_family_owner"),
            SameOrganization(field="person", to="families.Person", name="families_note_person_owner"),
            SameOrganization(field="author", to="accounts.User", name="families_note_author_owner"),
            models.CheckConstraint(
                condition=~models.Q(text=""),
                name="families_note_text",
                violation_error_message=_("Write something."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.family_id} {self.written_at}"


@choices_checked
class ContactAttempt(Fact):
    """A try to reach somebody: by which way, who answered, in which language, what was said, and when to try again.

    `way` is the number or address as it was used, so that its age can be known when the person's own changes.
    """

    family_path = "person__family_id"

    class Channel(models.TextChoices):
        PHONE = "phone", _("telephone")
        VISIT = "visit", _("visit")
        LETTER = "letter", _("letter")
        MESSAGE = "message", _("message or e-mail")

    class Outcome(models.TextChoices):
        REACHED = "reached", _("reached")
        NO_ANSWER = "no_answer", _("no answer")
        MESSAGE_LEFT = "message_left", _("message left")
        WRONG_NUMBER = "wrong_number", _("wrong number or address")
        REFUSED = "refused", _("did not want to talk")
        SENT = "sent", _("sent, no answer yet")

    person = models.ForeignKey(
        "families.Person", on_delete=models.CASCADE, related_name="contact_attempts", db_constraint=False
    )
    on = models.DateField(_("day"))
    channel = models.CharField(_("how"), max_length=20, choices=Channel)
    way = models.TextField(_("number or address used"), blank=True)
    outcome = models.CharField(_("what came of it"), max_length=20, choices=Outcome)
    answered_by = models.TextField(_("who answered"), blank=True)
    language = models.TextField(_("language spoken"), blank=True)
    interpreter = models.BooleanField(_("with an interpreter"), null=True, blank=True)
    said = models.TextField(_("what was told"), blank=True)
    next_on = models.DateField(_("try again on"), null=True, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        verbose_name=_("written by"),
    )
    written_at = models.DateTimeField(_("written at"))

    history = history()

    class Meta:
        app_label = "families"
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            SameOrganization(field="person", to="families.Person", name="families_contact_person_owner"),
            SameOrganization(field="author", to="accounts.User", name="families_contact_author_owner"),
        ]
        indexes = [
            models.Index(fields=["organization", "next_on"], name="families_contact_by_next"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.on} {self.outcome}"
