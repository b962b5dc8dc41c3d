"""The report: each person in one cell, sums that close, no number that shrinks without a reason, nothing that names."""

import datetime
import json
import re
from random import Random
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.errors import Invalid
from accounts.scope import acting_for
from audit.models import Entry
from desks.report.comparing import between
from desks.report.figures import Whose, adds_up, is_whole, people_of, places
from desks.report.labels import SPECS
from desks.report.masking import SMALL, hidden_numbers
from desks.report.models import Report
from desks.report.page import cells, shown
from desks.report.selectors import counted_again, hidden_people
from desks.report.services import report_check, report_make
from families.models import Custody, Family, Person
from tests.cast import Cast
from tests.desks import records
from tests.desks.conftest import ClientOf
from tests.desks.test_changes import tell_noncitizen
from tests.desks.test_export import rows_of
from tests.factories import DAY, everything, make_family, make_report, make_user, make_wall

CANARY = "Quetzalcanario"


def made(actor: Any) -> Report:
    """A report that the actor makes now."""
    with acting_for(actor):
        return Report.objects.get(pk=report_make(actor=actor, key=None, day=DAY))


@pytest.fixture
def office(cast: Cast) -> Family:
    """Families of each exposure and one of the other organization; gives one that is undetermined."""
    for record in (*records.ALL.values(), everything):
        family = make_family(cast.organization, record(), attorney=cast.attorney)
        family.persons.update(given_names=CANARY)
    make_family(cast.other_organization, records.quiet())
    return make_family(cast.organization, records.undetermined(), attorney=cast.attorney, reference="THE-ONE")


def test_everybody_stands_in_exactly_one_cell_and_every_sum_closes(cast: Cast, office: Family) -> None:
    report = made(cast.supervisor)
    people = set(Person.objects.visible_to(cast.supervisor).values_list("pk", flat=True))
    children = set(Person.objects.visible_to(cast.supervisor).filter(role="child").values_list("pk", flat=True))
    assert all(adds_up(report.figures, table) for table in SPECS)
    assert is_whole(report.figures)
    for table in ("members", "forms", "stages"):
        assert set(places(report.figures, table)) == people, table
    assert set(places(report.figures, "children")) == children
    cell = report.figures["tables"]["members"]["cells"]["member"]["child"]
    report.figures["tables"]["members"]["cells"]["undetermined"]["child"].append(cell[0])
    assert not adds_up(report.figures, "members"), "one person twice"
    assert (report.day, bool(report.zone), report.made_by) == (DAY, True, cast.supervisor)


def test_a_report_holds_keys_and_nothing_personal(cast: Cast, office: Family) -> None:
    told = json.dumps(made(cast.supervisor).figures)
    assert CANARY not in told
    assert "THE-ONE" not in told
    assert re.search(r"[^\x20-\x7e]|A\d{9}|\d{4}-\d{2}-\d{2}", told) is None
    assert CANARY not in json.dumps([[one.before, one.after] for one in Entry.objects.filter(thing="desks_report")])


def test_the_same_moment_counted_again_is_the_same_whatever_was_changed_since(cast: Cast, office: Family) -> None:
    report = made(cast.supervisor)
    tell_noncitizen(office, cast.paralegal)
    son = office.persons.get(reference="c1")
    son.birth_date = datetime.date(2000, 3, 14)
    son.save()
    Custody.objects.create(organization=cast.organization, person=son, by="orr", began_on=DAY)
    office.persons.get(reference="p1").child_links.all().delete()
    make_family(cast.organization, records.judge())
    gone = make_family(cast.organization, records.quiet())
    gone.delete()
    with acting_for(cast.supervisor):
        again = counted_again(report)
        assert again is not None
        assert again["tables"] == report.figures["tables"]
        later = made(cast.supervisor)
    assert places(report.figures, "children")[son.pk] == ("discharged.parent_free", "minor")
    assert places(later.figures, "children")[son.pk] == ("care.parent_unknown", "adult")


