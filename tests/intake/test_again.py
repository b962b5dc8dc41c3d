"""A sheet given again: what has changed in it, and what was changed in the application meanwhile."""

import csv
import datetime
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from accounts.models import Organization
from families.intake.importing import Progress, import_sheet
from families.intake.report import Report
from families.models import Custody, Family, ParentLink, Person, SheetRow
from families.services import person_update
from screenings.models import JudgeReview, Screening
from screenings.services import screening_record
from settlement.models import Determination, Election
from tests.cast import Cast
from tests.factories import make_organization
from tests.intake.bench import DAY, SAMPLE, Bench, counts, everything_stored, wrong
from tests.intake.sheets import Row, child, parent, write_csv

pytestmark = pytest.mark.django_db


# --- again, and changed ---


def test_a_changed_row_changes_that_person(bench: Bench) -> None:
    bench.rows(parent(phone="1", second_status="requested"), child(parent_refs="p1", dhs_from="none"))
    son = bench.person("c1")
    report = bench.rows(
        parent(phone="2", second_status="scheduled", second_interview_on="2018-12-01"),
        child(parent_refs="p1", dhs_from="none"),
    )
    assert counts(report) == {"changed": 1}
    assert (report.persons.changed, report.persons.unchanged) == (1, 1)
    mother = bench.person("p1")
    assert (mother.phone, mother.version) == ("2", 2)
    [screening] = mother.screenings.all()
    assert (screening.status, screening.interview_on, screening.version) == ("scheduled", datetime.date(2018, 12, 1), 2)
    assert [row.history_type for row in screening.history.all()] == ["~", "+"]
    assert screening.history.first().history_change_reason == "Intake sheet"
    assert bench.person("c1").version == son.version
    assert Determination.objects.count() == 2


def test_every_kind_of_fact_can_be_added_changed_and_taken_back(bench: Bench) -> None:
    full = {
        "entry_on": "2018-05-14", "dhs_from": "2018-05-14", "dhs_to": "2018-05-20", "departed_on": "2018-08-01",
        "exclusion_kind": "criminal history", "initial_result": "negative", "second_result": "negative",
        "judge_asked": "yes", "election": "return", "court_kind": "section 240", "asylum_filed_on": "2019-01-01",
    }  # fmt: skip
    columns = [*parent(), *full, "orr_from", "parent_refs", "entered_together"]
    fuller = full | {
        "entry_on": "2018-05-15", "orr_from": "2018-05-20", "departed_on": "none", "exclusion_kind": "interior arrest",
        "initial_result": "positive", "second_result": "positive", "judge_asked": "silent", "election": "stay",
        "court_kind": "withholding only", "asylum_filed_on": "2019-01-02",
    }  # fmt: skip
    links = {"parent_refs": "p1", "entered_together": "yes"}
    stages: list[tuple[Row, Row]] = [
        (parent(), child()),
        (parent(**full), child(**links)),
        (parent(**fuller), child(parent_refs="p1", entered_together="no")),
        (parent(), child()),
    ]
    for number, rows in enumerate(stages):
        report = bench.rows(*rows, columns=columns)
        assert counts(report) == ({"changed": 1} if number else {"created": 1})
        fresh = Bench(make_organization(), bench.folder)
        fresh.rows(*rows, columns=columns)
        assert bench.facts() == fresh.facts()
        assert counts(bench.rows(*rows, columns=columns)) == {"unchanged": 1}
    assert not Custody.objects.filter(organization=bench.organization).exists()
    assert not JudgeReview.objects.filter(organization=bench.organization).exists()
    assert [row.history_type for row in JudgeReview.history.filter(organization=bench.organization)] == ["-", "~", "+"]


def test_the_places_of_a_list_stay(bench: Bench) -> None:
    columns = [*parent(), "dhs_from", "orr_from"]
    bench.rows(parent(orr_from="2018-06-01"), columns=columns)
    bench.rows(parent(dhs_from="2018-05-01", orr_from="2018-06-01"), columns=columns)
    assert bench.facts()[0]["persons"][0]["custody"] == [
        {"by": "dhs", "from": "2018-05-01"},
        {"by": "orr", "from": "2018-06-01"},
    ]
    assert counts(bench.rows(parent(orr_from="2018-06-02"), columns=columns)) == {"changed": 1}


def test_a_link_to_another_parent_keeps_the_links_that_stay(bench: Bench) -> None:
    bench.rows(parent(), parent(person="p0"), child(parent_refs="p1", entered_together="yes"))
    [link] = ParentLink.objects.all()
    bench.rows(parent(), parent(person="p0"), child(parent_refs="p0;p1", entered_together="yes"))
    assert ParentLink.objects.get(pk=link.pk).parent.reference == "p1"
    assert ParentLink.objects.get(pk=link.pk).version == 1
    bench.rows(parent(), parent(person="p0"), child(parent_refs="p0", entered_together="yes"))
    assert [link.parent.reference for link in ParentLink.objects.all()] == ["p0"]


