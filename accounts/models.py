"""Organizations and the people who work there."""

from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.owned import Fact, Owned, OwnedQuerySet, SameOrganization, choices_checked, history, owner_key
from accounts.walls import Opening, Wall  # noqa: F401  # Django looks for a room's tables here
from config import clock


class Organization(models.Model):
    """A legal-aid organization: what one has in its record no other ever sees."""

    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    feed_initials = models.BooleanField(_("initials may stand in calendar programs"), default=False, db_default=False)
    # Not a fact of the organization but of the last sweep, so it has no history.
    determined_on = models.DateField(
        _("day for which all families were last determined"), null=True, blank=True, editable=False
    )

    history = history(without=["determined_on"])

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(slug="") & ~models.Q(name=""),
                name="accounts_organization_named",
                violation_error_message=_("An organization needs a short name and a name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"].from_queryset(OwnedQuerySet["User"])):  # type: ignore[misc]
    """People, found by the address they sign in with, whatever its case."""

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """The form in which an address is stored: no spaces around it, all in small letters."""
        return (email or "").strip().lower()

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person who signs in with this address; raises `User.DoesNotExist`."""
        user: User = self.get(email=self.normalize_email(username))
        return user


@choices_checked
class User(AbstractBaseUser):
    """Someone who works at an organization."""

    class Role(models.TextChoices):
        ATTORNEY = "attorney", _("attorney")
        PARALEGAL = "paralegal", _("paralegal")
        SUPERVISOR = "supervisor", _("supervisor")
        ADMINISTRATOR = "administrator", _("administrator")
        AUDITOR = "auditor", _("auditor")

    class Language(models.TextChoices):
        ENGLISH = "en", _("English")
        SPANISH = "es", _("Spanish")

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("organization")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.ENGLISH)
    is_volunteer = models.BooleanField(_("volunteer, who sees only families that are opened to them"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    # Sign-ins are events, not an attribute of the person: storing the last one here would also put a row into the
    # history of the person at each sign-in.
    last_login = None

    objects: ClassVar[UserManager] = UserManager()
    history = history(without=["password"])

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            owner_key("accounts_user_owner"),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")) & ~models.Q(email=""),
                name="accounts_user_email_small",
                violation_error_message=_("An e-mail address is stored in small letters."),
            ),
            models.CheckConstraint(
                condition=models.Q(is_volunteer=False) | models.Q(role__in=["attorney", "paralegal"]),
                name="accounts_user_volunteer",
                violation_error_message=_("Attorneys and paralegals can be volunteers, and nobody else."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def does_case_work(self) -> bool:
        """Whether families are this person's work at all: administrators keep people, auditors read history."""
        return self.is_active and self.role in (self.Role.ATTORNEY, self.Role.PARALEGAL, self.Role.SUPERVISOR)

    @property
    def place(self) -> str | None:
        """The place in which this person can have families, by what `Family` calls it; None for who can have none."""
        if not self.does_case_work or self.is_volunteer:
            return None
        return "paralegal" if self.role == self.Role.PARALEGAL else "attorney"

    @property
    def first_page(self) -> str:
        """The name of the page where this person's day begins: the desk, or what stands in for one."""
        if self.role in (self.Role.ADMINISTRATOR, self.Role.AUDITOR):
            return "colleagues"
        return "dashboard" if self.role == self.Role.SUPERVISOR else "desk"

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Receipt(Owned):
    """That a write with this key was done, and what came of it: the same key again gives the same result.

    A page or a client makes up one key for each thing it asks; a double click, or a retry after a lost answer, sends
    the same one again.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    key = models.CharField(max_length=200)
    what = models.CharField(max_length=60)
    result = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "user", "key"], name="accounts_receipt_once"),
            models.CheckConstraint(condition=~models.Q(key=""), name="accounts_receipt_key"),
            SameOrganization(field="user", to="accounts.User", name="accounts_receipt_user_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.key}"


class InvitationQuerySet(OwnedQuerySet["Invitation"]):
    """Invitations."""

    def open(self) -> Self:
        """Those that can still be accepted, or sent again."""
        return self.filter(accepted_at=None, revoked_at=None)


@choices_checked
class Invitation(Fact):
    """That somebody may come to work here. `token_hash` is of the last link that was sent; an older one is dead."""

    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=200)
    role = models.CharField(_("role"), max_length=20, choices=User.Role)
    language = models.CharField(_("language"), max_length=2, choices=User.Language)
    is_volunteer = models.BooleanField(_("volunteer"), default=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = InvitationQuerySet.as_manager()
    history = history(without=["token_hash"])

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            owner_key("accounts_invitation_owner"),
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="accounts_invitation_once",
                violation_error_message=_("This address is invited already. Send the invitation again."),
            ),
            SameOrganization(field="invited_by", to="accounts.User", name="accounts_invitation_invited_by_owner"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_over(self) -> bool:
        """Whether the link's time is over."""
        return self.expires_at <= clock.now()


class Tally(models.Model):
    """How often something was tried at the entrance (accounts/entrance/throttling.py). Belongs to no organization."""

    key = models.CharField(max_length=64, primary_key=True)
    tries = models.PositiveIntegerField()
    until = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(key=""), name="accounts_tally_key")]

    def __str__(self) -> str:
        return f"{self.tries} until {self.until}"
