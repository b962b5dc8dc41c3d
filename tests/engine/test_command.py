"""``python -m settlement.engine decide`` and ``explain``: an answer for each line, whatever the line."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement.engine.__main__ import main
from tests.engine.families import families
from tests.engine.test_contract_cases import CASES
from tests.engine.test_properties import lifted

GOOD = json.dumps(CASES[0]["facts"]).encode()
SMALL = b'{"family": "f", "as_of": "2019-03-01", "persons": [{"id": "p", "role": "parent"}]}'


def run(lines: bytes, command: str = "decide") -> tuple[int, list[Any]]:
    """Runs the command in this process: exit status, and the answers as JSON."""
    out = io.BytesIO()
    status = main([command], io.BytesIO(lines), out)
    return status, [json.loads(line) for line in out.getvalue().splitlines()]


def as_program(lines: bytes, command: str = "decide", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Runs it as people do."""
    command_line = [sys.executable, "-m", "settlement.engine", command]
    return subprocess.run(
        command_line, input=lines, capture_output=True, env={**os.environ, **environment}, check=False
    )


def test_an_answer_for_each_line_in_order_and_blank_lines_skipped() -> None:
    lines = b"\n".join([b"", SMALL, b"   ", SMALL.replace(b'"f"', b'"g"'), b"\t", GOOD, b""])
    status, answers = run(lines)
    assert status == 0
    assert [answer["family"] for answer in answers] == ["f", "g", "second-chance-unused"]


def test_a_line_in_error_has_its_answer_in_its_place_and_the_others_are_answered() -> None:
    status, answers = run(b"\n".join([SMALL, b'{"family": "bad"}', b"[1, 2]", b"{", SMALL]))
    assert status == 1
    assert ["error" in answer for answer in answers] == [False, True, True, True, False]
    assert answers[1]["family"] == "bad"
    assert [problem["at"] for problem in answers[1]["error"]] == ["as_of", "persons"]
    assert [answers[n]["error"][0]["at"] for n in (2, 3)] == ["", ""]
    assert [answers[n]["family"] for n in (2, 3)] == [None, None]


GARBAGE = [
    b"\xff\xfe\x00",
    b"\x00",
    b"nul",
    b'{"a": }',
    b"{} {}",
    b"NaN",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"9" * 100_000,
    b'"\\ud800"',
    b'{"family": "\\ud800", "as_of": "2019-03-01", "persons": [{"id": "\\udfff", "role": "parent"}]}',
    SMALL.replace(b'"f"', '"\u2028\x85\u2029"'.encode()),
    SMALL.replace(b'"f"', b'"\x00"'),
    b"'" + SMALL + b"'",
    SMALL + b",",
    SMALL.decode().encode("utf-16"),
    b"\xc2\xa0",
    b'{"persons": [[[[]]]], "family": {"a": []}, "as_of": [], "": ""}',
    b'{"family": "f", "as_of": "2019-03-01", "persons": [' + b'{"id": "p", "role": "parent"},' * 500 + b"{}]}",
]


@pytest.mark.parametrize("command", ["decide", "explain"])
def test_no_line_gives_a_traceback(command: str) -> None:
    done = as_program(b"\n".join([*GARBAGE, SMALL]), command)
    assert done.returncode == 1
    assert done.stderr == b""
    if command == "decide":
        # (The line in UTF-16 has no line feed in it.)
        assert len(done.stdout.splitlines()) == len(GARBAGE) + 1
        assert json.loads(done.stdout.splitlines()[-1])["family"] == "f"


@pytest.mark.parametrize("line", GARBAGE, ids=range(len(GARBAGE)))
def test_each_of_these_has_one_answer(line: bytes) -> None:
    status, answers = run(line)
    assert len(answers) == 1
    assert status == int("error" in answers[0])


def person_with(fields: str) -> bytes:
    """A line whose one person has these fields too, as text."""
    return SMALL.replace(b'"role": "parent"', f'"role": "parent", {fields}'.encode())


