"""What is read of a desk's own rows: the saved views, and when somebody last looked."""

import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Permission, allows
from desks.models import LastLook, SavedView

FIRST_LOOK = datetime.timedelta(days=7)
"""How far back somebody sees who has never said that they looked."""


class View(NamedTuple):
    """A saved view with its address, and whether the reader may drop it."""

    row: SavedView
    address: str
    mine: bool
    may_remove: bool


def saved_views(actor: User) -> list[View]:
    """The actor's own views and those that the office shares, in order of their names; in one query."""
    rows: QuerySet[SavedView] = SavedView.objects.visible_to(actor).filter(Q(user=actor) | Q(is_shared=True))
    shares = allows(actor, Permission.LIST_VIEW_SHARE)
    sees_board = allows(actor, Permission.DASHBOARD_BOARD_VIEW)
    return [
        View(row, _address(row), mine := row.user_id == actor.pk, mine or shares)
        for row in rows.select_related("user").order_by("name", "pk")
        if sees_board or row.page != SavedView.Page.DASHBOARD
    ]


def _address(row: SavedView) -> str:
    address = reverse(row.page)
    return f"{address}?{row.query}" if row.query else address


def last_look(actor: User, now: datetime.datetime) -> datetime.datetime:
    """Up to when the actor has seen what others changed; a week ago for who never said so."""
    at = LastLook.objects.visible_to(actor).filter(user=actor).values_list("at", flat=True).first()
    return at if at is not None else now - FIRST_LOOK
