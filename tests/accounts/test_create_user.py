"""How an office without the demonstration gets its first people."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def create(email: str, slug: str, **options: str) -> None:
    call_command("create_user", email, organization=slug, role="attorney", name="Nova Prueba", **options)


def test_who_was_made_can_sign_in(
    cast: Cast, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    monkeypatch.delenv("AMPARO_PASSWORD", raising=False)
    create("nova@office.example", cast.organization.slug)
    printed = re.search(r"password (\S+)", capsys.readouterr().out)
    assert printed
    assert client.login(username="nova@office.example", password=printed[1])
    made = User.objects.get(email="nova@office.example")
    assert (made.organization, made.role) == (cast.organization, "attorney")


def test_a_given_password_is_not_printed_and_must_be_a_good_one(
    cast: Cast, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    slug = cast.organization.slug
    monkeypatch.setenv("AMPARO_PASSWORD", "password")
    with pytest.raises(CommandError, match="AMPARO_PASSWORD"):
        create("nova@office.example", slug)
    monkeypatch.setenv("AMPARO_PASSWORD", "twelve lamps by the river")
    create("nova@office.example", slug)
    assert "lamps" not in capsys.readouterr().out
    assert client.login(username="nova@office.example", password="twelve lamps by the river")


def test_nobody_is_made_twice_or_nowhere(cast: Cast) -> None:
    before = User.objects.count()
    with pytest.raises(CommandError, match="email"):
        create(cast.attorney.email.upper(), cast.organization.slug)
    with pytest.raises(CommandError, match="no organization"):
        create("nova@office.example", "nowhere")
    assert User.objects.count() == before
