"""When PostgreSQL does not do what was asked: which refusals pass by themselves, and what people are told meanwhile."""

from collections.abc import Iterator
from typing import Any

from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

RETRY_AFTER = "10"
_COLLIDED = {"40001", "40P01"}  # serialization failure, deadlock: the same again may well succeed
_WAITED = {"55P03", "57014"}  # lock_timeout, statement_timeout: whoever waited that long has waited enough
_MOST_FIELDS = 300
_MOST_SIGNS = 200_000
_SECRETS = ("password", "passwd", "secret", "token", "code", "otp", "credential", "recovery")
CSRF_FIELD = "csrfmiddlewaretoken"


class NotSaved(OperationalError):  # noqa: N818  # the field's word
    """A write was given up. `certain` is False when the connection was lost while PostgreSQL was committing."""

    def __init__(self, *, certain: bool) -> None:
        super().__init__("not saved")
        self.certain = certain


def state_of(error: BaseException | None) -> str | None:
    """PostgreSQL's five signs for what went wrong (SQLSTATE), from the error or from what caused it."""
    while error is not None:
        state = getattr(error, "sqlstate", None)
        if isinstance(state, str):
            return state
        error = error.__cause__
    return None


def has_collided(error: Error) -> bool:
    """Whether two transactions met, so that the same once more may well succeed."""
    return state_of(error) in _COLLIDED


def is_busy(error: BaseException) -> bool:
    """Whether PostgreSQL is there and answered, only too late for us: it has taken back all that we did."""
    return state_of(error) in _COLLIDED | _WAITED


def is_outage(error: BaseException | None) -> bool:
    """Whether this is PostgreSQL's doing and may pass, so that the answer is 503 and not 500."""
    return isinstance(error, OperationalError | InterfaceError)


def answer(request: HttpRequest, error: BaseException) -> HttpResponse:
    """The page (or JSON) that says what was not saved, and sends the same again. It needs no database itself."""
    busy = is_busy(error)
    writes = request.method not in {"GET", "HEAD", "OPTIONS"}
    # Outside a write of ours a lost connection tells nothing about what was sent with it.
    certain = error.certain if isinstance(error, NotSaved) else busy or _never_connected(error)
    response: HttpResponse
    if request.path_info.startswith("/api/"):
        told: dict[str, Any] = {"detail": _detail(busy, writes, certain)}
        response = JsonResponse({**told, "saved": False if certain else None} if writes else told, status=503)
    else:
        fields = list(_typed(request)) if writes else []
        context = {
            "busy": busy,
            "writes": writes,
            "certain": certain,
            "fields": fields,
            "once": any(name == "key" and value for name, value in fields),
            "files": writes and bool(request.FILES),
            "action": request.get_full_path(),
        }
        response = render(None, "503.html", context, status=503)
    response["Retry-After"] = RETRY_AFTER
    return response


def _never_connected(error: BaseException) -> bool:
    """Whether there was no connection at all, so that nothing can have been written over it.

    PostgreSQL's states of class 08, 53 and 57P03 are refusals to connect; the pool's waiting in vain has none.
    """
    state = state_of(error)
    if state is None:
        return type(error.__cause__).__name__ in {"PoolTimeout", "TooManyRequests", "PoolClosed"}
    return state in {"53300", "57P03", "08001", "08004"}


def _detail(busy: bool, writes: bool, certain: bool) -> str:
    what = (
        _("Somebody else is saving the same record just now.")
        if busy
        else _("The database does not answer just now. Try again soon.")
    )
    if not writes:
        return what
    if certain:
        return f"{what} {_('Nothing was saved. Send the same again with the same key.')}"
    return f"{what} {_('It is not certain that it was saved. Send the same again with the same key: it is done once.')}"


def _typed(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """What the form held, to be sent again; nothing when it held a secret or a file, or is too much to carry.

    The token of the form goes as it came: a form that another site made us show is refused again.
    """
    pairs = [(name, str(value)) for name, values in request.POST.lists() for value in values]
    names = [name.lower() for name, _value in pairs if name != CSRF_FIELD]
    if request.FILES or any(secret in name for name in names for secret in _SECRETS):
        return
    if len(pairs) <= _MOST_FIELDS and sum(len(name) + len(value) for name, value in pairs) <= _MOST_SIGNS:
        yield from pairs
