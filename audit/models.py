"""The trace: one entry for each act, and one link of the chain for each transaction that left entries.

Nobody writes these rows through Django. Entries of changes are made by triggers (audit/triggers.py), the others by
`audit.services.note`; links by PostgreSQL when a transaction commits (audit/chain.py). No key leads out of here, so
what is removed from the record leaves its entries behind.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.owned import OwnedQuerySet


class Act(models.TextChoices):
    """What somebody did."""

    CREATED = "created", _("put on file")
    CHANGED = "changed", _("changed on file")
    REMOVED = "removed", _("took off the file")
    READ = "read", _("looked at")
    LISTED = "listed", _("saw in a list")
    EXPORTED = "exported", _("exported")
    DOWNLOADED = "downloaded", _("downloaded")
    PRINTED = "printed", _("printed")
    CONFIRMED = "confirmed", _("confirmed")
    REFUSED = "refused", _("was refused")
    SIGNED_IN = "signed_in", _("signed in")
    SIGN_IN_REFUSED = "sign_in_refused", _("could not sign in")
    SIGNED_OUT = "signed_out", _("signed out")


# What only the triggers may write: the application cannot claim a change that was not one.
CHANGES = (Act.CREATED, Act.CHANGED, Act.REMOVED)


class Entry(models.Model):
    """One act. `id`, `at`, `transaction`, `by` and, from the session's variables, who, for which organization and in
    which request are set by the table's defaults; the application has no right to set them."""

    # NULL: the act of nobody's organization, as a sign-in with an unknown address.
    organization_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(_("when"))
    transaction = models.BigIntegerField()
    actor_id = models.BigIntegerField(null=True)
    # The database's role: the application's, or that of whoever keeps the installation.
    by = models.TextField()
    request = models.TextField()
    act = models.CharField(_("act"), max_length=20, choices=Act)
    # The table of a changed row, with its key; the name of a page, with the number in its address.
    thing = models.TextField()
    thing_id = models.BigIntegerField(null=True)
    families = ArrayField(models.BigIntegerField())
    persons = ArrayField(models.BigIntegerField())
    # The row before and after: all of it when it was added or removed, else the columns that differ.
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    detail = models.JSONField(null=True)
    reason = models.TextField()

    objects: ClassVar[OwnedQuerySet["Entry"]] = OwnedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("entry of the trace")
        verbose_name_plural = _("entries of the trace")
        indexes = [
            models.Index(fields=["organization_id", "at"], name="audit_entry_by_time"),
            models.Index(fields=["transaction"], name="audit_entry_by_transaction"),
            GinIndex(fields=["families"], name="audit_entry_by_family"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.act} {self.thing}"


class Link(models.Model):
    """One transaction's entries in the chain of an organization (0: of none), sealed with all that came before.

    `digest` covers every column of each entry from `first` to `last`; `hash` covers the link and, by `previous`, the
    one before it.
    """

    chain = models.BigIntegerField()
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    transaction = models.BigIntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    entries = models.BigIntegerField()
    digest = models.BinaryField()
    previous = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        verbose_name = _("link of the trace")
        verbose_name_plural = _("links of the trace")
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="audit_link_once")]
        indexes = [models.Index(fields=["transaction"], name="audit_link_by_transaction")]

    def __str__(self) -> str:
        return f"{self.chain} {self.seq}"