@pytest.mark.parametrize(
    ("line", "at"),
    [
        (SMALL.replace(b'"family"', b'"family": "a", "family"'), "family"),
        (SMALL.replace(b'"family": "f"', b'"family": "a:b", "family": "a:b"'), "family"),
        (person_with('"role": "parent"'), "persons[0].role"),
        (person_with('"birth_date": null, "birth_date": null'), "persons[0].birth_date"),
        (person_with('"entry": {"on": null, "on": "2018-05-12"}'), "persons[0].entry.on"),
        (person_with('"entry": {}, "entry": {"on": "2018-05-12"}'), "persons[0].entry"),
        (person_with('"custody": [{"by": "dhs"}, {"to": null, "\\u0074o": null}]'), "persons[0].custody[1].to"),
        (person_with('"noncitizen": NaN'), "persons[0].noncitizen"),
        (person_with('"noncitizen": -Infinity'), "persons[0].noncitizen"),
        (person_with('"noncitizen": 1e999'), "persons[0].noncitizen"),
        (person_with('"noncitizen": ' + "9" * 5000), "persons[0].noncitizen"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_python_would_let_pass_is_refused(line: bytes, at: str) -> None:
    """A name given twice in one object, even with one value; NaN and numbers that are none."""
    status, answers = run(line)
    assert status == 1
    assert [problem["at"] for problem in answers[0]["error"]] == [at]


def test_a_name_given_twice_is_named_beside_the_other_errors() -> None:
    _, answers = run(person_with('"noncitizen": 1, "birth_date": null, "birth_date": null, "name": "x"'))
    assert {problem["at"] for problem in answers[0]["error"]} == {
        "persons[0].noncitizen", "persons[0].birth_date", "persons[0].name",
    }  # fmt: skip


def test_colons_in_texts_are_no_names() -> None:
    assert run(SMALL.replace(b'"f"', b'"a: b:"').replace(b'"p"', b'":"'))[0] == 0


def test_windows_line_ends_and_a_byte_order_mark() -> None:
    assert run(b"\xef\xbb\xbf" + SMALL + b"\r\n" + SMALL + b"\r\n\r\n")[0] == 0
    assert len(run(SMALL + b"\r\n" + SMALL)[1]) == 2


@given(st.lists(st.binary(max_size=60) | st.sampled_from([SMALL, b"{}", b"[]", b"\n", b'{"family":']), max_size=6))
def test_any_bytes_are_answered(parts: list[bytes]) -> None:
    lines = b"\n".join(parts)
    status, answers = run(lines)
    assert len(answers) == sum(bool(line.strip()) for line in lines.split(b"\n"))
    assert status == int(any("error" in answer for answer in answers))
    assert main(["explain"], io.BytesIO(lines), io.BytesIO()) == status


WORDS = st.text(max_size=5) | st.sampled_from(["2018-02-30", "parent"])
NAMES = st.sampled_from(["id", "on", "by", "kind", ""])
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


@given(families(), st.data())
def test_any_value_in_the_place_of_any_other_is_answered(record: dict[str, Any], data: st.DataObject) -> None:
    holder: Any = record
    while True:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        key = data.draw(st.sampled_from(keys))
        if not holder[key] or not isinstance(holder[key], dict | list) or data.draw(st.integers(0, 3)) == 0:
            break
        holder = holder[key]
    holder[key] = data.draw(JSON_VALUES)
    status, answers = run(json.dumps(record).encode())
    assert len(answers) == 1
    assert status == int("error" in answers[0])


def test_an_unknown_command_is_named() -> None:
    done = as_program(b"", "judge")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"decide" in done.stderr
    assert b"Traceback" not in done.stderr


def test_no_input_no_answer() -> None:
    done = as_program(b"")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_reader_who_leaves_early_sees_no_traceback() -> None:
    command = [sys.executable, "-m", "settlement.engine", "decide"]
    first, second = os.pipe()
    os.close(first)  # nobody reads
    with os.fdopen(second, "wb") as nowhere:
        done = subprocess.run(command, input=(GOOD + b"\n") * 300, stdout=nowhere, stderr=subprocess.PIPE, check=False)
    assert done.stderr == b""


def test_explain_says_the_same_to_people() -> None:
    facts = [case["facts"] for case in CASES]
    lines = "".join(json.dumps(record) + "\n" for record in facts).encode()
    done = as_program(lines, "explain")
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode()
    for case in CASES:
        assert case["name"] in text
    small = as_program(SMALL, "explain").stdout.decode()
    assert "confirm with class counsel" in small
    for word in ("illegal", "alien", "deportable", "case closed"):
        assert word not in text.lower()


def test_explain_uses_no_stronger_word_than_the_agreement_allows() -> None:
    family = next(case for case in CASES if case["name"] == "both-fail")
    assert lifted(family["decision"])
    text = as_program(json.dumps(family["facts"]).encode(), "explain").stdout.decode()
    assert "this agreement no longer bars removal" in text.lower()


def test_explain_on_a_terminal_that_knows_only_ascii() -> None:
    line = SMALL.replace(b'"f"', '"Ñandú"'.encode())
    done = as_program(line, "explain", PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
    assert b"Traceback" not in done.stderr
    assert done.returncode == 0
