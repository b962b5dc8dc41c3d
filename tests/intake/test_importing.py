"""A sheet becomes families: what is created, changed, refused and left alone, and what is told of it."""

import csv
import datetime
import io
import json
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import openpyxl
import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import connection

from accounts.models import Organization
from families.intake.importing import Progress, import_sheet
from families.intake.report import Report
from families.models import Custody, Family, ParentLink, Person, SheetRow
from families.services import person_update
from screenings.models import JudgeReview, Screening
from screenings.services import screening_record
from settlement.engine import decide
from settlement.facts import facts_of
from settlement.models import Determination, Election
from tests.cast import Cast
from tests.factories import make_organization
from tests.intake.sheets import Row, child, parent, write_csv

DAY = datetime.date(2019, 3, 1)
DATA = Path(__file__).parent / "data"
SAMPLE = DATA / "sample.csv"

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Organization:
    return make_organization()


class Bench:
    """Imports sheets into one organization and keeps the last refused sheet."""

    def __init__(self, organization: Organization, folder: Path) -> None:
        self.organization = organization
        self.folder = folder
        self.refused = ""

    def file(
        self, path: Path, *, dry_run: bool = False, progress: Callable[[Progress], None] = lambda _progress: None
    ) -> Report:
        out = io.StringIO()
        report = import_sheet(
            actor=None,
            organization=self.organization,
            path=path,
            day=DAY,
            dry_run=dry_run,
            refused=out,
            progress=progress,
        )
        self.refused = out.getvalue()
        return report

    def rows(self, *rows: Row, columns: Sequence[str] = (), **options: Any) -> Report:
        return self.file(write_csv(self.folder / "sheet.csv", rows, columns=columns), **options)

    def facts(self) -> list[dict[str, Any]]:
        return [facts for _key, facts in facts_of(self.organization, day=DAY)]

    def person(self, reference: str, family: str = "F1") -> Person:
        return Person.objects.get(family__organization=self.organization, family__reference=family, reference=reference)


@pytest.fixture
def bench(office: Organization, tmp_path: Path) -> Bench:
    return Bench(office, tmp_path)


def counts(report: Report) -> dict[str, int]:
    """The families' counts that are not 0."""
    return {name: number for name, number in report.as_json()["families"].items() if number}


def wrong(report: Report) -> list[tuple[int, str]]:
    return [(error.row, error.column) for error in report.errors]


def everything_stored() -> dict[str, int]:
    """How many rows each table has, history among them."""
    return {
        model._meta.label: model._default_manager.count()
        for label in ("accounts", "families", "screenings", "settlement")
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    }


# --- the sample ---


def decisions(organization: Organization) -> list[dict[str, Any]]:
    return [decide(facts) for _key, facts in facts_of(organization, day=DAY)]


def without_because(decision: dict[str, Any]) -> dict[str, Any]:
    persons = [{name: value for name, value in person.items() if name != "because"} for person in decision["persons"]]
    return decision | {"persons": persons}


def in_any_order(decision: dict[str, Any]) -> dict[str, Any]:
    return decision | {
        "persons": sorted(decision["persons"], key=lambda person: person["id"]),
        "deadlines": sorted(decision["deadlines"], key=lambda item: (item["due"], item["id"], item["person"])),
    }


def test_the_sample_gives_its_expected_answers(bench: Bench) -> None:
    lines = (DATA / "sample.expected.jsonl").read_text(encoding="utf-8").splitlines()
    expected = [json.loads(line) for line in lines]
    report = bench.file(SAMPLE)
    refused = [item["family"] for item in expected if item.get("refused")]
    assert [in_any_order(without_because(decision)) for decision in decisions(bench.organization)] == [
        in_any_order(item) for item in expected if not item.get("refused")
    ]
    assert counts(report) == {"created": 181, "refused": len(refused)}
    assert {error.family_ref for error in report.errors} == set(refused)
    stored = {row.family.reference: row.decision for row in Determination.objects.select_related("family")}
    assert stored == {decision["family"]: decision for decision in decisions(bench.organization)}


def test_the_sample_again_changes_nothing(bench: Bench) -> None:
    first = bench.file(SAMPLE)
    before, export = everything_stored(), bench.facts()
    moments = list(Family.objects.values_list("pk", "version", "updated_at").order_by("pk"))
    again = bench.file(SAMPLE)
    assert counts(again) == {"unchanged": 181, "refused": 19}
    assert (again.persons.unchanged, again.persons.created, again.persons.changed) == (first.persons.created, 0, 0)
    assert again.errors == first.errors
    assert everything_stored() == before
    assert bench.facts() == export
    assert list(Family.objects.values_list("pk", "version", "updated_at").order_by("pk")) == moments


