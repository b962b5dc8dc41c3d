"""What the frame of every page says of reminders: how many wait to be seen, and whether they run behind."""

from django import template
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from deadlines.reminders.selectors import Frame, frame
from deadlines.reminders.wording import how_long

register = template.Library()


@register.simple_tag(takes_context=True)
def reminders_frame(context: template.Context) -> Frame:
    """One query a page; none before somebody is signed in all the way."""
    request = context.get("request")
    user: User | AnonymousUser | None = getattr(request, "user", None)
    if request is None or not isinstance(user, User) or getattr(request, "needs_factor", False):
        return Frame(0)
    if not hasattr(request, "reminders_frame"):
        request.reminders_frame = frame(user)
    found: Frame = request.reminders_frame
    return found


register.filter("how_long", how_long)
