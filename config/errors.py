"""What a person sees when the server could not answer."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for an unexpected error (500), or for a database that does not answer just now (503, try again in a few seconds)."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = render(None, "503.html", status=503)  # type: ignore[arg-type]  # no request: its session may need the database
        response["Retry-After"] = "10"
        return response
    return render(None, "500.html", status=500)  # type: ignore[arg-type]
