"""What each role may do: one list of names, one table, one sentence for each refusal."""

from enum import StrEnum

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class Permission(StrEnum):
    """Names are area:thing:action."""

    FAMILY_RECORD_VIEW = "family:record:view"
    FAMILY_RECORD_CHANGE = "family:record:change"
    FAMILY_ASSIGNMENT_CHANGE = "family:assignment:change"
    SCREENING_OUTCOME_RECORD = "screening:outcome:record"
    INTAKE_SHEET_IMPORT = "intake:sheet:import"
    DASHBOARD_BOARD_VIEW = "dashboard:board:view"
    EXPORT_FAMILIES_DOWNLOAD = "export:families:download"
    COURT_EVENT_RECORD = "court:event:record"


_PARALEGAL = frozenset(
    {
        Permission.FAMILY_RECORD_VIEW,
        Permission.FAMILY_RECORD_CHANGE,
        Permission.SCREENING_OUTCOME_RECORD,
        Permission.INTAKE_SHEET_IMPORT,
    }
)
# Who answers for the clients may also see the whole, take it out, and share out the work.
_ATTORNEY = _PARALEGAL | {
    Permission.FAMILY_ASSIGNMENT_CHANGE,
    Permission.DASHBOARD_BOARD_VIEW,
    Permission.EXPORT_FAMILIES_DOWNLOAD,
}
# A court event moves the answers of every family of the organization at once.
_SUPERVISOR = _ATTORNEY | {Permission.COURT_EVENT_RECORD}

GRANTED: dict[str, frozenset[Permission]] = {
    User.Role.PARALEGAL: _PARALEGAL,
    User.Role.ATTORNEY: _ATTORNEY,
    User.Role.SUPERVISOR: _SUPERVISOR,
}

REFUSALS = {
    Permission.FAMILY_RECORD_VIEW: _("You may not see families. Ask a supervisor of your organization."),
    Permission.FAMILY_RECORD_CHANGE: _("You may not change a family's record. Ask a supervisor of your organization."),
    Permission.FAMILY_ASSIGNMENT_CHANGE: _("Attorneys and supervisors assign families. Ask one of them."),
    Permission.SCREENING_OUTCOME_RECORD: _("You may not record outcomes. Ask a supervisor of your organization."),
    Permission.INTAKE_SHEET_IMPORT: _("You may not bring in intake sheets. Ask a supervisor of your organization."),
    Permission.DASHBOARD_BOARD_VIEW: _("The dashboard is for attorneys and supervisors. Ask one of them."),
    Permission.EXPORT_FAMILIES_DOWNLOAD: _("Attorneys and supervisors download lists of families. Ask one of them."),
    Permission.COURT_EVENT_RECORD: _("Supervisors record court events, for they touch every family. Ask one of them."),
}


def allows(actor: User, permission: Permission) -> bool:
    """Whether this person's role has the permission. Installation staff have none: they belong to no organization."""
    if not actor.is_active or actor.organization_id is None or actor.role is None:
        return False
    return permission in GRANTED[actor.role]


def require(actor: User, permission: Permission) -> None:
    """Raises `PermissionDenied`, with a sentence for the user, unless this person's role has the permission."""
    if not allows(actor, permission):
        raise PermissionDenied(str(REFUSALS[permission]))
