"""The page of a family's notes and contacts: all that was written, and the forms to write more."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import access_family
from accounts.errors import Invalid
from accounts.models import User
from accounts.permissions import Permission, allows, require
from audit.readings import noted
from config import clock
from families.contacts.forms import ContactForm, NoteForm
from families.contacts.selectors import contacts_of, notes_of
from families.contacts.services import contact_add, note_add
from families.models import Family, Person

AT_ONCE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def contacts(request: HttpRequest, pk: int) -> HttpResponse:
    """All notes and contacts of a family. A POST writes a contact down."""
    actor, day = cast(User, request.user), clock.today()
    require(actor, Permission.FAMILY_RECORD_VIEW)
    family = access_family(actor, pk)
    if request.method != "POST":
        return _page(request, family, {})
    form = ContactForm(_persons(actor, family), request.POST)
    if form.is_valid():
        person = form.person_id()
        try:
            if person is None:
                raise Invalid({"person": _("This is needed.")})
            contact_add(actor=actor, person_id=person, values=form.values(), key=form.write_key(), day=day)
            messages.success(request, _("Written down."))
            return redirect("family-contacts", pk)
        except Invalid as refusal:
            form.refuse(refusal)
    return _page(request, family, {"contact_form": form}, 422)


@require_POST
@login_required
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a note down."""
    actor = cast(User, request.user)
    require(actor, Permission.FAMILY_RECORD_CHANGE)
    family = access_family(actor, pk)
    form = NoteForm(_persons(actor, family), request.POST, auto_id="note_%s")
    if form.is_valid():
        try:
            text = form.cleaned_data["text"]
            note_add(actor=actor, family_id=pk, person_id=form.person_id(), text=text, key=form.write_key())
            messages.success(request, _("Written down."))
            return redirect("family-contacts", pk)
        except Invalid as refusal:
            form.refuse(refusal)
    return _page(request, family, {"note_form": form}, 422)


def _persons(actor: User, family: Family) -> list[Person]:
    return list(Person.objects.visible_to(actor).filter(family=family).order_by("pk"))


def _page(request: HttpRequest, family: Family, forms: dict[str, Any], status: int = 200) -> HttpResponse:
    actor = cast(User, request.user)
    persons = _persons(actor, family)
    about = request.GET.get("person", "")
    person = next((one for one in persons if str(one.pk) == about), persons[0] if persons else None)
    known = {"person": str(person.pk), "way": person.phone, "language": person.language} if person else {}
    refused = next((form for form in forms.values()), None)
    context = {
        "family": family,
        "page": Paginator(contacts_of(actor, family.pk), AT_ONCE).get_page(request.GET.get("page")),
        "notes": Paginator(notes_of(actor, family.pk), AT_ONCE).get_page(request.GET.get("page")),
        "may_change": allows(actor, Permission.FAMILY_RECORD_CHANGE),
        "contact_form": ContactForm(persons, initial={"on": clock.today(), "channel": "phone", **known}),
        "note_form": NoteForm(persons, auto_id="note_%s"),
        "form": refused,
        **forms,
    }
    response = render(request, "contacts/list.html", context, status=status)
    return noted(request, response, families=[family.pk], persons=[one.pk for one in persons])
