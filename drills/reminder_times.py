"""Clocks that are ahead, behind, or jump."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from drills.book import Found
from drills.dues import Office, now_and
from drills.senders import Senders, Try

if TYPE_CHECKING:
    from drills.reminders import Reminders

HOUR, DAY = 3_600.0, 86_400.0


def time_faults(drill: "Reminders") -> dict[str, Callable[[], Found]]:
    """The faults by name."""
    times = Times(drill)
    return {
        "clock an hour ahead": partial(times.ahead, HOUR),
        "clock a day ahead": partial(times.ahead, DAY),
        "clock a day behind": times.behind,
        "clock ten years ahead": partial(times.jumps, 3_652 * DAY),
    }


class Times:
    """The faults."""

    def __init__(self, drill: "Reminders") -> None:
        self.drill, self.size = drill, drill.size

    def ahead(self, seconds: float) -> Found:
        """The clock of one machine is ahead: what it sends early is not sent again at its time, and nothing is lost."""
        office = self.drill.office(12, is_shared=True)
        dues = office.due([now_and(seconds * number / self.size.some) for number in range(self.size.some)])
        senders = self.drill.senders()
        self.drill.sink.ahead = seconds
        self.drill.sink.behave()
        senders.run(Try(ahead=seconds))
        early = self.drill.compare(office, []).mails
        self.drill.sink.ahead = 0.0
        self.drill.sink.behave()
        senders.run(Try(), Try())
        self._until_done(office, senders, seconds + 60)
        found = self.drill.compare(office, dues)
        found.more["early"] = early
        return found

    def _until_done(self, office: Office, senders: Senders, ahead: float) -> None:
        self.drill.sink.ahead = ahead
        self.drill.sink.behave()
        senders.run(Try(ahead=ahead), Try(ahead=ahead))

    def behind(self) -> Found:
        """All is sent; then the clock goes back by a day, and on again: nothing is sent twice."""
        office = self.drill.office(12, is_shared=True)
        dues = office.due([now_and()] * self.size.some)
        senders = self.drill.senders()
        senders.run(Try())
        before = self.drill.sink.count()
        senders.run(Try(ahead=-DAY), Try(ahead=-DAY))
        senders.run(Try(), Try())
        again = self.drill.sink.count() - before
        found = self.drill.compare(office, dues)
        if again:
            found.sentences.append(f"{again} mails went out after the clock had gone back")
        return found

    def jumps(self, seconds: float) -> Found:
        """The clock leaps while a process runs, and for one that starts: nobody is told of years to come."""
        from deadlines.reminders import guard

        count = max(self.size.some, 150)
        office = self.drill.office(12, is_shared=True)
        dues = office.due([now_and()] * self.size.some)
        later = office.due([now_and(30 * DAY + HOUR * number) for number in range(count)])
        senders = self.drill.senders()
        senders.run(Try(jumps=(seconds,)))
        senders.run(Try(ahead=seconds))
        held = guard.is_held()
        self.drill.sink.behave()
        senders.run(Try(), Try())  # the clock is set right
        still = guard.is_held()
        found = self.drill.compare(office, dues)
        found.false += office.told_of(due.deadline for due in later)
        found.more["held"] = int(held)
        if not held:
            found.sentences.append("the sweep did not hold")
        if still:
            found.sentences.append("the sweep holds on after the clock was set right")
        if found.false:
            found.sentences.append(f"{found.false} were told of what is still to come")
        return found
