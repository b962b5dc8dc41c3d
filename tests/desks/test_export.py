"""Lists taken out as CSV: the same rows, nothing that works as a formula, only for who may, never over the wall."""

import csv
import datetime
import io
from typing import Any

import openpyxl
import pytest
from django.utils import translation

from audit.models import Entry
from config.spreadsheets import cell_of, taken_out
from families import export
from families.filters import Filters
from families.models import Person
from tests.cast import Cast
from tests.desks import records
from tests.desks.conftest import ClientOf
from tests.factories import DAY, make_family


def rows_of(answer: Any) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\n=1", "\x00=1", "\x01 =1", "\x7f=1",
        "\u200b=1", "\ufeff=1", "\u00a0=1", "\u2028=1", "＝1", "＠x", "﹦1", "⁺1", "﹣1", "\u3000=1", "\u3164=1",
        "\u0301=1", "\u180e=1", "\u2800+1", "\r\n=1", "\tplain", "\rplain", "\nplain",
    ],
)  # fmt: skip
def test_a_text_that_would_be_worked_out_gets_an_apostrophe(text: str) -> None:
    assert cell_of(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Ópalo", "O'Cuarzo", "a=b", "3-4", "", " x", "'=1", "A208700821"])
def test_other_texts_stay(text: str) -> None:
    assert cell_of(text) == text


def test_numbers_and_days_stay() -> None:
    assert cell_of(-3) == "-3"
    assert cell_of(datetime.date(2018, 6, 26)) == "2018-06-26"
    assert cell_of(None) == ""


def test_the_families_of_the_list_in_its_order(cast: Cast, client_of: ClientOf) -> None:
    quiet = make_family(cast.organization, records.quiet(), reference="1")
    lifted = make_family(cast.organization, records.lifted(), reference="2", attorney=cast.attorney)
    make_family(cast.organization, records.undetermined(), reference="3")
    answer = client_of(cast.attorney).get("/families/export/?removal=barred&sort=exposure")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="families-2019-03-01.csv"'
    header, *rows = rows_of(answer)
    assert header[:3] == ["Family number", "People", "Where they stand"]
    barred = "Removal is barred"
    first, *others = rows
    assert (first[0], first[2:4], first[5]) == (
        "2",
        [barred, "The agreement no longer bars removal"],
        cast.attorney.name,
    )
    assert first[1] == "; ".join(person.full_name for person in lifted.persons.order_by("pk"))
    assert [row[0] for row in others][-1] == quiet.reference


def test_the_people_of_the_list(cast: Cast, client_of: ClientOf) -> None:
    family = make_family(cast.organization, records.undetermined(), reference="=cmd|' /C calc'!A0")
    Person.objects.filter(family=family, reference="p1").update(
        given_names="=HYPERLINK(0)", family_names='@Ópalo, "Luz"\nmás', a_number="A008700821", country=" +1"
    )
    client = client_of(cast.supervisor)
    header, row = rows_of(client.get("/people/export/?need=P2"))
    told = dict(zip(header, row, strict=True))
    assert told["Family number"] == "'=cmd|' /C calc'!A0"
    assert told["Given names"] == "'=HYPERLINK(0)"
    assert told["Family names"] == '\'@Ópalo, "Luz"\nmás'
    assert told["Country"] == "' +1"
    assert (told["A-number"], told["Date of birth"]) == ("A008700821", "1986-03-14")
    assert told["Not known"] == "whether a citizen (parent)"
    assert len(rows_of(client.get("/people/export/"))) == 3


def test_a_search_is_exported_too(cast: Cast, client_of: ClientOf) -> None:
    make_family(cast.organization, reference="here")
    make_family(cast.organization, reference="there")
    client = client_of(cast.attorney)
    address = client.post("/families/search/", {"text": "there"})["Location"]
    _header, *rows = rows_of(client.get(address.replace("/families/", "/families/export/")))
    assert [row[0] for row in rows] == ["there"]


def cells_of(answer: Any) -> list[list[Any]]:
    """The cells of an XLSX file, with what Excel takes each for."""
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [[(cell.data_type, cell.value) for cell in row] for row in book.worksheets[0].rows]


def test_xlsx_has_the_same_rows_and_no_formula(cast: Cast, client_of: ClientOf) -> None:
    family = make_family(cast.organization, records.undetermined(), reference="=1+1")
    Person.objects.filter(family=family, reference="p1").update(
        given_names="\x01=HYPERLINK(0)", family_names="\x0bÓpalo"
    )
    client = client_of(cast.supervisor)
    answer = client.get("/people/export/?need=P2&as=xlsx")
    assert answer["Content-Disposition"] == 'attachment; filename="people-2019-03-01.xlsx"'
    header, row = cells_of(answer)
    told = {name: cell for (_type, name), cell in zip(header, row, strict=True)}
    assert told["Family number"] == ("s", "'=1+1")
    assert told["Given names"] == ("s", "' =HYPERLINK(0)")
    assert told["Family names"] == ("s", " Ópalo")
    assert told["Date of birth"] == ("d", datetime.datetime(1986, 3, 14))  # noqa: DTZ001  # a day
    assert "f" not in {kind for cells in (header, row) for kind, _value in cells}
    assert client.get("/people/export/?as=ods").status_code == 400


def test_deadlines_and_outcomes_awaited_are_files_too(cast: Cast, client_of: ClientOf) -> None:
    family = make_family(cast.organization, records.dated(), attorney=cast.attorney)
    mother = family.persons.get(reference="p1")
    client = client_of(cast.attorney)
    _header, *dates = rows_of(client.get("/deadlines/export/"))
    [orientation] = [row for row in dates if row[4] == "Orientation before the interview"]
    assert orientation[5:7] == [mother.full_name, family.reference]
    [_header, screening] = rows_of(client.get("/screenings/export/"))
    assert screening[:4] == ["2019-03-11", "in 10 days", mother.full_name, family.reference]
    entry = Entry.objects.filter(act="exported").latest("pk")
    assert (entry.thing, entry.families, entry.persons) == ("screenings-export", [family.pk], [mother.pk])


@pytest.mark.parametrize("address", [f"/{name}/export/" for name in ("families", "people", "deadlines", "screenings")])
def test_who_may_take_lists_out(cast: Cast, client_of: ClientOf, address: str) -> None:
    make_family(cast.organization)
    make_family(cast.other_organization, reference="THEIRS")
    refused = client_of(cast.paralegal).get(address)
    assert refused.status_code == 403
    assert "Attorneys and supervisors download lists of families." in refused.content.decode()
    assert client_of(cast.auditor).get(address).status_code == 403
    assert client_of(cast.attorney).get(f"{address}?sort=x").status_code == 400
    for user in (cast.attorney, cast.supervisor):
        assert "THEIRS" not in str(rows_of(client_of(user).get(address)))
    page = address.replace("export/", "")
    assert address in client_of(cast.attorney).get(page).content.decode()
    assert address not in client_of(cast.paralegal).get(page).content.decode()


def test_the_language_of_who_asked_holds_to_the_last_line(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    make_family(cast.organization)
    monkeypatch.setattr(export, "_family_cells", lambda _family: [translation.get_language()])
    with translation.override("es"):
        answer = taken_out(export.families_sheet(cast.attorney, Filters(), DAY), "csv", DAY)
    with translation.override("en"):
        assert rows_of(answer)[1:] == [["es"]]
