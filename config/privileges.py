"""As whom PostgreSQL runs: it refuses to run as root."""

import contextlib
import dataclasses
import os
import shutil
import subprocess
from pathlib import Path

from config.home import ServiceError

NOBODY = 65534


@dataclasses.dataclass(frozen=True)
class Way:
    """How to run PostgreSQL: what to put before the command, and who must own its files."""

    prefix: list[str]
    uid: int

    def command(self, command: list[str], *, with_parent: bool = False) -> list[str]:
        """The full command; with `with_parent` it is ended when the process that starts it dies."""
        tether = ["setpriv", "--pdeathsig", "INT"] if with_parent and shutil.which("setpriv") else []
        return [*self.prefix, *tether, *command]

    def own(self, place: Path) -> None:
        """Give a file, or a folder with all in it, to the user that PostgreSQL runs as."""
        if place.stat().st_uid == self.uid:
            return
        if os.geteuid() != 0:
            raise ServiceError(
                f"{place} belongs to another user: start as that user, or set AMPARO_HOME to a folder of your own."
            )
        for folder, _, files in os.walk(place):
            for name in [folder, *(os.path.join(folder, file) for file in files)]:
                os.chown(name, self.uid, -1, follow_symlinks=False)
        os.chown(place, self.uid, -1)


def way_to_run(program: str, home: Path) -> Way:
    """How the one who starts us can run PostgreSQL. Raises ServiceError when there is no way.

    An ordinary user runs it directly. Root, which it refuses, runs it in a user namespace, where files stay root's;
    where these are refused (many containers), as nobody, who owns the data and may pass through closed folders.
    """
    if os.geteuid() != 0:
        return Way([], os.geteuid())
    passing = "+dac_override"
    drop = [
        "setpriv",
        f"--reuid={NOBODY}",
        f"--regid={NOBODY}",
        "--clear-groups",
        "--securebits=+no_setuid_fixup",  # without it access() overlooks the right below
        f"--inh-caps={passing}",
        f"--ambient-caps={passing}",
    ]
    probe = ["sh", "-c", 'test -w "$1" && exec "$2" --version', "sh", str(home), program]
    for found in (Way(["unshare", "--user"], 0), Way(drop, NOBODY)):
        with contextlib.suppress(FileNotFoundError):
            if subprocess.run(found.command(probe), capture_output=True, check=False).returncode == 0:
                return found
    raise ServiceError(
        "PostgreSQL refuses to run as root, and neither user namespaces nor dropping to nobody are allowed here: "
        "start as an ordinary user."
    )
