"""Every address there is, with what each of its verbs asks of who calls and whose key stands in it.

The addresses themselves come from Django's resolver: one that is not classified here is an error, so that no page is
ever without somebody having thought of who may see it. The tests and the access drill walk over this table.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Final, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver

from accounts.permissions import Permission


class Entrance(Enum):
    """What is asked of who calls where no permission is."""

    ANYBODY = "anybody"
    SIGNED_IN = "signed in"
    OWN = "signed in, about a second factor that one has"


Asked = Permission | Entrance
VERBS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


class Route(NamedTuple):
    """One address. `verbs` says for each verb that it answers what it asks (GET stands for HEAD, too).

    `key` names the kind of row whose key is in the address (as `KINDS`), empty for none; `persons` says that the answer
    shows persons, so that the reading is noted.
    """

    verbs: Mapping[str, Asked]
    key: str = ""
    persons: bool = False


KINDS: Final = {
    "family": "families.Family",
    "person": "families.Person",
    "screening": "screenings.Screening",
    "determination": "settlement.Determination",
    "sheet": "families.ImportJob",
    "colleague": "accounts.User",
    "invitation": "accounts.Invitation",
    "wall": "accounts.Wall",
    "opening": "accounts.Opening",
    "proposal": "families.Proposal",
    "custody": "families.Custody",
    "parent_link": "families.ParentLink",
    "departure": "families.Departure",
    "exclusion": "families.Exclusion",
    "election": "settlement.Election",
    "court_case": "settlement.CourtCase",
    "return_request": "settlement.ReturnRequest",
    "date": "deadlines.Deadline",
    "hearing": "deadlines.Hearing",
    "closure": "deadlines.Closure",
    "office_rule": "deadlines.OfficeRule",
    "letter": "documents.Letter",
    "report": "desks.Report",
}

_P = Permission
_VIEW: Final[Mapping[str, Asked]] = {"GET": _P.FAMILY_RECORD_VIEW}
_OUTCOME: Final[Mapping[str, Asked]] = {"GET": _P.SCREENING_OUTCOME_RECORD, "POST": _P.SCREENING_OUTCOME_RECORD}
_CHANGE: Final[Mapping[str, Asked]] = {"GET": _P.FAMILY_RECORD_CHANGE, "POST": _P.FAMILY_RECORD_CHANGE}
_SIGNED_IN: Final[Mapping[str, Asked]] = {"GET": Entrance.SIGNED_IN, "POST": Entrance.SIGNED_IN}
_OWN: Final[Mapping[str, Asked]] = {"GET": Entrance.OWN, "POST": Entrance.OWN}
_SHEET: Final[Mapping[str, Asked]] = {"GET": _P.INTAKE_SHEET_IMPORT}

ROUTES: Final[dict[str, Route]] = {
    "health/": Route({"GET": Entrance.ANYBODY}),
    # Signing in and out
    "": Route({"GET": Entrance.ANYBODY}),
    "sign-in/": Route({"GET": Entrance.ANYBODY, "POST": Entrance.ANYBODY}),
    "sign-in/code/": Route({"GET": Entrance.ANYBODY, "POST": Entrance.ANYBODY}),
    "sign-in/done/": Route({"GET": Entrance.SIGNED_IN}),
    "sign-in/reset/": Route({"GET": Entrance.ANYBODY, "POST": Entrance.ANYBODY}),
    "sign-in/reset/sent/": Route({"GET": Entrance.ANYBODY}),
    "sign-in/reset/<str:uidb64>/<str:token>/": Route({"GET": Entrance.ANYBODY, "POST": Entrance.ANYBODY}),
    "sign-in/again/": Route(_SIGNED_IN),
    "sign-in/again/code/": Route(_SIGNED_IN),
    "sign-in/again/key/": Route(_SIGNED_IN),
    "sign-out/": Route({"GET": Entrance.ANYBODY, "POST": Entrance.ANYBODY}),
    "language/": Route({"GET": Entrance.ANYBODY, "POST": Entrance.ANYBODY}),
    # One's own account
    "account/": Route({"GET": Entrance.SIGNED_IN}),
    "account/password/": Route(_SIGNED_IN),
    "account/sessions/": Route(_SIGNED_IN),
    "account/second-factor/": Route({"GET": Entrance.SIGNED_IN}),
    "account/second-factor/app/": Route(_SIGNED_IN),
    "account/second-factor/app/remove/": Route(_OWN),
    "account/second-factor/keys/": Route({"GET": Entrance.SIGNED_IN}),
    "account/second-factor/keys/add/": Route(_SIGNED_IN),
    "account/second-factor/keys/<int:pk>/remove/": Route(_OWN),
    "account/second-factor/recovery-codes/": Route({"GET": Entrance.OWN}),
    "account/second-factor/recovery-codes/new/": Route(_SIGNED_IN),
    # Lists, desks and the board
    "desk/": Route({"GET": Entrance.SIGNED_IN}, persons=True),
    "desk/changes/": Route(_VIEW, persons=True),
    "desk/queue/<int:pk>/": Route(_OUTCOME, key="screening", persons=True),
    "desk/questions/": Route(_VIEW, persons=True),
    "desk/seen/": Route({"POST": _P.FAMILY_RECORD_VIEW}),
    "views/save/": Route({"POST": _P.FAMILY_RECORD_VIEW}),
    "views/remove/": Route({"POST": _P.FAMILY_RECORD_VIEW}),
    "dashboard/": Route({"GET": _P.DASHBOARD_BOARD_VIEW}),
    "dashboard/export/": Route({"GET": _P.EXPORT_FAMILIES_DOWNLOAD}),
    "dashboard/movement/": Route({"GET": _P.DASHBOARD_BOARD_VIEW}),
    "dashboard/moved/": Route({"GET": _P.DASHBOARD_BOARD_VIEW}, persons=True),
    "dashboard/moved/export/": Route({"GET": _P.EXPORT_FAMILIES_DOWNLOAD}, persons=True),
    "dashboard/day/": Route({"GET": _P.DASHBOARD_BOARD_VIEW}, persons=True),
    "dashboard/workload/": Route({"GET": _P.DASHBOARD_BOARD_VIEW}),
    "dashboard/report/": Route({"GET": _P.DASHBOARD_REPORT_MAKE, "POST": _P.DASHBOARD_REPORT_MAKE}),
    "dashboard/report/<int:pk>/": Route({"GET": _P.DASHBOARD_REPORT_MAKE}, key="report"),
    "dashboard/report/<int:pk>/people/": Route({"GET": _P.DASHBOARD_REPORT_MAKE}, key="report", persons=True),
    "dashboard/report/<int:pk>/moves/": Route({"GET": _P.DASHBOARD_REPORT_MAKE}, key="report", persons=True),
    "dashboard/report/<int:pk>/again/": Route({"GET": _P.DASHBOARD_REPORT_MAKE}, key="report"),
    "dashboard/report/<int:pk>/export/": Route({"GET": _P.DASHBOARD_REPORT_MAKE}, key="report"),
    "dashboard/report/<int:pk>/check/": Route({"POST": _P.DASHBOARD_REPORT_CHECK}, key="report"),
    "help/words/": Route({"GET": Entrance.SIGNED_IN}),
    "families/": Route(_VIEW, persons=True),
    "families/search/": Route({"GET": Entrance.SIGNED_IN, "POST": _P.FAMILY_RECORD_VIEW}),
    "families/export/": Route({"GET": _P.EXPORT_FAMILIES_DOWNLOAD}, persons=True),
    "families/assign/": Route({"GET": _P.FAMILY_ASSIGNMENT_CHANGE, "POST": _P.FAMILY_ASSIGNMENT_CHANGE}, persons=True),
    "people/": Route(_VIEW, persons=True),
    "people/search/": Route({"GET": Entrance.SIGNED_IN, "POST": _P.FAMILY_RECORD_VIEW}),
    "people/export/": Route({"GET": _P.EXPORT_FAMILIES_DOWNLOAD}, persons=True),
    "screenings/": Route(_VIEW, persons=True),
    "screenings/export/": Route({"GET": _P.EXPORT_FAMILIES_DOWNLOAD}, persons=True),
    "deadlines/": Route(_VIEW, persons=True),
    "deadlines/export/": Route({"GET": _P.EXPORT_FAMILIES_DOWNLOAD}, persons=True),
    # The board of dates
    "board/": Route({"GET": _P.DASHBOARD_BOARD_VIEW}, persons=True),
    "board/dates/": Route({"GET": Entrance.SIGNED_IN}),
    "board/move/": Route({"GET": _P.FAMILY_ASSIGNMENT_CHANGE, "POST": _P.FAMILY_ASSIGNMENT_CHANGE}, persons=True),
    # The calendar
    "calendar/": Route(_VIEW, persons=True),
    "calendar/agenda/": Route(_VIEW, persons=True),
    "calendar/feed/<str:secret>.ics": Route({"GET": Entrance.ANYBODY}, persons=True),
    "calendar/initials/": Route({"GET": _P.PEOPLE_INITIALS_ALLOW, "POST": _P.PEOPLE_INITIALS_ALLOW}),
    "account/calendar/": Route(_VIEW),
    "account/calendar/make/": Route({"GET": Entrance.SIGNED_IN, "POST": _P.FAMILY_RECORD_VIEW}),
    "account/calendar/revoke/": Route({"POST": _P.FAMILY_RECORD_VIEW}),
    # Reminders
    "reminders/": Route(_SIGNED_IN, persons=True),
    "reminders/bell/": Route({"GET": Entrance.SIGNED_IN}),
    "account/reminders/": Route(_SIGNED_IN),
    "account/absences/": Route(_SIGNED_IN),
    "account/absences/end/": Route({"POST": Entrance.SIGNED_IN}),
    "account/devices/": Route({"POST": Entrance.SIGNED_IN}),
    "operations/": Route({"GET": _P.REMINDER_OPERATION_VIEW}),
    "operations/retry/": Route({"POST": _P.REMINDER_OPERATION_VIEW}),
    "operations/offsets/": Route({"POST": _P.REMINDER_OFFSET_CHANGE}),
    # For a monitor outside: whether reminders go out, and in numbers (only with the token of the environment)
    "health/reminders/": Route({"GET": Entrance.ANYBODY}),
    "metrics/": Route({"GET": Entrance.ANYBODY}),
    # Dates
    "dates/<int:pk>/": Route(_VIEW, key="date", persons=True),
    "dates/<int:pk>/confirm/": Route({"POST": _P.DEADLINE_DATE_CONFIRM}, key="date", persons=True),
    "dates/<int:pk>/correct/": Route({"POST": _P.DEADLINE_DATE_CHANGE}, key="date", persons=True),
    "dates/<int:pk>/done/": Route({"POST": _P.DEADLINE_DATE_END}, key="date", persons=True),
    "dates/<int:pk>/not-needed/": Route({"POST": _P.DEADLINE_DATE_END}, key="date", persons=True),
    "dates/<int:pk>/reopen/": Route({"POST": _P.DEADLINE_DATE_CHANGE}, key="date", persons=True),
    "families/<int:pk>/dates/new/": Route(
        {"GET": _P.DEADLINE_DATE_CHANGE, "POST": _P.DEADLINE_DATE_CHANGE}, key="family", persons=True
    ),
    "hearings/<int:pk>/": Route(
        {"GET": _P.FAMILY_RECORD_VIEW, "POST": _P.DEADLINE_DATE_CHANGE}, key="hearing", persons=True
    ),
    "dates/catalogue/": Route({"GET": Entrance.SIGNED_IN}),
    "dates/closures/": Route({"GET": Entrance.SIGNED_IN, "POST": _P.DEADLINE_CLOSURE_CHANGE}),
    "dates/closures/<int:pk>/remove/": Route({"POST": _P.DEADLINE_CLOSURE_CHANGE}, key="closure"),
    "dates/rules/": Route({"GET": Entrance.SIGNED_IN}),
    "dates/rules/known/": Route({"GET": _P.DEADLINE_RULE_CHANGE, "POST": _P.DEADLINE_RULE_CHANGE}),
    "dates/rules/new/": Route({"GET": _P.DEADLINE_RULE_CHANGE, "POST": _P.DEADLINE_RULE_CHANGE}),
    "dates/rules/<int:pk>/": Route(
        {"GET": _P.DEADLINE_RULE_CHANGE, "POST": _P.DEADLINE_RULE_CHANGE}, key="office_rule"
    ),
    # A new family, typed
    "families/new/": Route({"GET": _P.FAMILY_RECORD_CREATE, "POST": _P.FAMILY_RECORD_CREATE}, persons=True),
    "families/new/discard/": Route({"POST": _P.FAMILY_RECORD_CREATE}),
    # One family
    "families/<int:pk>/": Route(_VIEW, key="family", persons=True),
    "screenings/<int:pk>/record/": Route(_OUTCOME, key="screening", persons=True),
    "people/<int:pk>/screenings/new/": Route(_OUTCOME, key="person", persons=True),
    # Papers and letters
    "people/<int:pk>/papers/": Route(
        {"GET": _P.FAMILY_RECORD_VIEW, "POST": _P.FAMILY_RECORD_CHANGE}, key="person", persons=True
    ),
    "people/<int:pk>/questions/": Route(_VIEW, key="person", persons=True),
    "people/<int:pk>/what-if/": Route(_VIEW, key="person", persons=True),
    "families/<int:pk>/paper/": Route(_VIEW, key="family", persons=True),
    # Notes and contacts
    "families/<int:pk>/contacts/": Route(
        {"GET": _P.FAMILY_RECORD_VIEW, "POST": _P.FAMILY_RECORD_CHANGE}, key="family", persons=True
    ),
    "families/<int:pk>/notes/": Route({"POST": _P.FAMILY_RECORD_CHANGE}, key="family", persons=True),
    # Changing the record
    "people/<int:pk>/": Route(_CHANGE, key="person", persons=True),
    "people/<int:pk>/facts/new/": Route(_CHANGE, key="person", persons=True),
    "families/<int:pk>/people/new/": Route(_CHANGE, key="family", persons=True),
    "custody/<int:pk>/": Route(_CHANGE, key="custody", persons=True),
    "parent-link/<int:pk>/": Route(_CHANGE, key="parent_link", persons=True),
    "departure/<int:pk>/": Route(_CHANGE, key="departure", persons=True),
    "exclusion/<int:pk>/": Route(_CHANGE, key="exclusion", persons=True),
    "election/<int:pk>/": Route(_CHANGE, key="election", persons=True),
    "court-case/<int:pk>/": Route(_CHANGE, key="court_case", persons=True),
    "return-request/<int:pk>/": Route(_CHANGE, key="return_request", persons=True),
    "families/<int:pk>/letters/": Route(
        {"GET": _P.FAMILY_RECORD_VIEW, "POST": _P.LETTER_DRAFT_WRITE}, key="family", persons=True
    ),
    "letters/<int:pk>/": Route(
        {"GET": _P.FAMILY_RECORD_VIEW, "POST": _P.LETTER_DRAFT_WRITE}, key="letter", persons=True
    ),
    "letters/<int:pk>/approve/": Route({"POST": _P.LETTER_APPROVAL_GIVE}, key="letter", persons=True),
    "letters/<int:pk>/act/": Route({"POST": _P.LETTER_DRAFT_WRITE}, key="letter", persons=True),
    "letters/<int:pk>/pdf/": Route(_VIEW, key="letter", persons=True),
    "letter-templates/": Route({"GET": _P.LETTER_TEMPLATE_CHANGE, "POST": _P.LETTER_TEMPLATE_CHANGE}),
    "letter-templates/fields/": Route({"GET": _P.LETTER_TEMPLATE_CHANGE}),
    # Walls and openings
    "families/<int:pk>/access/": Route({"GET": _P.FAMILY_OPENING_CHANGE}, key="family"),
    "families/<int:pk>/walls/": Route({"POST": _P.FAMILY_WALL_CHANGE}, key="family"),
    "families/<int:pk>/openings/": Route({"POST": _P.FAMILY_OPENING_CHANGE}, key="family"),
    "walls/<int:pk>/end/": Route({"POST": _P.FAMILY_WALL_CHANGE}, key="wall"),
    "openings/<int:pk>/": Route({"POST": _P.FAMILY_OPENING_CHANGE}, key="opening"),
    # People who work here
    "colleagues/": Route({"GET": _P.PEOPLE_COLLEAGUE_VIEW}),
    "colleagues/invite/": Route({"GET": _P.PEOPLE_INVITATION_SEND, "POST": _P.PEOPLE_INVITATION_SEND}),
    "colleagues/<int:pk>/": Route(
        {"GET": _P.PEOPLE_COLLEAGUE_CHANGE, "POST": _P.PEOPLE_COLLEAGUE_CHANGE}, key="colleague"
    ),
    "colleagues/<int:pk>/sign-out/": Route({"POST": _P.PEOPLE_COLLEAGUE_CHANGE}, key="colleague"),
    "invitations/<int:pk>/resend/": Route({"POST": _P.PEOPLE_INVITATION_SEND}, key="invitation"),
    "invitations/<int:pk>/revoke/": Route({"POST": _P.PEOPLE_INVITATION_SEND}, key="invitation"),
    "permissions/": Route({"GET": _P.PEOPLE_PERMISSION_VIEW}),
    "invitation/": Route({"GET": Entrance.ANYBODY, "POST": Entrance.ANYBODY}),
    "invitation/<str:token>/": Route({"GET": Entrance.ANYBODY}),
    # What waits for a second person
    "proposals/": Route({"GET": _P.FACT_PROPOSAL_CONFIRM}, persons=True),
    "proposals/<int:pk>/": Route(_VIEW, key="proposal", persons=True),
    "proposals/<int:pk>/confirm/": Route({"POST": _P.FACT_PROPOSAL_CONFIRM}, key="proposal", persons=True),
    "proposals/<int:pk>/decline/": Route({"POST": _P.FACT_PROPOSAL_CONFIRM}, key="proposal", persons=True),
    "proposals/<int:pk>/withdraw/": Route({"POST": _P.FAMILY_RECORD_CHANGE}, key="proposal", persons=True),
    # The trace
    "trace/": Route({"GET": _P.AUDIT_TRAIL_VIEW}, persons=True),
    "trace/find/": Route({"POST": _P.AUDIT_TRAIL_VIEW}),
    "trace/export/": Route({"GET": _P.AUDIT_TRAIL_VIEW}, persons=True),
    # Sheets
    "intake/": Route({"GET": _P.INTAKE_SHEET_IMPORT, "POST": _P.INTAKE_SHEET_IMPORT}),
    "intake/<int:pk>/": Route(_SHEET, key="sheet", persons=True),
    "intake/<int:pk>/import/": Route({**_SHEET, "POST": _P.INTAKE_SHEET_CONFIRM}, key="sheet"),
    "intake/<int:pk>/refused/": Route(_SHEET, key="sheet", persons=True),
    "intake/<int:pk>/report/": Route(_SHEET, key="sheet", persons=True),
    # The API
    "api/schema/": Route({"GET": Entrance.SIGNED_IN}),
    "api/v1/families/": Route(_VIEW, persons=True),
    "api/v1/families/<int:pk>/": Route(_VIEW, key="family", persons=True),
    "api/v1/families/<int:pk>/decision/": Route(_VIEW, key="family", persons=True),
    "api/v1/families/<int:pk>/determinations/": Route(_VIEW, key="family", persons=True),
    "api/v1/determinations/<int:pk>/": Route(_VIEW, key="determination", persons=True),
    "api/v1/persons/": Route(_VIEW, persons=True),
    "api/v1/persons/<int:pk>/": Route(_VIEW, key="person", persons=True),
    "api/v1/persons/<int:pk>/screenings/": Route({"POST": _P.SCREENING_OUTCOME_RECORD}, key="person", persons=True),
    "api/v1/screenings/": Route(_VIEW, persons=True),
    "api/v1/screenings/<int:pk>/": Route(
        {"GET": _P.FAMILY_RECORD_VIEW, "PATCH": _P.SCREENING_OUTCOME_RECORD}, key="screening", persons=True
    ),
    "api/v1/deadlines/": Route(_VIEW, persons=True),
    "api/v1/proposals/": Route(_VIEW, persons=True),
    "api/v1/proposals/<int:pk>/": Route(_VIEW, key="proposal", persons=True),
    "api/v1/proposals/<int:pk>/confirm/": Route({"POST": _P.FACT_PROPOSAL_CONFIRM}, key="proposal", persons=True),
    "api/v1/proposals/<int:pk>/decline/": Route({"POST": _P.FACT_PROPOSAL_CONFIRM}, key="proposal", persons=True),
    "api/v1/proposals/<int:pk>/withdraw/": Route({"POST": _P.FAMILY_RECORD_CHANGE}, key="proposal", persons=True),
}


def addresses() -> list[str]:
    """Every address of the installation, as the resolver writes it."""
    return list(_walk(get_resolver(), ""))


def _walk(resolver: URLResolver, before: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, f"{before}{pattern.pattern}")
        elif isinstance(pattern, URLPattern):
            yield f"{before}{pattern.pattern}"


def classified() -> dict[str, Route]:
    """The table, if it names the addresses that there are and no others; raises `LookupError` with those amiss."""
    there = set(addresses())
    if there != set(ROUTES):
        new, gone = sorted(there - set(ROUTES)), sorted(set(ROUTES) - there)
        raise LookupError(f"drills/routes.py must say who may do what at {new}, and forget {gone}")
    return ROUTES


def path_of(address: str, **keys: int | str) -> str:
    """The path for these values of what stands in angle brackets, such as `pk=7`."""
    path = f"/{address}"
    for name, value in keys.items():
        for converter in ("int", "str", "slug", "uuid"):
            path = path.replace(f"<{converter}:{name}>", str(value))
    return path