def test_whoever_left_a_number_is_listed_with_the_reason(cast: Cast, client_of: ClientOf, office: Family) -> None:
    mother = office.persons.get(reference="p1")
    first = made(cast.supervisor)
    assert places(first.figures, "members")[mother.pk] == ("undetermined", "parent")
    tell_noncitizen(office, cast.paralegal)
    other = Family.objects.filter(organization=cast.organization).exclude(pk=office.pk).order_by("pk")[0]
    gone = set(other.persons.values_list("pk", flat=True))
    with acting_for(cast.supervisor), transaction.atomic():
        other.delete()
    second = made(cast.supervisor)
    assert second.previous == first
    found = between(cast.supervisor, first, second, set())
    assert {shift.person for shift in found.shifts if shift.after is None} == gone
    assert found.unexplained == []
    for table in SPECS:
        for row in SPECS[table].rows:
            for column in SPECS[table].columns:
                cell = Whose(table, row, column)
                left = set(people_of(first.figures, cell)) - set(people_of(second.figures, cell))
                listed = {one.person for one in found.shifts if one.table == table and one.before == (row, column)}
                assert left == listed, "who left a number is listed, each"
    rows = client_of(cast.supervisor).get(f"/dashboard/report/{second.pk}/moves/").context["rows"]
    whys = {shift.person: why for shift, _person, _table, _before, _after, why in rows}
    assert whys[mother.pk] == f"facts changed: person ({cast.paralegal.name})"
    assert {whys[pk].split(":")[0] for pk in gone} == {"no longer on file"}
    assert cast.supervisor.name in whys[min(gone)]


def test_who_moved_for_no_reason_is_told_and_must_be_explained(cast: Cast, client_of: ClientOf, office: Family) -> None:
    first, second = made(cast.supervisor), made(cast.supervisor)
    cells_of = first.figures["tables"]["members"]["cells"]
    cells_of["not_member"]["child"].append(cells_of["member"]["child"].pop())
    first.save()
    page = client_of(cast.supervisor).get(f"/dashboard/report/{second.pk}/")
    assert page.context["unexplained"] == 1
    assert "no reason is on file" in page.content.decode()
    checker = make_user(cast.organization, "supervisor")
    with acting_for(checker):
        with pytest.raises(Invalid) as refused:
            report_check(actor=checker, report_id=second.pk, note=" ", key=None)
        assert "Write down why" in refused.value.errors["note"]
        report_check(actor=checker, report_id=second.pk, note="Counted by hand before.", key=None)
    second.refresh_from_db()
    assert (second.checked_by, second.note) == (checker, "Counted by hand before.")


def test_the_report_before_is_the_last_that_was_checked(cast: Cast, office: Family) -> None:
    first = made(cast.supervisor)
    checker = make_user(cast.organization, "supervisor")
    assert made(cast.supervisor).previous == first
    with acting_for(checker):
        report_check(actor=checker, report_id=first.pk, note="", key=None)
    made(cast.supervisor)
    assert made(cast.supervisor).previous == first


