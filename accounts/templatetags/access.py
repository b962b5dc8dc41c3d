"""What somebody may do, for templates that offer a link only to those who may follow it."""

from django import template

from accounts.models import User
from accounts.permissions import Permission, allows

register = template.Library()


@register.filter
def may(actor: User, permission: str) -> bool:
    """Whether this person's role has the permission, given as its value (area:thing:action)."""
    return allows(actor, Permission(permission))
