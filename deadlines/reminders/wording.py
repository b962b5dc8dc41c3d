"""What a mail or a message on a device says: how many things are due, how near the nearest is, and a link.

Never a name, a number or a fact: mail is read on strange screens and kept by strange servers.
"""

import datetime
from collections.abc import Sequence
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deadlines.models import Deadline
from deadlines.reminders.models import Reminder
from deadlines.reminders.moments import end_of, first_day, nearest
from deadlines.reminders.planning import LATE


class Message(NamedTuple):
    """One message in the recipient's language."""

    subject: str
    text: str
    html: str


def message(rows: Sequence[Reminder], language: str, moment: datetime.datetime) -> Message:
    """The message for these reminders of one person; they carry their deadlines."""
    deadlines = [row.deadline for row in rows]
    with translation.override(language):
        lines = _lines(rows, deadlines, moment)
        context = {"lines": lines, "address": address(), "language": language}
        return Message(
            subject=lines[0],
            text=render_to_string("reminders/mail/due.txt", context),
            html=render_to_string("reminders/mail/due.html", context),
        )


def address() -> str:
    """The page of one's own reminders, which needs a sign-in."""
    return str(settings.AMPARO_SITE).rstrip("/") + reverse("reminders")


def _lines(rows: Sequence[Reminder], deadlines: Sequence[Deadline], moment: datetime.datetime) -> list[str]:
    count = len({one.pk for one in deadlines})
    lines = [
        ngettext("Amparo: %(count)d date to keep", "Amparo: %(count)d dates to keep", count) % {"count": count},
        distance(nearest(deadlines), moment),
    ]
    latest = max((moment - row.due_at for row in rows if row.why == Reminder.Why.CAUGHT_UP), default=None)
    if latest is not None and latest > LATE:
        lines.append(late_by(latest))
    if any(row.why == Reminder.Why.ESCALATION for row in rows):
        lines.append(_("A colleague has not seen a reminder, or could not be reached: please look."))
    if any(row.why == Reminder.Why.CHANGE for row in rows):
        lines.append(_("A date has changed: this replaces what was sent before."))
    return lines


def distance(deadline: Deadline, moment: datetime.datetime) -> str:
    """How far it is to the deadline: in hours where it has an hour, else in days of the office."""
    end = end_of(deadline)
    if deadline.due_at is not None and abs(end - moment) < datetime.timedelta(days=2):
        hours = int((end - moment).total_seconds() // 3600)
        if hours < 0:
            return _("The nearest has passed.")
        return ngettext(
            "The nearest is in less than %(hours)d hour.", "The nearest is in less than %(hours)d hours.", hours + 1
        ) % {"hours": hours + 1}
    days = (first_day(deadline) - timezone.localdate(moment)).days
    if days < 0:
        return _("The nearest has passed.")
    if days == 0:
        return _("The nearest is today.")
    return ngettext("The nearest is in %(days)d day.", "The nearest is in %(days)d days.", days) % {"days": days}


def late_by(late: datetime.timedelta) -> str:
    """That a message comes late, and by how much."""
    return _("This message comes %(how)s late: Amparo could not send it in time.") % {"how": how_long(late)}


def how_long(late: datetime.timedelta) -> str:
    """A stretch of time in minutes, hours or days, whichever says it shortest."""
    minutes = int(late.total_seconds() // 60)
    if minutes < 2 * 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if minutes < 2 * 24 * 60:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d day", "%(n)d days", minutes // 1440) % {"n": minutes // 1440}
