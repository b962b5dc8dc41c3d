"""Every request is asked of PostgreSQL for the organization of whoever is signed in."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from accounts import scope
from config.logs import request_id


class OrganizationScope:
    """Answers within the scope of the session's account, or within nobody's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; an answer in pieces has its scope again when the pieces are asked for."""
        with scope.application(account_id=_account(request), request=request_id.get() or ""):
            response = self.get_response(request)
            if isinstance(response, StreamingHttpResponse):
                response.streaming_content = _pieces(scope.current(), iter(response))
            return response


def _pieces(found: scope.Scope, pieces: Iterator[Any]) -> Iterator[Any]:
    """The pieces, made in the scope of their request, which is over by then."""
    with scope.resume(found):
        yield from pieces


def _account(request: HttpRequest) -> int | None:
    """Whose session it is. Without a session nothing is asked of the database."""
    if request.session.session_key is None:
        return None
    kept = request.session.get(SESSION_KEY)
    return int(kept) if isinstance(kept, str) and kept.isdecimal() else None
