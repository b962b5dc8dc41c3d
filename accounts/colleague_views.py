"""The pages of administrators: who works here, inviting, and what each role may do."""

import uuid
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import access
from accounts.asking_again import fresh_sign_in_required
from accounts.colleagues import colleague_change, colleague_sign_out, colleague_to_change, colleagues_list
from accounts.errors import Conflict, Invalid
from accounts.invitations import MailNotSentError, invitation_resend, invitation_revoke, invitation_send
from accounts.models import Invitation, User
from accounts.permissions import RULES, Permission, require

_VOLUNTEER = gettext_lazy("Volunteer: sees only families that are opened to them, for a time")


class _KeyForm(forms.Form):
    """The key that makes two clicks one."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def refuse(self, refusal: Invalid) -> None:
        """Show a service's refusal at its fields."""
        for name, sentence in refusal.errors.items():
            self.add_error(name if name in self.fields else None, sentence)


class InviteForm(_KeyForm):
    """Whom to invite."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"))
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=User.Role.choices, initial=User.Role.PARALEGAL)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=User.Language.choices)
    is_volunteer = forms.BooleanField(label=_VOLUNTEER, required=False)


class ColleagueForm(_KeyForm):
    """What a colleague is here, and the version that was seen."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=User.Role.choices)
    is_volunteer = forms.BooleanField(label=_VOLUNTEER, required=False)
    is_active = forms.BooleanField(label=gettext_lazy("May sign in"), required=False)


@require_safe
@login_required
def colleagues(request: HttpRequest) -> HttpResponse:
    """Who works here, and who is invited."""
    context = {"shown": colleagues_list(cast(User, request.user)), "key": uuid.uuid4()}
    return render(request, "colleagues/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def colleague(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change what a colleague is here; who does shows once more that it is they."""
    found = colleague_to_change(cast(User, request.user), pk)
    if request.method == "POST":
        return _change(request, found)
    return _colleague(request, found, _colleague_form(found))


@fresh_sign_in_required
def _change(request: HttpRequest, found: User) -> HttpResponse:
    actor = cast(User, request.user)
    form = _colleague_form(found, request.POST)
    if form.is_valid():
        values = {**form.cleaned_data, "key": str(form.cleaned_data["key"])}
        try:
            colleague_change(actor=actor, user_id=found.pk, **values)
        except Invalid as refusal:
            form.refuse(refusal)
        except Conflict:
            found = colleague_to_change(actor, found.pk)
            typed = request.POST.copy()
            typed["version"], typed["key"] = str(found.version), str(uuid.uuid4())
            form.data = typed
            form.add_error(None, _("Somebody else has changed this account. What is stored now stands above the form."))
            return _colleague(request, found, form, status=409)
        else:
            messages.success(request, _("Saved. It holds from their next click."))
            return redirect("colleagues")
    return _colleague(request, found, form, status=422)


@require_POST
@login_required
@fresh_sign_in_required
def sign_out(request: HttpRequest, pk: int) -> HttpResponse:
    """End a colleague's sessions everywhere, and take off their second factor where that is lost, too."""
    without_factor = request.POST.get("factor") == "remove"
    colleague_sign_out(actor=cast(User, request.user), user_id=pk, without_factor=without_factor)
    if without_factor:
        done = _("They are signed out everywhere, and set up a new second factor when they sign in.")
    else:
        done = _("They are signed out everywhere.")
    messages.success(request, done)
    return redirect("colleague", pk)


def _colleague_form(found: User, typed: QueryDict | None = None) -> ColleagueForm:
    now = {"version": found.version, "role": found.role, "is_volunteer": found.is_volunteer}
    return ColleagueForm(typed, initial={**now, "is_active": found.is_active})


def _colleague(request: HttpRequest, found: User, form: ColleagueForm, status: int = 200) -> HttpResponse:
    return render(request, "colleagues/change.html", {"colleague": found, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def invite(request: HttpRequest) -> HttpResponseBase:
    """Invite somebody; who does shows once more that it is they."""
    require(cast(User, request.user), Permission.PEOPLE_INVITATION_SEND)
    if request.method == "POST":
        return _send(request)
    return render(request, "colleagues/invite.html", {"form": InviteForm()})


@fresh_sign_in_required
def _send(request: HttpRequest) -> HttpResponse:
    form = InviteForm(request.POST)
    if form.is_valid():
        values = {**form.cleaned_data, "key": str(form.cleaned_data["key"])}
        try:
            invitation_send(actor=cast(User, request.user), address=_address(request), **values)
        except Invalid as refusal:
            form.refuse(refusal)
        except MailNotSentError:
            messages.warning(request, _not_sent())
            return redirect("colleagues")
        else:
            messages.success(request, _("The invitation is on its way. Its link works once, for three days."))
            return redirect("colleagues")
    return render(request, "colleagues/invite.html", {"form": form}, status=422)


@require_POST
@login_required
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an invitation again; the old link is dead."""
    actor = _inviter(request, pk)
    try:
        invitation_resend(actor=actor, pk=pk, address=_address(request), key=request.POST.get("key") or None)
    except Invalid as refusal:
        for sentence in refusal.errors.values():
            messages.warning(request, sentence)
    except MailNotSentError:
        messages.warning(request, _not_sent())
    else:
        messages.success(request, _("A new link is on its way. The old one does not work any more."))
    return redirect("colleagues")


@require_POST
@login_required
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    actor = _inviter(request, pk)
    invitation_revoke(actor=actor, pk=pk, key=request.POST.get("key") or None)
    messages.success(request, _("The invitation is taken back. Its link does not work any more."))
    return redirect("colleagues")


def _not_sent() -> str:
    return _("The invitation is kept, but the mail server did not take the mail. Send it again in some minutes.")


def _inviter(request: HttpRequest, pk: int) -> User:
    actor = cast(User, request.user)
    require(actor, Permission.PEOPLE_INVITATION_SEND)
    access(Invitation.objects.all(), actor, pk)
    return actor


def _address(request: HttpRequest) -> str:
    """The address of the page that takes a link, ending where the token begins."""
    return request.build_absolute_uri(reverse("invitation"))


@require_safe
@login_required
def permissions(request: HttpRequest) -> HttpResponse:
    """The table of permissions, as the code has it."""
    require(cast(User, request.user), Permission.PEOPLE_PERMISSION_VIEW)
    rows: list[dict[str, Any]] = [
        {
            "what": rule.what,
            "which": rule.which.says,
            "cells": [(label, role in rule.roles) for role, label in User.Role.choices],
            "volunteers": rule.volunteers,
        }
        for rule in RULES.values()
    ]
    context = {"rows": rows, "roles": [label for _role, label in User.Role.choices]}
    return render(request, "colleagues/permissions.html", context)
