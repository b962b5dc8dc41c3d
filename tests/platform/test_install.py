"""The locked requirements: by uv, and by pip where uv cannot, with one line when neither can."""

from pathlib import Path

import pytest

from config import install

PIP_WORKS = "exit 0"
UV_FAILS = "echo 'invalid peer certificate' >&2; exit 2"


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment whose programs only note what they are asked for; the file of these notes."""
    monkeypatch.setattr(install, "VENV", tmp_path)
    monkeypatch.setattr(install, "PYTHON", tmp_path / "bin" / "python")
    (tmp_path / "bin").mkdir()
    return tmp_path / "asked"


def programs(asked: Path, *, python: str, uv: str) -> None:
    for name, outcome in (("python", python), ("uv", uv)):
        program = asked.parent / "bin" / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >>"{asked}"\n{outcome}\n')
        program.chmod(0o700)


def notes(asked: Path) -> list[tuple[str, list[str]]]:
    """Of each call the program, and the lock files it was given."""
    found = []
    for line in asked.read_text().splitlines():
        assert "--require-hashes" in line
        words = line.split()
        found.append((words[0], [Path(word).name for word in words if word.endswith(".txt")]))
    return found


def test_pip_brings_uv_and_uv_the_rest(asked: Path) -> None:
    programs(asked, python=PIP_WORKS, uv="exit 0")
    install._sync(install.RUN)
    assert notes(asked) == [("python", ["requirements-uv.txt"]), ("uv", list(install.RUN))]


def test_pip_steps_in_where_uv_cannot(asked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A machine may tell pip alone of its index and certificates."""
    programs(asked, python=PIP_WORKS, uv=UV_FAILS)
    install._sync(install.RUN)
    assert notes(asked)[-1] == ("python", list(install.RUN))
    assert "trying pip" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("connection broken by SSLError: CERTIFICATE_VERIFY_FAILED", "certificate is not trusted"),
        ("Failed to establish a new connection", "was not reached"),
        ("[Errno 13] Permission denied", "cannot be written"),
        ("[Errno 28] No space left on device", "disk is full"),
        ("something else", "something else"),
    ],
)
def test_a_failure_is_told_in_one_line(asked: Path, said: str, told: str) -> None:
    programs(asked, python=f"echo '{said}'; exit 1", uv=UV_FAILS)
    with pytest.raises(install.InstallError, match=told) as raised:
        install._sync(install.RUN)
    assert len(str(raised.value).splitlines()) == 1
