"""The tests: throw-away services of their own (tests/conftest.py starts them) and cheap passwords."""

import atexit
import os
import re
import shutil
import tempfile
from pathlib import Path

from config.database.addresses import APPLICATION, connect_as_owner
from config.home import make_home

_MEMORY = Path("/dev/shm")
_PLENTY = 4 * 2**30  # bytes


def _in_memory() -> str | None:
    """Where files are kept in memory, if there is plenty of it: emptying all tables after a test makes a thousand."""
    if not os.access(_MEMORY, os.W_OK) or shutil.disk_usage(_MEMORY).free < _PLENTY:
        return None
    found = re.search(r"^MemAvailable: +(\d+) kB$", Path("/proc/meminfo").read_text(), re.MULTILINE)
    return str(_MEMORY) if found and int(found[1]) * 1024 >= _PLENTY else None


# Set before the base is read: a test never comes near the data of `./run`. Parallel workers inherit the folder.
if "AMPARO_TEST_HOME" not in os.environ:
    os.environ["AMPARO_TEST_HOME"] = tempfile.mkdtemp(prefix="amparo-test-", dir=_in_memory())
    atexit.register(shutil.rmtree, os.environ["AMPARO_TEST_HOME"], ignore_errors=True)
os.environ["AMPARO_HOME"] = os.environ["AMPARO_TEST_HOME"]
for _name in ("AMPARO_TODAY", "AMPARO_MAIL", "AMPARO_PROXIES", "AMPARO_OLD_SECRET_KEYS"):
    os.environ.pop(_name, None)
# Most tests are not about signing in; those of the second factor require it.
os.environ["AMPARO_SECOND_FACTOR"] = "optional"
make_home(Path(os.environ["AMPARO_HOME"]))
connect_as_owner()  # tests arrange and look as the owner; what they ask of a page is answered as the application

from config.settings.base import *  # noqa: E402, F403
from config.settings.base import DATABASES, INSTALLED_APPS  # noqa: E402

INSTALLED_APPS = ["tests", *INSTALLED_APPS]  # its `flush` goes before Django's
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The test database is dropped at the end, which an open pool would hinder.
DATABASES["default"]["OPTIONS"].pop("pool")
AMPARO_DATABASE_ROLE = APPLICATION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
