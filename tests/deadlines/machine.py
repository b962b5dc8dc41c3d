"""The ledger of reminders as a state machine: random histories over the real code and a real PostgreSQL.

Workers claim, begin, hear an answer or die, in any order; deadlines are made, moved, ended, handed on; time goes by,
clocks are set wrong, whole days are silent. After each step nothing may have gone out wrongly or once too often; at the
end of each history, when all works again, nothing may be missing (check R-31).
"""

import datetime
import time
from types import SimpleNamespace
from typing import Any
from unittest import mock

import time_machine
from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from accounts.models import Organization, User
from accounts.scope import scope
from config import clock
from deadlines.models import Deadline
from deadlines.reminders import failpoints, guard, ledger, moments, planning, recipients, sending
from deadlines.reminders.models import Reminder
from deadlines.reminders.sweep import sweep
from deadlines.reminders.ways import OffsetSetting, Ways
from families.models import Family
from tests.deadlines import post
from tests.deadlines.post import Crashed

BEGIN = datetime.datetime(2026, 3, 2, 15, tzinfo=datetime.UTC)
MINUTE, HOUR, DAY = 60, 3_600, 86_400
# Minutes before; none is a number of whole days, so that all are exact.
OFFSETS = (7_201, 1_441, 181, 61, -61)
PASSES = (30, 90, 3 * MINUTE, 20 * MINUTE, HOUR, 7 * HOUR, DAY, 4 * DAY)
SETTLE = 12  # sweeps, twenty minutes apart, after which nothing waits whatever was
State = Reminder.State
# From which state to which one step of one worker goes.
STEPS = {
    None: {State.DUE, State.SENT},
    State.DUE: {State.CLAIMED, State.SENT},  # sent: given back meanwhile, then the answer came after all
    State.RETRY: {State.CLAIMED, State.SENT},
    State.CLAIMED: {State.SENDING, State.DUE, State.VOID},
    State.SENDING: {State.SENT, State.RETRY, State.PARKED},
    State.SENT: set(),
    State.PARKED: set(),
    State.VOID: {State.DUE},  # whoever had lost the family has it back
}
POINTS = ("before_claim", "after_claim", "before_smtp", "after_250_before_update", "after_update")
ways = st.lists(st.sampled_from((post.TAKES, *post.WAYS)), max_size=3)
numbers = st.integers(0, 7)


class Office:
    """What stands before each history begins: four people and three families of one organization."""

    def __init__(self, organization: Organization, people: list[User], families: list[Family]) -> None:
        """The first two are paralegals, the third the attorney of all families, the last the supervisor."""
        self.organization, self.people, self.families = organization, people, families
        OffsetSetting.objects.create(
            organization=organization, weight=Deadline.Weight.RIGHT_LOST, offsets=list(OFFSETS)
        )
        Ways.objects.create(organization=organization, user=people[1], digest=False)


