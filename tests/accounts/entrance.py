"""What tests of signing in share: a browser somewhere, an app that shows codes."""

import re
import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from accounts.entrance.codes import decrypt, encrypt
from accounts.models import User
from tests.factories import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
TOO_OFTEN = "There were too many tries"
HOME, OFFICE, STRANGER = "192.0.2.1", "192.0.2.2", "203.0.113.9"


def browser(address: str = OFFICE, **more: Any) -> Client:
    """A browser that nobody has used yet, behind this address."""
    return Client(REMOTE_ADDR=address, **more)


def sign_in(client: Client, user: User | str, password: str = PASSWORD) -> Any:
    """Send the form of signing in, to the desk."""
    email = user if isinstance(user, str) else user.email
    return client.post("/sign-in/", {"username": email, "password": password, "next": "/desk/"})


def is_in(client: Client) -> bool:
    """Whether somebody is signed in there and reaches the pages."""
    return client.get("/account/").status_code == 200


def give_app(user: User) -> Authenticator:
    """Set up an app for codes."""
    data = {"secret": encrypt(SECRET)}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=data)


def code_now(secret: str = SECRET, steps: int = 0) -> str:
    """What the app shows, or will show some steps of half a minute later."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def secret_on(page: str) -> str:
    """The key written on the page that sets up an app."""
    found = re.search(r'<code class="secret">(\w+)</code>', page)
    assert found
    return found[1]


def recovery_codes(user: User) -> list[str]:
    """The codes on paper that have not served."""
    row = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    assert decrypt(row.data["seed"])
    codes: list[str] = row.wrap().get_unused_codes()
    return codes
