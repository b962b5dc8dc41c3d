"""Administrators keep the people of their organization: never their own account, and there is always one left."""

import datetime
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test import Client, TestCase

from accounts.colleagues import colleague_change
from accounts.errors import Conflict, Invalid
from accounts.invitations import LASTS, MOST_AN_HOUR, hash_of, invitation_accept, invitation_send
from accounts.models import Invitation, User
from audit.models import Entry
from families.intake.jobs import run_job
from families.intake.models import ImportJob
from families.models import Family
from tests.access.conftest import ClientOf
from tests.cast import Cast, make_cast
from tests.factories import make_family, make_user

ROLE: dict[str, Any] = {"is_volunteer": False, "is_active": True, "key": None}
OWN_WORDS = "seven lanterns over the bay"


def test_a_role_is_changed_by_administrators_and_never_their_own(cast: Cast) -> None:
    assert colleague_change(actor=cast.administrator, user_id=cast.paralegal.pk, version=1, role="attorney", **ROLE)
    assert User.objects.get(pk=cast.paralegal.pk).role == "attorney"
    assert User.history.filter(id=cast.paralegal.pk).first().history_user == cast.administrator
    for actor, user, refusal in (
        (cast.administrator, cast.administrator, PermissionDenied),
        (cast.supervisor, cast.attorney, PermissionDenied),
        (cast.attorney, cast.attorney, PermissionDenied),
        (cast.auditor, cast.attorney, PermissionDenied),
        (cast.administrator, cast.other_attorney, Http404),
    ):
        with pytest.raises(refusal):
            colleague_change(actor=actor, user_id=user.pk, version=1, role="supervisor", **ROLE)
    with pytest.raises(Conflict):
        colleague_change(actor=cast.administrator, user_id=cast.paralegal.pk, version=1, role="paralegal", **ROLE)
    with pytest.raises(Invalid):
        colleague_change(
            actor=cast.administrator,
            user_id=cast.attorney.pk,
            version=1,
            role="supervisor",
            **{**ROLE, "is_volunteer": 1},
        )
    assert User.objects.get(pk=cast.attorney.pk).version == 1


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_take_the_role_from_one_another_leave_one() -> None:
    cast = make_cast()
    second = make_user(cast.organization, User.Role.ADMINISTRATOR)
    start, refused = threading.Barrier(2), []

    def demote(actor: User, user: User) -> None:
        try:
            start.wait()
            colleague_change(actor=actor, user_id=user.pk, version=1, role="auditor", **ROLE)
        except PermissionDenied as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    pairs = [(cast.administrator, second), (second, cast.administrator)]
    threads = [threading.Thread(target=demote, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert User.objects.filter(organization=cast.organization, role="administrator").count() == 1


def test_the_next_click_of_who_was_kept_out_or_lowered_is_refused(cast: Cast, client_of: ClientOf) -> None:
    client, deputy = client_of(cast.attorney), client_of(cast.supervisor)
    make_family(cast.organization)
    assert client.get("/families/").status_code == deputy.get("/families/").status_code == 200
    admin = client_of(cast.administrator)
    form = {"role": "attorney", "version": "1", "key": "5f7b8a60-0000-4000-8000-000000000001"}
    assert admin.post(f"/colleagues/{cast.attorney.pk}/", form).status_code == 302
    assert client.get("/families/")["Location"].startswith("/sign-in/")
    lowered = {"role": "auditor", "is_active": "on", "version": "1", "key": "5f7b8a60-0000-4000-8000-000000000002"}
    assert admin.post(f"/colleagues/{cast.supervisor.pk}/", lowered).status_code == 302
    assert deputy.get("/families/").status_code == 403
    stale = admin.post(f"/colleagues/{cast.supervisor.pk}/", {**lowered, "key": "5f7b8a60-0000-4000-8000-000000000003"})
    assert stale.status_code == 409


def test_an_administrator_ends_the_sessions_of_who_lost_a_laptop(cast: Cast, client_of: ClientOf) -> None:
    laptop, admin = client_of(cast.attorney), client_of(cast.administrator)
    laptop.get("/families/")
    UserSession.objects.create(user=cast.attorney, session_key=laptop.session.session_key, ip="192.0.2.1")
    Authenticator.objects.create(user=cast.attorney, type=Authenticator.Type.TOTP, data={"secret": "x"})
    address = f"/colleagues/{cast.attorney.pk}/sign-out/"
    for who in (cast.supervisor, cast.other_administrator):
        assert client_of(who).post(address, {"factor": "remove"}).status_code in (403, 404)
    assert laptop.get("/families/").status_code == 200
    assert Authenticator.objects.filter(user=cast.attorney).exists()
    assert admin.post(address).status_code == 302
    assert laptop.get("/families/")["Location"].startswith("/sign-in/")
    assert Authenticator.objects.filter(user=cast.attorney).exists()
    told = admin.post(address, {"factor": "remove"}, follow=True).content.decode()
    assert "set up a new second factor" in told
    assert not Authenticator.objects.filter(user=cast.attorney).exists()
    entry = Entry.objects.filter(act="signed_out", thing_id=cast.attorney.pk).latest("pk")
    assert (entry.actor_id, entry.detail) == (cast.administrator.pk, {"without_factor": True})


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "auditor"}, {"is_volunteer": True}])
def test_a_sheet_of_who_may_no_longer_is_not_brought_in(cast: Cast, change: dict[str, Any]) -> None:
    file = b"family_ref,person_ref,role,given_names,family_names\nF-1,p1,mother,Prueba,Uno\n"

    def bring(state: str) -> ImportJob:
        job = ImportJob.objects.create(
            organization=cast.organization, user=cast.paralegal, file_name="f.csv", file=file, state=state
        )
        run_job(job.pk)
        job.refresh_from_db()
        return job

    assert bring("look_due").state == "looked_at"
    User.objects.filter(pk=cast.paralegal.pk).update(**change)
    for state in ("look_due", "import_due"):
        job = bring(state)
        assert (job.state, job.file) == ("failed", None)
        assert "no longer allowed" in str(job.refusal)
    assert not Family.objects.exists()


