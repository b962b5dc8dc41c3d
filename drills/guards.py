"""Guards taken out one by one, in a copy of the checkout: each time the tests that should notice must go red."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from config import embedded
from config.embedded import Services
from config.home import ROOT, home_folder, make_home
from drills.telling import Telling

SECONDS = 900  # for the tests of one guard
SMALL = 3
# What the tests do not need, or what would be written to by two.
_NOT_COPIED = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".*_cache", "*.pyc")


class Guard(NamedTuple):
    """What it keeps, where it stands, what stands there when it is gone, and which tests should notice.

    With `schema` it stands in the database, which is made anew for its tests.
    """

    keeps: str
    file: str
    text: str
    without: str
    tests: tuple[str, ...]
    schema: bool = False


GUARDS = (
    Guard(
        "one organization's rows from another",
        "accounts/owned.py",
        "rows = self.filter(organization_id=actor.organization_id)",
        "rows = self.all()",
        ("tests/accounts/test_walls.py",),
    ),
    Guard(
        "a walled family from the colleague",
        "accounts/owned.py",
        'condition = ~models.Q(**{f"{path}__in": _families_of("Wall", actor)})',
        "condition = models.Q()",
        ("tests/access/test_hidden.py",),
    ),
    Guard(
        "families that are not open from a volunteer",
        "accounts/owned.py",
        "if actor.is_volunteer:",
        "if False:",
        ("tests/access/test_hidden.py",),
    ),
    Guard(
        "families from who does no case work",
        "accounts/owned.py",
        "if not actor.does_case_work:",
        "if False:",
        ("tests/access/test_hidden.py",),
    ),
    Guard(
        "the other organization's rows in PostgreSQL itself",
        "config/database/walls.py",
        'wall = f"({table.column} = {_SETTING})"',
        'wall = "true"',
        ("tests/drills/test_second_wall.py",),
        schema=True,
    ),
    Guard(
        "requests in the application's role",
        "accounts/scope.py",
        'nobody = Scope(request=request, role=settings.AMPARO_DATABASE_ROLE or "none")',
        'nobody = Scope(request=request, role="none")',
        ("tests/drills/test_second_wall.py",),
    ),
    Guard(
        "an entry for each change of a row",
        "audit/triggers.py",
        '        for event in (*one.events, "TRUNCATE")\n    }',
        '        for event in ("TRUNCATE",)\n    }',
        ("tests/audit/test_changes.py",),
        schema=True,
    ),
    Guard(
        "the order of the links of the audit's chain",
        "audit/verifying.py",
        "elif bytes(before) != previous:",
        "elif False:",
        ("tests/audit/test_chain.py",),
    ),
    Guard(
        "recording outcomes from who may not",
        "screenings/services.py",
        "    require(actor, Permission.SCREENING_OUTCOME_RECORD)\n\n    def write() -> int:\n        found",
        "    def write() -> int:\n        found",
        ("tests/screenings/test_record.py", "tests/api/test_writing.py"),
    ),
    Guard(
        "lists from being taken out by who may not",
        "families/export.py",
        "require(actor, Permission.EXPORT_FAMILIES_DOWNLOAD)",
        "pass",
        ("tests/desks/test_export.py",),
    ),
    Guard(
        "assigning from who may not",
        "families/services.py",
        "require(actor, Permission.FAMILY_ASSIGNMENT_CHANGE)",
        "pass",
        ("tests/desks/test_assigning.py", "tests/families/test_services.py"),
    ),
    Guard(
        "a save over what somebody else saved",
        "families/writing.py",
        "if row.version != version:",
        "if False:",
        ("tests/screenings/test_record.py", "tests/families/test_services.py"),
    ),
    Guard(
        "the same write from being done twice",
        "accounts/receipts.py",
        "if receipt.result is None:",
        "if True:",
        ("tests/accounts/test_receipts.py",),
    ),
    Guard(
        "a deadlock from being an error",
        "accounts/receipts.py",
        "if not has_collided(error) or attempt == RETRIES:",
        "if True:",
        ("tests/web/test_outage.py",),
    ),
    Guard(
        "what was typed from being lost in an outage",
        "config/outage.py",
        "yield from pairs",
        "yield from ()",
        ("tests/web/test_outage.py",),
    ),
    Guard(
        "passwords out of the page of an outage",
        "config/outage.py",
        "if request.FILES or any(secret in name for name in names for secret in _SECRETS):",
        "if request.FILES:",
        ("tests/web/test_outage.py",),
    ),
    Guard(
        "writes that another site sends",
        "config/settings/base.py",
        '    "django.middleware.csrf.CsrfViewMiddleware",\n',
        "",
        ("tests/web/test_headers.py",),
    ),
    Guard(
        "private pages out of caches",
        "config/middleware.py",
        'response.setdefault("Cache-Control", "no-store")',
        "pass",
        ("tests/web/test_headers.py",),
    ),
    Guard(
        "scripts that are not ours from running",
        "config/settings/base.py",
        '"script-src": [SELF],',
        '"script-src": [SELF, "\'unsafe-inline\'"],',
        ("tests/web/test_headers.py",),
    ),
    Guard(
        "redirects on the host",
        "accounts/views.py",
        "if not url_has_allowed_host_and_scheme(back,",
        "if not back or False and not url_has_allowed_host_and_scheme(back,",
        ("tests/web/test_headers.py",),
    ),
    Guard(
        "formulas out of spreadsheets",
        "config/text.py",
        "return unicodedata.category(sign)[0] in",
        "return False and unicodedata.category(sign)[0] in",
        ("tests/desks/test_export.py",),
    ),
    Guard(
        "names out of the logs",
        "config/logs.py",
        '{"kind": type(error).__name__,',
        '{"kind": repr(error),',
        ("tests/platform/test_requests.py",),
    ),
    Guard(
        "the answers in step with the facts",
        "screenings/services.py",
        "redetermine(organization=organization_of(actor), family_ids=[screening.person.family_id], day=day)",
        "pass",
        ("tests/screenings/test_record.py",),
    ),
    Guard(
        "a typed change from its own author",
        "accounts/permissions.py",
        "lambda actor, row: actor.pk not in row.authors and _is_seen(actor, row),",
        "lambda actor, row: _is_seen(actor, row),",
        ("tests/proposals/test_services.py",),
    ),
    Guard(
        "protection from one person's word",
        "families/proposals/lowering.py",
        "if new is not None and new in LOWERS.get(typed.kind, {}).get(name, ()):",
        "if False:",
        ("tests/proposals/test_services.py", "tests/proposals/test_waiting.py"),
    ),
    Guard(
        "who is protected by what may be from what is in force",
        "settlement/waiting.py",
        "possible = [in_force, *_answers(_views(record, unknown), decide), *as_confirmed]",
        "possible = [in_force]",
        ("tests/proposals/test_services.py", "tests/proposals/test_waiting.py"),
    ),
    Guard(
        "everything from who gave no second factor",
        "accounts/entrance/middleware.py",
        "or not request.user.is_authenticated or request.session.get(FACTOR):",
        "or True:",
        ("tests/accounts/test_second_factor.py",),
    ),
    Guard(
        "a code from serving twice",
        "accounts/entrance/codes.py",
        "if step is None or step <= row.data.get(STEP, 0):",
        "if step is None:",
        ("tests/accounts/test_second_factor.py",),
    ),
    Guard(
        "accounts from guessing",
        "accounts/entrance/throttling.py",
        "if cursor.rowcount == 0:",
        "if False:",
        ("tests/accounts/test_throttling.py",),
    ),
    Guard(
        "sessions from lasting for ever",
        "accounts/entrance/sessions.py",
        "return bool(now - began >=",
        "return False and bool(now - began >=",
        ("tests/accounts/test_sessions.py",),
    ),
    Guard(
        "dangerous acts from who finds an open laptop",
        "accounts/asking_again.py",
        "if not request.user.is_authenticated or is_fresh(request):",
        "if True:",
        ("tests/accounts/test_asking_again.py",),
    ),
    Guard(
        "readings from leaving nothing",
        "audit/readings.py",
        "if not 300 <= response.status_code < 400:",
        "if False:",
        ("tests/audit/test_readings.py",),
    ),
    Guard(
        "the trace from notes that pretend to be changes",
        "audit/installing.py",
        " AND act NOT IN ('created', 'changed', 'removed'))\"",
        ')"',
        ("tests/audit/test_changes.py", "tests/audit/test_readings.py", "tests/audit/test_pages.py"),
        schema=True,
    ),
    Guard(
        "a sheet from who brought it",
        "families/intake/jobs.py",
        "require(actor, Permission.INTAKE_SHEET_CONFIRM, job)",
        "require(actor, Permission.INTAKE_SHEET_CONFIRM)",
        ("tests/intake/test_pages.py",),
    ),
    Guard(
        "a mail from staying void for who gets the family back",
        "deadlines/reminders/planning.py",
        "        ledger.revive(rows)\n",
        "",
        ("tests/deadlines/test_ledger_planning.py",),
    ),
    Guard(
        "what runs by the hour from being seen among others",
        "deadlines/reminders/services.py",
        "if len(wanted) > 1 and row.weight == Deadline.Weight.HOURS",
        "if False",
        ("tests/deadlines/test_ledger_pages.py",),
    ),
)


def main(argv: list[str]) -> int:
    """The drill; see docs/drills.md. Gives its exit status."""
    telling = Telling("guards", __doc__ or "", argv)
    telling.count(undetected=0)
    home = home_folder()
    make_home(home)
    services = Services(home, throwaway=True)
    services.acquire()
    try:
        with tempfile.TemporaryDirectory(prefix="amparo-guards-") as folder:
            _take_out(telling, Path(folder), home)
    finally:
        services.release()
    return telling.end()


def _take_out(telling: Telling, folder: Path, home: Path) -> None:
    guards = GUARDS[:: max(1, len(GUARDS) // SMALL)][:SMALL] if telling.small else GUARDS
    copy = Copy(folder, home)
    everything = sorted({file for guard in guards for file in guard.tests})
    green, output = copy.passes(everything, schema=True)
    if not green:
        telling.fault(f"the tests are red with all guards in place: {output}")
        return
    telling.say(f"{len(everything)} files of tests are green with all guards in place")
    for guard in guards:
        telling.count(tried=1)
        original = (copy.checkout / guard.file).read_text()
        if original.count(guard.text) < 1:
            telling.fault(
                f"{guard.file} has no guard any more that keeps {guard.keeps}: bring drills/guards.py up to date"
            )
            continue
        (copy.checkout / guard.file).write_text(original.replace(guard.text, guard.without))
        green, output = copy.passes(guard.tests, schema=guard.schema)
        (copy.checkout / guard.file).write_text(original)
        if guard.schema:
            copy.database_is_stale = True
        if green:
            telling.count(undetected=1)
            telling.fault(f"nothing noticed that {guard.file} no longer keeps {guard.keeps}")
        else:
            telling.say(f"red: {guard.keeps} ({output})")


class Copy:
    """A copy of the checkout, whose tests run on the services of the drill, with one database for all guards."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.checkout = folder / "checkout"
        shutil.copytree(ROOT, self.checkout, ignore=_NOT_COPIED, symlinks=True)
        (self.checkout / ".venv").symlink_to(ROOT / ".venv")
        places = embedded.addresses(home)
        ours = ("AMPARO_", "DJANGO_", "DATABASE_", "PYTEST")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        self.environment = {
            **clean,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "AMPARO_TEST_HOME": str(folder / "home"),
            "DATABASE_URL": places.owner,
            "REDIS_URL": places.redis,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self.database_is_stale = True

    def passes(self, files: tuple[str, ...] | list[str], *, schema: bool) -> tuple[bool, str]:
        """Whether these tests pass, and their last line. Raises RuntimeError when they could not be run at all."""
        database = "--create-db" if schema or self.database_is_stale else "--reuse-db"
        self.database_is_stale = False
        (self.checkout.parent / "home").mkdir(mode=0o700, exist_ok=True)
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-x",
            "-q",
            "-p",
            "no:cacheprovider",
            "--no-header",
            database,
            "--reuse-db",
        ]
        began = time.monotonic()
        process = subprocess.run(
            [*command, *files],
            cwd=self.checkout,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        lines = [line for line in process.stdout.splitlines() if re.match(r"(FAILED|ERROR) tests|\d+ passed", line)]
        output = lines[0][:120] if lines else process.stderr[-300:]
        # 1: tests failed. Anything else says nothing of the guard: the tests could not be collected, say.
        # Nor does an error before the test proper, such as a database that could not be made.
        is_error = process.returncode == 1 and not any(line.startswith("FAILED ") for line in lines)
        if is_error or process.returncode not in (0, 1) or "no tests ran" in process.stdout:
            raise RuntimeError(f"{files}: {process.stdout[-1500:]} {process.stderr[-500:]}")
        return process.returncode == 0, f"{output}, {time.monotonic() - began:.0f} s"
