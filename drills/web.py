"""What a browser or a program sends to the web workers of a drill, and a wire that cuts answers off."""

import contextlib
import http.client
import json
import secrets
import socket
import socketserver
import string
import threading
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

SIGNS = string.ascii_letters + string.digits


class Cut(Exception):  # noqa: N818  # what happened, not an error of ours
    """The connection ended before the answer was there: whether the request was done is not known."""


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Browser:
    """Somebody signed in, on one connection that is made again when it breaks."""

    def __init__(self, port: int, session: str = "", *, seconds: float = 60) -> None:
        from django.conf import settings

        self.port = port
        self._seconds = seconds
        self._token = "".join(secrets.choice(SIGNS) for _ in range(32))
        cookies = {settings.CSRF_COOKIE_NAME: self._token}
        if session:
            cookies[settings.SESSION_COOKIE_NAME] = session
        self._cookies = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """One request; raises `Cut` when no whole answer came."""
        sent = {"Cookie": self._cookies, "X-CSRFToken": self._token, **(headers or {})}
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self._seconds)
            self._connection.request(method, path, body=body or None, headers=sent)
            response = self._connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Cut(type(error).__name__) from error

    def send(self, method: str, path: str, data: Mapping[str, Any], key: str = "") -> Answer:
        """A write to the API."""
        headers = {"Content-Type": "application/json", **({"Idempotency-Key": key} if key else {})}
        return self.ask(method, path, body=json.dumps(data).encode(), headers=headers)

    def post(self, path: str, form: Mapping[str, Any]) -> Answer:
        """A form."""
        body = urlencode({"csrfmiddlewaretoken": self._token, **form}, doseq=True).encode()
        return self.ask("POST", path, body=body, headers={"Content-Type": "application/x-www-form-urlencoded"})

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None


class CuttingWire:
    """A TCP proxy on loopback that hands each request on, waits for the answer, and cuts the line instead of giving it.

    The answer is there only after the transaction was committed: what the client saw is a write of unknown outcome.
    """

    def __init__(self, port: int) -> None:
        target = ("127.0.0.1", port)

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError), socket.create_connection(target, timeout=60) as server:
                    back = threading.Thread(target=_swallow, args=(server, self.request), daemon=True)
                    back.start()
                    while part := self.request.recv(65536):
                        server.sendall(part)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)

    def __enter__(self) -> "CuttingWire":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _swallow(server: socket.socket, client: socket.socket) -> None:
    """Wait for the first bytes of the answer, then cut the client off."""
    with contextlib.suppress(OSError):
        server.recv(1)
        client.shutdown(socket.SHUT_RDWR)
