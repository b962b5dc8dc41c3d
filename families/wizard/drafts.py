"""A colleague's own draft: saved at every step, thrown away, swept."""

import datetime
from typing import Any, Final

from accounts.access import organization_of
from accounts.errors import Conflict
from accounts.models import User
from accounts.permissions import Permission, allows, require
from accounts.receipts import once
from config import clock
from families.wizard.models import IntakeDraft

KEEP: Final = datetime.timedelta(days=30)


def own_draft(actor: User) -> IntakeDraft | None:
    """The draft of this person, if there is one. Raises `PermissionDenied`."""
    require(actor, Permission.FAMILY_RECORD_CREATE)
    return IntakeDraft.objects.visible_to(actor).filter(user=actor).first()


def draft_saved_at(actor: User) -> datetime.datetime | None:
    """When this person last saved their draft; None without one, and for who may not put families on file."""
    if not allows(actor, Permission.FAMILY_RECORD_CREATE):
        return None
    rows = IntakeDraft.objects.visible_to(actor).filter(user=actor)
    return rows.values_list("updated_at", flat=True).first()


def draft_save(*, actor: User, version: int, content: dict[str, Any], key: str | None) -> int:
    """Save what was typed; gives the draft's key. `version` is the one the page showed, 0 for a new draft.

    Raises `PermissionDenied`, and `Conflict` when it was saved in another window since; nothing is written then.
    """
    require(actor, Permission.FAMILY_RECORD_CREATE)

    def write() -> int:
        draft, made = IntakeDraft.objects.select_for_update().get_or_create(
            organization=organization_of(actor),
            user=actor,
            defaults={"content": content, "updated_at": clock.now()},
        )
        if made:
            return draft.pk
        if draft.version != version:
            raise Conflict(current={"version": draft.version, **draft.content}, theirs=content, changes=())
        draft.version, draft.content, draft.updated_at = version + 1, content, clock.now()
        draft.save(update_fields=["version", "content", "updated_at"])
        return draft.pk

    return once(actor=actor, key=key, what="draft_save", write=write)


def draft_discard(*, actor: User) -> None:
    """Throw the draft away. Without one nothing is done."""
    require(actor, Permission.FAMILY_RECORD_CREATE)
    IntakeDraft.objects.visible_to(actor).filter(user=actor).delete()


def forget_old_drafts(organization_id: int) -> int:
    """Remove the drafts of the organization that nobody has touched for 30 days; gives how many."""
    old = IntakeDraft.objects.filter(organization_id=organization_id, updated_at__lt=clock.now() - KEEP)
    return old.delete()[0]
