"""Sends what was claimed: groups it by person and channel, writes each try down first, and tells the ledger the end.

No lock of PostgreSQL's is held while another server is spoken to.
"""

import hashlib
import hmac
import logging
import smtplib
import time
from collections.abc import Callable, Sequence
from email.utils import parseaddr
from itertools import groupby
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import InterfaceError, OperationalError, connection

from config import clock
from deadlines.reminders import ledger, push, wording
from deadlines.reminders.failpoints import reached
from deadlines.reminders.ledger import AWAY, BROKEN, Begun, Claim
from deadlines.reminders.models import Delivery, Reminder
from deadlines.reminders.ways import Ways

log = logging.getLogger("amparo.reminders")

Result, Channel = Delivery.Result, Reminder.Channel
_SMTP: Final = "django.core.mail.backends.smtp.EmailBackend"
LONGEST: Final = 60.0  # seconds for one claim, half of its lease; what is left is given back
DATABASE_AWAY: Final = 90.0  # seconds for which the end of a try is told again and again
_BREAKS: Final = 3
DIGEST: Final = 200  # reminders in one mail, at the most


class Went(NamedTuple):
    """What became of a claim: how many reminders went out, and whether the mail server is away."""

    sent: int
    is_away: bool


def send_claimed(claimed: Claim, *, until: float) -> Went:
    """Send what the claim holds. `until` is of time.monotonic().

    What time does not suffice for is given back. When the mail server is away the rest of the mail is not tried.
    """
    count, is_away = 0, False
    until = min(until, time.monotonic() + LONGEST)
    try:
        with Mailer() as mailer:
            for group in _groups(claimed):
                if time.monotonic() >= until:
                    break
                if is_away and group[0].channel == Channel.MAIL:
                    continue
                keys = [row.pk for row in group]
                begun = ledger.begin_sending(claimed, keys, clock.moment(), message_id(group))
                if begun is None:
                    continue
                is_sent, found_away = _send(begun, mailer)
                is_away = is_away or found_away
                count += len(begun.reminders) if is_sent else 0
    finally:
        # Also when PostgreSQL broke off: else nobody would have the rest before the lease is over.
        _surely(lambda: ledger.release(claimed))
    return Went(count, is_away)


def message_id(group: Sequence[Reminder]) -> str:
    """The Message-ID of the mail for these reminders: the one it was tried with, else one that follows from their keys.

    It tells nothing to others, and is the same whenever the same reminders are put together.
    """
    if group[0].message_id:
        return group[0].message_id
    keys = ",".join(
        f"{row.deadline_id}.{row.deadline_version}.{row.recipient_id}.{row.offset}.{row.channel}" for row in group
    )
    digest = hmac.new(settings.SECRET_KEY.encode(), keys.encode(), hashlib.sha256).hexdigest()[:40]
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<reminder.{digest}@{host}>"


def _groups(claimed: Claim) -> list[list[Reminder]]:
    """What goes out together, in order of claim: one person's by one channel; what was tried before, as it was then."""
    rows = Reminder.objects.filter(pk__in=claimed.reminders, claim=claimed.name).order_by("pk")
    alone = Ways.objects.filter(user__in=[row.recipient_id for row in rows], digest=False)
    one_each = set(alone.values_list("user_id", flat=True))

    def together(row: Reminder) -> tuple[Any, ...]:
        is_alone = row.strikes > 0 or row.recipient_id in one_each
        return (row.recipient_id, row.channel, row.message_id, row.pk if is_alone and not row.message_id else 0)

    found = []
    for _key, group in groupby(sorted(rows, key=together), key=together):
        members = list(group)
        found += [members[begin : begin + DIGEST] for begin in range(0, len(members), DIGEST)]
    order = {key: place for place, key in enumerate(claimed.reminders)}
    return sorted(found, key=lambda group: min(order[row.pk] for row in group))


def _send(begun: Begun, mailer: "Mailer") -> tuple[bool, bool]:
    """Make one try and tell the ledger; gives whether it went out, and whether the server is away."""
    reached("before_smtp")
    result, code = _try(begun, mailer)
    if result == Result.SENT:
        _surely(lambda: ledger.sent(begun, clock.moment()))
        return True, False
    log.warning("try %s by %s: %s %s", begun.delivery_id, begun.channel, result, code)
    if result == Result.REFUSED and begun.channel == Channel.MAIL:
        _surely(lambda: _note_bounce(begun))
    _surely(lambda: ledger.failed(begun, clock.moment(), result, code))
    return False, code == AWAY and begun.channel == Channel.MAIL


