"""The ledger of reminders against what the mail server took: what was lost, doubled, wrong or late."""

import dataclasses
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from accounts.models import Organization, User
from deadlines.reminders.models import Delivery, Reminder
from drills.sink import Mail

AWAY = "away"  # the code of a try whose server was not there, or broke off


@dataclasses.dataclass
class Due:
    """That a person must be told of a deadline's version, once, from the moment `at` (seconds since 1970)."""

    deadline: int
    version: int
    recipient: int
    address: str
    at: float
    may_park: bool = False  # the mail cannot be delivered: it stands on the page of what was not


@dataclasses.dataclass(frozen=True)
class Ending:
    """That a deadline's version was acknowledged to hold no longer, at that moment (seconds since 1970)."""

    deadline: int
    version: int
    at: float


@dataclasses.dataclass
class Found:
    """The figures of a fault, and sentences for what does not hold (the first of each kind)."""

    tried: int = 0
    mails: int = 0
    lost: int = 0
    doubled: int = 0
    doubled_in_smtp: int = 0
    false: int = 0
    late_p99_s: float = 0.0
    parked: int = 0
    sentences: list[str] = dataclasses.field(default_factory=list)
    more: dict[str, Any] = dataclasses.field(default_factory=dict)  # figures that this fault alone has

    def against(self, figure: str, sentence: str) -> None:
        """Count one more, and say so for the first three."""
        number = getattr(self, figure) + 1
        setattr(self, figure, number)
        if number <= 3:
            self.sentences.append(f"{figure}: {sentence}")


@dataclasses.dataclass(frozen=True)
class Marks:
    """Where the books of an organization stood when a fault began: what came before is not looked at."""

    deadline: int
    delivery: int
    mails: int


