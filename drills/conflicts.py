"""Saves that meet, answers that are lost, web workers and PostgreSQL that are killed: nothing lost, doubled or half."""

import datetime
import functools
import itertools
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from drills.ground import Ground, Web
from drills.telling import Telling
from drills.web import Answer, Browser, Cut, CuttingWire

PARALLEL = 50
CLIENTS = 8
FIRST_DAY = datetime.date(2018, 12, 11)


class Size(NamedTuple):
    """How much is tried."""

    rounds: int
    doubles: int
    writes: int
    families: int
    kill_every: int  # acknowledged writes
    crash_every: int
    edits: int


FULL = Size(rounds=20, doubles=200, writes=10_000, families=60, kill_every=45, crash_every=250, edits=1_000)
SMALL = Size(rounds=2, doubles=12, writes=160, families=12, kill_every=30, crash_every=60, edits=40)


def main(argv: list[str]) -> int:
    """The drill; see docs/drills.md. Gives its exit status."""
    telling = Telling("conflicts", __doc__ or "", argv)
    telling.count(lost=0, doubled=0, half=0)
    with Ground(durable=True) as ground, ground.web() as web:
        drill = Conflicts(telling, ground, web, SMALL if telling.small else FULL)
        drill.meeting_saves()
        drill.doubled_posts()
        drill.nemesis()
        drill.random_edits()
        drill.compare_with_the_facts()
    return telling.end()


def day_text(number: int) -> str:
    """A day of an interview, as unlike its neighbours as can be."""
    return (FIRST_DAY + datetime.timedelta(days=number % 3000)).isoformat()


