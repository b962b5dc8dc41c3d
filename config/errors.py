"""What a person, or a program that asks the API, is told when there is no answer."""

import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import defaults

from config import outage


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for a request that cannot be read (400), or is more than is read (413)."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        if _asks_api(request):
            return JsonResponse({"detail": _("This is more than can be taken at once. Send less.")}, status=413)
        return render(None, "413.html", status=413)
    if _asks_api(request):
        return JsonResponse({"detail": _("The address holds a character that cannot be kept.")}, status=400)
    # Django's own page would read the form again, for its token, and fail as it just did.
    return render(None, "400.html", status=400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for what is not there, or not for this person (404)."""
    if _asks_api(request):
        return JsonResponse({"detail": _("Nothing is found at this address.")}, status=404)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for an unexpected error (500), or for a database that does not answer just now (503)."""
    error = sys.exc_info()[1]
    if error is not None and outage.is_outage(error):
        return outage.answer(request, error)
    if _asks_api(request):
        return JsonResponse({"detail": _("This did not work.")}, status=500)
    return render(None, "500.html", status=500)


def _asks_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")