def test_a_dry_run_reports_the_same_and_changes_nothing(bench: Bench) -> None:
    before = everything_stored()
    dry = bench.file(SAMPLE, dry_run=True)
    refused = bench.refused
    assert everything_stored() == before
    assert bench.file(SAMPLE) == dry
    assert bench.refused == refused


def test_row_order_does_not_matter(bench: Bench, tmp_path: Path) -> None:
    header, *rows = SAMPLE.read_text(encoding="utf-8").splitlines()
    random.Random(7).shuffle(rows)  # noqa: S311
    shuffled = tmp_path / "shuffled.csv"
    shuffled.write_text("\n".join([header, *rows]), encoding="utf-8")
    bench.file(SAMPLE)
    other = Bench(make_organization("Other"), tmp_path)
    other.file(shuffled)
    assert [in_any_order(without_because(decision)) for decision in decisions(other.organization)] == [
        in_any_order(without_because(decision)) for decision in decisions(bench.organization)
    ]
    assert counts(bench.file(shuffled)) == {"unchanged": 181, "refused": 19}


def test_xlsx_is_the_same_sheet_as_csv(bench: Bench, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            book.worksheets[0].append(row)
    book.save(tmp_path / "sample.xlsx")
    from_csv = bench.file(SAMPLE)
    refused = bench.refused
    from_xlsx = bench.file(tmp_path / "sample.xlsx")
    assert counts(from_xlsx) == {"unchanged": 181, "refused": 19}
    assert from_xlsx.errors == from_csv.errors
    assert list(csv.reader(io.StringIO(bench.refused))) == list(csv.reader(io.StringIO(refused)))


# --- what is refused is kept ---


def test_a_row_in_error_refuses_its_family_and_no_other(bench: Bench) -> None:
    report = bench.rows(
        parent(), child(birth_date="2018-02-30"), parent("F2"), child("F2"), parent("F3"), {"person_ref": "x"}
    )
    assert report.rows == 6
    assert counts(report) == {"created": 2, "refused": 1}
    assert report.persons.created == 3
    assert wrong(report) == [
        (3, "birth_date"),
        *[(7, c) for c in ("family_ref", "role", "given_names", "family_names")],
    ]
    assert [family.reference for family in Family.objects.order_by("reference")] == ["F2", "F3"]
    [first, *_others] = report.errors
    assert (first.family_ref, first.person_ref, first.value) == ("F1", "c1", "2018-02-30")


def test_the_refused_sheet_can_be_mended_and_given_back(bench: Bench, tmp_path: Path) -> None:
    bench.rows(
        parent(notes=" =1+1 "),
        parent("F2"),
        child(birth_date="2018-02-30", Comments="uno; “dos”\ntres"),
        parent("", notes="no number"),
    )
    lines = list(csv.DictReader(io.StringIO(bench.refused)))
    assert [line["person_ref"] for line in lines] == ["p1", "c1", "p1"]
    assert (lines[0]["notes"], lines[1]["Comments"]) == (" =1+1 ", "uno; “dos”\ntres")
    assert "row 4" in lines[0]["error"]
    assert "birth_date" in lines[1]["error"]
    assert "family_ref" in lines[2]["error"]
    mended = tmp_path / "mended.csv"
    mended.write_text(bench.refused.replace("2018-02-30", "2018-02-28").replace("\n,p1", "\nF4,p1"), encoding="utf-8")
    report = bench.file(mended)
    assert report.clean
    assert counts(report) == {"created": 2}
    assert bench.person("c1").extra == {"Comments": "uno; “dos”\ntres"}
    assert list(csv.DictReader(io.StringIO(bench.refused))) == []
    assert bench.refused.count("error") == 1


def test_what_came_with_semicolons_and_a_mark_goes_back_so(bench: Bench, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [parent(role="aunt")], delimiter=";", mark=True)
    bench.file(path)
    assert bench.refused.startswith("\ufefffamily_ref;person_ref;role;given_names;family_names;error\n")


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        ([parent(), parent(), child()], [(3, "person_ref")]),
        ([parent(), child(parent_refs="p9")], [(3, "parent_refs")]),
        ([parent(), child(), child(person="c2", parent_refs="c1")], [(4, "parent_refs")]),
        ([parent(dhs_from="2018-06-01", dhs_to="2018-05-01")], [(2, "dhs_to")]),
        ([parent(orr_from="2018-06-01", orr_to="2018-05-01")], [(2, "orr_to")]),
        ([parent(departed_on="2018-06-01", back_on="2018-05-01")], [(2, "back_on")]),
        (
            [parent(election_signed_on="2018-11-01", election_withdrawn_on="2018-10-01")],
            [(2, "election_withdrawn_on")],
        ),
        # Not the role's fault alone: the link to somebody whose role cannot be read is not a second error.
        ([parent(role="aunt"), child(parent_refs="p1")], [(2, "role")]),
        (
            [parent(birth_date="?x", dhs_from="2018-06-01", dhs_to="2018-05-01"), child(parent_refs="p1;zz")],
            [(2, "birth_date"), (2, "dhs_to"), (3, "parent_refs")],
        ),
    ],
)
def test_facts_in_error_by_the_rules(bench: Bench, rows: list[Row], places: list[tuple[int, str]]) -> None:
    report = bench.rows(*rows)
    assert wrong(report) == places
    assert not Family.objects.exists()