class Conflicts:
    """The parts of the drill, one after another on the same office."""

    def __init__(self, telling: Telling, ground: Ground, web: Web, size: Size) -> None:
        from drills.office import make_office, session_of

        self.telling, self.ground, self.web, self.size = telling, ground, web, size
        self.office = make_office("conflicts", people=CLIENTS, families=size.families)
        self.sessions = [session_of(user) for user in self.office.people]
        self.numbers = itertools.count(1)
        telling.say(f"an office of {size.families} families, {len(web.workers())} web workers")

    # --- saves that meet ---

    def meeting_saves(self) -> None:
        """Fifty people save what they typed over the same version at the same moment."""
        pk = self.office.screenings[0]
        sessions = itertools.islice(itertools.cycle(self.sessions), PARALLEL)
        browsers = [Browser(self.web.port, session) for session in sessions]
        for version in range(1, self.size.rounds + 1):
            for browser in browsers:
                browser.close()  # a line that idled through the last round may be closed at its other end
            jobs = [self._saving(browser, pk, version) for browser in browsers]
            answers = at_once(jobs)
            self.telling.count(tried=len(answers))
            statuses = Counter(answer.status for answer in answers)
            if statuses != {200: 1, 409: PARALLEL - 1}:
                self.telling.fault(f"{PARALLEL} saves over version {version} were answered {dict(statuses)}")
                self.telling.count(lost=max(0, statuses[200] - 1))
            for answer in answers:
                if answer.status == 409 and not {"current", "yours"} <= answer.json().keys():
                    self.telling.fault("a conflict does not show both")
        self.expect_history(pk, self.size.rounds + 1)
        self.telling.say(f"{self.size.rounds} times {PARALLEL} saves of one record over one version")

    def _saving(self, browser: Browser, pk: int, version: int) -> Callable[[], Answer]:
        text = day_text(next(self.numbers))
        return lambda: save(browser, pk, version, text, key=uuid.uuid4().hex)

    def expect_history(self, pk: int, version: int) -> None:
        """A row has this version, and a row of history for each version of it."""
        from screenings.models import Screening

        screening = Screening.objects.get(pk=pk)
        versions = sorted(Screening.history.filter(id=pk).values_list("version", flat=True))
        if screening.version != version or versions != list(range(1, version + 1)):
            self.telling.fault(
                f"screening {pk}: version {screening.version} of {version}, {len(versions)} rows of history"
            )
            self.telling.count(lost=1)

    # --- the same write again ---

    def doubled_posts(self) -> None:
        """One key from parallel clients, and again after an answer that was cut off: one record."""
        from screenings.models import Screening

        mothers = self.office.mothers
        before = Screening.objects.count()
        with CuttingWire(self.web.port) as wire:
            for number in range(self.size.doubles):
                session = self.sessions[number % len(self.sessions)]
                self._double(session, wire.port, mothers[number % len(mothers)])
        made = Screening.objects.count() - before
        if made != self.size.doubles:
            self.telling.count(doubled=max(0, made - self.size.doubles), lost=max(0, self.size.doubles - made))
            self.telling.fault(f"{self.size.doubles} screenings were to be added, {made} are there")
        self.telling.say(f"{self.size.doubles} additions, each sent five times, one of them with its answer cut off")

    def _double(self, session: str, cut_port: int, person: int) -> None:
        """Five times the same request with the same key, from five connections; one loses its answer and asks again."""
        body = {"basis": "reevaluation", "status": "scheduled", "interview_on": day_text(next(self.numbers))}
        key, path = uuid.uuid4().hex, f"/api/v1/persons/{person}/screenings/"
        cut = Browser(cut_port, session)

        def lose() -> Answer | None:
            try:
                cut.send("POST", path, body, key)
            except Cut:
                return None
            raise AssertionError("the wire did not cut")

        whole = [Browser(self.web.port, session) for _ in range(4)]
        jobs: list[Callable[[], Answer | None]] = [lose]
        jobs += [functools.partial(browser.send, "POST", path, body, key) for browser in whole]
        answers = [answer for answer in at_once(jobs) if answer is not None]
        answers.append(whole[0].send("POST", path, body, key))
        self.telling.count(tried=len(jobs) + 1)
        if {answer.status for answer in answers} != {201} or len({answer.json()["id"] for answer in answers}) != 1:
            self.telling.fault(f"the same addition was answered {[answer.status for answer in answers]}")
        for browser in [cut, *whole]:
            browser.close()

    # --- workers and PostgreSQL killed ---

    def nemesis(self) -> None:
        """Writes are acknowledged, while web workers are killed and PostgreSQL crashes; then the book is compared."""
        fresh = self.office.screenings[1:]
        own = [fresh[place::CLIENTS] for place in range(CLIENTS)]
        shared = own[0][:1]
        own[0] = own[0][1:]
        writers = [
            Writer(Browser(self.web.port, self.sessions[place]), own[place], shared, seed=place)
            for place in range(CLIENTS)
        ]
        share = self.size.writes // CLIENTS
        with ThreadPoolExecutor(CLIENTS) as pool:
            futures = [pool.submit(writer.write, share) for writer in writers]
            self._kill_while(writers, lambda: all(future.done() for future in futures))
            for future in futures:
                future.result()
        self._compare(writers)

    def _kill_while(self, writers: Sequence["Writer"], done: Callable[[], bool]) -> None:
        """kill -9 a web worker, and now and then crash PostgreSQL, as the writes come in.

        In the main thread: what is tethered to us ends with the thread that started it.
        """
        kills = crashes = 0
        while not done():
            acknowledged = sum(len(writer.acknowledged) for writer in writers)
            if acknowledged > (crashes + 0.5) * self.size.crash_every:
                self.ground.crash_postgresql()
                crashes += 1
            elif acknowledged > (kills + 0.5) * self.size.kill_every:
                self.web.kill_worker()
                kills += 1
            time.sleep(0.05)
        self.telling.figures |= {"workers_killed": kills, "crashes": crashes}

    def _compare(self, writers: Sequence["Writer"]) -> None:
        """What was acknowledged against what is there."""
        from django.db import connections

        from accounts.models import Receipt
        from screenings.models import Screening

        connections.close_all()  # ours, too, went down with PostgreSQL
        acknowledged = [ack for writer in writers for ack in writer.acknowledged]
        self.telling.count(tried=len(acknowledged), acknowledged=len(acknowledged))
        self.telling.figures |= {
            "sent_again": sum(writer.again for writer in writers),
            "longest_wait": round(max(writer.longest for writer in writers), 1),
        }
        for fault in itertools.chain.from_iterable(writer.faults for writer in writers):
            self.telling.fault(fault)
        history = {
            (row["id"], row["version"]): row["interview_on"].isoformat()
            for row in Screening.history.exclude(interview_on=None).values("id", "version", "interview_on")
        }
        told = {(ack.pk, ack.version): ack.text for ack in acknowledged}
        if len(told) != len(acknowledged):
            self.telling.count(doubled=len(acknowledged) - len(told))
            self.telling.fault("two acknowledged writes made the same version")
        lost = [ack for ack in told.items() if history.get(ack[0]) != ack[1]]
        self.telling.count(lost=len(lost))
        for (pk, version), _text in lost:
            self.telling.fault(f"screening {pk}: the acknowledged version {version} is not in the history")
        for pk in {pk for pk, _version in told}:
            self.expect_history(pk, 1 + sum(1 for known, _version in told if known == pk))
        half = Receipt.objects.filter(result=None).count()
        if half:
            self.telling.count(half=half)
            self.telling.fault(f"{half} receipts without a result")
        self.telling.say(f"{len(acknowledged)} acknowledged writes; {len(lost)} lost")

    def random_edits(self) -> None:
        """So many changes of all kinds of facts, for the comparison that follows."""
        from accounts.models import User
        from drills.edits import Edits
        from drills.office import make_user

        second = make_user(self.office.organization, "second-person", User.Role.ATTORNEY)
        edits = Edits(self.office.people[0], second)
        edits.make(self.size.edits)
        self.telling.count(tried=self.size.edits, edits=self.size.edits)
        self.telling.say(f"{self.size.edits} random edits: {dict(edits.done)}")

    def compare_with_the_facts(self) -> None:
        """Every determination and index row is what the facts give, and no row hangs in the air."""
        from drills.office import DAY
        from drills.truth import derived_faults, orphans

        for fault in itertools.chain(derived_faults(self.office.organization, day=DAY), orphans()):
            self.telling.count(half=1)
            self.telling.fault(fault)


