"""What one person is reminded of, what was missed while nothing could be sent, and how the clockwork does."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Case, Count, F, IntegerField, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from accounts.permissions import Permission, require
from config import clock
from deadlines.calendars.labels import deadline_label
from deadlines.models import Deadline
from deadlines.reminders.guard import HOLD, SWEEP
from deadlines.reminders.lateness import BEHIND, LATE, SILENT
from deadlines.reminders.models import Delivery, Reminder, Tick
from deadlines.reminders.moments import end_of, first_day
from deadlines.reminders.ways import Ways

Text = str | Promise
State, Channel, Why = Reminder.State, Reminder.Channel, Reminder.Why
MOST_SHOWN = 100


class Frame(NamedTuple):
    """What the frame of every page says of reminders: how many wait to be seen, and what is wrong with the clockwork.

    `trouble`: "", "held", "silent" (no sweep for three minutes) or "behind"; `since`: from when what should have gone
    out has waited.
    """

    unseen: int
    trouble: str = ""
    since: datetime.datetime | None = None


def frame(actor: User) -> Frame:
    """For the header of a page, in one query."""
    ticks = {name: Tick.objects.filter(name=name) for name in (SWEEP, BEHIND)}
    moment = clock.moment()
    row = (
        Organization.objects.filter(pk=actor.organization_id)
        .values_list(
            Coalesce(Subquery(_count(unseen(actor)), output_field=IntegerField()), Value(0)),
            Subquery(ticks[SWEEP].values("at")[:1]),
            Subquery(ticks[BEHIND].values("moment")[:1]),
            Subquery(Tick.objects.filter(name=HOLD).exclude(held_because="").values("name")[:1]),
            Subquery(_overdue(actor, moment).order_by("remind_at").values("remind_at")[:1]),
        )
        .first()
    )
    if row is None:
        return Frame(0)
    count, swept_at, behind, held, unplanned = row
    since = min((at for at in (behind, unplanned) if at is not None and moment - at > LATE), default=None)
    if held:
        return Frame(count, "held", since)
    if clock.now() - swept_at > SILENT if swept_at is not None else unplanned is not None:
        return Frame(count, "silent", since)
    return Frame(count, "behind" if since is not None else "", since)


def _count(rows: Any) -> Any:
    """A sub-query for how many deadlines these reminders are of."""
    of_all = rows.order_by().annotate(one=Value(1)).values("one")
    return of_all.annotate(number=Count("deadline", distinct=True)).values("number")


def _overdue(actor: User, moment: datetime.datetime) -> Any:
    rows = Deadline.objects.filter(organization_id=actor.organization_id, remind_at__isnull=False)
    return rows.filter(remind_at__lte=moment - LATE)


def unseen(actor: User) -> Any:
    """The reminders that this person has not said they have seen, of deadlines that are open and as they were then."""
    rows = Reminder.objects.visible_to(actor).filter(
        recipient=actor, channel=Channel.APP, state=State.SENT, read_at=None
    )
    return rows.filter(deadline__state=Deadline.State.OPEN, deadline_version=F("deadline__version"))


class Item(NamedTuple):
    """One deadline of which this person is reminded. `late`: by how much the reminder came too late, else None."""

    deadline: Deadline
    label: Text
    day: datetime.date
    is_past: bool
    late: datetime.timedelta | None
    covers: int
    is_seen: bool
    whys: tuple[str, ...]
    told_at: datetime.datetime | None
    mark: str


def mine(actor: User, *, is_seen: bool, most: int = MOST_SHOWN) -> list[Item]:
    """The open deadlines of which this person is reminded, not yet seen or seen, at most so many. Two queries.

    The heaviest come first, of each weight the nearest: what matters by the hour must not stand behind a hundred more.
    """
    rows = Reminder.objects.visible_to(actor).filter(
        recipient=actor, channel=Channel.APP, state=State.SENT, read_at__isnull=not is_seen
    )
    rows = rows.filter(deadline__state=Deadline.State.OPEN).select_related("deadline__family", "deadline__person")
    if is_seen:
        rows = rows.exclude(deadline__in=unseen(actor).values("deadline"))
    found: dict[int, list[Reminder]] = defaultdict(list)
    weight = Case(*(When(deadline__weight=one, then=place) for place, one in enumerate(Deadline.Weight)), default=0)
    for row in rows.order_by(weight, "deadline__safe_on", "deadline_id", "pk")[: most * 10]:
        if row.deadline_version == row.deadline.version:
            found[row.deadline_id].append(row)
    items = [_item(group, is_seen) for group in list(found.values())[:most]]
    return sorted(items, key=lambda one: (one.deadline.rank, end_of(one.deadline), one.deadline.pk))


def _item(rows: Sequence[Reminder], is_seen: bool) -> Item:
    deadline, moment = rows[0].deadline, clock.moment()
    lates = [row.sent_at - row.due_at for row in rows if row.why == Why.CAUGHT_UP and row.sent_at is not None]
    return Item(
        deadline=deadline,
        label=deadline_label(deadline),
        day=first_day(deadline),
        is_past=end_of(deadline) <= moment,
        late=max(lates, default=None),
        covers=max(row.covers for row in rows),
        is_seen=is_seen,
        whys=tuple(dict.fromkeys(row.why for row in rows)),
        told_at=max((row.sent_at for row in rows if row.sent_at is not None), default=None),
        mark=f"{deadline.pk}.{deadline.version}",
    )


class Told(NamedTuple):
    """One reminder of a date: to whom, by which way, when it was or is due, what became of it, and when it was seen.

    `is_old`: of an earlier version of the date; `problem`: what went wrong, in words, else "".
    """

    reminder: Reminder
    at: datetime.datetime
    problem: Text
    is_old: bool


def reminders_of(actor: User, deadline: Deadline, *, most: int = MOST_SHOWN) -> list[Told]:
    """The reminders of the date, the newest first; one query."""
    rows = Reminder.objects.visible_to(actor).filter(deadline=deadline).select_related("recipient")
    return [
        Told(
            reminder=row,
            at=row.sent_at or row.due_at,
            problem=problem_text(row.problem) if row.problem else "",
            is_old=row.deadline_version != deadline.version,
        )
        for row in rows.order_by("-due_at", "-pk")[:most]
    ]


def missed_while_down(actor: User) -> list[Deadline]:
    """The open deadlines that passed before the reminder of them could be given, because nothing could be sent.

    Of families that are this person's; for a supervisor, of all that they see. One query.
    """
    rows = Reminder.objects.visible_to(actor).filter(why=Why.CAUGHT_UP, channel=Channel.APP, state=State.SENT)
    if actor.role != User.Role.SUPERVISOR:
        mine_too = Q(deadline__family__attorney=actor) | Q(deadline__family__paralegal=actor) | Q(recipient=actor)
        rows = rows.filter(mine_too)
    rows = rows.filter(deadline__state=Deadline.State.OPEN, deadline__safe_on__lte=clock.today())
    found: dict[int, Deadline] = {}
    for row in rows.select_related("deadline__family", "deadline__person").order_by("deadline__safe_on", "pk"):
        end = end_of(row.deadline)
        is_missed = row.sent_at is not None and row.due_at < end <= row.sent_at
        if is_missed and row.deadline_version == row.deadline.version:
            found.setdefault(row.deadline_id, row.deadline)
    return list(found.values())


class Parked(NamedTuple):
    """A reminder that was set aside: to whom, how, what went wrong, and of what weight. No client is named."""

    pk: int
    recipient: str
    channel: str
    problem: Text
    attempts: int
    weight: str
    day: datetime.date


class Operations(NamedTuple):
    """How the organization's reminders do today."""

    frame: Frame
    waiting: int
    retrying: int
    sent_today: int
    p50: float | None
    p99: float | None
    parked: list[Parked]
    undelivered: list[Parked]
    bounced: list[Ways]
    twice: int