# --- A-numbers ---


def test_one_a_number_on_rows_of_two_persons_is_an_error_of_each(bench: Bench) -> None:
    report = bench.rows(
        parent(a_number="A 204 250 343"), parent("F2", a_number="204250343"), parent("F3", a_number="204250344")
    )
    assert wrong(report) == [(2, "a_number"), (3, "a_number")]
    assert counts(report) == {"created": 1, "refused": 2}


def test_a_row_without_a_family_is_a_person_too(bench: Bench) -> None:
    report = bench.rows(parent(a_number="204250343"), parent("", "p1", a_number="204250343"))
    assert wrong(report) == [(2, "a_number"), (3, "family_ref"), (3, "a_number")]


def test_an_a_number_of_the_record_is_another_persons(bench: Bench, tmp_path: Path) -> None:
    bench.rows(parent(a_number="204250343"))
    assert bench.rows(parent(a_number="A204250343")).clean
    assert wrong(bench.rows(parent("F2", a_number="204250343"))) == [(2, "a_number")]
    other = Bench(make_organization("Other"), tmp_path)
    assert other.rows(parent("F9", a_number="204250343")).clean


def test_an_a_number_taken_while_the_import_runs_refuses_the_family(bench: Bench) -> None:
    """What is found by PostgreSQL alone: between looking and writing, somebody else has used the number."""

    def meanwhile(progress: Progress) -> None:
        if progress.families == 0 and not Family.objects.exists():
            family = Family.objects.create(organization=bench.organization, reference="F0")
            Person.objects.create(
                organization=bench.organization, family=family, reference="x", role="parent", given_names="Z",
                family_names="Z", a_number="A204250343",
            )  # fmt: skip

    report = bench.rows(parent(a_number="204250343"), parent("F2"), progress=meanwhile)
    assert wrong(report) == [(2, "a_number")]
    assert counts(report) == {"created": 1, "refused": 1}


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


# --- who, where, how much ---


def test_only_those_of_the_organization_who_may_import(cast: Cast, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [parent()])
    for actor in (cast.keeper, cast.other_paralegal):
        with pytest.raises(PermissionDenied):
            import_sheet(actor=actor, organization=cast.organization, path=path, day=DAY)
    assert import_sheet(actor=cast.paralegal, organization=cast.organization, path=path, day=DAY).clean
    assert Family.objects.get().history.get().history_user == cast.paralegal


def test_another_organizations_family_of_the_same_number_is_untouched(bench: Bench, tmp_path: Path) -> None:
    bench.rows(parent(notes="here"))
    other = Bench(make_organization("Other"), tmp_path)
    assert counts(other.rows(parent(notes="there"))) == {"created": 1}
    assert bench.person("p1").notes == "here"


def test_references_are_text_as_given(bench: Bench) -> None:
    report = bench.rows(parent(" None ", "None"), child("None", "?", parent_refs="None"), parent("none"), parent("n/a"))
    assert report.clean
    assert list(Family.objects.order_by("reference").values_list("reference", flat=True)) == ["None", "n/a", "none"]


def test_a_header_alone_is_an_empty_sheet(bench: Bench) -> None:
    report = bench.rows(columns=list(parent()))
    assert report.as_json() == Report().as_json()


def test_the_report_has_the_contracts_form(bench: Bench) -> None:
    report = bench.rows(parent(Comments="x", error="y"))
    assert report.as_json() == {
        "rows": 1,
        "families": {"created": 1, "changed": 0, "unchanged": 0, "conflict": 0, "refused": 0},
        "persons": {"created": 1, "changed": 0, "unchanged": 0},
        "ignored_columns": ["Comments", "error"],
        "errors": [],
    }


def test_progress_is_told(bench: Bench) -> None:
    news: list[Progress] = []
    bench.rows(parent(), child(), parent("F2"), progress=news.append)
    assert news == [Progress(3, 0, 2), Progress(3, 2, 2)]


def test_the_number_of_queries_does_not_grow_with_the_families(
    bench: Bench, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    few = [parent(f"F{n}", a_number=f"{20000000 + n}", dhs_from="2018-05-14") for n in range(2)]
    many = [parent(f"G{n}", a_number=f"{30000000 + n}", dhs_from="2018-05-14") for n in range(40)]
    with django_assert_max_num_queries(200) as first:
        bench.rows(*few)
    with django_assert_max_num_queries(len(first.captured_queries)):
        bench.rows(*many)
