"""What is read of reports: which there are, one of them, and which of its people a wall hides from its reader."""

from django.db.models import QuerySet

from accounts.access import access
from accounts.models import User
from accounts.permissions import Permission, require
from desks.report.figures import DEFINITION, Figures, count
from desks.report.models import Report
from desks.report.record import on_file
from families.models import Family


def reports(actor: User) -> QuerySet[Report]:
    """The reports of the office, the newest first, without their figures. Raises `PermissionDenied`."""
    require(actor, Permission.DASHBOARD_REPORT_MAKE)
    rows: QuerySet[Report] = Report.objects.visible_to(actor).defer("figures")
    return rows.select_related("made_by", "checked_by").order_by("-as_of", "-pk")


def access_report(actor: User, pk: int) -> Report:
    """The report, with who made and checked it and the one before; raises `PermissionDenied` and `Http404`."""
    require(actor, Permission.DASHBOARD_REPORT_MAKE)
    return access(Report.objects.select_related("made_by", "checked_by", "previous"), actor, pk)


def hidden_people(actor: User, *all_figures: Figures) -> set[int]:
    """The people of these figures whose families are on file and not to be seen by the reader; in two queries."""
    keys = {family for figures in all_figures for family in figures["families"].values()}
    there = Family.objects.filter(organization_id=actor.organization_id, pk__in=keys)
    walled = set(there.values_list("pk", flat=True))
    walled -= set(Family.objects.visible_to(actor).filter(pk__in=keys).values_list("pk", flat=True))
    return {
        int(person) for figures in all_figures for person, family in figures["families"].items() if family in walled
    }


def counted_again(report: Report) -> Figures | None:
    """The figures of the same families, moment and day, counted anew; None where it is counted in another way now."""
    if report.definition != DEFINITION:
        return None
    families = set(report.figures["families"].values())
    return count(on_file(report.organization_id, families, report.as_of, report.day), report.day)
