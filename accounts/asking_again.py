"""Before a dangerous act a person shows again that it is they: who finds an open laptop must not get far.

    @login_required
    @fresh_sign_in_required
    def close_case(request, pk): ...

Fresh is who has signed in, or was asked again, within the last ten minutes. A GET leads to the page that asks and then
back. A POST is answered by the page that asks, which carries what was typed and sends it on with the answer: nothing is
stored meanwhile, and nothing is typed twice. (Files are not carried: ask on the page before a file is chosen.)
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django import forms
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.entrance.kept import kept_fields
from accounts.entrance.sessions import FRESH
from accounts.models import User

P = ParamSpec("P")
ANSWER = "again-password"


def is_fresh(request: HttpRequest) -> bool:
    """Whether who is signed in here has shown only just now that it is they."""
    return time.time() - float(request.session.get(FRESH, 0)) < settings.FRESH_SIGN_IN_AGE


class AgainForm(forms.Form):
    """The password once more, within another form's page."""

    prefix = "again"
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, user: User, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.user = user

    def clean_password(self) -> str:
        """Refuses a wrong password, and too many of them."""
        from accounts.entrance.adapters import WRONG_PASSWORD, AccountAdapter

        if not AccountAdapter().reauthenticate(self.user, self.cleaned_data["password"]):
            raise forms.ValidationError(WRONG_PASSWORD)
        return str(self.cleaned_data["password"])


def fresh_sign_in_required(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Decorates a view of a dangerous act: it is reached only by who has shown just now that it is they."""

    @wraps(view)
    def asked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated or is_fresh(request):
            return view(request, *args, **kwargs)
        if request.method in {"GET", "HEAD"}:
            return redirect_to_login(request.get_full_path(), reverse("account_reauthenticate"))
        answered = ANSWER in request.POST
        form = AgainForm(request.user, request.POST if answered else None)
        if answered and form.is_valid():
            request.session[FRESH] = time.time()
            _forget_answer(request)
            return view(request, *args, **kwargs)
        context = {"form": form, "fields": kept_fields(request), "has_files": bool(request.FILES)}
        return render(request, "accounts/again.html", context, status=401)

    return asked


def _forget_answer(request: HttpRequest) -> None:
    """Leaves the form to the view as if nothing had been asked."""
    form = request.POST.copy()
    del form[ANSWER]
    form._mutable = False
    request.POST = form  # type: ignore[assignment]
