"""Behind a reverse proxy that ends TLS. Everything here comes from the environment; nothing is embedded."""

import os

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *  # noqa: F403
from config.settings.base import BASE_DIR


def _required(name: str, why: str) -> str:
    """The value of an environment variable that production cannot do without."""
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: {why}")
    return value


SECRET_KEY = _required(
    "AMPARO_SECRET_KEY", "give a random text of at least 50 characters, the same for web, worker and beat"
)
_required("DATABASE_URL", "give the address of PostgreSQL, as in postgresql://user:password@host/amparo")
_required("REDIS_URL", "give the address of Valkey or Redis, as in redis://:password@host:6379")
ALLOWED_HOSTS = _required("AMPARO_HOSTS", "give the host names that people use, separated by commas").split(",")
_required("AMPARO_MAIL", "give the server that sends mail, as in smtp+starttls://user:password@host:587")
if os.environ.get("AMPARO_FAILPOINT"):
    raise ImproperlyConfigured("AMPARO_FAILPOINT is set: it kills workers, and is for the drill alone")
AMPARO_SITE = os.environ.get("AMPARO_SITE") or f"https://{ALLOWED_HOSTS[0]}"
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
STATIC_ROOT = BASE_DIR / "staticfiles"

# The proxy must set this header itself and drop any that came in (deploy/Caddyfile does).
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/$", r"^health/reminders/$", r"^metrics/$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
LANGUAGE_COOKIE_NAME = "__Host-language"
DEVICE_COOKIE_NAME = "__Host-device"

SECOND_FACTOR_REQUIRED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("AMPARO_MAIL_FROM") or f"amparo@{ALLOWED_HOSTS[0]}"
