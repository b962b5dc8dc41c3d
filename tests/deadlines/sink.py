"""A mail server for the tests: takes mail on this machine, or answers as it is told to."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from email.parser import BytesParser
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from pytest_django.fixtures import Settings


class Sink:
    """Keeps what it took, by recipient; `answers` gives another answer than 250 for a recipient."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, Message]] = []
        self.answers: dict[str, str] = {}
        self.after_data: str | None = None

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        answer = self.answers.get(address)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.after_data:
            return self.after_data
        mail = BytesParser(policy=default).parsebytes(envelope.content)
        self.mails += [(address, mail) for address in envelope.rcpt_tos]
        return "250 OK"

    def to(self, address: str) -> list[Message]:
        """What this address was sent."""
        return [mail for whom, mail in self.mails if whom == address]


@contextmanager
def mail_server(settings: Settings) -> Iterator[Sink]:
    """The sink, with Django's settings pointing to it."""
    sink = Sink()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = port
        settings.EMAIL_TIMEOUT = 5
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield sink
    finally:
        controller.stop()
