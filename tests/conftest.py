"""The services of a test run: PostgreSQL and Valkey of its own, shared by parallel workers; no network beyond them."""

import ipaddress
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from config import browser, embedded, translations
from config.home import socket_folder

if TYPE_CHECKING:
    from tests.cast import Cast

_services = pytest.StashKey[embedded.Services]()


def pytest_configure(config: pytest.Config) -> None:
    """Compile the translations and start the services that no address is given for, once for all parallel workers."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    translations.compile_all()
    services = embedded.services_wanted(Path(os.environ["AMPARO_TEST_HOME"]), throwaway=True)
    services.acquire()
    config.stash[_services] = services


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the services; the settings of the tests throw the folder away."""
    services = config.stash.get(_services, None)
    if services is not None:
        services.release()
        shutil.rmtree(socket_folder(services.home), ignore_errors=True)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that calls out of this machine fails: only unix sockets and loopback addresses are answered."""
    connect = socket.socket.connect

    def connect_nearby(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_loopback(address[0]):
            raise RuntimeError(f"A test tried to reach {address[0]}: the network is off in tests.")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_nearby)


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    """A request leaves its language behind in the thread: the next test begins in that of the source."""
    from django.conf import settings
    from django.utils import translation

    with translation.override(settings.LANGUAGE_CODE):
        yield


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session")
def browser_path() -> str:
    """Debian's Chromium. Without it browser tests are skipped on a person's machine and fail in CI."""
    found = browser.path()
    if found is None and os.environ.get("CI"):
        pytest.fail(f"The browser tests cannot start Chromium: {browser.INSTALL}")
    if found is None:
        pytest.skip(f"The browser tests need Chromium: {browser.INSTALL}")
    return found


@pytest.fixture
def cast(db: None) -> "Cast":
    """Two organizations with their people (tests/cast.py)."""
    from tests.cast import make_cast

    return make_cast()
