"""The other side of a mail, for the model: takes it or not, as it was told, and may end its sender."""

import smtplib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend

TAKES, LATER, NEVER, BUSY, GONE = "takes", "450", "550", "421", "gone"
# The line breaks, or the sender dies, before the message was taken and after it.
BREAKS, BREAKS_AFTER, DIES, DIES_AFTER = "breaks", "breaks after", "dies", "dies after"
WAYS = (TAKES, LATER, NEVER, BUSY, GONE, BREAKS, BREAKS_AFTER, DIES, DIES_AFTER)


class Crashed(BaseException):
    """The process ended here, as by kill -9: nothing of ours may catch it."""


@dataclass
class Box:
    """What came, and what will be done with what comes next (then all is taken)."""

    ways: deque[str] = field(default_factory=deque)
    taken: list[str] = field(default_factory=list)  # Message-IDs, in order
    unanswered: dict[str, int] = field(default_factory=dict)  # by Message-ID, tries whose sender never heard
    asked: Callable[[str], None] = lambda _message_id: None  # called before anything is done with a message
    dies: Callable[[], None] = lambda: None  # called when the sender is to die

    def way(self) -> str:
        """What is done with the next one."""
        return self.ways.popleft() if self.ways else TAKES

    def not_answered(self, message_id: str) -> None:
        """The sender of this one will never know."""
        self.unanswered[message_id] = self.unanswered.get(message_id, 0) + 1


box = Box()


class Backend(BaseEmailBackend):
    """A backend of Django's: raises what smtplib raises."""

    def open(self) -> bool:
        """Connect."""
        if box.ways and box.ways[0] in (GONE, BUSY):
            way = box.ways.popleft()
            raise ConnectionRefusedError if way == GONE else smtplib.SMTPConnectError(421, b"busy")
        return True

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        """Do with one message what is next."""
        [message] = email_messages
        message_id = message.extra_headers["Message-ID"]
        box.asked(message_id)
        way = box.way()
        if way in (TAKES, BREAKS_AFTER, DIES_AFTER):
            box.taken.append(message_id)
        if way in (BREAKS, BREAKS_AFTER, DIES, DIES_AFTER):
            box.not_answered(message_id)
        if way in (DIES, DIES_AFTER):
            box.dies()
            raise Crashed
        if way in (BREAKS, BREAKS_AFTER, GONE, BUSY):
            raise smtplib.SMTPServerDisconnected("the line broke")
        if way in (LATER, NEVER):
            raise smtplib.SMTPRecipientsRefused({message.to[0]: (int(way), b"no")})
        return 1
