"""The pages of the intake sheet: bring one, see what it would do, have it brought in, take back what was refused."""

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import Invalid
from accounts.models import User
from audit.models import Act
from audit.readings import noted
from families.intake.forms import SheetForm
from families.intake.jobs import import_job_confirm, import_job_create, too_big
from families.intake.selectors import access_sheet, job_page, job_refused, job_report, jobs_list, status_of
from families.intake.uploading import announced_length, is_too_big


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sheets(request: HttpRequest) -> HttpResponse:
    """The sheets brought so far, and the form for another one."""
    actor = cast(User, request.user)
    page = jobs_list(actor, request.GET.get("page"))
    form = SheetForm()
    if request.method == "POST":
        form = SheetForm(request.POST, request.FILES)
        pk = _create(actor, form, announced_length(request))
        if pk is not None:
            return redirect("intake-sheet", pk)
    context: dict[str, Any] = {
        "form": form,
        "page": page,
        "jobs": [(job, status_of(job)) for job in page],
    }
    return render(request, "intake/list.html", context, status=422 if form.errors else 200)


def _create(actor: User, form: SheetForm, length: int) -> int | None:
    """The new job's pk; None when the form says why there is none."""
    if is_too_big(length):
        form.errors.pop("file", None)
        form.add_error("file", too_big())
        return None
    if not form.is_valid():
        return None
    file = form.cleaned_data["file"]
    content = file.read()
    try:
        return import_job_create(actor=actor, file_name=file.name, file=content, key=form.write_key(content))
    except Invalid as refusal:
        for name, sentence in refusal.errors.items():
            form.add_error(name or None, sentence)
    return None


@require_safe
@login_required
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """One sheet: how far it has come, its report, and what can be done with it."""
    page = job_page(cast(User, request.user), pk, request.GET.get("page"))
    if not getattr(request, "htmx", False):
        return noted(request, render(request, "intake/sheet.html", {"page": page}))
    response = render(request, "intake/_progress.html", {"page": page})
    if not page.pending:
        response["HX-Refresh"] = "true"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the sheet brought in. A second click finds it on its way; who comes by GET is only shown the sheet."""
    actor = cast(User, request.user)
    if request.method == "POST":
        import_job_confirm(actor=actor, pk=pk)
    else:
        access_sheet(actor, pk)
    return redirect("intake-sheet", pk)


@require_safe
@login_required
def refused(request: HttpRequest, pk: int) -> HttpResponse:
    """Download the refused rows, to be mended and brought again."""
    text = job_refused(cast(User, request.user), pk)
    if text is None:
        raise Http404
    response = HttpResponse(
        text.encode(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="refused-{pk}.csv"'},
    )
    return noted(request, response, act=Act.DOWNLOADED)


@require_safe
@login_required
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Download the whole report."""
    found = job_report(cast(User, request.user), pk)
    if found is None:
        raise Http404
    response = JsonResponse(found, headers={"Content-Disposition": f'attachment; filename="report-{pk}.json"'})
    return noted(request, response, act=Act.DOWNLOADED)
