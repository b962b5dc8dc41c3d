"""The table of permissions: as reviewed, the same for one row and for many, and with a sentence for each refusal."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import User
from accounts.permissions import RULES, Permission, allowed, allows, require
from deadlines.models import Deadline
from desks.report.models import Report
from families.intake.models import ImportJob
from families.models import Family
from families.proposals.models import Proposal
from tests.cast import Cast
from tests.factories import DAY, make_deadline, make_family, make_proposal, make_report, make_wall

REVIEWED = Path(__file__).with_name("permissions.txt")


def table() -> str:
    """The table as text, a permission a line; a star marks what volunteers have, too."""
    lines = []
    for permission, rule in RULES.items():
        roles = [role for role in User.Role.values if role in rule.roles]
        star = " *" if rule.volunteers else ""
        lines.append(f"{permission}: {', '.join(roles)}{star} -- {rule.which.says}")
    return "\n".join(lines) + "\n"


def test_the_table_is_the_one_that_was_reviewed() -> None:
    assert list(RULES) == list(Permission)
    assert table() == REVIEWED.read_text(), "say in the review why it changes, then change tests/access/permissions.txt"


def people(cast: Cast) -> list[User]:
    return [person for person in vars(cast).values() if isinstance(person, User)]


def test_one_row_and_many_rows_are_answered_alike(cast: Cast) -> None:
    families = [
        make_family(cast.organization, attorney=cast.attorney),
        make_family(cast.organization, attorney=cast.supervisor),
        make_family(cast.organization),
        make_family(cast.other_organization, attorney=cast.other_attorney),
    ]
    for family, author in zip(families, (cast.paralegal, cast.attorney, cast.supervisor), strict=False):
        make_proposal(family, author)
    for walled in (cast.attorney, cast.paralegal, cast.supervisor):
        make_wall(families[2], walled, cast.supervisor)
    for entered_by in (cast.paralegal, cast.attorney, cast.supervisor):
        make_deadline(families[0], DAY, entered_by=entered_by)
    for brought_by in (cast.paralegal, cast.attorney):
        ImportJob.objects.create(organization=cast.organization, user=brought_by, file_name="families.csv")
    for made_by in (cast.supervisor, cast.attorney, cast.other_supervisor):
        make_report(made_by)
    rows: dict[str, Any] = {"people": User.objects.all()}
    of_permission: dict[str, Any] = {
        Permission.FACT_PROPOSAL_CONFIRM: Proposal.objects.all(),
        Permission.INTAKE_SHEET_CONFIRM: ImportJob.objects.all(),
        Permission.DEADLINE_DATE_CONFIRM: Deadline.objects.all(),
        Permission.DASHBOARD_REPORT_CHECK: Report.objects.all(),
    }
    some, none = 0, 0
    for permission, rule in RULES.items():
        of = of_permission.get(permission, rows.get(permission.split(":")[0], Family.objects.all()))
        for actor in people(cast):
            one_by_one = {row.pk for row in of if allows(actor, permission, row)}
            assert one_by_one == set(allowed(actor, permission, of).values_list("pk", flat=True)), (permission, actor)
            some, none = some + bool(one_by_one), none + (not one_by_one)
            if not actor.is_active or actor.role not in rule.roles:
                assert not one_by_one
    assert some > 30
    assert none > 30


def test_a_refusal_says_whom_to_ask(cast: Cast) -> None:
    for permission, rule in RULES.items():
        for actor in (person for person in people(cast) if person.organization == cast.organization):
            if allows(actor, permission):
                require(actor, permission)
                continue
            with pytest.raises(PermissionDenied, match="Ask ") as refused:
                require(actor, permission)
            assert str(refused.value) == str(rule.refusal)


def test_each_role_has_what_its_work_needs_and_no_more(cast: Cast) -> None:
    def has(actor: User) -> set[Permission]:
        return {permission for permission in Permission if allows(actor, permission)}

    assert has(cast.volunteer) < has(cast.paralegal) < has(cast.attorney) < has(cast.supervisor)
    assert has(cast.volunteer) == {
        Permission.FAMILY_RECORD_VIEW,
        Permission.FAMILY_RECORD_CHANGE,
        Permission.DEADLINE_DATE_CHANGE,
        Permission.SCREENING_OUTCOME_RECORD,
    }
    assert {permission.split(":")[0] for permission in has(cast.administrator)} == {
        "people",
        "audit",
        "reminder",
        "deadline",
    }
    assert {permission.split(":")[2] for permission in has(cast.auditor)} == {"view"}
    assert not has(cast.administrator) & has(cast.attorney)
    assert not has(cast.auditor) & has(cast.attorney)
    assert Permission.PEOPLE_COLLEAGUE_CHANGE not in has(cast.supervisor)
    cast.supervisor.is_active = False
    assert not has(cast.supervisor)


def test_nobody_changes_their_own_account(cast: Cast) -> None:
    require(cast.administrator, Permission.PEOPLE_COLLEAGUE_CHANGE, cast.attorney)
    for row in (cast.administrator, cast.other_attorney):
        with pytest.raises(PermissionDenied):
            require(cast.administrator, Permission.PEOPLE_COLLEAGUE_CHANGE, row)