class Ack(NamedTuple):
    """An acknowledged write: which row has which version by it, with which day."""

    pk: int
    version: int
    text: str


class Writer:
    """One person who saves one change after another, and sends each again until it is answered."""

    def __init__(self, browser: Browser, own: Sequence[int], shared: Sequence[int], *, seed: int) -> None:
        self.browser, self.own, self.shared = browser, own, shared
        self.random = random.Random(seed)
        self.numbers = itertools.count(seed * 367)
        self.acknowledged: list[Ack] = []
        self.faults: list[str] = []
        self.again = 0
        self.longest = 0.0

    def write(self, count: int) -> None:
        """Have so many writes acknowledged; gives up with a fault after two minutes without an answer."""
        while len(self.acknowledged) < count:
            rows = self.shared if self.random.random() < 0.1 else self.own
            if not self._one(self.random.choice(rows)):
                return

    def _one(self, pk: int) -> bool:
        text, key, version = day_text(next(self.numbers)), uuid.uuid4().hex, 0
        began = time.monotonic()
        while time.monotonic() - began < 120:
            try:
                answer = self.browser.ask("GET", f"/api/v1/screenings/{pk}/") if not version else None
                if answer is not None and answer.status == 200:
                    version = answer.json()["version"]
                if version:
                    answer = save(self.browser, pk, version, text, key=key)
            except Cut:
                answer = None
            if answer is not None and answer.status == 200:
                self.acknowledged.append(Ack(pk, version + 1, text))
                self.longest = max(self.longest, time.monotonic() - began)
                return True
            if answer is not None and answer.status == 409:
                version, key = 0, uuid.uuid4().hex  # somebody else was first: nothing of this one was done
                continue
            if answer is not None and answer.status != 503:
                self.faults.append(f"a reading or a save was answered {answer.status}: {answer.body[:200]!r}")
                return False
            self.again += 1
            time.sleep(0.05 + self.random.random() / 10)
        self.faults.append("no answer in two minutes")
        return False


def save(browser: Browser, pk: int, version: int, text: str, *, key: str) -> Answer:
    """Record the day of an interview over the version that was read."""
    return browser.send("PATCH", f"/api/v1/screenings/{pk}/", {"version": version, "interview_on": text}, key)


def at_once(jobs: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do all of these at the same moment, each in a thread of its own."""
    gate = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        gate.wait()
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))