def operations(actor: User) -> Operations:
    """What the page of operations shows; a dozen queries, however much there is. Raises `PermissionDenied`."""
    require(actor, Permission.REMINDER_OPERATION_VIEW)
    owned = Reminder.objects.filter(organization_id=actor.organization_id)
    coming = owned.filter(ready_at__isnull=False)
    moment = clock.moment()
    p50, p99, sent = lateness_today(actor.organization_id, moment)
    return Operations(
        frame=frame(actor),
        waiting=coming.filter(ready_at__lte=moment).count(),
        retrying=coming.filter(state=State.RETRY).count(),
        sent_today=sent,
        p50=p50,
        p99=p99,
        parked=_parked(owned.filter(state=State.PARKED).order_by("-pk")),
        undelivered=_parked(coming.filter(state=State.RETRY, attempts__gte=3).order_by("pk")),
        bounced=list(
            Ways.objects.filter(organization_id=actor.organization_id, mail_bounced_at__isnull=False).select_related(
                "user"
            )
        ),
        twice=Delivery.objects.filter(
            organization_id=actor.organization_id,
            result=Delivery.Result.UNKNOWN,
            began_at__gte=clock.now() - datetime.timedelta(days=7),
        ).count(),
    )


def lateness_today(organization_id: int, moment: datetime.datetime) -> tuple[float | None, float | None, int]:
    """Seconds by which today's mails were late: the middle one, the hundredth worst; and how many went out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT percentile_cont(ARRAY[0.5, 0.99]) "
            "WITHIN GROUP (ORDER BY extract(epoch FROM r.sent_at - r.due_at)), count(*) "
            "FROM deadlines_delivery d, unnest(d.reminders) AS k(id) JOIN deadlines_reminder r ON r.id = k.id "
            "WHERE d.organization_id = %s AND d.result = 'sent' AND d.began_at >= %s AND r.state = 'sent'",
            [organization_id, clock.now() - datetime.timedelta(days=1)],
        )
        row = cursor.fetchone()
    found = row[0] if row and row[0] else (None, None)
    return found[0], found[1], row[1] if row else 0


def _parked(rows: Any) -> list[Parked]:
    return [
        Parked(
            pk=row.pk,
            recipient=row.recipient.name,
            channel=row.get_channel_display(),
            problem=problem_text(row.problem),
            attempts=row.attempts,
            weight=row.deadline.get_weight_display(),
            day=row.deadline.safe_on,
        )
        for row in rows.select_related("recipient", "deadline")[:MOST_SHOWN]
    ]


def problem_text(problem: str) -> Text:
    """What went wrong, in words; the code stands beside them."""
    if problem[:1] == "5" and problem.isdecimal():
        return _("The mail server refuses this address (%(code)s).") % {"code": problem}
    if problem[:1] == "4" and problem.isdecimal():
        return _("The mail server puts this address off (%(code)s).") % {"code": problem}
    if problem in ("away", "broken"):
        return _("The mail server does not answer.")
    if problem == "unknown":
        return _("The worker ended while it was sending.")
    return _("It could not be written (%(code)s).") % {"code": problem}
