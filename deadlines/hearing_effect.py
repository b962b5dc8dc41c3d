"""What a change of a hearing did: to the dates that it set off, and to reminders that were about to go out."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.db.models import F, Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from deadlines.models import Deadline, Hearing
from deadlines.reminders.models import Reminder
from deadlines.selectors import of_hearing
from deadlines.wording import title_of, weekday_text

Standing = Mapping[int, Deadline]
_WAITS: Final = (Reminder.State.DUE, Reminder.State.CLAIMED, Reminder.State.RETRY)


def standing(actor: User, hearing: Hearing) -> Standing:
    """The open dates of the hearing, by key: to be read before the change and again after it."""
    return {row.pk: row for row in of_hearing(actor, hearing) if row.state == Deadline.State.OPEN}


def effect_text(actor: User, before: Standing, after: Standing) -> list[str]:
    """In sentences, what became of each date, and how many reminders of the days before will not go out."""
    said = [sentence for row in after.values() if (sentence := _sentence(before.get(row.pk), row))]
    said += [
        _("%(what)s, %(day)s: void. No reminder comes any more.") % _named(row)
        for row in before.values()
        if row.pk not in after
    ]
    if not said:
        return [_("Its dates and reminders stay as they are.")]
    number = _void(actor, list({**before, **after}))
    if number:
        said.append(
            ngettext(
                "%(number)d reminder that was about to go out is void.",
                "%(number)d reminders that were about to go out are void.",
                number,
            )
            % {"number": number}
        )
    return said


def _sentence(before: Deadline | None, now: Deadline) -> str:
    if before is None:
        return _("%(what)s: in the book for %(day)s, with its reminders.") % _named(now)
    if before.version == now.version:
        return ""
    if before.due_on == now.due_on:
        return _("%(what)s, %(day)s: another hour. Its reminders are made anew.") % _named(now)
    return _("%(what)s: moved from %(old)s to %(day)s. Its reminders are made anew.") % {
        **_named(now),
        "old": weekday_text(before.due_on),
    }


def _named(row: Deadline) -> dict[str, str]:
    return {"what": capfirst(str(title_of(row))), "day": weekday_text(row.due_on)}


def _void(actor: User, keys: Sequence[int]) -> int:
    """Reminders of these dates that were to go out and will not: of an earlier version, or of a date that ended. The
    sweep marks them as void when it comes to them."""
    stale = ~Q(deadline_version=F("deadline__version")) | ~Q(deadline__state=Deadline.State.OPEN)
    waiting = Reminder.objects.visible_to(actor).filter(stale, deadline__in=keys, state__in=_WAITS)
    return int(waiting.count())
