"""What every list page does with its request: read its address or refuse it, and say how old the answers are."""

import datetime
import uuid
from collections.abc import Callable, Mapping
from functools import wraps
from types import MappingProxyType
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar, cast

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import Min, Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission, allows, require
from config import clock
from families.filters import FilterForm, Filters, Kind, Office, unknown_names
from families.lists import office_of
from families.search import kept_search
from settlement.models import Determination

PAGE_LENGTH = 50
P = ParamSpec("P")
M = TypeVar("M", bound=Model)


class AddressRefused(Exception):  # noqa: N818
    """The address asks for what there is not: `problems` says what, `name` is the list that it was for."""

    def __init__(self, name: str, problems: list[str]) -> None:
        super().__init__(name)
        self.name = name
        self.problems = problems


class Asked(NamedTuple):
    """Who asks for which list, on which day and at which moment of it; `search_gone` says that what was searched for is
    no longer kept."""

    actor: User
    day: datetime.date
    moment: datetime.datetime
    office: Office
    form: FilterForm
    filters: Filters
    search_gone: bool

    def context(self) -> dict[str, Any]:
        """What the template of every list needs."""
        return {
            "form": self.form,
            "filters": self.filters,
            "query": self.filters.query(),
            "filtered": bool(self.filters.query(sort="")),
            "search_gone": self.search_gone,
            "day": self.day,
            "kind": self.form.kind.name,
            "may_share": allows(self.actor, Permission.LIST_VIEW_SHARE),
            "to_keep": self.filters.query(search=""),
            "once_key": uuid.uuid4().hex,
            "may_export": allows(self.actor, Permission.EXPORT_FAMILIES_DOWNLOAD),
            "old_day": old_day(self.actor, self.day),
        }


def listing(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Decorates a view of lists: only for who has signed in, and an address that is refused is explained (400)."""

    @wraps(view)
    def explained(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except AddressRefused as refused:
            context = {"problems": refused.problems, "whole": refused.name}
            return render(request, "lists/refused.html", context, status=400)

    return login_required(explained)


Also = Mapping[str, Callable[[str], bool]]
"""What a page takes besides the filters: the name in the address, and whether a value fits."""


def read(request: HttpRequest, kind: Kind, *, also: Also = MappingProxyType({})) -> Asked:
    """The list that the address asks for. Raises `AddressRefused`, and `PermissionDenied` for who has no office."""
    actor = cast(User, request.user)
    require(actor, Permission.FAMILY_RECORD_VIEW)
    data = request.GET
    office = office_of(actor)
    form = FilterForm(kind, office, data)
    if problems := _problems(kind, form, data, also):
        raise AddressRefused(kind.name, problems)
    key = data.get("search", "")
    text = kept_search(request.session, key) if key else ""
    filters = form.filters(search=key if text else "", text=text or "")
    return Asked(actor, clock.today(), clock.moment(), office, form, filters, text is None)


def query_problems(actor: User, kind: Kind, data: QueryDict) -> list[str]:
    """What this kind of list would not take of a query that is to be kept; a search is not kept with it."""
    problems = _problems(kind, FilterForm(kind, office_of(actor), data), data, {})
    kept_out = [name for name in ("search", "page") if name in data]
    return problems + [_("There is no filter “%(name)s”.") % {"name": name} for name in kept_out]


def _problems(kind: Kind, form: FilterForm, data: QueryDict, also: Also) -> list[str]:
    problems = [_("There is no filter “%(name)s”.") % {"name": name} for name in unknown_names(kind, data, also)]
    problems += [
        _("“%(value)s” is not in this list.") % {"value": data[name]}
        for name, fits in also.items()
        if name in data and not fits(str(data[name]))
    ]
    problems += [_("“%(name)s” is given twice.") % {"name": name} for name in data if len(data.getlist(name)) > 1]
    for name, errors in form.errors.items():
        problems += [f"{form.fields[name].label}: {error}" for error in errors]
    return problems


def tidied(request: HttpRequest, asked: Asked) -> HttpResponse | None:
    """A redirect to the address without what is empty in it (a form sends all its fields), if there is any."""
    if "" in request.GET.values():
        return redirect(asked.filters.address(asked.form.kind.name))
    return None


def page_of(rows: QuerySet[M], data: QueryDict | Mapping[str, str]) -> Page[M]:
    """The page that the address asks for; the nearest one where there is no such page."""
    return Paginator(rows, PAGE_LENGTH).get_page(data.get("page"))


def old_day(actor: User, day: datetime.date) -> datetime.date | None:
    """The earlier day for which the answers of this office's families were last renewed; None when all are of today."""
    renewed = actor.organization.determined_on if actor.organization else None
    if renewed is None:  # no sweep yet: each family's answer is of the day of its last change
        current = Determination.objects.visible_to(actor).filter(current=True)
        renewed = current.aggregate(oldest=Min("through_day"))["oldest"]
    return renewed if renewed is not None and renewed < day else None
