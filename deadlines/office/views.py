"""The pages of the office's rules: all of them, one that Amparo knows, and one of the office's own making."""

import uuid
from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import access
from accounts.errors import Conflict, Invalid
from accounts.models import User
from accounts.permissions import Permission, allows, require
from config import clock
from deadlines.catalogue import OFFICE
from deadlines.forms import Typed
from deadlines.models import Deadline, OfficeRule
from deadlines.office import services
from deadlines.office.bringing import waits
from deadlines.office.forms import KnownRule, OwnRule
from deadlines.office.rules import Rule, known_rule, own_rule, rules_of
from deadlines.wording import COUNTING, span_text

Save = Callable[[dict[str, Any]], int]


@require_safe
@login_required
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule of the office, switched on or not."""
    actor = cast(User, request.user)
    found = [_said(rule) for rule in rules_of(_organization_id(actor))]
    context = {
        "known": [one for one in found if not one["rule"].title],
        "own": [one for one in found if one["rule"].title],
        "may_change": allows(actor, Permission.DEADLINE_RULE_CHANGE),
        "waits": waits(_organization_id(actor)),
    }
    return render(request, "dates/rules.html", context)


def _organization_id(actor: User) -> int:
    return int(actor.organization_id or 0)


def _said(rule: Rule) -> dict[str, Any]:
    """A rule in words."""
    entry = rule.entry
    return {
        "rule": rule,
        "span": span_text(entry.counting, entry.length),
        "counted": COUNTING[entry.counting],
        "owes": Deadline.Owes(entry.owes).label,
        "weight": Deadline.Weight(entry.weight).label,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def known(request: HttpRequest) -> HttpResponse:
    """Switch a rule that Amparo knows (`?kind=`) on or off, and say how long it is."""
    actor = cast(User, request.user)
    require(actor, Permission.DEADLINE_RULE_CHANGE)
    kind = request.GET.get("kind", "")
    if not kind:
        return redirect("office-rules")
    if kind not in OFFICE:
        raise Http404
    row = OfficeRule.objects.visible_to(actor).filter(kind=kind).first()
    rule = known_rule(kind, row)
    initial = {
        "version": row.version if row else 0,
        "is_on": rule.is_on,
        "length": rule.entry.length,
        "weight": rule.entry.weight,
    }
    form = KnownRule(request.POST or None, initial=initial)

    def save(values: dict[str, Any]) -> int:
        return services.rule_change(
            actor=actor,
            kind=kind,
            version=values["version"],
            values=values,
            key=str(values["key"]),
            day=clock.today(),
        )

    return _page(request, form, save, rule)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: HttpRequest) -> HttpResponse:
    """A rule of the office's own making."""
    actor = cast(User, request.user)
    require(actor, Permission.DEADLINE_RULE_CHANGE)

    def save(values: dict[str, Any]) -> int:
        return services.rule_add(actor=actor, values=values, key=str(values["key"]), day=clock.today())

    return _page(request, OwnRule(request.POST or None), save, None)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def own(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a rule of the office's own making, or switch it off."""
    actor = cast(User, request.user)
    require(actor, Permission.DEADLINE_RULE_CHANGE)
    row = access(OfficeRule.objects.filter(kind=OfficeRule.Kind.OWN), actor, pk)
    initial = {name: getattr(row, name) for name in ("version", *services.OWN_FIELDS)}
    form = OwnRule(request.POST or None, initial=initial)

    def save(values: dict[str, Any]) -> int:
        return services.own_rule_change(
            actor=actor,
            rule_id=pk,
            version=values["version"] or 0,
            values=values,
            key=str(values["key"]),
            day=clock.today(),
        )

    return _page(request, form, save, own_rule(row))


def _page(request: HttpRequest, form: Typed, save: Save, rule: Rule | None) -> HttpResponse:
    """The form of one rule: saved and back to all of them, or shown again with what was typed."""
    status = 200
    context: dict[str, Any] = {"form": form, "rule": rule, "said": _said(rule) if rule else None}
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                save(form.cleaned_data)
            except Invalid as refusal:
                form.refuse(refusal)
            except Conflict as conflict:
                status, context["conflict"], context["theirs"] = 409, conflict, _theirs(form, conflict)
                form.data = _typed_again(request, conflict)
            else:
                messages.success(request, _saved(cast(User, request.user)))
                return redirect("office-rules")
    return render(request, "dates/rule.html", context, status=status)


def _theirs(form: Typed, conflict: Conflict) -> list[tuple[Any, Any]]:
    """What stands on file now where it is another than what was typed: the field's label and the value in words."""
    found = []
    for name, typed in conflict.theirs.items():
        now = conflict.current.get(name)
        if now != typed:
            field = form.fields[name]
            words = dict(getattr(field, "choices", ()))
            if isinstance(now, bool):
                now = _("yes") if now else _("no")
            found.append((field.label, words.get(now, now)))
    return found


def _typed_again(request: HttpRequest, conflict: Conflict) -> QueryDict:
    """What was typed, ready to be saved over what stands there now, which the page shows."""
    typed = request.POST.copy()
    typed["version"], typed["key"] = str(conflict.current["version"]), str(uuid.uuid4())
    return typed


def _saved(actor: User) -> str:
    if waits(_organization_id(actor)):
        return _("Saved. The dates of all families follow within minutes.")
    return _("Saved. The dates of all families follow the rule already.")
