"""The pages of the reports: which there are, one of them, who is behind a number, who moved; and as a file."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.asking_again import fresh_sign_in_required
from accounts.errors import Invalid
from accounts.models import User
from accounts.permissions import Permission, allows, require
from audit.models import Act
from audit.readings import noted
from config import clock
from config.spreadsheets import FORMATS, Sheet, taken_out
from desks.report.comparing import Between, Shift, between, reasons
from desks.report.figures import Place, Whose, is_whole, people_of, rows_meant
from desks.report.labels import NOT_IN_THE_RECORD, SPECS, Text
from desks.report.models import Report
from desks.report.page import Shown, cells, header, meta, shown
from desks.report.selectors import access_report, counted_again, hidden_people
from desks.report.selectors import reports as reports_of
from desks.report.services import report_check, report_make
from families.listing import PAGE_LENGTH, AddressRefused, listing
from families.models import Person

Fits = Mapping[str, Callable[[str], bool]]
_PUBLIC: Fits = {"public": "1".__eq__}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def reports(request: HttpRequest) -> HttpResponse:
    """The reports of the office; a POST makes one."""
    actor, day = cast(User, request.user), clock.today()
    if request.method == "POST":
        pk = report_make(actor=actor, key=request.POST.get("key", "")[:64] or None, day=day)
        messages.success(request, _("Counted. A second supervisor checks it."))
        return redirect("report", pk)
    page = Paginator(reports_of(actor), PAGE_LENGTH).get_page(request.GET.get("page"))
    return render(request, "report/list.html", {"page": page, "key": uuid.uuid4().hex, "day": day})


@require_safe
@listing
def report(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One report; with `public=1` as it may leave the office."""
    return _page(request, pk)


def _page(request: HttpRequest, pk: int, status: int = 200, problem: str = "", note: str = "") -> HttpResponse:
    actor = cast(User, request.user)
    found = access_report(actor, pk)
    _only(request, _PUBLIC)
    seen = _shown(request, actor, found)
    moved = None if seen.public else _between(actor, found)
    context = {
        "seen": seen,
        "report": found,
        "meta": meta(found),
        "missing": NOT_IN_THE_RECORD,
        "is_whole": is_whole(found.figures),
        "moved": moved,
        "unexplained": len(moved.unexplained) if moved else 0,
        "may_check": found.checked_by_id is None and allows(actor, Permission.DASHBOARD_REPORT_CHECK, found),
        "problem": problem,
        "note": note,
        "key": uuid.uuid4().hex,
    }
    return render(request, "report/report.html", context, status=status)


def _shown(request: HttpRequest, actor: User, found: Report) -> Shown:
    before = [found.previous.figures] if found.previous else []
    return shown(found, hidden_people(actor, found.figures, *before), public="public" in request.GET)


def _between(actor: User, found: Report) -> Between | None:
    if found.previous is None:
        return None
    hidden = hidden_people(actor, found.figures, found.previous.figures)
    return between(actor, found.previous, found, hidden)


def _only(request: HttpRequest, fits: Fits) -> None:
    """Raises `AddressRefused` for what is not one of these in the address, or does not fit."""
    wrong = [name for name in request.GET if name not in fits]
    problems = [_("There is no filter “%(name)s”.") % {"name": name} for name in wrong]
    problems += [
        _("“%(value)s” is not in this list.") % {"value": request.GET[name]}
        for name, fit in fits.items()
        if name in request.GET and not fit(request.GET[name])
    ]
    if problems:
        raise AddressRefused("reports", problems)


