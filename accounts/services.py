"""Changes to the people who work at an organization."""

from accounts.models import User


def user_set_language(*, actor: User, language: str) -> None:
    """The language in which the pages speak to this person from now on: one of `User.Language`."""
    if actor.language == language:
        return
    actor.language = language
    actor.full_clean(exclude=["password"])
    actor.save(update_fields=["language"])
