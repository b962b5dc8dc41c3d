"""Who is kept from one family, and for whom one is opened for a time. `OwnedQuerySet.visible_to` reads both."""

from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.owned import Fact, OwnedQuerySet, SameOrganization, history, owner_key
from config import clock


def _key(to: str, **options: Any) -> Any:
    """A foreign key whose `SameOrganization` constraint says more than the one that Django would make."""
    return models.ForeignKey(to, on_delete=models.PROTECT, related_name="+", db_constraint=False, **options)


class WallQuerySet(OwnedQuerySet["Wall"]):
    """Walls."""

    def in_force(self) -> Self:
        """The walls that stand."""
        return self.filter(ended_at=None)


class Wall(Fact):
    """That a colleague must not see a family, nor that it exists. It stands until somebody ends it."""

    family_path = "family_id"

    family = models.ForeignKey(
        "families.Family", on_delete=models.CASCADE, related_name="walls", db_constraint=False, db_index=False
    )
    user = _key("accounts.User", verbose_name=_("colleague"))
    reason = models.TextField(_("reason"))
    made_by = _key("accounts.User", db_index=False)
    made_at = models.DateTimeField(auto_now_add=True)
    ended_by = _key("accounts.User", null=True, db_index=False)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = WallQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("wall")
        verbose_name_plural = _("walls")
        constraints = [
            owner_key("accounts_wall_owner"),
            models.UniqueConstraint(
                fields=["organization", "family", "user"],
                condition=models.Q(ended_at=None),
                name="accounts_wall_once",
                violation_error_message=_("This colleague is walled off from this family already."),
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""),
                name="accounts_wall_reason",
                violation_error_message=_("Say why this colleague must not see the family."),
            ),
            SameOrganization(field="family", to="families.Family", name="accounts_wall_family_owner"),
            SameOrganization(field="user", to="accounts.User", name="accounts_wall_user_owner"),
            SameOrganization(field="made_by", to="accounts.User", name="accounts_wall_made_by_owner"),
            SameOrganization(field="ended_by", to="accounts.User", name="accounts_wall_ended_by_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.family_id} {self.user_id}"


class OpeningQuerySet(OwnedQuerySet["Opening"]):
    """Openings."""

    def in_force(self) -> Self:
        """The openings that hold at this moment."""
        return self.filter(ended_at=None, until__gt=clock.now())


class Opening(Fact):
    """That a volunteer may work on a family until a moment. Nothing has to be done when the moment comes."""

    family_path = "family_id"

    family = models.ForeignKey(
        "families.Family", on_delete=models.CASCADE, related_name="openings", db_constraint=False, db_index=False
    )
    user = _key("accounts.User", verbose_name=_("volunteer"))
    reason = models.TextField(_("reason"))
    until = models.DateTimeField(_("until"))
    opened_by = _key("accounts.User", db_index=False)
    opened_at = models.DateTimeField(auto_now_add=True)
    ended_by = _key("accounts.User", null=True, db_index=False)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = OpeningQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("opening")
        verbose_name_plural = _("openings")
        constraints = [
            owner_key("accounts_opening_owner"),
            models.UniqueConstraint(
                fields=["organization", "family", "user"],
                condition=models.Q(ended_at=None),
                name="accounts_opening_once",
                violation_error_message=_("This family is open to this volunteer already. Give it more time instead."),
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""),
                name="accounts_opening_reason",
                violation_error_message=_("Say what the volunteer is to do."),
            ),
            SameOrganization(field="family", to="families.Family", name="accounts_opening_family_owner"),
            SameOrganization(field="user", to="accounts.User", name="accounts_opening_user_owner"),
            SameOrganization(field="opened_by", to="accounts.User", name="accounts_opening_opened_by_owner"),
            SameOrganization(field="ended_by", to="accounts.User", name="accounts_opening_ended_by_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.family_id} {self.user_id}"
