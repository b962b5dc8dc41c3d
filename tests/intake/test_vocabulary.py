"""How cells are read: words, dates, A-numbers, and what counts as unknown."""

from typing import Any

import pytest

from families.intake.vocabulary import COLUMNS, fold, is_unknown, read_a_number, read_day, read_references, read_yes_no


@pytest.mark.parametrize(
    "text",
    ["2018-05-14", "5/14/2018", "05/14/2018", "14-May-2018", "14-may-2018", "May 14, 2018", "MAY 14, 2018"],
)
def test_a_date_in_each_form(text: str) -> None:
    assert read_day(text) == "2018-05-14"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("5/4/2018", "2018-05-04"),
        ("4-September-2018", "2018-09-04"),
        ("Sep 4, 2018", "2018-09-04"),
        ("February 29, 2004", "2004-02-29"),
    ],
)
def test_months_whole_or_three_letters(text: str, day: str) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "14/5/2018",
        "2018-02-30",
        "29-Feb-2018",
        "0000-01-01",
        "5/14/18",
        "14-May-18",
        "May 14, 18",
        "2018/05/14",
        "2018-5-14",
        "20180514",
        "14 May 2018",
        "14.5.2018",
        "May 14 2018",
        "Sept 4, 2018",
        "14-Mayo-2018",
        "14-Mai-2018",
        "2018-05-14T00:00:00",
        "43234",
        "٢٠١٨-٠٥-١٤",
        "yesterday",
    ],
)
def test_no_other_form_and_no_day_that_is_not(text: str) -> None:
    with pytest.raises(ValueError, match=r"“.+”"):
        read_day(text)


def test_a_year_of_two_digits_is_named_as_such() -> None:
    with pytest.raises(ValueError, match="two digits"):
        read_day("5/14/86")


@pytest.mark.parametrize("text", ["yes", "Y", " TRUE", "1", "Sí", "SI", "Si\u0301", "y_e s"])
def test_yes(text: str) -> None:
    assert read_yes_no(text) is True


@pytest.mark.parametrize("text", ["no", "N", "False", "0", " n-o "])
def test_no(text: str) -> None:
    assert read_yes_no(text) is False


@pytest.mark.parametrize("text", ["perhaps", "2", "yesno", "t"])
def test_neither_yes_nor_no(text: str) -> None:
    with pytest.raises(ValueError, match="neither yes nor no"):
        read_yes_no(text)


@pytest.mark.parametrize("text", ["", "  ", "?", "Unknown", "DESCONOCIDO", "n/a", "N / A", "un-known"])
def test_unknown(text: str) -> None:
    assert is_unknown(text)


@pytest.mark.parametrize("text", ["none", "null", "-1", "na", "#N/A"])
def test_not_unknown(text: str) -> None:
    assert not is_unknown(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("204250343", "A204250343"),
        ("A204250343", "A204250343"),
        ("a-204-250-343", "A204250343"),
        ("A 204 250 343", "A204250343"),
        ("204.250.343", "A204250343"),
        ("1234567", "A001234567"),
        ("A12345678", "A012345678"),
    ],
)
def test_an_a_number_has_one_form(text: str, number: str) -> None:
    assert read_a_number(text) == number


@pytest.mark.parametrize(
    "text", ["A12", "123456", "1234567890", "B204250343", "AA204250343", "204/250/343", "²04250343"]
)
def test_another_shape_is_no_a_number(text: str) -> None:
    with pytest.raises(ValueError, match="not an A-number"):
        read_a_number(text)


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("role", "Mother", "parent"),
        ("role", "FATHER", "parent"),
        ("role", "guardian", "guardian"),
        ("role", "Daughter", "child"),
        ("role", "son", "child"),
        ("entry_place", "Port Of Entry", "port_of_entry"),
        ("entry_place", "between-ports", "between_ports"),
        ("reunification", "court order", "court_order"),
        ("exclusion_kind", "UNFIT OR DANGER", "unfit_or_danger"),
        ("election_signed_by", "legal-representative", "legal_representative"),
        ("court_kind", "Section_240", "section_240"),
        ("judge_asked", "Silent", "silent"),
        ("judge_asked", "Sí", "yes"),
        ("dhs_from", " None", "none"),
        ("departed_on", "NONE", "none"),
        ("departed_on", "5/14/2018", "2018-05-14"),
    ],
)
def test_words_without_regard_to_case_spaces_hyphens_and_underscores(column: str, text: str, value: Any) -> None:
    assert COLUMNS[column].read(text.strip()) == value


@pytest.mark.parametrize(
    ("column", "text"),
    [("role", "cousin"), ("separated_by", "cbp"), ("judge_asked", "maybe"), ("dhs_to", "none"), ("birth_date", "none")],
)
def test_a_value_that_is_not_in_its_list(column: str, text: str) -> None:
    with pytest.raises(ValueError, match=f"“{text}”"):
        COLUMNS[column].read(text)


def test_references_are_split_at_semicolons_and_named_once() -> None:
    assert read_references("p1 ; p 2;None;;p1") == ["p1", "p 2", "None"]


def test_headers_and_words_fold_alike() -> None:
    assert fold("Family Ref") == fold("family-ref") == fold("FAMILY_REF") == "familyref"
