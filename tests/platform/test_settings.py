"""Settings and locks: production is as safe as Django can check, the models have their migrations, the locks agree."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from rest_framework.views import APIView

from config.home import ROOT
from config.parsers import CarefulJSONParser

PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "AMPARO_SECRET_KEY": "a-key-only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz",
    "AMPARO_HOSTS": "amparo.example",
    "DATABASE_URL": "postgresql://amparo@db/amparo",
    "REDIS_URL": "redis://valkey",
    "AMPARO_MAIL": "smtp+starttls://mail",
}


def in_production(*arguments: str, without: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **PRODUCTION}
    for name in (without, "DJANGO_ALLOW_ASYNC_UNSAFE"):  # the second is the browser tests', and would fail a check
        environment.pop(name, None)
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_production_passes_the_deployment_checks() -> None:
    done = in_production("check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["AMPARO_SECRET_KEY", "AMPARO_HOSTS", "DATABASE_URL", "REDIS_URL", "AMPARO_MAIL"])
def test_production_does_not_start_without_what_it_needs(name: str) -> None:
    done = in_production("check", without=name)
    assert done.returncode != 0
    assert f"{name} is not set" in done.stderr


def test_production_cookies_are_bound_to_the_host() -> None:
    done = in_production("diffsettings", "--all")
    for line in (
        "SESSION_COOKIE_NAME = '__Host-session'",
        "CSRF_COOKIE_NAME = '__Host-csrf'",
        "SESSION_COOKIE_SECURE = True",
        "DEVICE_COOKIE_NAME = '__Host-device'",
        "LANGUAGE_COOKIE_NAME = '__Host-language'",
    ):
        assert line in done.stdout, done.stderr


@pytest.mark.django_db
def test_the_models_have_their_migrations() -> None:
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def test_the_description_of_the_api_has_no_faults(tmp_path: Path) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file=f"{tmp_path}/schema.yaml")


def test_the_api_reads_json_through_the_careful_parser() -> None:
    parsers: list[type] = list(APIView.parser_classes)
    assert parsers == [CarefulJSONParser]


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==(\S+)", (ROOT / name).read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-embedded.txt", "requirements-uv.txt"])
def test_the_lock_for_development_holds_the_other_locks(name: str) -> None:
    assert pins(name)
    assert pins(name).items() <= pins("requirements-dev.txt").items()


@pytest.mark.parametrize("name", ["requirements", "requirements-embedded", "requirements-uv", "requirements-dev"])
def test_each_lock_holds_what_was_asked_for_with_hashes_and_no_address(name: str) -> None:
    lock = (ROOT / f"{name}.txt").read_text()
    assert pins(f"{name}.in").items() <= pins(f"{name}.txt").items()
    assert len(pins(f"{name}.txt")) <= lock.count("--hash=sha256:")
    assert "://" not in lock
