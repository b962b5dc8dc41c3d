"""The page that an invitation's link leads to, for somebody who has no account yet."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import Invalid
from accounts.invitations import find_invitation, invitation_accept

_SESSION = "invitation"


class AcceptForm(forms.Form):
    """The name and the password that somebody chooses."""

    name = forms.CharField(label=gettext_lazy("Your name"), max_length=200)
    password = forms.CharField(
        label=gettext_lazy("A password of your own"),
        strip=False,
        max_length=1024,
        help_text=gettext_lazy("At least 12 characters. A sentence is easier to remember than a riddle."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Takes the token out of the address and into the session, so that no page is ever shown at such an address."""
    request.session[_SESSION] = token[:200]
    return redirect("invitation")


@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest) -> HttpResponse:
    """Choose a name and a password, and the account is there."""
    token = request.session.get(_SESSION, "")
    found = find_invitation(token)
    if found is None:
        return render(request, "colleagues/no_invitation.html", status=404)
    form = AcceptForm(request.POST or None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        try:
            invitation_accept(token=token, **form.cleaned_data)
        except Http404:
            return render(request, "colleagues/no_invitation.html", status=404)
        except Invalid as refusal:
            for name, sentence in refusal.errors.items():
                form.add_error(name if name in form.fields else None, sentence)
        else:
            del request.session[_SESSION]
            messages.success(request, _("Your account is ready. Sign in with your e-mail address and your password."))
            return redirect("sign-in")
    context = {"form": form, "invitation": found}
    return render(request, "colleagues/accept.html", context, status=422 if form.errors else 200)
