"""Files: what is a sheet, which row is which, and what is refused whole."""

import csv
import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from families.intake import reading
from families.intake.reading import SheetRefused, open_sheet
from tests.intake.sheets import child, parent, write_csv, write_xlsx

HEADER = "family_ref,person_ref,role,given_names,family_names"


def rows_of(path: Path) -> list[tuple[int, list[str]]]:
    with open_sheet(path) as sheet:
        return list(sheet.rows)


def written(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refusal(path: Path) -> str:
    with pytest.raises(SheetRefused) as caught:
        rows_of(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("mark", [False, True])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_csv_with_or_without_mark_comma_or_semicolon(tmp_path: Path, delimiter: str, mark: bool) -> None:
    path = write_csv(tmp_path / "any.name", [parent(notes="uno, dos; “tres”\n¿y?")], delimiter=delimiter, mark=mark)
    with open_sheet(path) as sheet:
        rows = list(sheet.rows)
    assert rows == [(2, ["F1", "p1", "mother", "Prueba", "Uno Dos", "uno, dos; “tres”\n¿y?"])]
    assert (sheet.delimiter, sheet.byte_order_mark) == (delimiter, mark)


def test_the_row_is_that_of_a_spreadsheet(tmp_path: Path) -> None:
    text = f'{HEADER},notes\nF1,p1,mother,A,B,"two\nlines"\n\n,,,,,\nF1,p2,mother,A,B,\n'
    assert [number for number, _cells in rows_of(written(tmp_path / "a.csv", text))] == [2, 5]


def test_xlsx_has_the_same_row_numbers(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [parent(notes="two\nlines"), {}, {"notes": " "}, parent(person="p2")])
    assert [number for number, _cells in rows_of(path)] == [2, 5]


def test_headers_without_regard_to_case_spaces_hyphens_and_underscores(tmp_path: Path) -> None:
    text = "FAMILY REF,Person-Ref,role,Given_Names,familynames,Birth Date,Comments\nF1,p1,mother,A,B,,x\n"
    with open_sheet(written(tmp_path / "a.csv", text)) as sheet:
        assert sheet.header.columns["birth_date"] == 5
        assert sheet.header.others == {"Comments": 6}


def test_trailing_empty_cells_are_not_longer(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", f"{HEADER},,\nF1,p1,mother,A,B,,,, ,\nF1,p2\n")
    assert rows_of(path) == [(2, ["F1", "p1", "mother", "A", "B"]), (3, ["F1", "p2", "", "", ""])]


def test_the_delimiter_may_stand_in_the_headers(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.csv", 'family_ref;person_ref;role;given_names;family_names;"a,b,c,d,e,f,g"\nF;p;son;A;B;\n'
    )
    assert rows_of(path)[0][1][0] == "F"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n\nfamily_ref\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"just a letter to somebody\nwith two lines", "no column"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not in UTF-8"),
        (HEADER.encode("utf-16"), "not in UTF-8"),
        (f"{HEADER}\nF1,p1,mother,Jos\xe9,B\n".encode("latin-1"), "not in UTF-8"),
        (f"{HEADER}\nF1,p1,mother,A\x00,B\n".encode(), "zero byte"),
        (f'{HEADER}\nF1,p1,mother,"A,B\nF2,p1,mother,A,B\n'.encode(), "line 2 and never closed"),
        (b"family_ref,person_ref,role,given_names\nF1,p1,mother,A\n", "no column family_names"),
        (f"{HEADER},Family Ref\nF1,p1,mother,A,B,\n".encode(), "read alike"),
        (f"{HEADER},Notes One,notes-one\nF1,p1,mother,A,B,,\n".encode(), "read alike"),
        (f"{HEADER}\nF1,p1,mother,A,B\nF1,p2,mother,A,B,more\n".encode(), "Row 3 is longer"),
        (b"PK\x03\x04 but no more", "not a sheet"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "not in UTF-8"),
    ],
)
def test_what_is_refused_whole(tmp_path: Path, content: bytes, words: str) -> None:
    assert words in refusal(written(tmp_path / "a.csv", content))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert "no file" in refusal(tmp_path / "nothing.csv")
    assert "folder" in refusal(tmp_path)


def test_a_long_row_of_xlsx_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (HEADER.split(","), ["F1", "p1", "son", "A", "B", None, None], ["F1", "p2", "son", "A", "B", "more"]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "a.xlsx")
    assert "Row 3 is longer" in refusal(tmp_path / "a.xlsx")


def test_cells_of_xlsx_become_text(tmp_path: Path) -> None:
    cells: dict[str, Any] = {
        "family_ref": 1042,
        "a_number": 204250343,
        "birth_date": date(1990, 5, 14),
        "entry_on": datetime(2018, 5, 14, 13, 30),  # noqa: DTZ001  # as a spreadsheet has it
        "noncitizen": True,
        "lacks_capacity": False,
        "phone": 5025550142.0,
        "notes": "=1+1",
        "Score": 2.5,
    }
    path = write_xlsx(tmp_path / "sheet.csv", [parent() | cells])  # the name says nothing
    with open_sheet(path) as sheet:
        [(_number, row)] = list(sheet.rows)
    found = dict(zip(sheet.header.names, row, strict=True))
    assert found["family_ref"] == "1042"
    assert found["a_number"] == "204250343"
    assert (found["birth_date"], found["entry_on"]) == ("1990-05-14", "2018-05-14")
    assert (found["noncitizen"], found["lacks_capacity"]) == ("TRUE", "FALSE")
    assert (found["phone"], found["Score"], found["notes"]) == ("5025550142", "2.5", "=1+1")


def test_the_first_visible_sheet_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].sheet_state = "hidden"
    sheet = book.create_sheet("Families")
    sheet.append(HEADER.split(","))
    sheet.append(["F1", "p1", "son", "A", "B"])
    book.save(tmp_path / "a.xlsx")
    assert rows_of(tmp_path / "a.xlsx") == [(2, ["F1", "p1", "son", "A", "B"])]


