"""What somebody typed is not lost when their session ends meanwhile.

The answer to such a form is a page that carries its fields and can send them again, after signing in in another tab.
Nothing of it is stored, on the server or in the browser. Passwords, codes and tokens are not carried.
"""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import csrf as django_csrf

# Names under which forms of ours carry what must not lie about in a page.
_SECRET = {
    "csrfmiddlewaretoken",
    "password",
    "password1",
    "password2",
    "new_password1",
    "new_password2",
    "oldpassword",
    "code",
    "credential",
    "token",
    "again-password",
}
# Addresses whose forms are made anew in a moment, or hold secrets alone.
_ENTRANCE = ("/sign-in/", "/invitation/", "/sign-out/", "/language/", "/account/")


def kept_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Name and value of every field that was sent, but for the secret ones, in their order."""
    return [(name, value) for name, values in request.POST.lists() if name not in _SECRET for value in values]


def may_be_kept(request: HttpRequest) -> bool:
    """Whether this is a form that somebody filled in on a page of ours."""
    return (
        request.method == "POST"
        and not request.path_info.startswith((*_ENTRANCE, "/api/"))
        and not request.headers.get("HX-Request")
        and bool(kept_fields(request))
    )


def kept_page(request: HttpRequest, *, signed_in: bool, status: int) -> HttpResponse:
    """The page that carries the form on."""
    context = {
        "fields": kept_fields(request),
        "has_files": bool(request.FILES),
        "signed_in": signed_in,
        "address": request.get_full_path(),
    }
    return render(request, "accounts/kept.html", context, status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to a form with an old token, as after signing in in another tab.

    Only a form of our own pages can be sent again: the browser must say so itself, in headers that no page can write.
    """
    if may_be_kept(request) and _from_our_page(request):
        return kept_page(request, signed_in=request.user.is_authenticated, status=403)
    return django_csrf.csrf_failure(request, reason)


def _from_our_page(request: HttpRequest) -> bool:
    """Whether the browser vouches that the form was on a page of this very site."""
    origin = urlsplit(request.headers.get("Origin", ""))
    same = (origin.scheme, origin.netloc) == (request.scheme, request.get_host())
    return same and request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
