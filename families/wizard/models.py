"""What somebody has typed about a new family and not put on file yet."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.owned import Owned, SameOrganization


class IntakeDraft(Owned):
    """The one draft of a colleague. Nobody else sees it; it is removed when it is put on file, or after 30 days.

    `content` is as `families.wizard.typed` reads it. `version` rises with each save.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_constraint=False,
        verbose_name=_("typed by"),
    )
    version = models.PositiveIntegerField(default=1)
    content = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField()

    class Meta:
        app_label = "families"
        verbose_name = _("draft of a family")
        verbose_name_plural = _("drafts of families")
        constraints = [
            SameOrganization(field="user", to="accounts.User", name="families_intakedraft_user_owner"),
            models.UniqueConstraint(fields=["organization", "user"], name="families_intakedraft_one_each"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
