"""Faults of single senders: killed at each named point, a mail server that behaves badly, poison, and races."""

import random
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from drills import sink as modes
from drills.book import Due, Ending, Found
from drills.dues import Office, now_and
from drills.senders import Senders, Try

if TYPE_CHECKING:
    from drills.reminders import Reminders

POINTS = (
    "before_claim",
    "after_claim",
    "before_smtp",
    "inside_smtp_before_data",
    "after_data",
    "after_250_before_update",
    "after_update",
)
INSIDE = ("inside_smtp_before_data", "after_data", "after_250_before_update")
# By what the mail server does; the pauses before the next tries are at most so many minutes in all.
AN_HOUR = 3_600.0
PEOPLE = 12


def sender_faults(drill: "Reminders") -> dict[str, Callable[[], Found]]:
    """The faults by name."""
    senders = SenderFaults(drill)
    some = drill.size.some
    faults: dict[str, Callable[[], Found]] = {
        f"killed at {point}": partial(senders.killed_at, point) for point in POINTS
    }
    faults |= {
        "mail refused": partial(senders.behaves, modes.REFUSE),
        "mail says 421": partial(senders.behaves, modes.BUSY),
        "mail says 450": partial(senders.behaves, modes.LATER),
        "mail says 550 to one": senders.refused_for_one,
        "mail cut after DATA": partial(senders.behaves, modes.CUT, times=max(2, some // 10)),
        "mail cut before 250": partial(senders.behaves, modes.SWALLOW, times=max(2, some // 10)),
        "mail cut after 250": partial(senders.behaves, modes.CUT_AFTER, times=max(2, some // 10)),
        "mail slow": partial(senders.behaves, modes.SLOW, times=5),
    }
    if drill.size.stalls:
        faults["mail silent"] = partial(senders.behaves, modes.SILENT, times=drill.size.stalls)
        faults["mail stalls after DATA"] = partial(senders.behaves, modes.STALL, times=drill.size.stalls)
    return {**faults, "poison": senders.poison, "ended between": senders.ended_between, "races": senders.races}


class SenderFaults:
    """The faults, all on one process that forks the senders."""

    def __init__(self, drill: "Reminders") -> None:
        self.drill, self.size = drill, drill.size

    def office(self, count: int, people: int = PEOPLE, digest_every: int = 5) -> tuple[Office, list[Due]]:
        """An office with so many reminders that are due now."""
        office = self.drill.office(people, is_shared=True, digest_every=digest_every)
        return office, office.due([now_and()] * count)

    def finish(self, office: Office, senders: Senders, *, ahead: float = 0.0) -> None:
        """Sweep until nothing waits: leases run out, and the clock goes on past every pause."""
        sink = self.drill.sink
        for _ in range(14):
            if office.is_done():
                return
            office.let_leases_run_out()
            sink.ahead = ahead
            sink.behave()
            senders.run(Try(ahead=ahead), Try(ahead=ahead))
            ahead += AN_HOUR / 8
        return

    # --- kill -9 ---

    def killed_at(self, point: str) -> Found:
        """Senders die at the point, each when it is reached for the first, second ... time; then one that lives."""
        wanted = self.size.kills
        office, dues = self.office(wanted * 8, people=wanted * 2, digest_every=3)
        senders = self.drill.senders()
        before = senders.kills
        for number in range(wanted * 3):
            if senders.kills - before >= wanted:
                break
            # In turns, so that none is struck five times running: that one would be parked as one that kills.
            many = 1 if point in ("before_claim", "after_claim") else 1 + number % 4
            [ended] = senders.run(Try(point=f"{point}:{many}"))
            office.let_leases_run_out()
            if not ended.killed:  # all is told: more falls due
                dues += office.due([now_and()] * wanted * 2)
        self.drill.kills = senders.kills - before
        self.finish(office, senders)
        found = self.drill.compare(office, dues)
        if self.drill.kills < wanted:
            found.sentences.append(f"only {self.drill.kills} of {wanted} senders were killed")
        if found.doubled_in_smtp and point not in INSIDE:
            found.sentences.append(f"{found.doubled_in_smtp} went out twice, though nobody died in the SMTP call")
        return found

    # --- the mail server ---

    def behaves(self, mode: str, times: int = 0) -> Found:
        """The mail server behaves badly towards two senders, so often or until it is told otherwise, and then well."""
        office, dues = self.office(self.size.some, people=max(PEOPLE, self.size.some // 3))
        senders = self.drill.senders()
        self.drill.sink.behave(mode, times=times, seconds=1.0)
        senders.run(Try(), Try())
        badly = self.drill.sink.behave()
        if mode in (modes.SWALLOW, modes.CUT_AFTER):
            self.drill.unanswered = badly
        self.finish(office, senders, ahead=AN_HOUR / 8)
        found = self.drill.compare(office, dues)
        found.more["badly"] = badly
        if mode not in (modes.REFUSE, modes.ACCEPT) and not badly:
            found.sentences.append("the mail server was never asked while it behaved badly")
        return found

    def refused_for_one(self) -> Found:
        """One recipient is unknown at their server: told in Amparo, the supervisor told; the others get theirs."""
        office, dues = self.office(self.size.some, people=PEOPLE)
        nobody = office.people[1]
        for due in dues:
            due.may_park = due.recipient == nobody.pk
        senders = self.drill.senders()
        self.drill.sink.behave(modes.UNKNOWN, only=nobody.email)
        senders.run(Try(), Try())
        badly = self.drill.sink.behave()
        self.drill.sink.ahead = 60.0
        self.drill.sink.behave(modes.UNKNOWN, only=nobody.email)
        senders.run(Try(ahead=60.0))  # whom the parked ones are passed on to
        badly += self.drill.sink.behave()
        self.finish(office, senders, ahead=90.0)
        found = self.drill.compare(office, dues)
        found.more["badly"] = badly
        theirs = {due.deadline for due in dues if due.may_park}
        found.sentences += office.not_passed_on(theirs)
        if found.parked != len(theirs):
            found.sentences.append(f"{found.parked} are parked, {len(theirs)} were refused for good")
        return found

    def poison(self) -> Found:
        """A recipient whose mail cannot be written: parked after five tries, and the others get theirs at once."""
        office, dues = self.office(self.size.some, people=PEOPLE, digest_every=0)
        victim = office.people[0]
        victim.email = "poison\n@drill.example"
        type(victim).objects.filter(pk=victim.pk).update(email=victim.email)
        for due in dues:
            due.may_park = due.recipient == victim.pk
        senders = self.drill.senders()
        senders.run(Try())
        others = sum(not due.may_park for due in dues)
        at_once = self.drill.compare(office, []).mails
        self.finish(office, senders, ahead=90.0)
        found = self.drill.compare(office, dues)
        if at_once != others:
            found.sentences.append(f"{at_once} of {others} others went out beside the poison")
        if found.parked != len(dues) - others:
            found.sentences.append(f"{found.parked} are parked of {len(dues) - others} that cannot be written")
        return found

    # --- a deadline that ends or moves between claim and send ---

    def ended_between(self) -> Found:
        """Claimed; then the deadline is done or moved, and acknowledged; then sent: it must not be."""
        from accounts.scope import scope
        from config import clock
        from deadlines.reminders import ledger, planning
        from deadlines.reminders.sending import send_claimed

        office, dues = self.office(self.size.races, people=PEOPLE, digest_every=2)
        endings: list[Ending] = []
        with scope(organization_id=office.organization.pk, actor_id=None):
            while planning.plan(office.organization.pk, clock.moment()).deadlines:
                pass
            while (claimed := ledger.claim(office.organization.pk, clock.moment())).reminders:
                for deadline, version in office.deadlines_of(claimed.reminders):
                    if deadline % 3:
                        office.end(deadline, moved=deadline % 3 == 1)
                        endings.append(Ending(deadline, version, time.time()))
                send_claimed(claimed, until=time.monotonic() + 60)
        senders = self.drill.senders()
        self.finish(office, senders)
        return self._told_but(office, dues, endings)

    def races(self) -> Found:
        """Senders at work, while deadlines are done or moved within the same milliseconds."""
        office, dues = self.office(self.size.races, people=PEOPLE, digest_every=2)
        endings: list[Ending] = []
        targets = [due for due in dues if due.deadline % 2]
        random.Random(7).shuffle(targets)
        over = threading.Event()

        def end_them() -> None:
            from django.db import connections

            for number, due in enumerate(targets):
                office.end(due.deadline, moved=number % 2 == 0)
                endings.append(Ending(due.deadline, due.version, time.time()))
                if over.is_set():
                    break
            connections.close_all()

        senders = self.drill.senders()
        ender = threading.Thread(target=end_them)
        ender.start()
        senders.run(Try(), Try())
        over.set()
        ender.join()
        self.finish(office, senders)
        found = self._told_but(office, dues, endings)
        found.more["ended"] = len(endings)
        return found

    def _told_but(self, office: Office, dues: list[Due], endings: list[Ending]) -> Found:
        """Those that did not end must be told; of those that did nothing may have begun since."""
        over = {ending.deadline for ending in endings}
        return self.drill.compare(office, [due for due in dues if due.deadline not in over], endings)
