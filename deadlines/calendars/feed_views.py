"""The address that a calendar program reads, and the pages on which its owner makes and ends it."""

import hashlib
import uuid
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.asking_again import fresh_sign_in_required
from accounts.entrance.throttling import Purpose, take
from accounts.errors import Invalid
from accounts.models import User
from accounts.permissions import Permission, require
from audit.models import Act
from audit.readings import noted
from config import clock
from deadlines.calendars.feed import feed
from deadlines.calendars.keys import (
    feed_make,
    feed_read,
    feed_revoke,
    initials_allow,
    is_secret_of,
    new_secret,
    open_feed,
    own_feed,
)

CONTENT = "text/calendar; charset=utf-8"


@require_safe
def read(request: HttpRequest, secret: str) -> HttpResponse:
    """The dates, for a program that has the secret. A wrong one, a revoked one and one whose owner left look the same.

    Only wrong ones are counted: whoever has used up their tries is told to wait, and a right secret is still heard.
    """
    key = open_feed(secret)
    if key is None:
        if take(Purpose.FEED, request, "", None) is None:
            return HttpResponse(status=429, headers={"Retry-After": "3600"})
        raise Http404
    made = feed(
        key.user,
        initials=key.shows_initials and key.user.organization.feed_initials,
        day=clock.today(),
        moment=clock.moment(),
        whole=request.build_absolute_uri,
        host=request.get_host(),
        oldest=key.made_at,
    )
    feed_read(key)
    etag = f'"{hashlib.sha256(made.body).hexdigest()}"'
    full = HttpResponse(made.body, content_type=CONTENT)
    response = get_conditional_response(request, etag=etag, response=full) or full
    response["ETag"] = etag
    # The program may keep it and must ask each time; nothing on the way may.
    response["Cache-Control"] = "private, no-cache"
    return noted(request, response, act=Act.EXPORTED, families=made.families, persons=made.persons)


@require_safe
@login_required
def page(request: HttpRequest) -> HttpResponse:
    """One's own address: whether there is one, when it was last read, and how to make, replace or end it."""
    actor = cast(User, request.user)
    require(actor, Permission.FAMILY_RECORD_VIEW)
    return _page(request, actor)


def _page(request: HttpRequest, actor: User, *, address: str = "", status: int = 200) -> HttpResponse:
    context = {
        "feed": own_feed(actor),
        "address": address,
        "may_show_initials": actor.organization.feed_initials,
        "key": uuid.uuid4().hex,
    }
    return render(request, "calendars/address.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh_sign_in_required
def make(request: HttpRequest) -> HttpResponse:
    """Make the address, or replace it; it is shown on this page and never again."""
    actor = cast(User, request.user)
    if request.method != "POST":  # from signing in again, or from changing the language
        return redirect("calendar-address")
    secret = new_secret()
    try:
        pk = feed_make(
            actor=actor, secret=secret, shows_initials="initials" in request.POST, key=request.POST.get("key") or None
        )
    except Invalid as invalid:
        for sentence in invalid.errors.values():
            messages.warning(request, sentence)
        return _page(request, actor, status=422)
    if not is_secret_of(
        pk, secret
    ):  # the second of two clicks: the first one's answer was the only place of the secret
        messages.warning(
            request, _("The address was made already, and is not shown twice. Replace it to see a new one.")
        )
        return redirect("calendar-address")
    address = request.build_absolute_uri(reverse("calendar-feed", args=[secret]))
    return _page(request, actor, address=address)


@require_POST
@login_required
def revoke(request: HttpRequest) -> HttpResponse:
    """End the address."""
    actor = cast(User, request.user)
    if feed_revoke(actor=actor, key=request.POST.get("key") or None):
        messages.success(request, _("The address is dead. What a calendar program has read already stays with it."))
    return redirect("calendar-address")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def initials(request: HttpRequest) -> HttpResponse:
    """Whether clients' initials may stand in calendar programs."""
    actor = cast(User, request.user)
    require(actor, Permission.PEOPLE_INITIALS_ALLOW)
    if request.method == "POST":
        initials_allow(actor=actor, allowed="allowed" in request.POST, key=request.POST.get("key") or None)
        messages.success(request, _("Saved."))
        return redirect("calendar-initials")
    context = {"allowed": actor.organization.feed_initials, "key": uuid.uuid4().hex}
    return render(request, "calendars/initials.html", context)
