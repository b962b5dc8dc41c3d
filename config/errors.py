"""What a person sees when the server could not answer."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for an unexpected error (500), or for a database that does not answer just now (503)."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = render(None, "503.html", status=503)
        response["Retry-After"] = "10"
        return response
    return render(None, "500.html", status=500)