class Ledger(RuleBasedStateMachine):
    """One history. Everything it writes is taken back at its end."""

    office: Office  # set before it runs

    def __init__(self) -> None:
        super().__init__()
        self.lives = True
        self.steps = 1  # moves that a reminder may make in the rule that runs
        self.states: dict[int, str] = {}
        self.claims: list[ledger.Claim] = []
        self.begun: list[ledger.Begun] = []
        self.made = 0
        self.wrong = 0  # seconds by which the clock is ahead
        self.clock = time_machine.travel(BEGIN, tick=False)
        self.hands = self.clock.start()
        self.machine = SimpleNamespace(environ={}, getpid=lambda: 0, kill=self._die)
        self.killing = mock.patch.object(failpoints, "os", self.machine)
        self.killing.start()
        post.box = self.box = post.Box(asked=self._asked, dies=lambda: self._die(0, 0))
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.scope = scope(organization_id=self.office.organization.pk, actor_id=None)
        self.scope.__enter__()
        self.wrapped = connection.execute_wrapper(self._if_alive)
        self.wrapped.__enter__()
        guard.forget()

    def teardown(self) -> None:
        """When all works again, what is due has been told; then everything is taken back."""
        try:
            self._settle()
        finally:
            self.wrapped.__exit__(None, None, None)
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)
            self.scope.__exit__(None, None, None)
            self.killing.stop()
            self.clock.stop()

    # --- how a process dies: from that moment on nothing that it does reaches PostgreSQL ---

    def _die(self, _pid: int, _signal: int) -> None:
        self.lives = False
        raise Crashed

    def _if_alive(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if not self.lives and not str(sql).startswith(("ROLLBACK", "RELEASE")):
            raise Crashed
        return execute(sql, params, many, context)

    def _as_process(self, work: Any, point: str | None = None, count: int = 1) -> Any:
        """What a process does, which may die at the point when it comes there for the so-manieth time."""
        failpoints._reached.clear()
        self.machine.environ = {failpoints.VARIABLE: f"{point}:{count}"} if point else {}
        try:
            return work()
        except Crashed:
            return None
        finally:
            self.machine.environ = {}
            self.lives = True

    @property
    def key(self) -> int:
        """Of the organization."""
        return self.office.organization.pk

    # --- people at work ---

    def _deadlines(self) -> list[Deadline]:
        return list(Deadline._default_manager.filter(organization=self.key).select_related("family").order_by("pk"))

    @initialize(family=numbers, minutes=st.integers(-100, 8_000))
    def first(self, family: int, minutes: int) -> None:
        self.made_one(family, minutes)

    @rule(family=numbers, minutes=st.integers(-100, 8_000))
    def made_one(self, family: int, minutes: int) -> None:
        """A deadline that ends in so many minutes."""
        self.made += 1
        chosen = self.office.families[family % len(self.office.families)]
        row = Deadline(
            organization=self.office.organization,
            family=chosen,
            source=Deadline.Source.HAND,
            kind="own",
            key=f"own:{self.made}",
            weight=Deadline.Weight.RIGHT_LOST,
            zone="UTC",
            entered_by=self.office.people[3],
        )
        self._date(row, minutes)

    def _date(self, row: Deadline, minutes: int) -> None:
        row.due_at = clock.moment() + datetime.timedelta(minutes=minutes)
        row.due_on = row.safe_on = row.due_at.date()
        row.remind_at = planning.first_moment(row, clock.moment())
        row.save()

    @rule(number=numbers, minutes=st.integers(-100, 8_000))
    def moved(self, number: int, minutes: int) -> None:
        """The date is another one."""
        open_ones = [row for row in self._deadlines() if row.state == Deadline.State.OPEN]
        if open_ones:
            row = open_ones[number % len(open_ones)]
            row.version += 1
            self._date(row, minutes)

    @rule(number=numbers, state=st.sampled_from((Deadline.State.DONE, Deadline.State.VOID)))
    def ended(self, number: int, state: str) -> None:
        """It is done, or there is nothing to do any more."""
        open_ones = [row for row in self._deadlines() if row.state == Deadline.State.OPEN]
        if open_ones:
            row = open_ones[number % len(open_ones)]
            row.state, row.ended_at, row.remind_at = state, clock.now(), None
            row.save()

    @rule(number=numbers, person=numbers)
    def handed_on(self, number: int, person: int) -> None:
        """The family gets another paralegal."""
        family = self.office.families[number % len(self.office.families)]
        Family.objects.filter(pk=family.pk).update(paralegal=self.office.people[person % 2])
        ledger.tell_again((row.pk for row in self._deadlines() if row.family_id == family.pk), clock.moment())

    @rule(number=numbers)
    def seen(self, number: int) -> None:
        """Somebody reads what stands in Amparo."""
        unread = Reminder.objects.filter(organization=self.key, channel="app", read_at=None, state=State.SENT)
        rows = list(unread.order_by("pk")[:8])
        if rows:
            Reminder.objects.filter(pk=rows[number % len(rows)].pk).update(read_at=clock.moment())

    # --- time ---

    @rule(seconds=st.sampled_from(PASSES))
    def passes(self, seconds: int) -> None:
        """Time goes by, for PostgreSQL too, whose clock cannot be moved: its leases come nearer instead."""
        self.hands.shift(seconds)
        rows = Reminder.objects.filter(organization=self.key, leased_until__isnull=False)
        for row in rows:
            row.leased_until = (row.leased_until or BEGIN) - datetime.timedelta(seconds=seconds)
        Reminder.objects.bulk_update(rows, ["leased_until"])

    @rule(seconds=st.sampled_from((-DAY, -HOUR, -5 * MINUTE, 5 * MINUTE, HOUR)))
    def set_wrong(self, seconds: int) -> None:
        """Somebody sets the clock, up to a day from the right time: no time has gone by."""
        if abs(self.wrong + seconds) <= DAY:
            self.wrong += seconds
            self.hands.shift(seconds)

    # --- workers, step by step ---

    @rule()
    def takes_back(self) -> None:
        """What the dead have left lying."""
        self._as_process(lambda: ledger.give_back(self.key, clock.moment()))

    @rule(most=st.integers(1, 3))
    def plans(self, most: int) -> None:
        """A few of the deadlines whose time has come."""
        self._as_process(lambda: planning.plan(self.key, clock.moment(), most))

    @rule(most=st.integers(1, 5), point=st.sampled_from((None, None, None, "before_claim", "after_claim")))
    def claims_some(self, most: int, point: str | None) -> None:
        """One worker takes a few."""
        taken = self._as_process(lambda: ledger.claim(self.key, clock.moment(), most), point)
        if taken is not None and taken.reminders:
            self.claims.append(taken)

    @precondition(lambda self: self.claims)
    @rule(number=numbers)
    def begins(self, number: int) -> None:
        """A worker writes down the first try of what it has; then it is alone with the other side."""
        claim = self.claims[number % len(self.claims)]
        groups = sending._groups(claim)
        if not groups:
            self.claims.remove(claim)
            return
        keys, name = [row.pk for row in groups[0]], sending.message_id(groups[0])
        begun = self._as_process(lambda: ledger.begin_sending(claim, keys, clock.moment(), name))
        if begun is not None:
            self._not_wrong(begun.message_id)
            self.begun.append(begun)

    @precondition(lambda self: self.begun)
    @rule(number=numbers, way=st.sampled_from(post.WAYS), point=st.sampled_from((None, None, *POINTS[3:])))
    def hears(self, number: int, way: str, point: str | None) -> None:
        """The other side answers, perhaps long after the lease is over; or the worker dies of it."""
        begun = self.begun.pop(number % len(self.begun))
        self.box.ways.append(way)
        mail = SimpleNamespace(extra_headers={"Message-ID": begun.message_id}, to=["a@b.example"])
        self.box.asked = lambda _message_id: None  # between its beginning and now anything may have happened
        mailer = sending.Mailer()
        told = self._as_process(lambda: mailer.send(mail))  # type: ignore[arg-type]
        self.box.asked = self._asked
        if told is None:
            return
        result, code = told
        if result == sending.Result.SENT:
            done = self._as_process(lambda: ledger.sent(begun, clock.moment()), point)
            if (done is None and point == "after_250_before_update") or done is False:
                self.box.not_answered(begun.message_id)
        else:
            self._as_process(lambda: ledger.failed(begun, clock.moment(), result, code))

    @precondition(lambda self: self.claims)
    @rule(number=numbers, how=ways, point=st.sampled_from((None, None, *POINTS[2:])), count=st.integers(1, 2))
    def sends(self, number: int, how: list[str], point: str | None, count: int) -> None:
        """A worker sends all that it has, or dies of it."""
        claim = self.claims.pop(number % len(self.claims))
        self.steps = 2
        self._work(lambda: sending.send_claimed(claim, until=time.monotonic() + 60), how, point, count)

    @rule(how=ways, point=st.sampled_from((None, None, *POINTS)), count=st.integers(1, 2))
    def ticks(self, how: list[str], point: str | None, count: int) -> None:
        """A whole sweep, of a process that has just begun, which may die anywhere."""
        guard.forget()
        self.steps = 99
        self._work(sweep, how, point, count)

    def _work(self, work: Any, how: list[str], point: str | None, count: int) -> None:
        self.box.ways.clear()
        self.box.ways.extend(how)
        before = len(self.box.taken)
        ended = self._as_process(work, point, count)
        if ended is None and point == "after_250_before_update" and len(self.box.taken) > before:
            self.box.not_answered(self.box.taken[-1])
        self.box.ways.clear()

    # --- what must hold ---

    def _asked(self, message_id: str) -> None:
        self._not_wrong(message_id)

    def _not_wrong(self, message_id: str) -> None:
        """Whatever is about to go out is of an open deadline, in this version, and its person may still be told."""
        rows = Reminder.objects.filter(message_id=message_id, state=State.SENDING).select_related("deadline__family")
        assert rows, "sent without being written down"
        for row in rows:
            assert row.deadline.state == Deadline.State.OPEN, "sent of a deadline that has ended"
            assert row.deadline.version == row.deadline_version, "sent of a date that is no longer"
            assert row.recipient_id != self.office.people[1].pk or row.deadline.family.paralegal_id == row.recipient_id

    @invariant()
    def moves_are_legal(self) -> None:
        """No reminder left a state but as the ledger says; what has ended stays so."""
        now = dict(Reminder.objects.filter(organization=self.key).values_list("pk", "state"))
        for pk, state in now.items():
            before = self.states.get(pk)
            assert state == before or state in _within(before, self.steps), f"{before} -> {state}"
        assert self.states.keys() <= now.keys(), "a reminder was removed"
        self.states, self.steps = now, 1

    @invariant()
    def none_once_too_often(self) -> None:
        """A message goes out again once for each try whose sender never heard, and for nothing else."""
        for message_id in set(self.box.taken):
            copies = self.box.taken.count(message_id)
            late = sum(begun.message_id == message_id for begun in self.begun)
            assert copies <= 1 + self.box.unanswered.get(message_id, 0) + late, f"{copies} of one message"

    def _settle(self) -> None:
        """The mail server takes all, nobody dies, time goes on: what waited is told, and nothing is missing."""
        for begun in self.begun:  # whoever still waits for an answer has died meanwhile
            self.box.not_answered(begun.message_id)
        self.begun, self.claims = [], []
        self.box.ways.clear()
        self.hands.shift(-self.wrong)
        self.passes(DAY)  # what the wrong clock put off is over
        for _ in range(SETTLE):
            self.passes(20 * MINUTE)
            guard.forget()
            sweep()
            self.steps = 99
            self.moves_are_legal()
            if not self._waits():
                break
        assert not self._waits(), "something waits though all works"
        self.none_once_too_often()
        sent = Reminder.objects.filter(organization=self.key, channel="mail", state=State.SENT)
        for row in sent:
            assert row.message_id in self.box.taken, "called sent, and nobody took it"
        for deadline in self._deadlines():
            if deadline.state == Deadline.State.OPEN:
                self._is_told(deadline)

    def _waits(self) -> bool:
        moment = clock.moment()
        waiting = Reminder.objects.filter(organization=self.key, ready_at__isnull=False)
        return waiting.exists() or Deadline._default_manager.filter(remind_at__lte=moment).exists()

    def _is_told(self, deadline: Deadline) -> None:
        """Of every moment that has come somebody was told, in Amparo and by mail; the next one is in the book."""
        moment = clock.moment()
        offsets = {str(Deadline.Weight.RIGHT_LOST): OFFSETS}
        coming = planning.next_moment(deadline, moment, offsets)
        assert coming is None or (deadline.remind_at is not None and deadline.remind_at <= coming), "none is to come"
        come = moments.passed(deadline, moment, offsets)
        if not come:
            return
        rows = Reminder.objects.filter(deadline=deadline, deadline_version=deadline.version)
        last = [row for row in rows if row.offset == come[-1][1]]
        assert last, "nobody was told of the last moment"
        people = recipients.load(self.key, [deadline.family_id], moment.date())
        standing = people.first(deadline.family)
        told = {row.recipient_id for row in last if row.channel == "app" and row.state == State.SENT}
        mailed = {row.recipient_id for row in last if row.channel == "mail" and row.state in (State.SENT, State.PARKED)}
        assert set(standing) & told, "nobody who has the family was told in Amparo"
        assert set(standing) & mailed, "nobody who has the family was told by mail"


def _within(before: str | None, steps: int) -> set[str]:
    """The states that so many moves lead to."""
    found: set[str] = set()
    edge: set[str | None] = {before}
    for _ in range(steps):
        edge = {to for one in edge for to in STEPS[one]}  # type: ignore[index]
        if edge <= found:
            break
        found |= edge  # type: ignore[arg-type]
    return found
