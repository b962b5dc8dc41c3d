"""What somebody keeps of their desk: saving and dropping views, and saying that they have looked."""

import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from accounts.access import access, organization_of
from accounts.errors import Invalid
from accounts.models import User
from accounts.permissions import RULES, Permission, allows, require
from accounts.receipts import once
from config.text import is_clean
from desks.models import LONGEST_NAME, LastLook, SavedView
from families.filters import KINDS
from families.listing import query_problems


def view_save(*, actor: User, page: str, name: str, query: str, shared: bool, key: str | None) -> int:
    """Keep the list under these filters by this name; gives the view's pk. The same name again is changed.

    `page` is one of `SavedView.Page`, `query` as it stands in the address. Raises `Invalid` for a page, name or filter
    that there is not, `PermissionDenied` without an office and for sharing without the permission.
    """
    require(actor, Permission.FAMILY_RECORD_VIEW)
    if page == SavedView.Page.DASHBOARD:
        require(actor, Permission.DASHBOARD_BOARD_VIEW)
    if shared:
        require(actor, Permission.LIST_VIEW_SHARE)
    name = " ".join(name.split())
    errors = {"name": problem} if (problem := _name_problem(name)) else {}
    if page not in KINDS:
        errors[""] = _("There is no such list. Open the list again, and save it from there.")
    elif problems := query_problems(actor, KINDS[page], QueryDict(query)):
        errors[""] = " ".join(problems)
    if errors:
        raise Invalid(errors)

    def write() -> int:
        view, _made = SavedView.objects.update_or_create(
            organization=organization_of(actor),
            user=actor,
            page=page,
            name=name,
            defaults={"query": query, "is_shared": shared},
        )
        return int(view.pk)

    return once(actor=actor, key=key, what="view_save", write=write)


def _name_problem(name: str) -> str:
    if not name:
        return _("Give the view a name.")
    if len(name) > LONGEST_NAME:
        return _("A name has at most %(longest)d letters.") % {"longest": LONGEST_NAME}
    return "" if is_clean(name) else _("This text holds signs that cannot be kept.")


def view_remove(*, actor: User, view_id: int, key: str | None) -> int:
    """Drop a view of one's own, or one that is shared where the actor may share; gives its pk.

    Raises `Http404` for what the actor does not see, `PermissionDenied` for what a colleague shares.
    """
    require(actor, Permission.FAMILY_RECORD_VIEW)

    def write() -> int:
        view = access(SavedView.objects.select_for_update(), actor, view_id)
        if view.user_id != actor.pk:
            if not view.is_shared:
                raise Http404
            if not allows(actor, Permission.LIST_VIEW_SHARE):
                raise PermissionDenied(str(RULES[Permission.LIST_VIEW_SHARE].refusal))
        view.delete()
        return view_id

    return once(actor=actor, key=key, what="view_remove", write=write)


@transaction.atomic
def look_note(*, actor: User, at: datetime.datetime, now: datetime.datetime) -> None:
    """That the actor has seen what others changed until `at`; it never goes back, and never lies ahead of `now`."""
    require(actor, Permission.FAMILY_RECORD_VIEW)
    look, made = LastLook.objects.select_for_update().get_or_create(
        user=actor, defaults={"organization": organization_of(actor), "at": min(at, now)}
    )
    if not made and look.at < at:
        look.at = min(at, now)
        look.save(update_fields=["at"])
