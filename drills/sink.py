"""A mail server that takes everything, writes down what it took, and can be told to behave badly.

A process of its own (`python -m drills.sink FILE`). It listens on a free port of 127.0.0.1, which it says in its first
line, and is told how to behave by lines on its input; when that ends, so does it. What it takes is in the file before
the client hears "250", so a client that was killed cannot take it back.
"""

import asyncio
import dataclasses
import email
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Self

from config.home import ROOT

ACCEPT = "accept"
# At the connection: not listening; listening without a word; "421" and good-bye.
REFUSE, SILENT, BUSY = "refuse", "silent", "421"
# At the recipient, all or one.
LATER, UNKNOWN = "450", "550"
# At the message: no answer; the line cut, and not taken; taken, and the line cut before, or after, the "250"; late.
STALL, CUT, SWALLOW, CUT_AFTER, SLOW = "stall", "cut", "swallow", "cut_after", "slow"
MODES = (ACCEPT, REFUSE, SILENT, BUSY, LATER, UNKNOWN, STALL, CUT, SWALLOW, CUT_AFTER, SLOW)


@dataclasses.dataclass(frozen=True)
class Mode:
    """How the sink behaves: for `times` occasions (then it accepts again; 0 is for ever), to `only` this recipient."""

    name: str = ACCEPT
    times: int = 0
    only: str = ""
    seconds: float = 0.0
    ahead: float = 0.0  # by so many seconds the clock of whoever sends is ahead: what is written down follows it


@dataclasses.dataclass(frozen=True)
class Mail:
    """A message that the sink took: its Message-ID, its recipient, and when, by the sender's clock (since 1970)."""

    message_id: str
    to: str
    at: float
    text: str = dataclasses.field(repr=False)


class Sink:
    """The side of the drill: used as a context, it starts the server and ends it."""

    def __init__(self, file: Path) -> None:
        """What it takes will be in the file."""
        self.file = file
        self.ahead = 0.0
        file.touch()

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "drills.sink", str(self.file)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        self.port = int(self._line())
        return self

    def __exit__(self, *_: object) -> None:
        _pipe(self._process.stdin).close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        _pipe(self._process.stdout).close()

    def _line(self) -> str:
        line = _pipe(self._process.stdout).readline()
        if not line:
            raise RuntimeError("the mail server of the drill has ended")
        return line.strip()

    def behave(self, name: str = ACCEPT, *, times: int = 0, only: str = "", seconds: float = 0.0) -> int:
        """From now on behave so; gives how often the sink behaved badly in the mode before."""
        mode = dataclasses.asdict(Mode(name, times, only, seconds, self.ahead))
        _pipe(self._process.stdin).write(json.dumps(mode) + "\n")
        _pipe(self._process.stdin).flush()
        return int(self._line())

    def mails(self, since: int = 0) -> Iterator[Mail]:
        """What it has taken, the oldest first, but for so many of the beginning."""
        with open(self.file) as lines:
            for number, line in enumerate(lines):
                if number >= since and line.endswith("\n"):
                    yield Mail(**json.loads(line))

    def count(self) -> int:
        """How many it has taken."""
        with open(self.file, "rb") as lines:
            return sum(1 for _ in lines)


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None  # noqa: S101 (asked for)
    return pipe


# --- the server's own process ---