def test_roles_can_be_mended(bench: Bench) -> None:
    """Somebody taken for a parent is a child: links and screenings fit the roles only when all is written."""
    columns = [*parent(), "parent_refs", "second_status"]
    bench.rows(
        parent(), parent(person="c1", second_status="requested"), child(person="c2", parent_refs="c1"), columns=columns
    )
    report = bench.rows(
        parent(),
        child(second_status="requested", parent_refs="p1"),
        child(person="c2", parent_refs="p1"),
        columns=columns,
    )
    assert counts(report) == {"changed": 1}
    assert Screening.objects.get().basis == "independent"


def test_a_person_who_is_missing_from_a_later_sheet_stays(bench: Bench) -> None:
    bench.rows(parent(), child(parent_refs="p1"), parent("F2"))
    report = bench.rows(child(parent_refs="p1"), child(person="c2", parent_refs="p1"))
    assert counts(report) == {"changed": 1}
    assert (report.persons.created, report.persons.changed, report.persons.unchanged) == (1, 0, 1)
    assert [person["id"] for person in bench.facts()[0]["persons"]] == ["p1", "c1", "c2"]
    assert Family.objects.count() == 2


def test_a_sheet_that_would_break_the_record_of_somebody_else_is_refused(bench: Bench) -> None:
    bench.rows(parent(), child(parent_refs="p1"))
    report = bench.rows(parent(role="daughter"))
    assert wrong(report) == [(2, "role")]
    assert "c1" in report.errors[0].message


def test_a_column_that_the_new_sheet_does_not_have_says_nothing(bench: Bench) -> None:
    bench.rows(parent(phone="1", second_result="negative", judge_asked="yes", Comments="old"))
    report = bench.rows(parent(email="a@b.example", judge_outcome="affirmed"))
    assert counts(report) == {"changed": 1}
    mother = bench.person("p1")
    assert (mother.phone, mother.email, mother.extra) == ("1", "a@b.example", {"Comments": "old"})
    review = JudgeReview.objects.get()
    assert (review.asked, review.outcome) == ("yes", "affirmed")


def test_an_emptied_cell_is_a_change_to_unknown(bench: Bench) -> None:
    bench.rows(parent(phone="1", noncitizen="yes"))
    assert counts(bench.rows(parent(phone="", noncitizen="?"))) == {"changed": 1}
    mother = bench.person("p1")
    assert (mother.phone, mother.noncitizen) == ("", None)
    assert mother.history.count() == 2


def test_the_same_said_in_other_words_is_no_change(bench: Bench) -> None:
    bench.rows(parent(noncitizen="yes", entry_on="2018-05-14", entry_place="interior", a_number="204250343"))
    before = everything_stored()
    report = bench.rows(
        parent(noncitizen="Sí", entry_on="May 14, 2018", entry_place=" INTERIOR", a_number="A204.250.343")
    )
    assert counts(report) == {"unchanged": 1}
    assert everything_stored() == before


# --- what was changed in the application ---


def edit(cast: Cast, person: Person, **values: Any) -> None:
    person_update(actor=cast.paralegal, person_id=person.pk, version=person.version, values=values, key=None, day=DAY)


@pytest.fixture
def desk(cast: Cast, tmp_path: Path) -> Bench:
    """A bench whose organization has people who change things in the application."""
    return Bench(cast.organization, tmp_path)


def test_what_the_application_changed_stays_when_the_sheet_says_the_same(desk: Bench, cast: Cast) -> None:
    desk.rows(parent(phone="1", email="a"))
    edit(cast, desk.person("p1"), phone="2")
    assert counts(desk.rows(parent(phone="1", email="a"))) == {"unchanged": 1}
    assert counts(desk.rows(parent(phone="1", email="b"))) == {"changed": 1}
    assert (desk.person("p1").phone, desk.person("p1").email) == ("2", "b")


def test_both_changed_to_different_values_is_a_conflict_of_the_whole_family(desk: Bench, cast: Cast) -> None:
    rows = parent(phone="1"), child(notes="old"), parent("F2", notes="old")
    desk.rows(*rows)
    edit(cast, desk.person("p1"), phone="2")
    before = everything_stored()
    changed = parent(phone="3"), child(notes="new"), parent("F2", notes="old")
    dry = desk.rows(*changed, dry_run=True)
    report = desk.rows(*changed)
    assert report == dry
    assert counts(report) == {"conflict": 1, "unchanged": 1}
    assert (report.persons.created, report.persons.changed, report.persons.unchanged) == (0, 0, 1)
    assert everything_stored() == before
    [error] = report.errors
    assert (error.row, error.column, error.value) == (2, "phone", "3")
    assert "3" in error.message
    assert "2" in error.message
    assert (desk.person("p1").phone, desk.person("c1").notes) == ("2", "old")
    assert list(csv.DictReader(io.StringIO(desk.refused))) == []
    assert counts(desk.rows(*changed)) == {"conflict": 1, "unchanged": 1}  # until somebody settles it
    edit(cast, desk.person("p1"), phone="3")
    assert counts(desk.rows(*changed)) == {"changed": 1, "unchanged": 1}


