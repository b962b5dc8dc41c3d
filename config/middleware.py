"""What holds for every request: it is logged without personal data, its text can be kept, its answer is private."""

import logging
import time
import uuid
from collections.abc import Callable, Iterable
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from config.logs import request_id
from config.text import is_clean

GetResponse = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("amparo.request")
_UTF_8 = {"utf-8", "utf8", "us-ascii", "ascii"}


class PrivateResponses:
    """Nothing a person is shown stays in a cache, and a browser does with it what we say. Static files may be kept.

    Outermost, so that it also sees what others answer: a refusal of the host's name is made before Django's own
    middleware for these headers has had its turn.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and complete the answer's headers."""
        response = self.get_response(request)
        response.setdefault("Cache-Control", "no-store")
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("Cross-Origin-Opener-Policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY)
        response.setdefault("Referrer-Policy", settings.SECURE_REFERRER_POLICY)
        response.setdefault("X-Content-Type-Options", "nosniff")
        response.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        if settings.SECURE_HSTS_SECONDS and request.is_secure():
            response.setdefault(
                "Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
            )
        return response


class RequestLog:
    """One line for each request: route, status, duration, the user's number. No address as typed, no query, no form."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, name the request in the header X-Request-ID, and log it."""
        name = uuid.uuid4().hex
        token = request_id.set(name)
        began = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = name
            match = request.resolver_match
            user = getattr(
                request, "_cached_user", None
            )  # what the view loaded; asking `request.user` here could cost a query
            log.info(
                "answered",
                extra={
                    "method": request.method,
                    "route": match.route if match else None,
                    "status": response.status_code,
                    "milliseconds": round((time.perf_counter() - began) * 1000, 1),
                    "user": getattr(user, "pk", None),
                },
            )
            return response
        finally:
            request_id.reset(token)


class RefuseBadText:
    """Answers 400 when address or form hold what cannot be kept: NUL, half surrogate pairs, another code than UTF-8."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, unless the text is bad."""
        if (request.content_params or {}).get("charset", "utf-8").lower() not in _UTF_8:
            raise BadRequest("The request is not in UTF-8.")
        try:
            unquote_to_bytes(request.META.get("QUERY_STRING", "")).decode()
        except UnicodeDecodeError:
            raise BadRequest("The address holds bytes that are not UTF-8.") from None
        if not all(is_clean(text) for text in _texts(request)):
            raise BadRequest("The request holds a character that cannot be kept.")
        return self.get_response(request)


def _texts(request: HttpRequest) -> Iterable[str]:
    """Every text of a request that a view may read: path, query and form."""
    yield request.path_info
    for data in (request.GET, request.POST):
        for key, values in data.lists():
            yield key
            yield from (value for value in values if isinstance(value, str))
    for key, files in request.FILES.lists():
        yield key
        yield from (file.name or "" for file in files)
