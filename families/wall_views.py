"""The page that says who is kept from a family and for whom it is open, and the forms on it."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.access import access, access_family
from accounts.errors import Conflict, Invalid
from accounts.models import User
from accounts.permissions import Permission, require
from accounts.walls import Opening, Wall
from families.walls import HOURS, USUAL_HOURS, WhoSees, opening_change, opening_make, wall_end, wall_make, who_sees


class _ForSomebody(forms.Form):
    """Who, and why; and the key that makes two clicks one."""

    user = forms.TypedChoiceField(coerce=int, error_messages={"required": gettext_lazy("Choose a colleague.")})
    reason = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, people: Sequence[User], data: Any = None) -> None:
        """`people` are those of whom one is chosen."""
        super().__init__(data, prefix=self.default_prefix)
        cast(forms.ChoiceField, self.fields["user"]).choices = [
            ("", gettext_lazy("choose")),
            *((str(user.pk), user.name) for user in people),
        ]

    default_prefix = ""


class WallForm(_ForSomebody):
    """A new wall."""

    default_prefix = "wall"

    def __init__(self, people: Sequence[User], data: Any = None) -> None:
        super().__init__(people, data)
        self.fields["user"].label = _("Who must not see this family")
        self.fields["reason"].label = _("Why")


class OpeningForm(_ForSomebody):
    """A new opening."""

    default_prefix = "opening"
    hours = forms.TypedChoiceField(coerce=int, choices=list(HOURS.items()), initial=USUAL_HOURS)
    field_order = ("user", "hours", "reason")

    def __init__(self, people: Sequence[User], data: Any = None) -> None:
        super().__init__(people, data)
        self.fields["user"].label = _("Volunteer")
        self.fields["hours"].label = _("For how long, from now")
        self.fields["reason"].label = _("What they are to do")


class RowForm(forms.Form):
    """The version of a wall or opening that was seen, what is asked of it, and the key that makes two clicks one."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(max_length=2000, required=False)
    hours = forms.TypedChoiceField(coerce=int, choices=list(HOURS.items()), required=False, empty_value=None)


@require_safe
@login_required
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is kept from the family, and for whom it is open."""
    return _page(request, who_sees(cast(User, request.user), pk))


def _page(
    request: HttpRequest, shown: WhoSees, *, wall: WallForm | None = None, opening: OpeningForm | None = None
) -> HttpResponse:
    wrong = wall or opening
    context = {
        "shown": shown,
        "wall_form": wall or WallForm(shown.colleagues),
        "opening_form": opening or OpeningForm(shown.volunteers),
        "form": wrong,
        "hours": list(HOURS.items()),
        "usual_hours": USUAL_HOURS,
        "key": uuid.uuid4(),
    }
    return render(request, "families/who_sees.html", context, status=422 if wrong else 200)


@require_POST
@login_required
def make_wall(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a colleague from the family."""
    actor = cast(User, request.user)
    require(actor, Permission.FAMILY_WALL_CHANGE)
    shown = who_sees(actor, pk)
    form = WallForm(shown.colleagues, request.POST)
    if _done(request, form, lambda: wall_make(actor=actor, family_id=pk, **_values(form))):
        messages.success(request, _("The wall stands. This family is nowhere for them now."))
        return redirect("family-access", pk)
    return _page(request, shown, wall=form)


@require_POST
@login_required
def make_opening(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the family to a volunteer."""
    actor = cast(User, request.user)
    shown = who_sees(actor, pk)
    form = OpeningForm(shown.volunteers, request.POST)
    if _done(request, form, lambda: opening_make(actor=actor, family_id=pk, **_values(form))):
        messages.success(request, _("The family is open. It closes by itself when the time is over."))
        return redirect("family-access", pk)
    return _page(request, shown, opening=form)


def _values(form: forms.Form) -> dict[str, Any]:
    """What the services take, the key as text."""
    values = {name: value for name, value in form.cleaned_data.items() if name != "user"}
    return {**values, "key": str(values["key"]), "user_id": form.cleaned_data["user"]}


def _done(request: HttpRequest, form: forms.Form, act: Callable[[], int]) -> bool:
    """Do it if the form is in order; else the form says why not."""
    if not form.is_valid():
        return False
    try:
        act()
    except Invalid as refusal:
        for name, sentence in refusal.errors.items():
            form.add_error(name if name in form.fields else None, sentence)
        return False
    return True


@require_POST
@login_required
def end_wall(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the colleague see the family again."""
    actor = cast(User, request.user)
    require(actor, Permission.FAMILY_WALL_CHANGE)
    family_id = access(Wall.objects.all(), actor, pk).family_id
    form = RowForm(request.POST)

    def act() -> None:
        values = form.cleaned_data
        wall_end(actor=actor, wall_id=pk, version=values["version"], reason=values["reason"], key=str(values["key"]))

    return _changed(request, form, act, family_id, _("The wall has ended."))


@require_POST
@login_required
def change_opening(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an opening last longer, or end it (`end`)."""
    actor = cast(User, request.user)
    require(actor, Permission.FAMILY_OPENING_CHANGE)
    family_id = access(Opening.objects.all(), actor, pk).family_id
    require(actor, Permission.FAMILY_OPENING_CHANGE, access_family(actor, family_id))
    form = RowForm(request.POST)
    end = "end" in request.POST

    def act() -> None:
        values = form.cleaned_data
        hours = None if end else values["hours"] or 0
        opening_change(actor=actor, opening_id=pk, version=values["version"], hours=hours, key=str(values["key"]))

    return _changed(request, form, act, family_id, _("The opening has ended.") if end else _("They have more time."))


def _changed(request: HttpRequest, form: RowForm, act: Callable[[], None], family_id: int, told: str) -> HttpResponse:
    """Do it, and go back to the family's page with what became of it."""
    if not form.is_valid():
        messages.warning(request, _("This form was not complete. Nothing was changed; please try again."))
        return redirect("family-access", family_id)
    try:
        act()
    except Invalid as refusal:
        for sentence in refusal.errors.values():
            messages.warning(request, sentence)
    except Conflict:
        messages.warning(request, _("Somebody else has changed this in the meantime. Look at it again."))
    else:
        messages.success(request, told)
    return redirect("family-access", family_id)