# --- hostile files ---


def repacked(source: Path, target: Path, part: str, content: bytes) -> Path:
    """The XLSX file with another content of one part."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), part}:
            new.writestr(name, content if name == part else old.read(name))
    return target


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write_xlsx(tmp_path / "good.xlsx", [parent(), child()])


def test_a_zip_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = repacked(good, tmp_path / "bomb.xlsx", "xl/media/image1.png", b"\0" * (reading.UNPACKED_BYTES + 1))
    assert bomb.stat().st_size < 1_000_000
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("something was unpacked"))
    assert "200 MB" in refusal(bomb)


@pytest.mark.parametrize(
    "xml",
    [
        b"<worksheet>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</worksheet>",
        b"<worksheet><row>" + b"<c/>" * 600_000 + b"</row></worksheet>",
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>',
        b"<worksheet><sheetData><row>",
        b"",
    ],
    ids=["deep", "wide", "entities", "broken", "empty"],
)
def test_xml_that_no_spreadsheet_writes_is_refused(tmp_path: Path, good: Path, xml: bytes) -> None:
    path = repacked(good, tmp_path / "bad.xlsx", "xl/worksheets/sheet1.xml", xml)
    assert "not a sheet" in refusal(path)


def test_a_row_beyond_the_last_is_refused(tmp_path: Path, good: Path) -> None:
    with zipfile.ZipFile(good) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    path = repacked(good, tmp_path / "far.xlsx", "xl/worksheets/sheet1.xml", xml.replace(b'r="3"', b'r="99999999999"'))
    assert "more rows" in refusal(path)


def test_an_encrypted_zip_is_refused(tmp_path: Path, good: Path) -> None:
    content = bytearray(good.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in refusal(written(tmp_path / "locked.xlsx", bytes(content)))


def test_office_files_with_a_password_and_old_ones_are_told_apart(tmp_path: Path) -> None:
    start = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500
    assert "encrypted" in refusal(written(tmp_path / "a.xlsx", start + "EncryptedPackage".encode("utf-16-le")))
    assert "old Excel" in refusal(written(tmp_path / "a.xls", start))


def test_any_other_zip_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("letter.txt", "hello")
    assert "not a sheet" in refusal(tmp_path / "a.zip")


def test_a_cell_may_be_long(tmp_path: Path) -> None:
    long = "x" * 300_000
    out = io.StringIO()
    csv.writer(out).writerows([[*HEADER.split(","), "notes"], ["F1", "p1", "son", "A", "B", long]])
    assert rows_of(written(tmp_path / "a.csv", out.getvalue()))[0][1][5] == long