def test_a_second_person_checks_and_only_what_adds_up(cast: Cast, office: Family) -> None:
    report = made(cast.supervisor)
    with pytest.raises(PermissionDenied):
        report_check(actor=cast.supervisor, report_id=report.pk, note="", key=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(checked_by=cast.supervisor, checked_at=report.as_of)
    for actor in (cast.attorney, cast.paralegal, cast.administrator):
        with pytest.raises(PermissionDenied):
            report_make(actor=actor, key=None, day=DAY)
    checker = make_user(cast.organization, "supervisor")
    report.figures["on_file"] += 1
    report.save()
    with pytest.raises(Invalid) as refused:
        report_check(actor=checker, report_id=report.pk, note="", key=None)
    assert "does not add up" in refused.value.errors["note"]


def test_a_wall_holds_in_every_number_list_and_file(cast: Cast, client_of: ClientOf, office: Family) -> None:
    report = made(cast.supervisor)
    walled = make_user(cast.organization, "supervisor")
    client = client_of(walled)
    address = f"/dashboard/report/{report.pk}"
    before = [figure.number for figure in client.get(f"{address}/").context["seen"].tables[2].whole.figures]
    make_wall(office, walled, cast.supervisor)
    hidden = hidden_people(walled, report.figures)
    assert hidden == set(office.persons.values_list("pk", flat=True))
    assert hidden_people(cast.supervisor, report.figures) == set()
    after = [figure.number for figure in client.get(f"{address}/").context["seen"].tables[2].whole.figures]
    assert after == [before[0] - 1, before[1], before[2] - 1, before[3] - 2]
    shown_people = client.get(f"{address}/people/?table=members")
    assert shown_people.context["page"].paginator.count == after[-1]
    assert "THE-ONE" not in shown_people.content.decode()
    file = rows_of(client.get(f"{address}/export/"))
    assert [int(row[4]) for row in file if row[1:4] == ["Covered by the 2018 agreement", "All", "All"]] == [after[-1]]
    answer = client.post(f"{address}/check/", {"note": ""})
    assert answer.status_code == 422
    assert "Ask another supervisor" in answer.content.decode()


def test_every_number_opens_the_list_of_its_people(cast: Cast, client_of: ClientOf, office: Family) -> None:
    report, client = made(cast.supervisor), client_of(cast.supervisor)
    page = client.get(f"/dashboard/report/{report.pk}/").content.decode()
    links = re.findall(r'href="(/dashboard/report/\d+/people/[^"]*)"[^>]*>(\d+)<', page)
    assert len(links) > 30
    for address, number in links:
        found = client.get(address.replace("&amp;", "&"))
        assert found.context["page"].paginator.count == int(number), address
    assert client.get(f"/dashboard/report/{report.pk}/again/").context["same"] is True


@pytest.mark.parametrize("query", ["", "table=x", "table=members&row=x", "table=members&column=x", "table=members&y=1"])
def test_a_list_that_there_is_not_is_refused(cast: Cast, client_of: ClientOf, query: str) -> None:
    report = make_report(cast.supervisor)
    assert client_of(cast.supervisor).get(f"/dashboard/report/{report.pk}/people/?{query}").status_code == 400


def test_the_public_version_has_small_numbers_hidden_and_leads_to_nobody(
    cast: Cast, client_of: ClientOf, office: Family
) -> None:
    made(cast.supervisor)
    report, client = made(cast.supervisor), client_of(cast.supervisor)
    page = client.get(f"/dashboard/report/{report.pk}/?public=1").content.decode()
    assert "/people/" not in page.split("<main")[1].split("</main")[0]
    assert "/moves/" not in page
    assert 'name="note"' not in page
    told = [figure for table in page_figures(report, public=True) for figure in table]
    assert all(number is None or number == 0 or number >= SMALL for number in told)
    assert None in told
    file = rows_of(client.get(f"/dashboard/report/{report.pk}/export/?public=1"))
    numbers = {row[4] for row in file[1:] if row[0]}
    assert "<10" in numbers
    assert not numbers & {str(number) for number in range(1, 10)}
    assert {row[5] for row in file[1:]} == {""}


def page_figures(report: Report, *, public: bool) -> list[list[int | None]]:
    found = shown(report, set(), public=public)
    return [
        [figure.number for group in table.groups for line in group.lines for figure in line.figures]
        for table in found.tables
    ]


@pytest.mark.parametrize("seed", range(40))
def test_no_hidden_number_can_be_worked_out_from_a_line(seed: int) -> None:
    random = Random(seed)  # noqa: S311  # no secret
    keys = iter(range(10**6))
    rows, columns = SPECS["forms"].rows, SPECS["forms"].columns
    size = random.choice([3, 12, 40])
    matrix = {row: {column: [next(keys) for _ in range(random.randint(0, size))] for column in columns} for row in rows}
    figures = {"tables": {"forms": {"cells": matrix}}}
    hidden = hidden_numbers(figures)

    def of(row: str, column: str) -> int:
        return len(people_of(figures, Whose("forms", row, column)))

    for row in ("", *rows):
        for column in ("", *columns):
            assert of(row, column) == 0 or of(row, column) >= SMALL or Whose("forms", row, column) in hidden
    lines = [[(row, column) for column in ("", *columns)] for row in ("", *rows)]
    lines += [[(row, column) for row in ("", *rows)] for column in ("", *columns)]
    for line in lines:
        gone = [place for place in line if Whose("forms", *place) in hidden]
        assert len(gone) != 1, "the only one is what is left"
        if gone and line[0] not in gone:
            assert sum(of(*place) for place in gone) >= SMALL


def test_a_page_asks_a_fixed_number_of_queries(cast: Cast, client_of: ClientOf, office: Family) -> None:
    made(cast.supervisor)
    report, client = made(cast.supervisor), client_of(cast.supervisor)
    for page in ("", "moves/", "people/?table=members"):
        with CaptureQueriesContext(connection) as counted:
            assert client.get(f"/dashboard/report/{report.pk}/{page}").status_code == 200
        assert len(counted) <= 22, page


def test_a_double_click_makes_one_report(cast: Cast, client_of: ClientOf, office: Family) -> None:
    client = client_of(cast.supervisor)
    answers = [client.post("/dashboard/report/", {"key": "once"}) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Report.objects.count() == 1
    assert client.get("/dashboard/report/").context["page"].paginator.count == 1
    assert len(list(cells(shown(Report.objects.get(), set(), public=False)))) > 100
