"""The language of templates and letters: plain text that anybody can edit, and nothing that could run.

    # Heading            ## Smaller heading          - an item of a list
    Any other lines are a paragraph; an empty line ends it.
    {{ name of a field }} is filled in from the file (templates alone).

There is no other markup: stars, hashes inside a line, angle brackets and all else are text and come out as text. A
field alone on its line that has several values becomes a list.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple, TypedDict

from django.utils.translation import gettext as _

MOST = 20_000  # characters of a text
FIELD: Final = re.compile(r"\{\{(.*?)\}\}")
Values = Mapping[str, str | list[str]]


class Block(TypedDict):
    """A heading ("h1", "h2"), a paragraph ("p") with its `text`, or a list ("ul") with its `lines`."""

    kind: str
    text: str
    lines: list[str]


class Problem(NamedTuple):
    """What is wrong in a line, counted from 1."""

    line: int
    text: str


def blocks(text: str) -> list[Block]:
    """The text as headings, paragraphs and lists, in order."""
    found: list[Block] = []
    open_kind = ""
    for line in text.splitlines():
        kind, said = _kind(line.strip())
        if kind == "h2" and not any(block["kind"] == "h1" for block in found):
            kind = "h1"  # no level is left out: readers' programs go by them
        if not said:
            open_kind = ""
        elif kind == "ul" and open_kind == "ul":
            found[-1]["lines"].append(said)
        elif kind == "p" and open_kind == "p":
            found[-1]["text"] += f" {said}"
        elif kind == "p" and open_kind == "ul":  # an item that goes on in the next line
            found[-1]["lines"][-1] += f" {said}"
        else:
            found.append(Block(kind=kind, text="" if kind == "ul" else said, lines=[said] if kind == "ul" else []))
            open_kind = kind if kind in ("p", "ul") else ""
    return found


def _kind(line: str) -> tuple[str, str]:
    for start, kind in (("## ", "h2"), ("# ", "h1"), ("- ", "ul")):
        if line.startswith(start):
            return kind, line[len(start) :].strip()
    return "p", line


def field_name(written: str) -> str:
    """The name of a field as it is listed: spaces folded, small letters."""
    return " ".join(written.split()).lower()


def fields_in(text: str) -> set[str]:
    """The names of the fields that stand in a text, known or not."""
    return {field_name(written) for written in FIELD.findall(text)}


def problems(text: str, known: Collection[str], forbidden: Mapping[str, str]) -> list[Problem]:
    """What is wrong with a template, line by line: unknown fields, braces that do not close, commands of other
    languages, and `forbidden` words (a pattern, and why)."""
    names = {name.lower() for name in known}
    found = [Problem(0, _("The text is too long."))] if len(text) > MOST else []
    for number, line in enumerate(text.splitlines(), 1):
        for written in FIELD.findall(line):
            if field_name(written) not in names:
                told = _("There is no field “%(name)s” here. Choose one of the list.")
                found.append(Problem(number, told % {"name": written.strip()}))
        rest = FIELD.sub("", line)
        if "{{" in rest or "}}" in rest:
            found.append(
                Problem(
                    number, _("A field begins with two opening braces and ends with two closing ones, on one line.")
                )
            )
        if "{%" in rest or "{#" in rest:
            found.append(Problem(number, _("Commands have no meaning here; only fields are filled in.")))
        found += [Problem(number, why) for word, why in forbidden.items() if re.search(word, line, re.IGNORECASE)]
    return found


def filled(text: str, values: Values) -> str:
    """The text with its fields filled in. A value is text and never markup, whatever stands in it."""
    by_name = {name.lower(): value for name, value in values.items()}
    lines: list[str] = []
    for line in text.splitlines():
        alone = FIELD.fullmatch(line.strip().removeprefix("- "))
        value = by_name.get(field_name(alone[1])) if alone else None
        if isinstance(value, list):
            lines += [f"- {_plain(item)}" for item in value]
        else:
            lines.append(_line(line, by_name))
    return "\n".join(lines)


def _line(line: str, by_name: Values) -> str:
    def value_of(match: re.Match[str]) -> str:
        value = by_name.get(field_name(match[1]), match[0])
        text = "; ".join(map(_plain, value)) if isinstance(value, list) else _plain(value)
        return text if line[: match.start()].strip() else text.lstrip("#- ")  # a name makes no heading

    return FIELD.sub(value_of, line)


def _plain(value: str) -> str:
    return " ".join(value.split())


def changed(before: Values, now: Values, *, but: Sequence[str] = ()) -> list[str]:
    """The names of the fields whose values are no longer the same."""
    names = [*before, *(name for name in now if name not in before)]
    return [name for name in names if name not in but and before.get(name) != now.get(name)]