def _try(begun: Begun, mailer: "Mailer") -> tuple[str, str]:
    """What became of the try: a result, and the other side's code or the name of what was raised."""
    try:
        content = wording.message(begun.reminders, begun.recipient.language, clock.moment())
        if begun.channel == Channel.PUSH:
            return push.send(begun.recipient, content.subject, content.text.splitlines()[1])
        mail = EmailMultiAlternatives(
            subject=content.subject,
            body=content.text,
            to=[begun.recipient.email],
            headers={"Message-ID": begun.message_id, "Auto-Submitted": "auto-generated"},
        )
        mail.attach_alternative(content.html, "text/html")
    except Exception as problem:  # whatever is wrong with this one, the others go out
        log.exception("try %s could not be written", begun.delivery_id)
        return Result.FAILED, type(problem).__name__
    return mailer.send(mail)


class Mailer:
    """One connection to the mail server for a batch, made when the first mail needs it."""

    def __init__(self) -> None:
        backend = "deadlines.reminders.smtp.EmailBackend" if settings.EMAIL_BACKEND == _SMTP else None
        self._connection = get_connection(backend=backend)
        self._is_open = False
        self._breaks = 0  # one after another

    def __enter__(self) -> "Mailer":
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def send(self, mail: EmailMultiAlternatives) -> tuple[str, str]:
        """Send it; gives result and code. Never raises: an answer is taken for what it is."""
        try:
            if not self._is_open:
                self._connection.open()
                self._is_open = True
        except Exception as problem:
            return self._away(problem)
        try:
            self._connection.send_messages([mail])
        except smtplib.SMTPRecipientsRefused as problem:
            [(code, _text)] = list(problem.recipients.values())[:1] or [(0, b"")]
            return self._answered(int(code))
        except smtplib.SMTPResponseException as problem:
            return self._answered(problem.smtp_code)
        except (smtplib.SMTPNotSupportedError, ValueError, TypeError, LookupError, AttributeError) as problem:
            return self._unwritable(problem)
        except (
            Exception
        ) as problem:  # of SMTP, of the line, or of a provider's interface, whose errors are OSErrors too
            is_answer = getattr(problem, "status_code", None) is not None
            if isinstance(problem, (smtplib.SMTPException, OSError)) and not is_answer:
                return self._broken(problem)
            return self._provider(problem)
        self._breaks = 0
        return Result.SENT, ""

    def _broken(self, problem: Exception) -> tuple[str, str]:
        """The connection broke, perhaps after the mail was taken: nobody knows. Three such, and the server is away."""
        log.warning("the mail server broke off: %s", type(problem).__name__)
        self._close()
        self._breaks += 1
        return Result.UNKNOWN, AWAY if self._breaks >= _BREAKS else BROKEN

    def _answered(self, code: int) -> tuple[str, str]:
        if code == 421:  # the server sends everybody away, and hangs up
            self._close()
            return Result.DEFERRED, AWAY
        return (Result.REFUSED if 500 <= code < 600 else Result.DEFERRED), str(code)

    def _unwritable(self, problem: Exception) -> tuple[str, str]:
        """An address, or a text, that cannot be put into a mail: the fault of this one, and the server is as it was."""
        if type(problem).__name__ == "AnymailInvalidAddress":
            return Result.REFUSED, type(problem).__name__
        log.error("a mail could not be written: %s", type(problem).__name__)
        return Result.FAILED, type(problem).__name__

    def _provider(self, problem: Exception) -> tuple[str, str]:
        status = getattr(problem, "status_code", None)
        if type(problem).__name__ == "AnymailRecipientsRefused":
            return Result.REFUSED, type(problem).__name__
        if status is None or status == 429 or status >= 500 or status in (401, 403):
            return self._away(problem)
        return Result.DEFERRED, str(status)

    def _away(self, problem: Exception) -> tuple[str, str]:
        log.warning("the mail server is away: %s", type(problem).__name__)
        self._close()
        return Result.DEFERRED, AWAY

    def _close(self) -> None:
        self._is_open = False
        try:
            self._connection.close()
        except Exception:
            log.debug("the connection was broken already")


def _note_bounce(begun: Begun) -> None:
    """The other side refused for good: the address is marked, so that somebody mends it."""
    now = clock.now()
    ways, is_new = Ways.objects.get_or_create(
        user=begun.recipient, defaults={"organization_id": begun.recipient.organization_id, "mail_bounced_at": now}
    )
    if not is_new and ways.mail_bounced_at is None:
        ways.mail_bounced_at = now
        ways.save(update_fields=["mail_bounced_at"])


def _surely(tell: Callable[[], Any]) -> None:
    """Tell the ledger the end of a try, through a restart of PostgreSQL: else a mail would go out again for nothing."""
    until = time.monotonic() + DATABASE_AWAY
    while True:
        try:
            tell()
            return
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block or time.monotonic() > until:
                raise
            connection.close()
            time.sleep(0.5)
