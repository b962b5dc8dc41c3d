"""Messages on people's devices (Web Push, with VAPID keys of the installation's own)."""

import base64
import hashlib
import hmac
import json
import logging
from functools import cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from pywebpush import WebPushException, webpush  # type: ignore[import-untyped]

from accounts.models import User
from deadlines.reminders import wording
from deadlines.reminders.ledger import AWAY
from deadlines.reminders.models import Delivery
from deadlines.reminders.ways import PushSubscription

log = logging.getLogger("amparo.reminders")

Result = Delivery.Result
_GONE = (404, 410)  # the device's maker knows it no more
_SECONDS = 10


def send(user: User, title: str, text: str) -> tuple[str, str]:
    """Send to each of the person's devices; gives result and code. One device that takes it is enough."""
    result, code = str(Result.REFUSED), "none"
    body = json.dumps({"title": title, "text": text, "address": wording.address()})
    for device in PushSubscription.objects.filter(user=user).order_by("pk"):
        answer, said = _send(device, body)
        if said in {str(one) for one in _GONE}:
            device.delete()
        if answer == Result.SENT or result != Result.SENT:
            result, code = answer, said
    return result, code


def _send(device: PushSubscription, body: str) -> tuple[str, str]:
    keys = {"p256dh": device.secret_p256dh, "auth": device.secret_auth}
    try:
        webpush(
            {"endpoint": device.endpoint, "keys": keys},
            data=body,
            vapid_private_key=private_key(),
            vapid_claims={"sub": f"mailto:{settings.DEFAULT_FROM_EMAIL}", "aud": _origin(device.endpoint)},
            ttl=24 * 60 * 60,
            timeout=_SECONDS,
        )
    except WebPushException as problem:
        status = problem.response.status_code if problem.response is not None else 0
        if status in _GONE:
            return Result.REFUSED, str(status)
        return Result.DEFERRED, str(status) if status else AWAY
    except (OSError, ValueError) as problem:
        return Result.DEFERRED, type(problem).__name__
    return Result.SENT, ""


def _origin(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}"


@cache
def private_key() -> str:
    """The installation's private key, in the form that pywebpush takes: AMPARO_PUSH_KEY, else one that follows from the
    secret key, the same for web and workers."""
    if settings.AMPARO_PUSH_KEY:
        return str(settings.AMPARO_PUSH_KEY)
    digest = hmac.new(settings.SECRET_KEY.encode(), b"web push", hashlib.sha256).digest()
    number = int.from_bytes(digest, "big") % (_ORDER - 1) + 1
    return _encoded(number.to_bytes(32, "big"))


@cache
def public_key() -> str:
    """What a browser is given when it subscribes."""
    raw = base64.urlsafe_b64decode(private_key() + "=" * (-len(private_key()) % 4))
    key = ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1()).public_key()
    return _encoded(key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint))


_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the curve P-256


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
