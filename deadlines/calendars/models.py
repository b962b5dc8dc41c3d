"""The secret address under which a calendar program reads somebody's dates."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.owned import Owned, SameOrganization


class FeedKey(Owned):
    """That a calendar program may read this person's dates by a secret, of which only a hash is kept.

    One is in force for a person; a new one ends the old. `shows_initials` is what the person asked for: initials are
    shown only while the organization allows them, too.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    shows_initials = models.BooleanField(_("with initials"), default=False)
    made_at = models.DateTimeField(_("made at"))
    last_read_at = models.DateTimeField(_("last read at"), null=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user"],
                condition=models.Q(revoked_at=None),
                name="deadlines_feedkey_once",
                violation_error_message=_("There is a calendar address already. Replace it instead."),
            ),
            SameOrganization(field="user", to="accounts.User", name="deadlines_feedkey_user_owner"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
