"""What the browser tests need of Debian, beside the locked requirements."""

import importlib.util
import shutil
import subprocess
from pathlib import Path

PACKAGES = ("chromium", "fonts-dejavu-core", "libatomic1")  # Playwright's driver needs the last, and does not bring it
INSTALL = "apt-get install --no-install-recommends " + " ".join(PACKAGES)


def path() -> str | None:
    """Debian's Chromium, when both it and the driver that speaks to it can be started."""
    found = importlib.util.find_spec("playwright")
    drivers = [Path(folder) / "driver" / "node" for folder in (found.submodule_search_locations or [])] if found else []
    starts = [
        subprocess.run([driver, "--version"], capture_output=True, check=False).returncode == 0
        for driver in drivers
        if driver.exists()
    ]
    return shutil.which("chromium") if any(starts) else None