INVITATION: dict[str, Any] = {"name": "Nova Prueba", "role": "paralegal", "language": "en", "is_volunteer": False}


@pytest.fixture
def unused_port() -> int:
    """A port of this machine at which nobody answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def mailing() -> Iterator[None]:
    """What is left for the end of the transaction, the mails, is done when the block ends."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        yield


def invite(cast: Cast, email: str = "nova@mail.example", **changes: Any) -> str:
    """Invites somebody; gives the link of the mail."""
    with mailing():
        invitation_send(
            actor=cast.administrator,
            email=email,
            address="http://testserver/invitation/",
            key=None,
            **{**INVITATION, **changes},
        )
    found = re.search(r"http://testserver(/invitation/\S+/)", str(mail.outbox[-1].body))
    return found[1] if found else ""


def test_an_invitation_is_accepted_once_and_its_token_is_nowhere(
    cast: Cast, client: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    link = invite(cast)
    token = link.split("/")[2]
    assert mail.outbox[-1].to == ["nova@mail.example"]
    assert Invitation.objects.get().token_hash == hash_of(token) != token
    opened = client.get(link)
    assert (opened.status_code, opened["Location"]) == (302, "/invitation/")
    page = client.get("/invitation/")
    assert page.status_code == 200
    assert token not in page.content.decode()
    assert token not in "".join(capfd.readouterr())
    weak = client.post("/invitation/", {"name": "Nova", "password": "password"})
    assert weak.status_code == 422
    assert not User.objects.filter(email="nova@mail.example").exists()
    done = client.post("/invitation/", {"name": "Nova", "password": OWN_WORDS})
    assert done.status_code == 302
    made = User.objects.get(email="nova@mail.example")
    assert (made.role, made.organization, made.name, made.is_volunteer) == (
        "paralegal",
        cast.organization,
        "Nova",
        False,
    )
    assert made.check_password(OWN_WORDS)
    again = Client()
    again.get(link)
    assert again.get("/invitation/").status_code == 404
    with pytest.raises(Http404):
        invitation_accept(token=token, name="Nova", password=OWN_WORDS)


def test_a_link_dies_with_time_with_a_newer_one_and_when_it_is_taken_back(cast: Cast, client_of: ClientOf) -> None:
    def works(link: str) -> bool:
        client = Client()
        client.get(link)
        return client.get("/invitation/").status_code == 200

    admin = client_of(cast.administrator)
    first = invite(cast)
    row = Invitation.objects.get()
    assert works(first)
    assert not works(first[:-3] + ("A" if first[-3] != "A" else "B") + first[-2:])
    Invitation.objects.update(expires_at=row.sent_at)
    assert not works(first)
    with mailing():
        assert admin.post(f"/invitations/{row.pk}/resend/").status_code == 302
    second = re.search(r"(/invitation/\S+/)", str(mail.outbox[-1].body))[1]  # type: ignore[index]
    assert works(second)
    assert not works(first)
    row.refresh_from_db()
    assert abs(row.expires_at - row.sent_at - LASTS) < datetime.timedelta(seconds=1)
    assert datetime.timedelta(hours=72) == LASTS
    assert client_of(cast.other_administrator).post(f"/invitations/{row.pk}/revoke/").status_code == 404
    assert works(second)
    assert admin.post(f"/invitations/{row.pk}/revoke/").status_code == 302
    assert not works(second)


def test_whether_an_address_has_an_account_is_told_to_its_owner_alone(cast: Cast, client_of: ClientOf) -> None:
    admin = client_of(cast.administrator)
    pages = []
    for number, email in enumerate(("nova@mail.example", cast.other_attorney.email, cast.attorney.email)):
        form = {**INVITATION, "email": email, "key": f"5f7b8a60-0000-4000-8000-00000000001{number}", "is_volunteer": ""}
        with mailing():
            answer = admin.post("/colleagues/invite/", form, follow=True)
        told = re.sub(r"<table.*</table>", "", answer.content.decode(), flags=re.DOTALL)
        pages.append((answer.status_code, [line for line in told.splitlines() if "csrf" not in line]))
    assert pages[0] == pages[1] == pages[2]
    assert Invitation.objects.count() == 3
    fresh, elsewhere, here = (str(message.body) for message in mail.outbox)
    assert "/invitation/" in fresh
    assert "/invitation/" not in elsewhere + here
    assert "has an account" in elsewhere


@pytest.mark.django_db(transaction=True)
def test_an_invitation_whose_mail_is_refused_is_kept_and_can_be_sent_again(
    settings: Any, client_of: ClientOf, unused_port: int
) -> None:
    cast = make_cast()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", unused_port
    admin = client_of(cast.administrator)
    form = {**INVITATION, "email": "nova@mail.example", "key": "5f7b8a60-0000-4000-8000-000000000020"}
    told = admin.post("/colleagues/invite/", {**form, "is_volunteer": ""}, follow=True)
    assert "the mail server did not take the mail" in told.content.decode()
    row = Invitation.objects.get()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    told = admin.post(f"/invitations/{row.pk}/resend/", follow=True)
    assert "A new link is on its way" in told.content.decode()
    assert mail.outbox[-1].to == ["nova@mail.example"]


def test_invitations_are_bounded_and_made_by_administrators(cast: Cast) -> None:
    for number in range(MOST_AN_HOUR):
        invite(cast, f"nova{number}@mail.example")
    with pytest.raises(Invalid, match="record"):
        invite(cast, "one.more@mail.example")
    assert Invitation.objects.count() == MOST_AN_HOUR
    for actor in (cast.supervisor, cast.attorney, cast.auditor, cast.volunteer):
        with pytest.raises(PermissionDenied):
            invitation_send(actor=actor, email="x@mail.example", address="", key=None, **INVITATION)
    for wrong in ({"role": "keeper"}, {"email": "no address"}, {"is_volunteer": True, "role": "administrator"}):
        with pytest.raises(Invalid):
            invitation_send(
                actor=cast.other_administrator, address="", key=None, **{**INVITATION, "email": "x@y.example", **wrong}
            )


def test_the_pages_show_colleagues_and_the_table_to_those_who_may(cast: Cast, client_of: ClientOf) -> None:
    page = client_of(cast.administrator).get("/colleagues/").content.decode()
    assert cast.volunteer.name in page
    assert cast.other_volunteer.email not in page
    assert f"/colleagues/{cast.attorney.pk}/" in page
    assert f"/colleagues/{cast.administrator.pk}/" not in page
    assert f"/colleagues/{cast.attorney.pk}/" not in client_of(cast.auditor).get("/colleagues/").content.decode()
    assert (
        "confirm a change that takes protection away"
        in client_of(cast.supervisor).get("/permissions/").content.decode()
    )
    assert client_of(cast.administrator).get("/", follow=True).redirect_chain[-1][0] == "/colleagues/"
    for who in (cast.attorney, cast.paralegal, cast.volunteer):
        assert 'href="/colleagues/"' not in client_of(who).get("/families/").content.decode()
    assert 'href="/colleagues/"' in client_of(cast.supervisor).get("/families/").content.decode()