class _Server:
    """The listening socket, the mode, and the file."""

    def __init__(self, file: Path) -> None:
        self.file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.mode = Mode()
        self.badly = 0
        self.port = 0
        self._listening: asyncio.Server | None = None
        self.lines: set[asyncio.Transport] = set()

    async def listen(self) -> None:
        """Listen, on the same port as before."""
        if self._listening is None:
            loop = asyncio.get_running_loop()
            self._listening = await loop.create_server(lambda: self._protocol(), "127.0.0.1", self.port, backlog=256)
            self.port = self._listening.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Listen no longer, and drop whoever is connected."""
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        for line in list(self.lines):
            line.abort()

    def _protocol(self) -> asyncio.Protocol:
        from aiosmtpd.smtp import SMTP

        if self.mode.name in (SILENT, BUSY) and self.is_bad():
            return _Unwilling(self, talks=self.mode.name == BUSY)
        smtp: asyncio.Protocol = SMTP(_Handler(self), hostname="sink.drill.example", enable_SMTPUTF8=True)
        return _Kept.around(smtp, self)

    def is_bad(self, recipient: str = "") -> bool:
        """Whether to behave badly this time; counted. After so many times the mode is over."""
        if self.mode.only and self.mode.only != recipient:
            return False
        if self.mode.times and self.badly >= self.mode.times:
            self.mode = Mode(ahead=self.mode.ahead)
            return False
        self.badly += 1
        return True

    def take(self, message: bytes, recipients: list[str]) -> None:
        """Write a message down, for each of its recipients."""
        parsed = email.message_from_bytes(message)
        message_id = str(parsed["Message-ID"] or "").strip()
        for to in recipients:
            mail = Mail(message_id, to, time.time() + self.mode.ahead, message.decode("utf-8", "replace"))
            os.write(self.file, json.dumps(dataclasses.asdict(mail)).encode() + b"\n")

    async def obey(self) -> None:
        """Do what the lines of the input say until they end."""
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            badly, self.badly = self.badly, 0
            self.mode = Mode(**json.loads(line))
            await (self.refuse() if self.mode.name == REFUSE else self.listen())
            sys.stdout.write(f"{badly}\n")
            sys.stdout.flush()


class _Kept:
    """Keeps a list of the open connections of a protocol, so that they can be dropped."""

    @staticmethod
    def around(smtp: Any, server: _Server) -> asyncio.Protocol:
        made, lost = smtp.connection_made, smtp.connection_lost

        def connection_made(transport: asyncio.Transport) -> None:
            server.lines.add(transport)
            smtp.kept = transport
            made(transport)

        def connection_lost(error: Exception | None) -> None:
            server.lines.discard(smtp.kept)
            lost(error)

        smtp.connection_made, smtp.connection_lost = connection_made, connection_lost
        kept: asyncio.Protocol = smtp
        return kept


class _Unwilling(asyncio.Protocol):
    """A server that answers nothing at all, or that it is busy."""

    def __init__(self, server: _Server, *, talks: bool) -> None:
        self.server, self.talks = server, talks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody has come."""
        self.line: asyncio.Transport = transport  # type: ignore[assignment]
        self.server.lines.add(self.line)
        if self.talks:
            self.line.write(b"421 sink.drill.example is busy, come again\r\n")
            self.line.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """They have gone."""
        self.server.lines.discard(self.line)


class _Handler:
    """What aiosmtpd asks at each step."""

    def __init__(self, server: _Server) -> None:
        self.server = server

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, _smtp: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """A recipient is named."""
        mode = self.server.mode.name
        if mode in (LATER, UNKNOWN) and self.server.is_bad(address):
            return "450 4.2.1 come again later" if mode == LATER else "550 5.1.1 nobody of that name"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, smtp: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """The message is here."""
        mode, bad = self.server.mode, False
        if mode.name in (STALL, CUT, SWALLOW, CUT_AFTER, SLOW):
            bad = self.server.is_bad(envelope.rcpt_tos[0])
        if bad and mode.name == STALL:
            await asyncio.sleep(3600)  # or until the client has had enough
        if bad and mode.name == SLOW:
            await asyncio.sleep(mode.seconds)
        if not (bad and mode.name == CUT):
            self.server.take(envelope.original_content or envelope.content, envelope.rcpt_tos)
        if bad and mode.name in (CUT, SWALLOW, CUT_AFTER):
            if mode.name == CUT_AFTER:
                await smtp.push("250 OK")
                smtp.transport.close()
            else:
                smtp.transport.abort()
            await asyncio.sleep(3600)  # until the loss of the line ends this task
        return "250 OK"


async def _serve(file: Path) -> None:
    server = _Server(file)
    await server.listen()
    sys.stdout.write(f"{server.port}\n")
    sys.stdout.flush()
    await server.obey()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