def test_both_changed_to_the_same_is_no_conflict(desk: Bench, cast: Cast) -> None:
    desk.rows(parent(phone="1"))
    edit(cast, desk.person("p1"), phone="2")
    assert counts(desk.rows(parent(phone="2"))) == {"unchanged": 1}
    edit(cast, desk.person("p1"), phone="1")
    assert counts(desk.rows(parent(phone="3"))) == {"conflict": 1}


def test_a_conflict_in_a_screening_names_the_columns(desk: Bench, cast: Cast) -> None:
    desk.rows(parent(second_status="scheduled", second_interview_on="2018-11-20"))
    screening_record(
        actor=cast.paralegal,
        screening_id=Screening.objects.get().pk,
        version=1,
        values={"status": "interviewed"},
        key=None,
        day=DAY,
    )
    report = desk.rows(parent(second_status="decided", second_result="negative", second_interview_on="2018-11-20"))
    assert counts(report) == {"conflict": 1}
    assert wrong(report) == [(2, "second_status"), (2, "second_result")]
    assert "decided" in report.errors[0].message
    assert "interviewed" in report.errors[0].message


def test_what_no_sheet_can_say_is_a_conflict_only_where_the_sheet_changes_it(desk: Bench) -> None:
    desk.rows(parent(election="stay", notes="a"))
    mother = desk.person("p1")
    Election.objects.create(organization=desk.organization, person=mother, choice="return")
    assert counts(desk.rows(parent(election="stay", notes="b"))) == {"changed": 1}
    assert counts(desk.rows(parent(election="return", notes="b"))) == {"conflict": 1}
    assert Election.objects.count() == 2


def test_a_person_made_by_hand_has_no_last_sheet(desk: Bench) -> None:
    family = Family.objects.create(organization=desk.organization, reference="F1")
    Person.objects.create(
        organization=desk.organization, family=family, reference="p1", role="parent", given_names="Prueba",
        family_names="Uno Dos", phone="1", email="a",
    )  # fmt: skip
    assert counts(desk.rows(parent(phone="1", Comments="x"))) == {"changed": 1}
    assert desk.person("p1").extra == {"Comments": "x"}
    SheetRow.objects.all().delete()
    assert counts(desk.rows(parent(phone="1"))) == {"unchanged": 1}
    SheetRow.objects.all().delete()
    assert wrong(desk.rows(parent(phone="2", notes="n"))) == [(2, "phone"), (2, "notes")]


# --- history, and two at a time ---


def test_the_history_has_every_column_of_the_rows(bench: Bench) -> None:
    """It is written inside PostgreSQL, past django-simple-history's own code."""
    bench.file(SAMPLE)
    bench.rows(parent("S018-000000", phone="1"), columns=[*parent(), "phone"])
    compared = 0
    for label in ("families", "screenings", "settlement"):
        for model in apps.get_app_config(label).get_models():
            history: Any = getattr(model, "history", None)
            if history is None or model._meta.proxy:
                continue
            last = {kept.id: kept for kept in history.order_by("history_id")}
            for row in model._default_manager.values():
                kept = last[row["id"]]
                assert {
                    field.attname: getattr(kept, field.attname) for field in kept.tracked_fields
                }.items() <= row.items()
                assert kept.history_type == ("+" if row["version"] == 1 else "~")
                assert kept.history_change_reason == "Intake sheet"
                compared += 1
    assert compared > 2_000


@pytest.mark.django_db(transaction=True)
def test_two_sheets_at_once_are_one_after_the_other(
    office: Organization, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same families in opposite order, by two workers: each family is created once and nobody waits for ever."""
    monkeypatch.setattr("families.intake.importing.FAMILIES_AT_ONCE", 40)
    rows = [row for number in range(100) for row in (parent(f"F{number:02}"), child(f"F{number:02}"))]
    paths = [write_csv(tmp_path / "a.csv", rows), write_csv(tmp_path / "b.csv", rows[::-1])]

    together = Barrier(2)

    def bring(path: Path) -> Report:
        def start_together(progress: Progress) -> None:
            if progress.of_families and not progress.families:
                together.wait(60)

        try:
            return import_sheet(actor=None, organization=office, path=path, day=DAY, progress=start_together)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(bring, paths))
    assert all(report.clean for report in reports)
    assert sum(report.families.created for report in reports) == 100
    assert sum(report.families.unchanged for report in reports) == 100
    assert (Family.objects.count(), Person.objects.count(), SheetRow.objects.count()) == (100, 200, 200)
    assert Family.history.count() == 100
