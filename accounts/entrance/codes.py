"""Codes of the second factor serve once, also when two requests bring one at the same moment.

allauth keeps used codes in the cache, for as long as a code's own thirty seconds; here the last step that was used
stands with the authenticator, in the same row that is locked while a code is looked at. So no restart of the cache, no
moment between looking and marking, and no space within the code makes it good a second time.
"""

import base64
import re

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils.crypto import constant_time_compare

from accounts.models import User

STEP = "last_step"


def tidy(code: str) -> str:
    """The code's digits: apps and people write them in groups."""
    return re.sub(r"[\s-]", "", code)


def matching_step(secret: str, code: str) -> int | None:
    """The thirty-second step of which this is the code: now, the one before or the one after; else None."""
    for step in yield_hotp_counters_from_time():
        if constant_time_compare(format_hotp_value(hotp_value(secret, step)), tidy(code)):
            return int(step)
    return None


def use_code(user: User, code: str) -> Authenticator | None:
    """Use up a code of this person's app or of their recovery codes; None when it is wrong or has served already."""
    with transaction.atomic():
        rows = Authenticator.objects.select_for_update().filter(user_id=user.pk).order_by("pk")
        for row in rows.exclude(type=Authenticator.Type.WEBAUTHN):
            if _use(row, code):
                row.user = user
                return row
    return None


def _use(row: Authenticator, code: str) -> bool:
    """Whether the code is one of this row's, and new; the row is locked."""
    if row.type == Authenticator.Type.RECOVERY_CODES:
        return bool(row.wrap().validate_code(tidy(code)))
    step = matching_step(decrypt(row.data["secret"]), code)
    if step is None or step <= row.data.get(STEP, 0):
        return False
    row.data[STEP] = step
    row.save(update_fields=["data"])
    return True


def encrypt(text: str) -> str:
    """A secret as it is stored: nobody can read it out of the database, or a copy of it, without the secret key."""
    return _keys().encrypt(text.encode()).decode()


def decrypt(stored: str) -> str:
    """The secret. Raises `ImproperlyConfigured` when the secret key is another than it was stored with."""
    try:
        return _keys().decrypt(stored.encode()).decode()
    except InvalidToken:
        raise ImproperlyConfigured(
            "A second factor was stored with another secret key: put the earlier one into AMPARO_OLD_SECRET_KEYS."
        ) from None


def _keys() -> MultiFernet:
    """The key made from the secret key, and those from earlier ones, which only read."""
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"amparo second factor").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
