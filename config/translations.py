"""The catalogue of translations, without GNU gettext: `python -m config.translations update|check|compile`.

Collected are the texts of Python files (gettext, ngettext, pgettext and their lazy twins), of templates, and of the
engine: it knows no gettext, so every text in a value of `settlement/engine/texts.py` is taken, and of its citations
each part that has words.
"""

import ast
import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import django
from babel.messages import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from config.home import ROOT

LOCALES = ("es",)
ROOMS = (
    *("accounts", "api", "audit", "config", "deadlines", "demo", "desks", "documents", "families"),
    *("screenings", "settlement"),
)
ENGINE_TEXTS = Path("settlement/engine/texts.py")
ENGINE_CITATIONS = (Path("settlement/engine/parameters.py"), Path("settlement/engine/sources.py"))
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# "8 CFR 208.31(g)" is the same in every language.
_WORDS = re.compile(r"[a-z]{4}.* |.* [a-z]{4}")
# %s, %d, %(name)s and %%; {name}, {name:format} and {}.
_PLACEHOLDER = re.compile(r"%(?:\([^)]*\))?[-#0 +]*\d*(?:\.\d+)?[sdifr%]|\{[^{}]*\}")
Found = tuple[str, int, str | tuple[str, ...], str | None]


def collected(root: Path = ROOT) -> Catalog:
    """A catalogue of every text to translate, with the places it stands at."""
    catalogue = Catalog(project="Amparo", charset="utf-8")
    for file, line, text, context in _all(root):
        catalogue.add(text, locations=[(file, line)], context=context)
    return catalogue


def _all(root: Path) -> Iterator[Found]:
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield from _in_python(path.relative_to(root).as_posix(), path.read_text())
    for folder in (root / "templates", *(root / room / "templates" for room in ROOMS)):
        for path in sorted(file for file in folder.rglob("*") if file.suffix in {".html", ".txt"}):
            yield from _in_template(path.relative_to(root).as_posix(), path.read_text())
    if (root / ENGINE_TEXTS).exists():
        yield from _in_engine(ENGINE_TEXTS.as_posix(), (root / ENGINE_TEXTS).read_text())
    for file in ENGINE_CITATIONS:
        if (root / file).exists():
            for _, line, texts, _ in _in_engine(file.as_posix(), (root / file).read_text()):
                parts = str(texts).split("; ")
                yield from ((file.as_posix(), line, part, None) for part in parts if _WORDS.match(part))


def _in_python(file: str, source: str) -> Iterator[Found]:
    """The texts that are arguments themselves; `_(reason["text"])` holds a name, no text to translate."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
            arguments = [argument.value if isinstance(argument, ast.Constant) else None for argument in node.args]
            yield from _found(file, node.lineno, node.func.id, arguments)


def _in_template(file: str, source: str) -> Iterator[Found]:
    # In brackets the lines' indents mean nothing. Babel's types say less than it gives: the function's name, and one
    # text or a tuple with None for what is no text.
    python = f"({templatize(source, origin=file)})".encode()
    found: Iterator[Any] = extract_python(io.BytesIO(python), KEYWORDS, [], {"encoding": "utf-8"})
    for line, function, texts, _ in found:
        yield from _found(file, line, function, list(texts) if isinstance(texts, tuple) else [texts])


def _found(file: str, line: int, function: str, arguments: list[Any]) -> Iterator[Found]:
    context: str | None = None
    wanted: list[Any] = []
    for place in KEYWORDS[function] or (1,):
        number = place if isinstance(place, int) else place[0]
        text = arguments[number - 1] if len(arguments) >= number else None
        if isinstance(place, tuple):
            context = text
        else:
            wanted.append(text)
    if all(isinstance(text, str) and text for text in wanted):
        yield file, line, tuple(wanted) if len(wanted) > 1 else wanted[0], context


def _in_engine(file: str, source: str) -> Iterator[Found]:
    """Every text that stands, at any depth, in the value of a dictionary's entry or of an upper-case constant."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for text in _values(node.value):
                if isinstance(text.value, str) and text.value:
                    yield file, text.lineno, text.value, None


