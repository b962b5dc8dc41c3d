"""Who may do what: one list of names, one table, one sentence for each refusal.

The table is reviewed: `tests/access/permissions.txt` is its copy, which a test compares, and administrators see it as a
page. A rule that depends on the row has two forms that must say the same: `holds` of one row, `among` of a query.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.owned import OwnedQuerySet

Text = str | Promise
Role = User.Role


class Permission(StrEnum):
    """Names are area:thing:action."""

    FAMILY_RECORD_VIEW = "family:record:view"
    FAMILY_RECORD_CHANGE = "family:record:change"
    FAMILY_RECORD_CREATE = "family:record:create"
    FAMILY_ASSIGNMENT_CHANGE = "family:assignment:change"
    FAMILY_OPENING_CHANGE = "family:opening:change"
    FAMILY_WALL_CHANGE = "family:wall:change"
    SCREENING_OUTCOME_RECORD = "screening:outcome:record"
    FACT_PROPOSAL_CONFIRM = "fact:proposal:confirm"
    DEADLINE_DATE_CHANGE = "deadline:date:change"
    DEADLINE_DATE_CONFIRM = "deadline:date:confirm"
    DEADLINE_DATE_END = "deadline:date:end"
    DEADLINE_CLOSURE_CHANGE = "deadline:closure:change"
    DEADLINE_RULE_CHANGE = "deadline:rule:change"
    LETTER_DRAFT_WRITE = "letter:draft:write"
    LETTER_APPROVAL_GIVE = "letter:approval:give"
    LETTER_TEMPLATE_CHANGE = "letter:template:change"
    INTAKE_SHEET_IMPORT = "intake:sheet:import"
    INTAKE_SHEET_CONFIRM = "intake:sheet:confirm"
    DASHBOARD_BOARD_VIEW = "dashboard:board:view"
    DASHBOARD_REPORT_MAKE = "dashboard:report:make"
    DASHBOARD_REPORT_CHECK = "dashboard:report:check"
    EXPORT_FAMILIES_DOWNLOAD = "export:families:download"
    LIST_VIEW_SHARE = "list:view:share"
    COURT_EVENT_RECORD = "court:event:record"
    AUDIT_TRAIL_VIEW = "audit:trail:view"
    PEOPLE_COLLEAGUE_VIEW = "people:colleague:view"
    PEOPLE_COLLEAGUE_CHANGE = "people:colleague:change"
    PEOPLE_INVITATION_SEND = "people:invitation:send"
    PEOPLE_INITIALS_ALLOW = "people:initials:allow"
    PEOPLE_PERMISSION_VIEW = "people:permission:view"
    REMINDER_ABSENCE_CHANGE = "reminder:absence:change"
    REMINDER_OFFSET_CHANGE = "reminder:offset:change"
    REMINDER_OPERATION_VIEW = "reminder:operation:view"


class Which(NamedTuple):
    """The rows for which a permission holds: in words, of one row, and as a query that gives exactly those."""

    says: Text
    holds: Callable[[User, Any], bool]
    among: Callable[[User, OwnedQuerySet[Any]], OwnedQuerySet[Any]]


def _is_seen(actor: User, row: Any) -> bool:
    return bool(type(row)._default_manager.visible_to(actor).filter(pk=row.pk).exists())


def _seen(actor: User, rows: OwnedQuerySet[Any]) -> OwnedQuerySet[Any]:
    return rows.visible_to(actor)


def _not_by_oneself(field: str, says: Text) -> Which:
    """Rows that the actor sees and in whose column `field` somebody else stands."""
    return Which(
        says,
        lambda actor, row: getattr(row, field) != actor.pk and _is_seen(actor, row),
        lambda actor, rows: rows.visible_to(actor).exclude(**{field: actor.pk}),
    )


ALL_SEEN: Final = Which(_("families that this person sees"), _is_seen, _seen)
OWN_CASES: Final = Which(
    _("families of which this person is the attorney; a supervisor, every family that they see"),
    lambda actor, row: (actor.role == Role.SUPERVISOR or row.attorney_id == actor.pk) and _is_seen(actor, row),
    lambda actor, rows: rows.visible_to(actor).filter(
        Q() if actor.role == Role.SUPERVISOR else Q(attorney_id=actor.pk)
    ),
)
ANOTHERS_PROPOSALS: Final = Which(
    _("what only others have typed"),
    lambda actor, row: actor.pk not in row.authors and _is_seen(actor, row),
    lambda actor, rows: rows.visible_to(actor).exclude(authors__contains=[actor.pk]),
)
ANOTHERS_SHEETS: Final = _not_by_oneself("user_id", _("sheets that somebody else has brought"))
ANOTHERS_DATES: Final = _not_by_oneself("entered_by_id", _("dates that somebody else has entered"))
ANOTHERS_REPORTS: Final = _not_by_oneself("made_by_id", _("reports that somebody else has made"))
OTHERS: Final = _not_by_oneself("pk", _("colleagues other than oneself"))
OFFICE: Final = Which(_("all of the organization"), _is_seen, _seen)


class Rule(NamedTuple):
    """Who has a permission. `what` goes on from "may"; `refusal` says why not, and whom to ask."""

    what: Text
    roles: frozenset[str]
    which: Which
    refusal: Text
    volunteers: bool = False


_CASE_WORK = frozenset({Role.PARALEGAL, Role.ATTORNEY, Role.SUPERVISOR})
# Who answers for the clients may also see the whole, take it out, and share out the work.
_ANSWERS = frozenset({Role.ATTORNEY, Role.SUPERVISOR})
_SUPERVISES = frozenset({Role.SUPERVISOR})
_ADMINISTERS = frozenset({Role.ADMINISTRATOR})

RULES: Final[dict[Permission, Rule]] = {
    Permission.FAMILY_RECORD_VIEW: Rule(
        _("see families and the people in them"),
        _CASE_WORK,
        ALL_SEEN,
        _("You may not see families. Ask a supervisor of your organization."),
        volunteers=True,
    ),
    Permission.FAMILY_RECORD_CHANGE: Rule(
        _("change what is on file about a family"),
        _CASE_WORK,
        ALL_SEEN,
        _("You may not change a family's record. Ask a supervisor of your organization."),
        volunteers=True,
    ),
    Permission.FAMILY_RECORD_CREATE: Rule(
        _("put a new family on file"),
        _CASE_WORK,
        OFFICE,
        _("You may not put new families on file. Ask a supervisor of your organization."),
    ),
    Permission.FAMILY_ASSIGNMENT_CHANGE: Rule(
        _("give families to attorneys and paralegals"),
        _ANSWERS,
        ALL_SEEN,
        _("Attorneys and supervisors assign families. Ask one of them."),
    ),
    Permission.FAMILY_OPENING_CHANGE: Rule(
        _("open a family to a volunteer for a time"),
        _ANSWERS,
        OWN_CASES,
        _("The family's attorney, or a supervisor, opens a family to volunteers. Ask one of them."),
    ),
    Permission.FAMILY_WALL_CHANGE: Rule(
        _("wall a colleague off from a family"),
        _SUPERVISES,
        ALL_SEEN,
        _("Supervisors say who must not see a family. Ask one of them."),
    ),
    Permission.SCREENING_OUTCOME_RECORD: Rule(
        _("record what became of a screening"),
        _CASE_WORK,
        ALL_SEEN,
        _("You may not record outcomes. Ask a supervisor of your organization."),
        volunteers=True,
    ),
    Permission.FACT_PROPOSAL_CONFIRM: Rule(
        _("confirm a change that takes protection away"),
        _ANSWERS,
        ANOTHERS_PROPOSALS,
        _("Attorneys and supervisors confirm such changes, and never their own. Ask one of them."),
    ),
    Permission.DEADLINE_DATE_CHANGE: Rule(
        _("make and correct dates, and open them again"),
        _CASE_WORK,
        ALL_SEEN,
        _("You may not change dates. Ask a supervisor of your organization."),
        volunteers=True,
    ),
    Permission.DEADLINE_DATE_CONFIRM: Rule(
        _("confirm a date"),
        _CASE_WORK,
        ANOTHERS_DATES,
        _("A second person confirms a date, and never their own. Ask a colleague."),
    ),
    Permission.DEADLINE_DATE_END: Rule(
        _("say that a date is done or not needed"),
        _CASE_WORK,
        ALL_SEEN,
        _("You may not end dates. Ask a colleague of the office."),
    ),
    Permission.DEADLINE_CLOSURE_CHANGE: Rule(
        _("enter days without business"),
        _SUPERVISES,
        OFFICE,
        _("Supervisors enter days without business, for they move dates of every family. Ask one of them."),
    ),
    Permission.DEADLINE_RULE_CHANGE: Rule(
        _("change the office's own rules about dates"),
        frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
        OFFICE,
        _(
            "Supervisors and administrators change the office's rules, for they set dates of every family. Ask one of "
            "them."
        ),
    ),
    Permission.LETTER_DRAFT_WRITE: Rule(
        _("draft letters about a family, and say when one was sent"),
        _CASE_WORK,
        ALL_SEEN,
        _("Volunteers read letters, and do not write them. Ask the paralegal or the attorney of the family."),
    ),
    Permission.LETTER_APPROVAL_GIVE: Rule(
        _("approve a letter, so that it may leave the office"),
        _ANSWERS,
        ALL_SEEN,
        _("Attorneys and supervisors approve letters. Ask one of them."),
    ),
    Permission.LETTER_TEMPLATE_CHANGE: Rule(
        _("change the texts from which letters are made"),
        _ANSWERS,
        OFFICE,
        _("Attorneys and supervisors change the texts of letters. Ask one of them."),
    ),
    Permission.INTAKE_SHEET_IMPORT: Rule(
        _("bring in intake sheets"),
        _CASE_WORK,
        OFFICE,
        _("You may not bring in intake sheets. Ask a supervisor of your organization."),
    ),
    Permission.INTAKE_SHEET_CONFIRM: Rule(
        _("confirm an intake sheet, so that it is brought in"),
        _ANSWERS,
        ANOTHERS_SHEETS,
        _("Attorneys and supervisors confirm sheets, and never their own. Ask one of them."),
    ),
    Permission.DASHBOARD_BOARD_VIEW: Rule(
        _("see the dashboard"),
        _ANSWERS,
        ALL_SEEN,
        _("The dashboard is for attorneys and supervisors. Ask one of them."),
    ),
    Permission.DASHBOARD_REPORT_MAKE: Rule(
        _("make, read and take out reports in numbers"),
        _SUPERVISES,
        ALL_SEEN,
        _("Supervisors make the reports of the office. Ask one of them."),
    ),
    Permission.DASHBOARD_REPORT_CHECK: Rule(
        _("check a report, so that it holds as what the office says"),
        _SUPERVISES,
        ANOTHERS_REPORTS,
        _("A second supervisor checks a report, and never their own. Ask one of them."),
    ),
    Permission.EXPORT_FAMILIES_DOWNLOAD: Rule(
        _("download lists of families and people"),
        _ANSWERS,
        ALL_SEEN,
        _("Attorneys and supervisors download lists of families. Ask one of them."),
    ),
    Permission.LIST_VIEW_SHARE: Rule(
        _("share a saved view of a list with the office"),
        _SUPERVISES,
        OFFICE,
        _("Supervisors share views with the whole office. Ask one of them, or save it for yourself."),
    ),
    Permission.COURT_EVENT_RECORD: Rule(
        _("record an event of the class action"),
        _SUPERVISES,
        OFFICE,
        _("Supervisors record court events, for they touch every family. Ask one of them."),
    ),
    Permission.AUDIT_TRAIL_VIEW: Rule(
        _("read who did what, and who read what"),
        frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR}),
        OFFICE,
        _("Supervisors, administrators and auditors read the history of the office. Ask one of them."),
    ),
    Permission.PEOPLE_COLLEAGUE_VIEW: Rule(
        _("see who works here, and in which role"),
        frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR}),
        OFFICE,
        _("Supervisors and administrators see the list of colleagues. Ask one of them."),
    ),
    Permission.PEOPLE_COLLEAGUE_CHANGE: Rule(
        _("change a colleague's role, end their sessions, let them in or keep them out"),
        _ADMINISTERS,
        OTHERS,
        _("Administrators change roles and accounts, and never their own. Ask another administrator."),
    ),
    Permission.PEOPLE_INVITATION_SEND: Rule(
        _("invite colleagues"),
        _ADMINISTERS,
        OFFICE,
        _("Administrators invite colleagues. Ask one of them."),
    ),
    Permission.PEOPLE_INITIALS_ALLOW: Rule(
        _("say whether clients' initials may stand in calendar programs"),
        _ADMINISTERS,
        OFFICE,
        _("Administrators say what may stand in calendar programs. Ask one of them."),
    ),
    Permission.PEOPLE_PERMISSION_VIEW: Rule(
        _("see this table"),
        frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR}),
        OFFICE,
        _("Supervisors and administrators see who may do what. Ask one of them."),
    ),
    Permission.REMINDER_ABSENCE_CHANGE: Rule(
        _("say that a colleague is away, and who stands in for them"),
        _SUPERVISES,
        OFFICE,
        _("Supervisors enter the absences of others. Ask one of them."),
    ),
    Permission.REMINDER_OFFSET_CHANGE: Rule(
        _("say how long before a date reminders come"),
        _SUPERVISES,
        OFFICE,
        _("Supervisors say when reminders come. Ask one of them."),
    ),
    Permission.REMINDER_OPERATION_VIEW: Rule(
        _("see how reminders go out, and have one that was set aside tried again"),
        frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
        OFFICE,
        _("Supervisors and administrators see how reminders go out. Ask one of them."),
    ),
}


def allows(actor: User, permission: Permission, row: Any = None) -> bool:
    """Whether this person has the permission, for this row if one is given; without a row, whether for any at all.

    Who may not sign in any more has none.
    """
    rule = RULES[permission]
    if not actor.is_active or actor.role not in rule.roles:
        return False
    if actor.is_volunteer and not rule.volunteers:
        return False
    return row is None or rule.which.holds(actor, row)


def allowed(actor: User, permission: Permission, rows: OwnedQuerySet[Any]) -> OwnedQuerySet[Any]:
    """Those of the rows for which this person has the permission: the twin of `allows` as a query."""
    return RULES[permission].which.among(actor, rows) if allows(actor, permission) else rows.none()


def require(actor: User, permission: Permission, row: Any = None) -> None:
    """Raises `PermissionDenied`, with a sentence for the user, unless `allows(actor, permission, row)`."""
    if not allows(actor, permission, row):
        raise PermissionDenied(str(RULES[permission].refusal))
