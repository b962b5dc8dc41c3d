"""The desk on which somebody lands, what changed on it, and the views that somebody keeps."""

import datetime
import uuid
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import Invalid
from accounts.models import User
from accounts.permissions import Permission, allows, require
from audit.models import Act
from audit.readings import noted, whom
from config import clock
from desks.attorney import attorney_desk
from desks.changes import AT_ONCE, changed_entries, changed_families, family_changes
from desks.paralegal import paralegal_desk
from desks.selectors import last_look
from desks.services import look_note, view_remove, view_save
from families.filters import KINDS, Filters
from families.listing import old_day
from families.lists import families_list
from families.wizard.drafts import draft_saved_at

_LONGEST_KEY = 18  # digits that PostgreSQL's bigint always holds


@require_safe
@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """One's own desk, by role; a supervisor's is the dashboard, and who does no case work keeps people or history."""
    actor = cast(User, request.user)
    if actor.first_page != "desk":
        return redirect(actor.first_page)
    require(actor, Permission.FAMILY_RECORD_VIEW)
    day = clock.today()
    context: dict[str, Any] = {"day": day, "old_day": old_day(actor, day), "draft_at": draft_saved_at(actor)}
    if actor.role == User.Role.PARALEGAL:
        of_paralegal = paralegal_desk(actor, day)
        persons = of_paralegal.persons()
        response = render(request, "desks/paralegal.html", {**context, "desk": of_paralegal})
        return noted(request, response, act=Act.LISTED, **whom(persons))
    desk = attorney_desk(actor, day, clock.now(), clock.moment())
    response = render(request, "desks/attorney.html", {**context, "desk": desk})
    return noted(request, response, act=Act.LISTED, families=desk.families_named(), persons=desk.persons_named())


@require_safe
@login_required
def changes(request: HttpRequest) -> HttpResponse:
    """What others changed in one's own families since one last looked; a supervisor's are all of the office."""
    actor = cast(User, request.user)
    require(actor, Permission.FAMILY_RECORD_VIEW)
    day, now = clock.today(), clock.now()
    since = last_look(actor, now)
    # A supervisor looks at the whole office, and a volunteer at all that is open to them.
    whole = actor.role == User.Role.SUPERVISOR or actor.place is None
    mine = Filters() if whole else Filters(**{str(actor.place): str(actor.pk)})
    entries = changed_entries(actor, mine, since, day)
    seen = list(families_list(actor, mine, day).order_by().values_list("pk", flat=True))
    counted = changed_families(entries, seen)
    page = Paginator(list(counted), AT_ONCE).get_page(request.GET.get("page"))
    found = family_changes(actor, entries, list(page), since)
    context = {"page": page, "families": found, "since": since, "until": now, "number": sum(counted.values())}
    return noted(request, render(request, "desks/changes.html", context), act=Act.LISTED, families=list(page))


@require_POST
@login_required
def seen(request: HttpRequest) -> HttpResponse:
    """One has seen what others changed, up to the moment that the page was made."""
    actor = cast(User, request.user)
    at = _moment(request.POST.get("until", ""))
    if at is None:
        require(actor, Permission.FAMILY_RECORD_VIEW)
        messages.error(request, _("This page was not whole. Open it again."))
        return redirect("desk-changes")
    look_note(actor=actor, at=at, now=clock.now())
    messages.success(request, _("Noted. From now on you see what others change after this."))
    return redirect("desk")


def _moment(text: str) -> datetime.datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


@require_POST
@login_required
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep a list under its filters by a name; what cannot be kept is said, and nothing typed is lost."""
    actor = cast(User, request.user)
    require(actor, Permission.FAMILY_RECORD_VIEW)
    typed = {name: request.POST.get(name, "") for name in ("page", "name", "query")}
    shared = "shared" in request.POST
    try:
        view_save(actor=actor, shared=shared, key=request.POST.get("key") or None, **typed)
    except Invalid as refusal:
        context = {**typed, "shared": shared, "errors": refusal.errors, "key": uuid.uuid4().hex}
        context["may_share"] = allows(actor, Permission.LIST_VIEW_SHARE)
        context["known"] = typed["page"] in KINDS
        return render(request, "desks/save_view.html", context, status=422)
    messages.success(request, _("Saved. You find it on your desk."))
    query = QueryDict(typed["query"]).urlencode()
    return redirect(f"{reverse(typed['page'])}{'?' if query else ''}{query}")


@require_POST
@login_required
def remove_view(request: HttpRequest) -> HttpResponse:
    """Drop a saved view."""
    actor = cast(User, request.user)
    require(actor, Permission.FAMILY_RECORD_VIEW)
    key = request.POST.get("view", "")
    if not (key.isascii() and key.isdigit() and len(key) <= _LONGEST_KEY):
        messages.error(request, _("This page was not whole. Open it again."))
        return redirect("desk")
    view_remove(actor=actor, view_id=int(key), key=request.POST.get("key") or None)
    messages.success(request, _("The view is dropped. The families in it are as they were."))
    return redirect("desk")
