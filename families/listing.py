"""What every list page does with its request: read its address or refuse it, and say how old the answers are."""

import datetime
from collections.abc import Callable, Collection, Mapping
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
    """Who asks for which list; `search_gone` says that what was searched for is no longer kept."""

    actor: User
    day: datetime.date
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


def read(request: HttpRequest, kind: Kind, *, also: Mapping[str, Collection[str]] = MappingProxyType({})) -> Asked:
    """The list that the address asks for. Raises `AddressRefused`, and `PermissionDenied` for who has no office.

    `also` names what the page takes besides the filters, each with the values that it may have.
    """
    actor = cast(User, request.user)
    require(actor, Permission.FAMILY_RECORD_VIEW)
    data = request.GET
    problems = [_("There is no filter “%(name)s”.") % {"name": name} for name in unknown_names(kind, data, also)]
    problems += [
        _("“%(value)s” is not in this list.") % {"value": data[name]}
        for name, values in also.items()
        if name in data and data[name] not in values
    ]
    problems += [_("“%(name)s” is given twice.") % {"name": name} for name in data if len(data.getlist(name)) > 1]
    office = office_of(actor)
    form = FilterForm(kind, office, data)
    for name, errors in form.errors.items():
        problems += [f"{form.fields[name].label}: {error}" for error in errors]
    if problems:
        raise AddressRefused(kind.name, problems)
    key = data.get("search", "")
    text = kept_search(request.session, key) if key else ""
    filters = form.filters(search=key if text else "", text=text or "")
    return Asked(actor, clock.today(), office, form, filters, text is None)


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