@require_safe
@listing
def people(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Who is behind a number: `table`, and the `row` and `column` of it."""
    actor = cast(User, request.user)
    found = access_report(actor, pk)
    whose = Whose(*(request.GET.get(name, "") for name in Whose._fields))
    spec = SPECS.get(whose.table)
    _only(
        request,
        {
            "table": SPECS.__contains__,
            "row": lambda row: spec is not None and bool(rows_meant(whose)),
            "column": lambda column: spec is not None and column in spec.columns,
            "page": str.isdecimal,
        },
    )
    if spec is None:
        raise AddressRefused("reports", [_("“%(value)s” is not in this list.") % {"value": whose.table}])
    keys = people_of(found.figures, whose, hidden_people(actor, found.figures))
    page = Paginator(keys, PAGE_LENGTH).get_page(request.GET.get("page"))
    there = _persons(actor, list(page))
    query = request.GET.copy()
    query.pop("page", None)
    rows = rows_meant(whose) if whose.row else set()
    words = [
        *(spec.rows[row] for row in spec.rows if row in rows),
        *([spec.columns[whose.column]] if whose.column else []),
    ]
    context = {"report": found, "spec": spec, "words": words, "page": page, "query": query.urlencode()}
    context["rows"] = [(key, there.get(key)) for key in page]
    return _noted(request, render(request, "report/people.html", context), Act.LISTED, there)


def _persons(actor: User, keys: list[int]) -> dict[int, Person]:
    """Those who are still on file, with their families."""
    rows = Person.objects.visible_to(actor).filter(pk__in=keys).select_related("family")
    return {person.pk: person for person in rows}


def _noted(request: HttpRequest, response: Any, act: Act, there: Mapping[int, Person]) -> HttpResponseBase:
    families = {person.family_id for person in there.values()}
    return noted(request, response, act=act, families=families, persons=list(there))  # type: ignore[no-any-return]


@require_safe
@listing
def moves(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Who came into a number or left it since the report before, and why; those without a reason first."""
    actor = cast(User, request.user)
    found = access_report(actor, pk)
    _only(request, {"page": str.isdecimal})
    moved = _between(actor, found)
    shifts = sorted(moved.shifts, key=moved.is_explained) if moved else []
    page = Paginator(shifts, PAGE_LENGTH).get_page(request.GET.get("page"))
    there = _persons(actor, [shift.person for shift in page])
    told = reasons(actor, moved, list(page)) if moved else []
    rows = [(shift, there.get(shift.person), *_way(shift), why) for shift, why in zip(page, told, strict=True)]
    context = {"report": found, "page": page, "rows": rows}
    return _noted(request, render(request, "report/moves.html", context), Act.LISTED, there)


def _way(shift: Shift) -> tuple[Text, Text, Text]:
    """The table, from where and to where, in words."""
    spec = SPECS[shift.table]

    def words(place: Place | None) -> Text:
        if place is None:
            return ""
        row, column = place
        return f"{spec.rows.get(row, row)} ({spec.columns.get(column, column)})"

    return spec.title, words(shift.before), words(shift.after)


@require_safe
@listing
def again(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The same moment counted again from the history: whether the numbers are the same."""
    actor = cast(User, request.user)
    found = access_report(actor, pk)
    fresh = counted_again(found)
    same = fresh is not None and fresh["tables"] == found.figures["tables"]
    return render(request, "report/again.html", {"report": found, "possible": fresh is not None, "same": same})


@require_safe
@listing
@fresh_sign_in_required
def export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The numbers as a file, by `as`; with `public=1` as they may leave the office. Nobody's name is in it."""
    actor = cast(User, request.user)
    found = access_report(actor, pk)
    require(actor, Permission.EXPORT_FAMILIES_DOWNLOAD)
    _only(request, {**_PUBLIC, "as": FORMATS.__contains__})
    seen = _shown(request, actor, found)
    sheet = Sheet("report-public" if seen.public else "report", header(), list(cells(seen)), list)
    return noted(request, taken_out(sheet, request.GET.get("as", "csv"), found.day), act=Act.EXPORTED)


@require_POST
@login_required
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """A second supervisor says that the numbers hold."""
    actor, note = cast(User, request.user), request.POST.get("note", "").replace("\r\n", "\n")
    try:
        report_check(actor=actor, report_id=pk, note=note, key=request.POST.get("key", "")[:64] or None)
    except Invalid as refusal:
        return _page(request, pk, 422, " ".join(refusal.errors.values()), note)
    messages.success(request, _("Checked. The report holds as what the office says."))
    return redirect("report", pk)
