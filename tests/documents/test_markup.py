"""The language of templates: text in, headings, paragraphs and lists out, and nothing that runs."""

import pytest

from documents.letters.defaults import DEFAULTS
from documents.letters.fields import FORBIDDEN, known
from documents.letters.kinds import BASES, languages
from documents.letters.markup import blocks, changed, filled, problems
from documents.letters.models import LetterKind
from documents.letters.selectors import template_problems


def test_text_becomes_headings_paragraphs_and_lists() -> None:
    assert [block["kind"] for block in blocks("## First\n# Second\n## Third")] == ["h1", "h1", "h2"]
    text = "# Head\nOne\ntwo\n\nThree\n## Small\n- a\n  goes on\n- b\n\n-not an item\n#nor a heading"
    assert [(block["kind"], block["text"] or block["lines"]) for block in blocks(text)] == [
        ("h1", "Head"),
        ("p", "One two"),
        ("p", "Three"),
        ("h2", "Small"),
        ("ul", ["a goes on", "b"]),
        ("p", "-not an item #nor a heading"),
    ]


def test_fields_are_filled_in_and_a_value_is_never_markup() -> None:
    values: dict[str, str | list[str]] = {
        "client name": "# Ana\n- {{ office }}",
        "next steps": ["one", "- two"],
        "office": "Here",
    }
    text = "{{ client name }}\n{{  Client   NAME }} of {{ office }}\n{{ next steps }}\nSteps: {{ next steps }}"
    assert filled(text, values) == ("Ana - {{ office }}\nAna - {{ office }} of Here\n- one\n- - two\nSteps: one; - two")
    assert [block["kind"] for block in blocks(filled("{{ client name }}", values))] == ["p"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{{ clinet name }}", "There is no field “clinet name” here."),
        ("{{ client name }", "two closing ones"),
        ("client name }}", "two closing ones"),
        ("{% load x %}", "Commands have no meaning"),
        ("{{ ''.__class__ }}", "There is no field"),
        ("{{ A-number }}", "There is no field"),
        ("you are illegal here", "Do not use this word"),
    ],
)
def test_what_is_wrong_is_said_by_its_line(line: str, said: str) -> None:
    found = template_problems(LetterKind.CLIENT, "Title", f"Dear {{{{ client name }}}}\n\n{line}")
    assert [problem.line for problem in found] == [3]
    assert said in found[0].text


def test_the_whole_number_stands_only_where_it_may() -> None:
    assert "A-number" not in known(LetterKind.CLIENT)
    assert template_problems(LetterKind.JUDGE_REVIEW, "", "{{ a-number }}") == []
    assert problems("x" * 20_001, [], {})[0].line == 0


def test_the_texts_that_come_with_amparo_are_in_order() -> None:
    forbidden = dict.fromkeys(FORBIDDEN, "no")
    for (kind, language), text in DEFAULTS.items():
        assert language in languages(kind)
        assert template_problems(kind, text.title, text.body) == []
        assert problems(text.body, known(kind), forbidden) == [], "nobody is called by these words, whoever reads"
    assert {(kind, language) for kind in LetterKind.values for language in languages(kind)} == set(DEFAULTS)
    assert set(BASES) == set(LetterKind.values)
    assert "Un notario no es abogado" in DEFAULTS[LetterKind.CLIENT, "es"].body


def test_what_has_changed_is_named() -> None:
    assert changed({"a": "1", "today": "x"}, {"a": "2", "today": "y", "b": ["c"]}, but=("today",)) == ["a", "b"]
