"""Giving families to colleagues: chosen in the list, looked at, then done."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from accounts.errors import Conflict, Invalid
from accounts.models import User
from accounts.permissions import Permission, require
from audit.models import Act
from audit.readings import noted
from families.filters import NOBODY, Office
from families.lists import assignable, chosen_families
from families.models import Family
from families.services import family_assign

Place = Literal["attorney", "paralegal"]
PLACES: tuple[Place, ...] = ("attorney", "paralegal")
_LONGEST_KEY = 18  # digits that PostgreSQL's bigint always holds


class AssignForm(forms.Form):
    """Who gets the chosen families. An empty field leaves who has them."""

    def __init__(self, office: Office, data: Mapping[str, Any] | None = None) -> None:
        """`office` says who may have families."""
        super().__init__(data)
        labels = {"attorney": gettext_lazy("Give to attorney"), "paralegal": gettext_lazy("Give to paralegal")}
        people = {"attorney": office.attorneys, "paralegal": office.paralegals}
        for place in PLACES:
            self.fields[place] = forms.ChoiceField(
                choices=[("", gettext_lazy("leave as it is")), *people[place], (NOBODY, gettext_lazy("nobody"))],
                required=False,
                label=labels[place],
            )
            self.fields[place].widget.attrs["id"] = f"assign-{place}"

    def clean(self) -> dict[str, Any]:
        """At least one of the two must be said."""
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.values()):
            raise forms.ValidationError(_("Choose an attorney or a paralegal first."))
        return cleaned


class Change(NamedTuple):
    """One family, by place the name of who has it and of who would, and whether that is somebody else."""

    family: Family
    cells: list[tuple[str, str]]
    changed: bool


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def assign(request: HttpRequest) -> HttpResponse:
    """Show the change with its count; with `confirm` make it. What was chosen stands in the form and is not stored.

    Who comes by GET (from signing in again, or from changing the language) has chosen nothing: the list is shown.
    """
    actor = cast(User, request.user)
    require(actor, Permission.FAMILY_ASSIGNMENT_CHANGE)
    if request.method != "POST":
        return redirect("families")
    back = _list_address(request.POST)
    families = chosen_families(actor, _keys(request.POST.getlist("family")))
    form = AssignForm(assignable(actor), request.POST)
    if not families:
        messages.warning(request, _("No family was ticked. Tick families in the list first; nothing was changed."))
        return redirect(back)
    context = {"form": form, "back": back, "query": request.POST.get("back", "")}
    if not form.is_valid():
        changes = [Change(family, [], changed=False) for family in families]
        return render(request, "families/assign.html", {**context, "changes": changes}, status=422)
    if "confirm" in request.POST and (done := _assign(request, actor, families, form.cleaned_data, back)):
        return done
    names = _names(form)
    changes = [_change(family, form.cleaned_data, names) for family in families]
    context |= {
        "changes": changes,
        "count": sum(change.changed for change in changes),
        "names": names,
        "chosen": form.cleaned_data,
        "key": uuid.uuid4().hex,
    }
    shown = render(request, "families/assign.html", context)
    return noted(request, shown, act=Act.LISTED, families=[family.pk for family in families])


def _assign(
    request: HttpRequest, actor: User, families: Sequence[Family], chosen: Mapping[str, str], back: str
) -> HttpResponse | None:
    """Make the change; None when somebody else made another one meanwhile, which is to be looked at first."""
    given = {place: int(chosen[place]) for place in PLACES if chosen[place] not in ("", NOBODY)}
    try:
        done = family_assign(
            actor=actor,
            family_ids=[family.pk for family in families],
            key=request.POST.get("key") or None,
            attorney_id=given.get("attorney"),
            paralegal_id=given.get("paralegal"),
            unassign=[place for place in PLACES if chosen[place] == NOBODY],
            versions=_versions(request.POST.getlist("seen")),
        )
    except Conflict:
        messages.warning(
            request,
            _("Nothing was assigned yet: somebody else has assigned some of these families meanwhile. Look again."),
        )
        return None
    except Invalid as invalid:
        for error in invalid.errors.values():
            messages.warning(request, error)
        return redirect(back)
    messages.success(
        request, ngettext("%(done)d family was assigned.", "%(done)d families were assigned.", done) % {"done": done}
    )
    return redirect(back)


def _keys(values: Sequence[str]) -> list[int]:
    """The keys of the ticked families; what is no key is no family (404)."""
    if not all(value.isascii() and value.isdigit() and len(value) <= _LONGEST_KEY for value in values):
        raise Http404
    return sorted({int(value) for value in values})


def _versions(values: Sequence[str]) -> dict[int, int]:
    """By the key of a family, the version that the page showed: `7:3`. What is not of this form was not seen."""
    pairs = [value.partition(":")[::2] for value in values]
    good = [
        pair for pair in pairs if all(part.isascii() and part.isdigit() and len(part) <= _LONGEST_KEY for part in pair)
    ]
    return {int(pk): int(version) for pk, version in good}


def _list_address(data: QueryDict) -> str:
    """The list that the person came from: never another page, for only its query is taken from the form."""
    query = QueryDict(data.get("back", "")).urlencode()
    return f"{reverse('families')}?{query}" if query else reverse("families")


def _names(form: AssignForm) -> dict[Place, str]:
    """By place that changes, who gets it."""
    people = {place: dict(form.fields[place].choices) for place in PLACES}  # type: ignore[attr-defined]
    chosen = form.cleaned_data
    return {place: str(people[place][chosen[place]]) for place in PLACES if chosen[place]}


def _change(family: Family, chosen: Mapping[str, str], names: Mapping[Place, str]) -> Change:
    cells, changed = [], False
    for place, new in names.items():
        user: User | None = getattr(family, place)
        cells.append((user.name if user else _("nobody"), new))
        changed |= (str(user.pk) if user else NOBODY) != chosen[place]
    return Change(family, cells, changed)
