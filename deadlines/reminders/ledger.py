"""The only place that moves a reminder from one state to the next (docs/adr/0013).

    due, retry --claim--> claimed --begin_sending--> sending --> sent | retry | parked | void
    void --revive--> due

Each function is one short transaction, and none talks to anybody but PostgreSQL. Leases run on PostgreSQL's clock, so
workers whose clocks differ do not take one another's work; `moment` is the product's (config.clock.moment).
"""

import datetime
import logging
import random
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.walls import Wall
from config import clock
from deadlines.models import Deadline
from deadlines.reminders import recipients
from deadlines.reminders.failpoints import reached
from deadlines.reminders.models import Delivery, Reminder
from families.models import Family

log = logging.getLogger("amparo.reminders")

LEASE = datetime.timedelta(minutes=2)
_LEASE: Any = LEASE  # PostgreSQL's interval, of which the types of Django's cursor do not know
STRIKES = 5  # tries that failed for what is in the reminder, or in which the process died
PUT_OFF = 10  # tries that the other side put off for this person: a day's patience of theirs, some five hours of ours
MOST = 50  # reminders in one claim: sent well within a lease, and no more are overtaken by what is nearer
SPLIT_AT = 3  # strikes after which a reminder is sent alone, so that one that kills takes no others with it

AWAY: Final = "away"  # the code of a try for which no server was there
BROKEN: Final = "broken"  # and of one in which the other side hung up

State, Channel, Result = Reminder.State, Reminder.Channel, Delivery.Result

_CLAIM = """
WITH people AS (
    SELECT r.recipient_id, r.channel, min(coalesce(d.due_at, d.safe_on::timestamptz)) AS first
    FROM deadlines_reminder r JOIN deadlines_deadline d ON d.id = r.deadline_id
    WHERE r.organization_id = %(organization)s AND r.state IN ('due', 'retry') AND r.ready_at <= %(moment)s
    GROUP BY r.recipient_id, r.channel ORDER BY first LIMIT %(most)s
), chosen AS (
    SELECT r.id FROM deadlines_reminder r JOIN people USING (recipient_id, channel)
    WHERE r.organization_id = %(organization)s AND r.state IN ('due', 'retry') AND r.ready_at <= %(moment)s
    ORDER BY people.first, r.recipient_id, r.channel, r.id LIMIT %(most)s FOR UPDATE OF r SKIP LOCKED
)
UPDATE deadlines_reminder AS r SET state = 'claimed', claim = %(claim)s, leased_until = clock_timestamp() + %(lease)s
FROM chosen WHERE r.id = chosen.id RETURNING r.id
"""
_CLAIMING = 2  # the first half of the key of PostgreSQL's advisory lock; the second is the organization


@dataclass(frozen=True)
class Claim:
    """What one worker has taken: the claim's name, and the keys of the reminders."""

    name: uuid.UUID
    reminders: list[int]


@dataclass(frozen=True)
class Begun:
    """A try that is written down and may be made: to whom, of what, under which Message-ID."""

    delivery_id: int
    claim: uuid.UUID
    message_id: str
    recipient: User
    channel: str
    reminders: list[Reminder]


def claim(organization_id: int, moment: datetime.datetime, most: int = MOST) -> Claim:
    """Take up to `most` reminders that are ready, those of the nearest deadlines first, all of one person together."""
    reached("before_claim")
    name = uuid.uuid4()
    with transaction.atomic():
        _one_at_a_time(organization_id)
        with connection.cursor() as cursor:
            cursor.execute(
                _CLAIM,
                {"organization": organization_id, "moment": moment, "most": most, "claim": name, "lease": _LEASE},
            )
            taken = sorted(key for (key,) in cursor.fetchall())
    reached("after_claim")
    return Claim(name, taken)