class Book:
    """What the ledger of an organization says since the marks, read once."""

    def __init__(self, organization: Organization, marks: Marks, mails: Iterable[Mail]) -> None:
        """`mails` are those that the server took since then."""
        rows = Reminder.objects.filter(organization=organization, deadline__gt=marks.deadline)
        self.reminders: dict[int, dict[str, Any]] = {row["id"]: dict(row) for row in rows.values()}
        deliveries = Delivery.objects.filter(organization=organization, pk__gt=marks.delivery).order_by("pk").values()
        self.deliveries: list[dict[str, Any]] = [
            dict(row) for row in deliveries if self.reminders.keys() >= set(row["reminders"])
        ]
        self.of_message: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for delivery in self.deliveries:
            if delivery["channel"] == Reminder.Channel.MAIL:
                self.of_message[delivery["message_id"]].append(delivery)
        # What still goes out for earlier faults, such as that nobody has seen it, is none of this one's.
        others = {row["message_id"] for row in deliveries} - self.of_message.keys()
        self.addresses = dict(User.objects.filter(organization=organization).values_list("pk", "email"))
        ours = set(self.addresses.values())
        self.mails = [mail for mail in mails if mail.to in ours and mail.message_id not in others]

    def compare(self, dues: Sequence[Due], endings: Sequence[Ending] = ()) -> Found:
        """Everything that must have been told against what was."""
        found = Found(tried=len(dues), mails=len(self.mails))
        taken = self._taken(found)
        self._doubled(found, taken)
        self._twice_in_the_ledger(found)
        self._lost(found, dues, taken)
        self._false(found, endings)
        found.parked = sum(row["state"] == Reminder.State.PARKED for row in self.reminders.values())
        return found

    def _taken(self, found: Found) -> Mapping[int, list[Mail]]:
        """By reminder the messages that the server took for it; one that nobody planned is false."""
        taken: dict[int, list[Mail]] = defaultdict(list)
        for mail in self.mails:
            # One Message-ID may have been tried with fewer reminders each time: the mail is that of the try before it.
            tries = [one for one in self.of_message.get(mail.message_id, []) if one["began_at"].timestamp() <= mail.at]
            if not tries:
                found.against("false", f"a mail {mail.message_id} that the ledger does not know")
                continue
            for pk in tries[-1]["reminders"]:
                taken[pk].append(mail)
        return taken

    def _doubled(self, found: Found, taken: Mapping[int, list[Mail]]) -> None:
        """A message again is excused once for each try of it that ended without an answer; another one never is."""
        for message_id, number in Counter(mail.message_id for mail in self.mails).items():
            unanswered = sum(_is_unanswered(delivery) for delivery in self.of_message.get(message_id, []))
            excused = min(number - 1, unanswered)
            found.doubled_in_smtp += excused
            for _ in range(number - 1 - excused):
                found.against("doubled", f"{message_id} went out {number} times, {unanswered} tries unanswered")
        for pk, mails in taken.items():
            for _ in range(len({mail.message_id for mail in mails}) - 1):
                found.against("doubled", f"reminder {pk} went out in more than one message")

    def _twice_in_the_ledger(self, found: Found) -> None:
        """Two reminders for one moment of one deadline's version, to one person in one channel."""
        moments = Counter(
            (row["deadline_id"], row["deadline_version"], row["recipient_id"], row["channel"], row["due_at"])
            for row in self.reminders.values()
            if row["state"] != Reminder.State.VOID
        )
        for moment, number in moments.items():
            for _ in range(number - 1):
                found.against("doubled", f"deadline {moment[0]} has {number} reminders for one moment")

    def _lost(self, found: Found, dues: Sequence[Due], taken: Mapping[int, list[Mail]]) -> None:
        """Whoever must be told has been, in Amparo and by mail; what the ledger calls sent, the server took."""
        told: dict[tuple[int, int, int, str], list[dict[str, Any]]] = defaultdict(list)
        for row in self.reminders.values():
            told[row["deadline_id"], row["deadline_version"], row["recipient_id"], row["channel"]].append(row)
            if row["channel"] == Reminder.Channel.MAIL and row["state"] == Reminder.State.SENT and not taken[row["id"]]:
                found.against("lost", f"reminder {row['id']} is called sent, and the server never took it")
        late = []
        for due in dues:
            key = (due.deadline, due.version, due.recipient)
            mail, app = (told.get((*key, channel), []) for channel in (Reminder.Channel.MAIL, Reminder.Channel.APP))
            if not any(row["state"] == Reminder.State.SENT for row in app):
                found.against("lost", f"deadline {due.deadline} is not told in Amparo: {_states(app)}")
            moments = [one.at for row in mail for one in taken.get(row["id"], []) if one.to == due.address]
            if moments:
                late.append(min(moments) - due.at)
            elif not (due.may_park and any(row["state"] == Reminder.State.PARKED for row in mail)):
                found.against("lost", f"deadline {due.deadline} is not told by mail: {_states(mail)}")
        late.sort()
        found.late_p99_s = round(late[math.ceil(0.99 * len(late)) - 1], 1) if late else 0.0

    def _false(self, found: Found, endings: Sequence[Ending]) -> None:
        """A try that was begun after somebody was told that the deadline, in this version, holds no longer."""
        over: dict[tuple[int, int], float] = {}
        for ending in endings:
            key = (ending.deadline, ending.version)
            over[key] = min(over.get(key, math.inf), ending.at)
        for delivery in self.deliveries:
            for pk in delivery["reminders"]:
                row = self.reminders[pk]
                ended = over.get((row["deadline_id"], row["deadline_version"]))
                if ended is not None and delivery["began_at"].timestamp() > ended:
                    found.against("false", f"reminder {pk} was sent after its deadline had ended")
        for mail in self.mails:
            if any(self.addresses[one["recipient_id"]] != mail.to for one in self.of_message.get(mail.message_id, [])):
                found.against("false", f"a mail {mail.message_id} went to somebody else")


def _is_unanswered(delivery: Mapping[str, Any]) -> bool:
    """Whether the try ended without the other side's word: it may have taken the mail, or not."""
    result = delivery["result"]
    return result in (None, Delivery.Result.UNKNOWN) or (
        result == Delivery.Result.DEFERRED and delivery["code"] == AWAY
    )


def _states(rows: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(f"{row['state']} ({row['problem'] or 'no problem'})" for row in rows) or "no reminder"
