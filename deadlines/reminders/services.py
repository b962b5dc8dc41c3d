"""What people say to reminders: that they have seen them, how they want to be reached, who stands in for whom."""

import datetime
import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from accounts.access import access, access_colleague, organization_of
from accounts.errors import Invalid
from accounts.models import User
from accounts.permissions import Permission, require
from accounts.receipts import once
from config import clock
from deadlines.models import Deadline
from deadlines.reminders import ledger
from deadlines.reminders.models import Acknowledgement, Reminder
from deadlines.reminders.moments import DAY, HOUR, OFFSETS
from deadlines.reminders.ways import FURTHEST, MOST_OFFSETS, Absence, OffsetSetting, PushSubscription, Ways
from families.writing import add_row, change_row, check_version

MOST_AT_ONCE: Final = 500
_NUMBER: Final = re.compile("-?[0-9]{1,6}")
# Where browsers' makers take messages: no other address is ever called.
PUSH_HOSTS: Final = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "web.push.apple.com",
    ".push.apple.com",
    ".notify.windows.com",
    ".push.services.mozilla.com",
)


class Acknowledged(NamedTuple):
    """Of how many deadlines it holds now that one has seen them, and how many were left, for they run by the hour."""

    noted: int
    left: int


def reminders_acknowledge(*, actor: User, marks: Iterable[str], key: str | None) -> Acknowledged:
    """Say of these deadlines (as `Item.mark`: key and version) that one has seen them, and that they are with one.

    Only those that the person sees, was told of, and that are still in this version; said again it changes nothing.
    What runs by the hour is said of one alone: among several it is left as it is.
    """
    wanted = {pair for pair in map(_mark, list(marks)[:MOST_AT_ONCE]) if pair is not None}
    told = _told(actor, wanted)
    left = [row for row in told if len(wanted) > 1 and row.weight == Deadline.Weight.HOURS]
    rest = [row for row in told if row not in left]
    noted = once(actor=actor, key=key, what="reminders_acknowledge", write=lambda: _acknowledged(actor, rest))
    return Acknowledged(noted, len(left))


def _told(actor: User, wanted: Collection[tuple[int, int]]) -> list[Deadline]:
    """Of the wanted deadlines those that the person sees, was told of, and that are in this version."""
    told = Reminder.objects.filter(recipient=actor).values("deadline")
    rows = Deadline.objects.visible_to(actor).filter(pk__in=[pk for pk, _version in wanted]).filter(pk__in=told)
    return [row for row in rows if (row.pk, row.version) in wanted]


def _acknowledged(actor: User, deadlines: Sequence[Deadline]) -> int:
    now, moment = clock.now(), clock.moment()
    rows = [
        Acknowledgement(
            organization=organization_of(actor), deadline=one, deadline_version=one.version, user=actor, at=now
        )
        for one in deadlines
    ]
    Acknowledgement.objects.bulk_create(rows, ignore_conflicts=True)
    for one in deadlines:
        Reminder.objects.filter(deadline=one, deadline_version=one.version, recipient=actor, read_at=None).update(
            read_at=moment
        )
    return len(deadlines)


def _mark(text: str) -> tuple[int, int] | None:
    pk, _dot, version = text.partition(".")
    if pk.isdecimal() and version.isdecimal() and len(pk) < 19 and len(version) < 10:
        return int(pk), int(version)
    return None


def ways_change(
    *,
    actor: User,
    version: int,
    quiet_from: datetime.time | None,
    quiet_to: datetime.time | None,
    digest: bool,
    key: str | None,
) -> int:
    """Change how one is reached; `version` is 0 where nothing was chosen yet. Raises `Invalid` and `Conflict`."""
    if (quiet_from is None) != (quiet_to is None):
        field = "quiet_to" if quiet_to is None else "quiet_from"
        raise Invalid({field: _("Give both the beginning and the end of the quiet hours, or neither.")})
    values = {"quiet_from": quiet_from, "quiet_to": quiet_to, "digest": digest}

    def write() -> int:
        row, _is_new = Ways.objects.get_or_create(user=actor, defaults={"organization": organization_of(actor)})
        row = Ways.objects.select_for_update().get(pk=row.pk)
        if version:
            check_version(row, version, current={name: getattr(row, name) for name in values}, theirs=values)
        change_row(row, values, actor=actor, reason="")
        return int(row.pk)

    return once(actor=actor, key=key, what="ways_change", write=write)


def absence_add(
    *,
    actor: User,
    user_id: int,
    substitute_id: int | None,
    from_on: datetime.date | None,
    to_on: datetime.date | None,
    key: str | None,
) -> int:
    """Enter that somebody is away, and who is told meanwhile; gives its key. Of others only supervisors do it.

    The substitute need not agree. Raises `PermissionDenied`, `Http404`, and `Invalid` by field.
    """
    if user_id != actor.pk:
        require(actor, Permission.REMINDER_ABSENCE_CHANGE)
    user = access_colleague(actor, user_id)
    errors = _absence_errors(actor, user, substitute_id, from_on, to_on)
    if errors or substitute_id is None or from_on is None or to_on is None:
        raise Invalid(errors)
    values: dict[str, Any] = {"user": user, "substitute_id": substitute_id, "from_on": from_on, "to_on": to_on}

    def write() -> int:
        User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two entered at once do not overlap
        meets = Absence.objects.filter(user=user, from_on__lte=to_on, to_on__gte=from_on)
        if meets.exists():
            raise Invalid({"from_on": _("An absence in these days is entered already. End that one first.")})
        row = add_row(Absence(organization=organization_of(actor), entered_by=actor, **values), actor=actor)
        return int(row.pk)

    return once(actor=actor, key=key, what="absence_add", write=write)


