"""Faults under real Celery workers and beats: killed workers, a queue that is emptied or away, PostgreSQL crashed."""

import contextlib
import datetime
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from drills.book import Due, Found
from drills.dues import Office, now_and
from drills.hands import Hands

if TYPE_CHECKING:
    from drills.reminders import Reminders

LATE = 120.0  # seconds that the last of a hundred may be late when nothing fails
CAUGHT_UP_S = 300.0
CRASHES = 3
QUIET = 8.0  # seconds without a mail, after which whoever holds a lease is taken for dead: a crash is over sooner
KILLING_SMALL = 8.0
# What was missed in three days, and what the day itself would have said: minutes before, never whole days.
OFFSETS = [4_321, 2_881, 1_441, 61]
SILENCE_S = 3 * 86_400.0
NEAR_S = 1_200.0  # more than the quarter of an hour after which a reminder is late
IN_FLIGHT = 100  # reminders: what one worker takes at once, and once more by who is faster


def worker_faults(drill: "Reminders") -> dict[str, Callable[[], Found]]:
    """The faults by name."""
    workers = Workers(drill)
    return {
        "none": workers.none,
        "queue emptied": workers.emptied,
        "queue away": workers.away,
        "three days off": workers.silence,
        "database crashed": workers.crashed,
        "workers killed": workers.killed,
    }


