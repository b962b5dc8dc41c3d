"""The language in which the pages speak to a browser."""

from typing import TypeVar

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import activate

R = TypeVar("R", bound=HttpResponse)


def speak(response: R, chosen: str) -> R:
    """The response, with the language kept in Django's own cookie."""
    activate(chosen)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=365 * 24 * 60 * 60,
        path=settings.LANGUAGE_COOKIE_PATH,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response