def _one_at_a_time(organization_id: int) -> None:
    """Claims wait for one another a moment, so that what falls due together for one person is not split between two.

    This is no lock that anything rests on: whoever does not get it goes on without.
    """
    for _try in range(40):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s::integer)", [_CLAIMING, organization_id])
            row = cursor.fetchone()
        if row and row[0]:
            return
        time.sleep(0.02)


def release(claimed: Claim) -> int:
    """Give back what was claimed and not begun; gives how many."""
    rows = Reminder.objects.filter(claim=claimed.name, state=State.CLAIMED)
    return rows.update(state=State.DUE, claim=None, leased_until=None)


def begin_sending(claimed: Claim, keys: Sequence[int], moment: datetime.datetime, message_id: str) -> Begun | None:
    """Write down that these reminders of one person and channel are about to be sent; None when none of them is to be.

    Under the lock of their deadlines it is asked again whether each is open, in this version, and this person's. Those
    for which it is not are void. What another worker has taken since, its lease being over, is left to them.
    """
    with transaction.atomic():
        rows = _locked(claimed, keys)
        whys = _no_longer(rows, moment)
        _void(rows, whys, moment)
        standing = [row for row in rows if row.pk not in whys]
        if not standing:
            return None
        recipient, channel = standing[0].recipient, standing[0].channel
        delivery = Delivery.objects.create(
            organization_id=standing[0].organization_id,
            recipient=recipient,
            channel=channel,
            reminders=[row.pk for row in standing],
            message_id=message_id,
            began_at=clock.now(),
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE deadlines_reminder SET state = 'sending', attempts = attempts + 1, message_id = %s, "
                "leased_until = clock_timestamp() + %s WHERE id = ANY(%s)",
                [message_id, _LEASE, delivery.reminders],
            )
    return Begun(delivery.pk, claimed.name, message_id, recipient, channel, standing)


def _locked(claimed: Claim, keys: Sequence[int]) -> list[Reminder]:
    """Those of the reminders that are still this claim's, locked and after them their deadlines, with families and
    recipients.

    Each table is asked for its keys alone. In a join PostgreSQL may begin at all families of the organization: one that
    is new to its statistics it takes for empty, and then each mail of a big office reads them all.
    """
    mine = Reminder.objects.filter(pk__in=keys, claim=claimed.name, state=State.CLAIMED)
    rows = list(mine.order_by("deadline_id", "pk").select_for_update(no_key=True))
    locked = Deadline.objects.order_by("pk").select_for_update(no_key=True)
    deadlines = {row.pk: row for row in locked.filter(pk__in={row.deadline_id for row in rows})}
    families = Family.objects.in_bulk({row.family_id for row in deadlines.values()})
    people = User.objects.in_bulk({row.recipient_id for row in rows})
    for row in rows:
        row.deadline, row.recipient = deadlines[row.deadline_id], people[row.recipient_id]
        row.deadline.family = families[row.deadline.family_id]
    return rows


def _no_longer(rows: list[Reminder], moment: datetime.datetime) -> dict[int, str]:
    """Why a reminder is no longer to be sent, by its key; the others are left out."""
    found: dict[int, str] = {}
    doubtful: list[Reminder] = []
    walls = Wall.objects.in_force().filter(
        family_id__in={row.deadline.family_id for row in rows}, user_id__in={row.recipient_id for row in rows}
    )
    walled = set(walls.values_list("family_id", "user_id"))
    for row in rows:
        deadline, family, user = row.deadline, row.deadline.family, row.recipient
        if deadline.state != Deadline.State.OPEN:
            found[row.pk] = "ended"
        elif deadline.version != row.deadline_version:
            found[row.pk] = "changed"
        elif not user.does_case_work or (family.pk, user.pk) in walled:
            found[row.pk] = "recipient"
        elif user.is_volunteer or user.pk not in (family.attorney_id, family.paralegal_id):
            doubtful.append(row)
    if doubtful:
        families = (row.deadline.family_id for row in doubtful)
        people = recipients.load(doubtful[0].organization_id, families, timezone.localdate(moment))
        for row in doubtful:
            family = row.deadline.family
            told = people.last(family) if row.why == Reminder.Why.ESCALATION else people.first(family)
            if row.recipient_id not in told:
                found[row.pk] = "recipient"
    return found