class Workers:
    """The faults. The workers are the same ones, but for those that are killed."""

    def __init__(self, drill: "Reminders") -> None:
        self.drill, self.size = drill, drill.size

    def due(self, count: int) -> tuple[Office, list[Due]]:
        """An office with so many reminders due in a moment, one mail for each person but where they want a digest."""
        office = self.drill.office(max(4, count // 2))
        began = time.monotonic()
        lead = 2.0 + count / 200
        dues = office.due([now_and(lead)] * count)
        time.sleep(max(0.0, lead - (time.monotonic() - began)))
        return office, dues

    def wait_for(self, office: Office) -> None:
        """Until all is told. In the small drill nobody waits for leases that are the dead's: they are let run out."""
        self.drill.wait_for(office, doing=self._hurry(office) if self.size.tick is not None else None)

    def _hurry(self, office: Office) -> Callable[[], None]:
        seen, since = -1, time.monotonic()

        def hurry() -> None:
            nonlocal seen, since
            count = self.drill.sink.count()
            if count != seen:
                seen, since = count, time.monotonic()
            elif time.monotonic() - since > QUIET:
                office.let_leases_run_out()
                since = time.monotonic()

        return hurry

    def none(self) -> Found:
        """Nothing fails: all is told, and soon."""
        self.drill.hands()
        office, dues = self.due(self.size.due)
        self.drill.wait_for(office)
        found = self.drill.compare(office, dues)
        if found.late_p99_s > LATE:
            found.sentences.append(f"the last of a hundred was {found.late_p99_s} s late")
        return found

    def killed(self) -> Found:
        """A worker process, or a whole node, is killed every few seconds until all is told."""
        hands = self.drill.hands()
        before = hands.kills
        office, dues = self.due(self.size.due)
        over = threading.Event()
        nemesis = threading.Thread(target=self._kill, args=(hands, over), daemon=True)
        nemesis.start()
        limit = self.size.patience if self.size.tick is None else KILLING_SMALL
        self.drill.wait_for(office, seconds=limit)
        over.set()
        nemesis.join()
        self.wait_for(office)
        self.drill.kills += hands.kills - before
        self.drill.no_hands()
        return self.drill.compare(office, dues)

    def _kill(self, hands: Hands, over: threading.Event) -> None:
        while not over.wait(self.size.kill_every):
            hands.kill_one()

    def emptied(self) -> Found:
        """All that is in Redis vanishes, again and again, while everything is queued."""
        self.drill.hands()
        office, dues = self.due(self.size.due)
        for _ in range(3):
            self._ring(50)
            _redis().flushall()
            time.sleep(0.2)
        self.wait_for(office)
        return self.drill.compare(office, dues)

    def _ring(self, times: int) -> None:
        from deadlines.tasks import sweep

        for _ in range(times):
            with contextlib.suppress(Exception):  # the queue is being emptied under it
                sweep.apply_async(retry=False)

    def away(self) -> Found:
        """Redis is gone for a while in the burst, and comes back empty."""
        valkey, hands = self.drill.ground.valkey, self.drill.hands()
        office, dues = self.due(self.size.due)
        time.sleep(1.0)
        valkey.stop()
        time.sleep(self.size.outage)
        valkey.start()
        back = time.monotonic()
        self.wait_for(office)
        found = self.drill.compare(office, dues)
        found.more |= {"outage_s": self.size.outage, "told_after_s": round(time.monotonic() - back, 1)}
        hands.wait_until_whole()
        return found

    def crashed(self) -> Found:
        """PostgreSQL ends at once, as in a power cut, three times in the burst."""
        self.drill.hands()
        office, dues = self.due(self.size.due)
        before = self.drill.sink.count()
        for number in range(CRASHES):
            _until(partial(self._are_taken, before, len(dues) * (number + 1) // 12), seconds=90)
            self.drill.ground.crash_postgresql()
            time.sleep(1.0)
        # A mail whose end could not be told for long may go out again, once for each worker.
        self.drill.unanswered += CRASHES * self.size.nodes * self.size.processes
        self.wait_for(office)
        found = self.drill.compare(office, dues)
        found.more["crashes"] = CRASHES
        return found

    def _are_taken(self, before: int, count: int) -> bool:
        return self.drill.sink.count() - before >= count

    def silence(self) -> Found:
        """Three days without a sweep: one message for each deadline and person, the nearest first, within minutes."""
        self.drill.hands()
        count = self.size.due
        office = self.drill.office(count, digest_every=0, offsets=OFFSETS)
        # A few more than are wanted, for those with a moment that is not missed but of now are left out.
        more = count + count // 16
        ends = [end for end in (now_and(60 + SILENCE_S * number / more) for number in range(more)) if _is_missed(end)]
        ends = ends[:count]
        dues = office.due([_first_missed(end) for end in ends], ends=ends)
        began, before = time.time(), self.drill.sink.count()
        self.wait_for(office)
        took = time.time() - began
        for due in dues:
            due.at = began  # how late it is is the silence's doing; what is measured is how soon it is caught up
        found = self.drill.compare(office, dues)
        found.more["caught_up_s"] = round(took, 1)
        if took > CAUGHT_UP_S:
            found.sentences.append(f"it took {took:.0f} s to catch up")
        if found.mails != count:
            found.sentences.append(f"{found.mails} mails for {count} deadlines of one person each")
        found.sentences += self._order(dues, before) + office.not_called_late()
        return found

    def _order(self, dues: list[Due], before: int) -> list[str]:
        """Whether the nearest came first: nothing is overtaken by more than what workers have in their hands."""
        place = {due.address: number for number, due in enumerate(dues)}
        arrived = [place[mail.to] for mail in self.drill.sink.mails(before) if mail.to in place]
        most = IN_FLIGHT * self.size.nodes * self.size.processes
        furthest = max((abs(number - one) for number, one in enumerate(arrived)), default=0)
        return [f"a mail came {furthest} places from where its date puts it"] if furthest > most else []


def _is_missed(end: datetime.datetime) -> bool:
    """Whether no moment of what ends then is so near that it is not late yet, or comes while the others are told."""
    near = [end - datetime.timedelta(minutes=one) for one in OFFSETS]
    return not any(now_and(-NEAR_S) < at < now_and(NEAR_S) for at in near)


def _first_missed(end: datetime.datetime) -> datetime.datetime:
    """The first moment of the last three days at which somebody should have been told of what ends then."""
    moments = [end - datetime.timedelta(minutes=one) for one in OFFSETS]
    return min(at for at in moments if at > now_and(-SILENCE_S))


def _until(holds: Callable[[], bool], *, seconds: float) -> None:
    limit = time.monotonic() + seconds
    while not holds() and time.monotonic() < limit:
        time.sleep(0.05)


def _redis() -> Any:
    import redis
    from django.conf import settings

    return redis.Redis.from_url(settings.REDIS_URL)