def _values(node: ast.expr) -> Iterator[ast.Constant]:
    if isinstance(node, ast.Constant):
        yield node
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _values(value)
    elif isinstance(node, ast.Tuple | ast.List | ast.Set):
        for value in node.elts:
            yield from _values(value)
    elif isinstance(node, ast.Call):
        for value in (*node.args, *(keyword.value for keyword in node.keywords)):
            yield from _values(value)


def _file(locale: str, root: Path) -> Path:
    return root / "locale" / locale / "LC_MESSAGES" / "django.po"


def _read(locale: str, root: Path) -> Catalog:
    file = _file(locale, root)
    if not file.exists():
        return Catalog(locale=locale, charset="utf-8")
    with file.open("rb") as source:
        return read_po(source, locale=locale, charset="utf-8", abort_invalid=True)


def update(root: Path = ROOT) -> None:
    """Bring the `.po` files up to date: new texts come in untranslated, those no longer used go, nothing is guessed."""
    for locale in LOCALES:
        catalogue = _read(locale, root)
        catalogue.update(collected(root), no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.project, catalogue.version = "Amparo", "1"
        catalogue.header_comment = "# Spanish texts of Amparo."
        catalogue.fuzzy = False
        file = _file(locale, root)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as out:
            # Line numbers would change the file with every edit.
            write_po(out, catalogue, width=120, sort_by_file=True, include_lineno=False)
        _drop_dates(file)


def _drop_dates(file: Path) -> None:
    """Take the header's dates and names out: they would change with every run and every person."""
    noise = (
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Last-Translator",
        "Generated-By",
        "Report-Msgid-Bugs-To",
        "Language-Team",
    )
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith(tuple(f'"{name}' for name in noise))))


def problems(root: Path = ROOT) -> list[str]:
    """What is wrong with the catalogues, a line each: missing, untranslated, fuzzy, unused, other placeholders."""
    wanted = {(message.context, message.id) for message in collected(root) if message.id}
    found: list[str] = []
    for locale in LOCALES:
        catalogue = _read(locale, root)
        messages = {(message.context, message.id): message for message in catalogue if message.id}
        found += [f"{locale}: not in the catalogue: {key[1]!r}" for key in sorted(wanted - set(messages), key=repr)]
        found += [f"{locale}: no longer used: {key[1]!r}" for key in sorted(set(messages) - wanted, key=repr)]
        found += [f"{locale}: no longer used: {message.id!r}" for message in catalogue.obsolete.values()]
        for message in messages.values():
            found += [f"{locale}: {problem}" for problem in _message_problems(message, catalogue)]
    return found


def _message_problems(message: Message, catalogue: Catalog) -> Iterator[str]:
    sources = message.id if isinstance(message.id, list | tuple) else (message.id,)
    texts = message.string if isinstance(message.string, list | tuple) else (message.string,)
    if message.fuzzy:
        yield f"fuzzy: {message.id!r}"
    if not all(texts) or (len(sources) > 1 and len(texts) != catalogue.num_plurals):
        yield f"not translated: {message.id!r}"
        return
    # The singular may leave the number out ("one family"); nothing may come in that the source does not fill.
    allowed = [sorted(_PLACEHOLDER.findall(source)) for source in sources]
    for text in texts:
        if sorted(_PLACEHOLDER.findall(str(text))) not in allowed:
            yield f"other placeholders than in {message.id!r}: {text!r}"


def compile_all(root: Path = ROOT) -> None:
    """Write the `.mo` files that Django reads; any number of processes at once may do so."""
    for locale in LOCALES:
        catalogue = _read(locale, root)
        file = _file(locale, root).with_suffix(".mo")
        file.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=file.parent, suffix=".mo.new", delete=False) as passing:
            write_mo(passing, catalogue)
        os.chmod(passing.name, 0o644)
        os.replace(passing.name, file)


def main(arguments: list[str]) -> int:
    """Run one of the three commands; `check` exits 1 and lists what is wrong."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
    django.setup()
    if arguments == ["update"]:
        update()
    elif arguments == ["compile"]:
        compile_all()
    elif arguments == ["check"]:
        found = problems()
        print("\n".join(found) or "The translations are complete.")
        return 1 if found else 0
    else:
        print("usage: python -m config.translations update|check|compile", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
