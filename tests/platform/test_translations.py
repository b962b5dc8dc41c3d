"""The catalogue of translations: what is collected, what counts as wrong, and that ours is complete."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import django
import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from config import translations
from config.home import ROOT

PYTHON = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext_lazy, pgettext
plain = _("One family")
lazy = gettext_lazy("A child"
                    " and a parent")
some = ngettext_lazy("%(count)d family", "%(count)d families", "count")
month = pgettext("month", "May")
not_text = _(plain)
"""
TEMPLATE = """{% load i18n %}<p title="{% translate 'Sign in' %}">{% translate "Open" context "court case" %}</p>
{% comment %}Don't break on this{% endcomment %}
  {% blocktranslate trimmed count n=n %}
     {{ n }} deadline
  {% plural %}
     {{ n }} deadlines
  {% endblocktranslate %}
{{ person|default:_("unknown") }}"""
ENGINE = '''"""The engine's texts."""
TEXTS = {"a.key": "The mother is a member.", ("C", 1): {"met": "A stay is in force."}}
'''


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name, content in {
        "families/views.py": PYTHON,
        "templates/page.html": TEMPLATE,
        "settlement/engine/texts.py": ENGINE,
        "families/migrations/0001.py": 'from x import _\n_("Not this")\n',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    return tmp_path


def test_texts_are_collected_from_python_templates_and_the_engine(checkout: Path) -> None:
    found = {(message.context, message.id) for message in translations.collected(checkout) if message.id}
    assert found == {
        (None, "One family"),
        (None, "A child and a parent"),
        (None, ("%(count)d family", "%(count)d families")),
        ("month", "May"),
        (None, "Sign in"),
        ("court case", "Open"),
        (None, ("%(n)s deadline", "%(n)s deadlines")),
        (None, "unknown"),
        (None, "The mother is a member."),
        (None, "A stay is in force."),
    }


def test_update_adds_what_is_new_and_drops_what_has_gone(checkout: Path) -> None:
    translations.update(checkout)
    file = checkout / "locale/es/LC_MESSAGES/django.po"
    file.write_text(
        file.read_text().replace('msgid "One family"\nmsgstr ""', 'msgid "One family"\nmsgstr "Una familia"')
    )
    (checkout / "settlement/engine/texts.py").write_text('TEXTS = {"a": "The father is a member."}\n')
    translations.update(checkout)
    content = file.read_text()
    assert 'msgstr "Una familia"' in content
    assert "The father is a member." in content
    assert "The mother is a member." not in content
    once = content
    translations.update(checkout)
    assert file.read_text() == once


def test_check_names_every_fault(checkout: Path) -> None:
    translations.update(checkout)
    file = checkout / "locale/es/LC_MESSAGES/django.po"
    content = file.read_text()
    content = content.replace('msgid "One family"\nmsgstr ""', '#, fuzzy\nmsgid "One family"\nmsgstr "Una familia"')
    content = content.replace('msgid "May"\nmsgstr ""', 'msgid "May"\nmsgstr "mayo"')
    content = content.replace(
        'msgstr[0] ""\nmsgstr[1] ""', 'msgstr[0] "una familia"\nmsgstr[1] "%(number)d familias"', 1
    )
    content = content.replace('msgid "unknown"\n', 'msgid "not known"\n')
    file.write_text(content)
    found = "\n".join(translations.problems(checkout))
    assert "es: fuzzy: 'One family'" in found
    assert "es: not translated: 'Sign in'" in found
    assert "es: not in the catalogue: 'unknown'" in found
    assert "es: no longer used: 'not known'" in found
    assert "%(number)d familias" in found
    assert "'May'" not in found


def test_compile_writes_what_django_reads(checkout: Path) -> None:
    translations.update(checkout)
    file = checkout / "locale/es/LC_MESSAGES/django.po"
    file.write_text(
        file.read_text().replace('msgid "One family"\nmsgstr ""', 'msgid "One family"\nmsgstr "Una familia"')
    )
    translations.compile_all(checkout)
    with file.with_suffix(".mo").open("rb") as compiled:
        message = read_mo(compiled).get("One family")
    assert message is not None
    assert message.string == "Una familia"


def test_many_may_compile_at_once(checkout: Path) -> None:
    """Installations that start together: none takes the file of another away half written."""
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(translations.compile_all, [checkout] * 40)) == [None] * 40
    assert list(checkout.rglob("*.new")) == []


def test_our_catalogue_is_complete() -> None:
    assert translations.problems() == []


def test_what_django_says_itself_it_says_in_its_own_words() -> None:
    """Its months, for one: a heading "May" of ours once made of every day in May one in "Puede"."""
    folder = Path(django.__file__).parent / "conf" / "locale" / "es" / "LC_MESSAGES"
    with (folder / "django.po").open("rb") as source:
        theirs = read_po(source)
    with translations._file("es", ROOT).open("rb") as source:
        ours = read_po(source)
    said = {(message.context, message.id): message.string for message in theirs if message.id}
    other = {
        message.id: message.string
        for message in ours
        if said.get((message.context, message.id), message.string) != message.string
    }
    assert other == {"Change": "Cambio"}  # which Django says in its admin alone
