"""Changes to organizations and the people who work there."""

from django.core.exceptions import ValidationError

from accounts.errors import Invalid
from accounts.models import Organization, User


def organization_create(*, slug: str, name: str) -> Organization:
    """A new organization; a command of the installation, so nobody acts. Raises `Invalid` with a sentence by field."""
    organization = Organization(slug=slug, name=name.strip())
    _check(organization)
    organization.save()
    return organization


def user_create(
    *,
    organization: Organization,
    email: str,
    name: str,
    role: str,
    password: str,
    language: str = "en",
    is_volunteer: bool = False,
) -> User:
    """Somebody who may sign in and works at the organization in a role.

    A command of the installation. The password is taken as it is: a page that lets people choose one checks it.
    Raises `Invalid` with a sentence by field.
    """
    address = User.objects.normalize_email(email)
    user = User(organization=organization, email=address, name=name.strip(), role=role, language=language)
    user.is_volunteer = is_volunteer
    user.set_password(password)
    _check(user)
    user.save()
    return user


def _check(row: Organization | User) -> None:
    """Raises `Invalid` with what is wrong in the row."""
    try:
        row.full_clean()
    except ValidationError as error:
        fields = {field: " ".join(messages) for field, messages in error.message_dict.items()}
        raise Invalid({"" if field == "__all__" else field: text for field, text in fields.items()}) from None


def user_set_language(*, actor: User, language: str) -> None:
    """The language in which the pages speak to this person from now on: one of `User.Language`."""
    if actor.language == language:
        return
    actor.language = language
    actor.full_clean(exclude=["password"])
    actor.save(update_fields=["language"])
