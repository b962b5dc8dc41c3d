"""A sheet becomes families: what is created and what is refused, and what is told of it."""

import csv
import io
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Organization
from families.intake.importing import Progress, import_sheet
from families.intake.report import Report
from families.models import Family, Person
from settlement.engine import decide
from settlement.facts import facts_of
from settlement.models import Determination
from tests.cast import Cast
from tests.factories import make_organization
from tests.intake.bench import DATA, DAY, SAMPLE, Bench, counts, everything_stored, wrong
from tests.intake.sheets import Row, child, parent, write_csv

pytestmark = pytest.mark.django_db


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


# --- who, where, how much ---


def test_only_those_of_the_organization_who_may_import(cast: Cast, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [parent()])
    for actor in (cast.auditor, cast.other_paralegal):
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
