"""How often something may be tried at the entrance, and who is counted together.

A browser that the account knows is counted by itself alone, so no stranger can shut a colleague out. From any other
browser a try counts for the account at this address, for the account wherever from, for the address, and for the whole
installation; an office behind one address shares only the third, which one colleague's mistakes cannot fill, because
what is refused at an earlier limit is not counted at a later one.

The counts stand in PostgreSQL, in which the sessions and passwords are too: with Valkey away nothing here changes, and
with PostgreSQL away nobody could be let in anyhow. A try is counted before it is made and given back when it was right,
so a hundred at the same moment are no more tries than five one after another.
"""

import datetime
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.entrance.devices import known_device
from accounts.models import Tally, User
from config import clock
from config.client import client_network


class Purpose(StrEnum):
    """What is tried. Each has counts of its own."""

    PASSWORD = "password"  # noqa: S105 (a name, no password)
    CODE = "code"
    AGAIN = "again"
    RESET = "reset"
    FEED = "feed"


@dataclass(frozen=True)
class Limit:
    """So many tries; after the last of them there is none for so many minutes."""

    tries: int
    minutes: int


_DAY = 24 * 60
# By purpose: who is counted together, and how many tries they have.
LIMITS: dict[Purpose, dict[str, Limit]] = {
    Purpose.PASSWORD: {
        "device": Limit(5, 15),
        "device, slowly": Limit(50, _DAY),
        "account and address": Limit(5, 15),
        "account": Limit(50, 6 * 60),
        "address": Limit(100, 60),
        "all": Limit(2000, 60),
    },
    # Six digits, of which three are right at any moment: a day's tries find one in 17,000.
    Purpose.CODE: {
        "device": Limit(5, 15),
        "device, slowly": Limit(20, _DAY),
        "account and address": Limit(5, 15),
        "account": Limit(20, _DAY),
        "address": Limit(100, 60),
        "all": Limit(2000, 60),
    },
    # Whoever is asked again is signed in: only their own tries are counted.
    Purpose.AGAIN: {
        "device": Limit(5, 15),
        "device, slowly": Limit(50, _DAY),
        "account and address": Limit(5, 15),
        "account": Limit(20, _DAY),
    },
    Purpose.RESET: {
        "device": Limit(5, 60),
        "account and address": Limit(3, 60),
        "account": Limit(6, 6 * 60),
        "address": Limit(30, 60),
        "all": Limit(500, 60),
    },
    # Only wrong secrets are counted, so that nobody's tries shut out a calendar program that has a right one.
    Purpose.FEED: {"address": Limit(60, 60), "all": Limit(2000, 60)},
}


@dataclass(frozen=True)
class Try:
    """One try that was counted: the keys of the counts, the narrowest first."""

    keys: tuple[str, ...]

    def give_back(self) -> None:
        """It was right. The narrowest count begins anew; the others lose this one try."""
        Tally.objects.filter(key=self.keys[0]).delete()
        for key in self.keys[1:]:
            Tally.objects.filter(key=key, tries__gt=0).update(tries=F("tries") - 1)


class _Refused(Exception):  # noqa: N818
    """A limit is reached: what was counted before it is undone."""


def take(purpose: Purpose, request: HttpRequest, email: str, user: User | None) -> Try | None:
    """Count a try for the account that signs in with this address, known or not; None when there is none left.

    `user` is the account if there is one. Unknown addresses are counted and refused like known ones.
    """
    keys = _keys(purpose, request, User.objects.normalize_email(email), known_device(request, user))
    try:
        with transaction.atomic():
            for kind, key in keys:
                _count(key, LIMITS[purpose][kind])
    except _Refused:
        return None
    return Try(tuple(key for _kind, key in keys))


def forget_old() -> int:
    """Drop the counts that are over; gives how many."""
    return Tally.objects.filter(until__lt=clock.now()).delete()[0]


def _keys(purpose: Purpose, request: HttpRequest, email: str, device: str | None) -> list[tuple[str, str]]:
    """Which counts a try is for, with their keys: no address of a person or machine can be read from one."""
    network = client_network(request)
    if device is not None:
        counted = {"device": f"{email} {device}", "device, slowly": f"{email} {device}"}
    else:
        counted = {"account and address": f"{email} {network}", "account": email, "address": network, "all": ""}
    return [
        (kind, salted_hmac("accounts.throttling", f"{purpose}|{kind}|{value}", algorithm="sha256").hexdigest())
        for kind, value in counted.items()
        if kind in LIMITS[purpose]
    ]


def _count(key: str, limit: Limit) -> None:
    """One more of this count, in one statement; raises `_Refused` when its tries are used up."""
    now = clock.now()
    until = now + datetime.timedelta(minutes=limit.minutes)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO accounts_tally AS tally (key, tries, until) VALUES (%(key)s, 1, %(until)s)
            ON CONFLICT (key) DO UPDATE
            SET tries = CASE WHEN tally.until <= %(now)s THEN 1 ELSE tally.tries + 1 END, until = %(until)s
            WHERE tally.until <= %(now)s OR tally.tries < %(tries)s
            """,
            {"key": key, "until": until, "now": now, "tries": limit.tries},
        )
        if cursor.rowcount == 0:
            raise _Refused