def _absence_errors(
    actor: User, user: User, substitute_id: int | None, from_on: datetime.date | None, to_on: datetime.date | None
) -> dict[str, str]:
    errors: dict[str, str] = {}
    substitute = User.objects.visible_to(actor).filter(pk=substitute_id).first() if substitute_id else None
    if substitute is None or substitute.place is None:
        errors["substitute"] = _("Choose a colleague who does case work: legal dates are never without somebody.")
    elif substitute.pk == user.pk:
        errors["substitute"] = _("Nobody is their own substitute. Choose a colleague.")
    if from_on is None:
        errors["from_on"] = _("Give the first day of the absence.")
    if to_on is None:
        errors["to_on"] = _("Give the last day of the absence.")
    if from_on and to_on and to_on < from_on:
        errors["to_on"] = _("The last day is before the first.")
    return errors


def absence_end(*, actor: User, absence_id: int, day: datetime.date, key: str | None) -> int:
    """Somebody is back: from `day` on they are told themselves. One that has not begun goes away. Gives the key.

    Raises `Http404` and `PermissionDenied`.
    """
    row = access(Absence.objects.all(), actor, absence_id)
    if row.user_id != actor.pk:
        require(actor, Permission.REMINDER_ABSENCE_CHANGE)

    def write() -> int:
        found = Absence.objects.select_for_update().filter(pk=row.pk).first()
        if found is not None and found.from_on >= day:
            found.delete()
        elif found is not None and found.to_on >= day:
            change_row(found, {"to_on": day - datetime.timedelta(days=1)}, actor=actor, reason="")
        return int(row.pk)

    return once(actor=actor, key=key, what="absence_end", write=write)


def offsets_change(*, actor: User, weight: str, text: str, key: str | None) -> int:
    """Change when the organization is reminded of deadlines of one weight; gives how many reminders there are then.

    `text` has numbers with d for days or h for hours, such as `30d 7d 1d 6h 0d -1d`. There is one before the date, or
    on its day, at the least. What is planned already keeps its moment. Raises `PermissionDenied` and `Invalid`.
    """
    require(actor, Permission.REMINDER_OFFSET_CHANGE)
    if weight not in OFFSETS:
        raise Invalid({"weight": _("Choose one of the weights.")})
    offsets = read_offsets(text)

    def write() -> int:
        row = OffsetSetting.objects.filter(organization_id=actor.organization_id, weight=weight).first()
        if row is None:
            OffsetSetting.objects.create(organization=organization_of(actor), weight=weight, offsets=offsets)
        else:
            change_row(row, {"offsets": offsets}, actor=actor, reason="")
        return len(offsets)

    return once(actor=actor, key=key, what=f"offsets_change {weight}", write=write)


def read_offsets(text: str) -> list[int]:
    """Minutes of what was typed, the earliest first. Raises `Invalid`."""
    found = set()
    for word in text.replace(",", " ").split():
        number, unit = word[:-1], word[-1:].lower()
        factor = {"d": DAY, "h": HOUR}.get(unit)
        if factor is None or not _NUMBER.fullmatch(number):
            raise Invalid({"text": _("Write numbers with d for days or h for hours, such as 30d 7d 1d 6h 0d -1d.")})
        found.add(int(number) * factor)
    if not any(one >= 0 for one in found):
        raise Invalid(
            {"text": _("There must be one reminder at the least, on the day or before it: dates are not switched off.")}
        )
    if len(found) > MOST_OFFSETS or max(map(abs, found)) > FURTHEST:
        raise Invalid({"text": _("At most 20 reminders, and none more than three years away.")})
    return sorted(found, reverse=True)


def offsets_text(offsets: Iterable[int]) -> str:
    """What `read_offsets` reads."""
    return " ".join(f"{one // DAY}d" if one % DAY == 0 else f"{one // HOUR}h" for one in offsets)


def parked_retry(*, actor: User, keys: Iterable[str], key: str | None) -> int:
    """Have what was set aside tried again, with the tries counted anew; gives how many. Raises `PermissionDenied`."""
    require(actor, Permission.REMINDER_OPERATION_VIEW)
    wanted = [int(one) for one in list(keys)[:MOST_AT_ONCE] if one.isdecimal() and len(one) < 19]

    def write() -> int:
        rows = Reminder.objects.filter(organization_id=actor.organization_id, pk__in=wanted)
        people = list(rows.values_list("recipient_id", flat=True))
        for ways in Ways.objects.filter(user__in=people, mail_bounced_at__isnull=False):
            change_row(ways, {"mail_bounced_at": None}, actor=actor, reason="")
        return ledger.unpark(actor.organization_id, wanted, clock.moment())

    return once(actor=actor, key=key, what="parked_retry", write=write)


def device_add(*, actor: User, endpoint: str, p256dh: str, auth: str) -> int:
    """Take a browser's address for messages; gives its key. The same one again is the same row. Raises `Invalid`."""
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    is_known = any(host == one or (one[0] == "." and host.endswith(one)) for one in PUSH_HOSTS)
    if parts.scheme != "https" or not is_known or len(endpoint) > 2000 or not 0 < len(p256dh) <= 200 or len(auth) > 100:
        raise Invalid({"": _("This browser's messages cannot be used. Its makers' service is not known here.")})
    values: dict[str, Any] = {"secret_p256dh": p256dh, "secret_auth": auth, "organization": organization_of(actor)}
    row, _is_new = PushSubscription.objects.update_or_create(user=actor, endpoint=endpoint, defaults=values)
    return int(row.pk)


def devices_remove(*, actor: User) -> int:
    """Send nothing to the person's devices any more; gives how many there were."""
    return PushSubscription.objects.filter(user=actor).delete()[0]
