"""Reads the addresses of PostgreSQL and of Valkey or Redis, as they are given in DATABASE_URL and REDIS_URL."""

from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit


def database_settings(url: str) -> dict[str, Any]:
    """Django's settings for `postgresql://user:password@host:port/name?option=value`.

    The folder of a unix socket is given as `?host=`.
    Raises ValueError when the address is not one of PostgreSQL or has no database name.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("DATABASE_URL must start with postgresql://")
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise ValueError("DATABASE_URL must end in the name of the database, as in postgresql://user@host/amparo")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def redis_location(url: str, database: int) -> str:
    """The address for Django's cache: this server, the numbered database. Raises ValueError for another scheme."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        query = urlencode({**dict(parse_qsl(parts.query)), "db": database})
        return parts._replace(query=query).geturl()
    if parts.scheme in {"redis", "rediss"}:
        return parts._replace(path=f"/{database}").geturl()
    raise ValueError("REDIS_URL must start with redis://, rediss:// or unix://")


def broker_location(url: str, database: int) -> str:
    """The same for Celery, which has its own way of writing a unix socket."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return redis_location(url, database)
    user = f":{quote(unquote(parts.password), safe='')}@" if parts.password else ""
    return f"redis+socket://{user}{parts.path}?virtual_host={database}"


# Providers of mail whose interfaces django-anymail speaks: what each is given, by what stands where in the address.
_PROVIDERS: dict[str, dict[str, str]] = {
    "brevo": {"BREVO_API_KEY": "username"},
    "mailgun": {"MAILGUN_API_KEY": "username", "MAILGUN_SENDER_DOMAIN": "hostname"},
    "mailjet": {"MAILJET_API_KEY": "username", "MAILJET_SECRET_KEY": "password"},
    "postmark": {"POSTMARK_SERVER_TOKEN": "username"},
    "resend": {"RESEND_API_KEY": "username"},
    "sendgrid": {"SENDGRID_API_KEY": "username"},
}


def _provider_settings(parts: SplitResult) -> dict[str, Any]:
    name = parts.scheme.removeprefix("anymail+")
    wanted = _PROVIDERS.get(name)
    if wanted is None:
        raise ValueError(f"AMPARO_MAIL knows these providers: {', '.join(sorted(_PROVIDERS))}")
    given = {setting: unquote(getattr(parts, place) or "") for setting, place in wanted.items()}
    if not all(given.values()):
        raise ValueError(f"AMPARO_MAIL must be like anymail+{name}://key@domain, with all that {name} asks for")
    return {
        "BACKEND": f"anymail.backends.{name}.EmailBackend",
        "ANYMAIL": {**given, "REQUESTS_TIMEOUT": (10, 20)},
    }


def mail_settings(url: str, folder: Path) -> dict[str, Any]:
    """What Django needs to send mail: by `smtp://` (plain), `smtp+starttls://` or `smtps://user:password@host:port`.

    Without an address each mail becomes a file in the folder. `anymail+postmark://TOKEN@postmark` sends by a provider's
    interface instead (see `_PROVIDERS`; of Mailgun the host is the sender's domain). Raises ValueError for another
    scheme, without a host, or without what the provider asks for.
    """
    if not url:
        return {"BACKEND": "django.core.mail.backends.filebased.EmailBackend", "FILE_PATH": str(folder)}
    parts = urlsplit(url)
    if parts.scheme.startswith("anymail+"):
        return _provider_settings(parts)
    ports = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
    if parts.scheme not in ports or not parts.hostname:
        raise ValueError("AMPARO_MAIL must be like smtp+starttls://user:password@host:587")
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "HOST": unquote(parts.hostname),
        "PORT": parts.port or ports[parts.scheme],
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "STARTTLS": parts.scheme == "smtp+starttls",
        "TLS": parts.scheme == "smtps",
    }
