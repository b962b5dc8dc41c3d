"""Due reminders under faults: workers, Redis, PostgreSQL and the mail server fail; none lost, doubled or false."""

import argparse
import os
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from config.home import home_folder
from drills.ground import Ground
from drills.hands import Hands
from drills.senders import Senders
from drills.sink import Sink
from drills.telling import Telling

if TYPE_CHECKING:
    from accounts.models import Organization
    from drills.book import Due, Ending, Found
    from drills.dues import Office

POLL = 0.3
BEATS = 2


class Size(NamedTuple):
    """How much is tried."""

    due: int  # with all workers, for the great faults
    some: int  # for each lesser fault
    nodes: int  # of workers, with `processes` each
    processes: int
    tick: float | None  # seconds between rings; None is the schedule's half minute
    kill_every: float  # seconds
    kills: int  # at each named point
    races: int
    outage: float  # seconds for which Redis is away
    stalls: int  # times the mail server does not answer, each of which costs a time-out
    patience: float  # seconds for one fault


FULL = Size(10_000, 500, 4, 2, None, 5.0, 50, 1_000, 60.0, 3, 900.0)
SMALL = Size(40, 12, 1, 4, 2.0, 1.5, 2, 20, 2.0, 0, 90.0)


def main(argv: list[str]) -> int:
    """The drill; see docs/drills.md. Gives its exit status."""
    telling = Telling("reminders", __doc__ or "", argv, _options)
    options = telling.options
    size = SMALL if telling.small else FULL
    if options.size is not None:
        size = size._replace(due=options.size, some=max(8, min(size.some, options.size // 4)))
    if options.outage is not None:
        size = size._replace(outage=options.outage)
    figures = {"lost": 0, "doubled": 0, "doubled_in_smtp": 0, "false": 0, "late_p99_s": 0.0, "kills": 0}
    telling.figures |= {**figures, "faults": {}}
    # The days and the clock are real ones here: what is measured is how late a reminder is.
    os.environ |= {"AMPARO_TODAY": "", "AMPARO_TIME_ZONE": "UTC"}
    with Sink(home_folder() / "mails") as sink:
        os.environ["AMPARO_MAIL"] = f"smtp://127.0.0.1:{sink.port}"
        with Ground(durable=True) as ground, Reminders(telling, ground, sink, size) as drill:
            for name, fault in drill.faults().items():
                if not options.fault or name in options.fault:
                    drill.run(name, fault)
    return telling.end()


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--size", type=int, help="reminders that fall due together (10,000; small 40)")
    parser.add_argument("--seconds", type=float, default=3_600.0, help="no fault begins later than this (3,600)")
    parser.add_argument("--fault", action="append", help="only the fault of this name (may be given several times)")
    parser.add_argument("--outage", type=float, help="seconds for which Redis is away (60; small 2)")


class Reminders:
    """The faults one after another, each with an organization of its own on the same ground."""

    def __init__(self, telling: Telling, ground: Ground, sink: Sink, size: Size) -> None:
        self.telling, self.ground, self.sink, self.size = telling, ground, sink, size
        self.kills = 0  # of the fault that runs: processes that were killed
        self.unanswered = 0  # messages that the server took without its client being told
        self.offices: list[Office] = []  # of the fault that runs
        self._senders: Senders | None = None
        self._shared: Organization | None = None
        self._hands: Hands | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.no_hands()
        if self._senders is not None:
            self._senders.__exit__()

    def senders(self) -> Senders:
        """The process that forks single senders, started when it is first needed."""
        if self._senders is None:
            self._senders = Senders({}).__enter__()
        return self._senders

    def hands(self) -> Hands:
        """All workers and beats, started when they are first needed, and whole again after what was done to them."""
        size = self.size
        if self._hands is None:
            hands = Hands(self.ground.home, {}, nodes=size.nodes, processes=size.processes, beats=BEATS, tick=size.tick)
            self._hands = hands.__enter__()
        self._hands.wait_until_whole()
        return self._hands

    def no_hands(self) -> None:
        """End the workers, if there are any: single senders must be alone."""
        if self._hands is not None:
            self._hands.__exit__()
            self._hands = None

    def faults(self) -> dict[str, Callable[[], "Found"]]:
        """What is tried, by name, in order: those that move the clock come last."""
        from drills.reminder_senders import sender_faults
        from drills.reminder_times import time_faults
        from drills.reminder_workers import worker_faults

        workers, senders, times = worker_faults(self), sender_faults(self), time_faults(self)
        return {**workers, **senders, **times}

    def run(self, name: str, fault: Callable[[], "Found"]) -> None:
        """One fault: its figures, and a sentence for what does not hold."""
        from django.db import connections

        telling = self.telling
        if telling.seconds() > telling.options.seconds:
            telling.fault(f"{name}: not begun, the time was over")
            return
        self.kills = self.unanswered = 0
        began = time.monotonic()
        found = fault()
        for office in self.offices:
            office.close()
        self.offices.clear()
        connections.close_all()
        self.sink.ahead = 0.0
        self.sink.behave()
        figures = {
            "tried": found.tried,
            "lost": found.lost,
            "doubled": found.doubled,
            "doubled_in_smtp": found.doubled_in_smtp,
            "false": found.false,
            "late_p99_s": found.late_p99_s,
            "kills": self.kills,
            "seconds": round(time.monotonic() - began, 1),
            "mails": found.mails,
            "parked": found.parked,
            **found.more,
        }
        telling.figures["faults"][name] = figures
        telling.count(
            **{key: figures[key] for key in ("tried", "lost", "doubled", "doubled_in_smtp", "false", "kills")}
        )
        telling.figures["late_p99_s"] = found.late_p99_s if name == "none" else telling.figures["late_p99_s"]
        for sentence in found.sentences:
            telling.fault(f"{name}: {sentence}")
        # One crash leaves one try unanswered: no more can go out twice.
        if found.doubled_in_smtp > self.kills + self.unanswered:
            telling.fault(f"{name}: {found.doubled_in_smtp} went out twice, with {self.kills} processes killed")
        told = ", ".join(f"{key} {value}" for key, value in figures.items() if value)
        telling.say(f"{name}: {told}")

    # --- what the faults have in common ---

    def office(self, people: int, *, is_shared: bool = False, **options: Any) -> "Office":
        """An office for the fault that runs; a shared one has its organization in common with others."""
        from drills.dues import Office

        organization = self._shared if is_shared else None
        office = Office(people, mails=self.sink.count(), organization=organization, **options)
        self._shared = office.organization if is_shared else self._shared
        self.offices.append(office)
        return office

    def compare(self, office: "Office", dues: Sequence["Due"], endings: Sequence["Ending"] = ()) -> "Found":
        """What the ledger of the office says against what the server took."""
        from drills.book import Book

        mails = self.sink.mails(office.marks.mails)
        return Book(office.organization, office.marks, mails).compare(dues, endings)

    def wait_for(
        self, office: "Office", *, seconds: float | None = None, doing: Callable[[], None] | None = None
    ) -> bool:
        """Until nothing of the office waits any more, at most so long; meanwhile `doing` again and again."""
        from django.db import DatabaseError, connections

        limit = time.monotonic() + (self.size.patience if seconds is None else seconds)
        while time.monotonic() < limit:
            try:
                if not office.waiting():
                    return True
            except DatabaseError:
                connections.close_all()  # PostgreSQL went down, as some faults want it to
            if doing is not None:
                doing()
            time.sleep(POLL)
        return False