def _void(rows: list[Reminder], whys: dict[int, str], moment: datetime.datetime) -> None:
    """Void these; who has the family instead is told by the next sweep."""
    for why in sorted(set(whys.values())):
        keys = [key for key, reason in whys.items() if reason == why]
        Reminder.objects.filter(pk__in=keys).update(
            state=State.VOID, ready_at=None, claim=None, leased_until=None, problem=why
        )
    tell_again((row.deadline_id for row in rows if whys.get(row.pk) == "recipient"), moment)


def revive(rows: list[Reminder]) -> None:
    """In the transaction that plans them: what was void because its person had lost the family is due again where they
    have it back, for it never went out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE deadlines_reminder AS r SET state = 'due', ready_at = v.at, due_at = v.at, problem = '' "
            "FROM unnest(%s::bigint[], %s::integer[], %s::bigint[], %s::integer[], %s::text[], %s::timestamptz[]) "
            "AS v(deadline, version, recipient, offset_, channel, at) "
            "WHERE r.deadline_id = v.deadline AND r.deadline_version = v.version AND r.recipient_id = v.recipient "
            "AND r.\"offset\" = v.offset_ AND r.channel = v.channel AND r.state = 'void' AND r.problem = 'recipient'",
            [
                [row.deadline_id for row in rows],
                [row.deadline_version for row in rows],
                [row.recipient_id for row in rows],
                [row.offset for row in rows],
                [row.channel for row in rows],
                [row.due_at for row in rows],
            ],
        )


def sent(begun: Begun, moment: datetime.datetime) -> bool:
    """The other side has taken it. One statement, and its own transaction; whether the ledger took it from us.

    What was given back meanwhile, and taken by nobody, is sent as well: it did go out.
    """
    reached("after_250_before_update")
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH told AS (UPDATE deadlines_delivery SET ended_at = %(now)s, result = 'sent' WHERE id = %(delivery)s) "
            "UPDATE deadlines_reminder SET state = 'sent', sent_at = %(moment)s, ready_at = NULL, claim = NULL, "
            "leased_until = NULL, problem = '' WHERE id = ANY(%(keys)s) AND message_id = %(message)s "
            "AND state IN ('sending', 'due', 'retry')",
            {
                "now": clock.now(),
                "delivery": begun.delivery_id,
                "moment": moment,
                "keys": [row.pk for row in begun.reminders],
                "message": begun.message_id,
            },
        )
        is_written = int(cursor.rowcount) > 0
    reached("after_update")
    return is_written


def failed(begun: Begun, moment: datetime.datetime, result: str, code: str = "") -> None:
    """The try came to nothing: `result` and `code` (such as 421, or the name of an error) say how.

    Refused for good, or struck five times: parked, and whoever comes next in the row of escalation is told. Else it is
    tried again in 1, 2, 4 ... 60 minutes, give or take a quarter. Where the server itself is away (`code` "away") in
    five minutes at most, and without end.
    """
    is_own = result == Result.FAILED
    with transaction.atomic():
        Delivery.objects.filter(pk=begun.delivery_id).update(ended_at=clock.now(), result=result, code=code[:60])
        rows = Reminder.objects.filter(
            pk__in=[row.pk for row in begun.reminders], claim=begun.claim, state=State.SENDING
        )
        for row in rows.select_for_update(no_key=True).order_by("pk"):
            if is_own:
                row.strikes += 1
                row.message_id = ""  # it goes alone from now on: one that cannot be written spoils no other's mail
            _again_or_parked(row, moment, result, code)


def _again_or_parked(row: Reminder, moment: datetime.datetime, result: str, code: str) -> None:
    is_over = (
        result == Result.REFUSED
        or row.strikes >= STRIKES
        or (result in (Result.DEFERRED, Result.UNKNOWN) and code not in (AWAY, "") and row.attempts >= PUT_OFF)
    )
    row.claim, row.leased_until, row.problem = None, None, (code or result)[:60]
    if is_over and row.channel == Channel.PUSH:
        row.state, row.ready_at = State.VOID, None  # a device that is gone: the mail, and the page, are there
    elif is_over:
        row.state, row.ready_at = State.PARKED, None
        tell_again([row.deadline_id], moment)
    else:
        row.state, row.ready_at = State.RETRY, moment + pause(row.attempts, most=5 if code == AWAY else 60)
    row.save(update_fields=["state", "ready_at", "claim", "leased_until", "problem", "strikes", "message_id"])


def pause(attempts: int, most: int = 60) -> datetime.timedelta:
    """How long to wait after so many tries: 1, 2, 4 ... `most` minutes, give or take a quarter."""
    minutes = min(2 ** min(max(attempts, 1) - 1, 10), most)
    return datetime.timedelta(minutes=minutes * random.uniform(0.75, 1.25))  # noqa: S311  # no secret


def give_back(organization_id: int, moment: datetime.datetime) -> int:
    """Take back what was left lying by a process that is gone; gives how many reminders.

    A reminder that was only claimed is due again. One that was being sent may have gone out or not: its try is recorded
    as unknown, and it goes out once more with the same Message-ID, unless that happened five times.
    """
    with transaction.atomic():
        left = list(
            Reminder.objects.filter(
                organization_id=organization_id,
                ready_at__isnull=False,
                state__in=[State.CLAIMED, State.SENDING],
                leased_until__lt=_database_now(),
            )
            .select_for_update(skip_locked=True, no_key=True)
            .order_by("pk")[:1000]
        )
        claimed = [row.pk for row in left if row.state == State.CLAIMED]
        Reminder.objects.filter(pk__in=claimed).update(state=State.DUE, claim=None, leased_until=None)
        for row in left:
            if row.state == State.SENDING:
                _give_back_sending(row, moment)
    return len(left)


def _give_back_sending(row: Reminder, moment: datetime.datetime) -> None:
    Delivery.objects.filter(result=None, message_id=row.message_id, recipient_id=row.recipient_id).update(
        result=Result.UNKNOWN, ended_at=clock.now()
    )
    row.strikes += 1
    if row.strikes >= SPLIT_AT:
        row.message_id = ""
    _again_or_parked(row, moment, Result.UNKNOWN, "")
    if row.strikes < SPLIT_AT and row.state == State.RETRY:
        Reminder.objects.filter(pk=row.pk).update(ready_at=moment)


def tell_again(deadline_ids: Iterable[int], moment: datetime.datetime) -> None:
    """Have these deadlines looked at in the next sweep: whom to tell, or who is to be told next, has changed."""
    rows = Deadline.objects.filter(pk__in=list(deadline_ids), state=Deadline.State.OPEN)
    rows.exclude(remind_at__lte=moment).update(remind_at=moment)


def how_many_ready(organization_id: int, moment: datetime.datetime) -> int:
    """How many reminders wait to be sent now."""
    rows = Reminder.objects.filter(organization_id=organization_id, ready_at__lte=moment)
    return rows.filter(state__in=[State.DUE, State.RETRY]).count()


def _database_now() -> datetime.datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    now: datetime.datetime = row[0] if row else clock.now()
    return now


def unpark(organization_id: int, keys: Iterable[int], moment: datetime.datetime) -> int:
    """Try again what was parked: as if it had never been tried. Gives how many."""
    rows = Reminder.objects.filter(organization_id=organization_id, pk__in=list(keys), state=State.PARKED)
    return rows.update(state=State.DUE, ready_at=moment, attempts=0, strikes=0, message_id="", problem="")
