"""The glossary: its words explain themselves on pages, and the Spanish texts keep to it."""

import re

import pytest
from babel.messages.pofile import read_po
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.translation import override

from config.home import ROOT
from settlement.glossary import WORDS, found_in
from tests.cast import Cast

# Words that stand for something else, too, in the texts of the pages.
_EVERYDAY = {
    "removal",
    "vacated",
    "affirmed",
    "election",
    "bond",
    "stay",
    "agreement",
    "waiver",
    "orientation",
    "appeal",
}


def _explained(*texts: str) -> str:
    template = Template("{% load words %}{% for text in texts %}<p>{% explained text %}</p>{% endfor %}")
    return template.render(Context({"texts": texts, "request": RequestFactory().get("/")}))


def test_a_word_explains_itself_once_on_a_page() -> None:
    html = _explained("Credible fear was found.", "No credible fear, but class counsel knows.")
    assert html.count('popovertarget="word-credible-fear"') == 1
    assert html.count('popovertarget="word-class-counsel"') == 1
    assert re.sub(r"<span popover.*?</span>|<[^>]+>", "", html) == (
        "Credible fear was found.No credible fear, but class counsel knows."
    )


def test_what_people_typed_stays_text() -> None:
    assert "<script>" not in _explained("<script>asylum</script>")
    assert "&lt;script&gt;" in _explained("<script>asylum</script>")


def test_in_spanish_the_spanish_word_explains_itself() -> None:
    with override("es"):
        assert 'popovertarget="word-credible-fear"' in _explained("No se encontró temor creíble.")
        assert "popovertarget" not in _explained("No credible fear.")


def test_a_part_of_a_longer_word_is_none() -> None:
    assert [word.id for _begin, _end, word in found_in("The removals were paroled.", "en")] == []


def test_ids_are_given_once() -> None:
    assert len({word.id for word in WORDS}) == len(WORDS)


def test_the_spanish_texts_keep_to_the_glossary() -> None:
    with (ROOT / "locale/es/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file, locale="es", charset="utf-8")
    strays = []
    for message in catalogue:
        if isinstance(message.id, str) and isinstance(message.string, str):
            said = {word.id for _begin, _end, word in found_in(message.id, "en")} - _EVERYDAY
            strays += [(word, message.string) for word in said - {w.id for *_, w in found_in(message.string, "es")}]
    assert strays == []


@pytest.mark.django_db
def test_the_page_of_words_is_for_who_works_here(client: Client) -> None:
    assert client.get(reverse("words")).status_code == 302


@pytest.mark.django_db
def test_the_page_of_words_has_them_all(client: Client, cast: Cast) -> None:
    client.force_login(cast.paralegal)
    page = client.get(reverse("words"))
    assert page.status_code == 200
    assert all(f'id="{word.id}"' in page.content.decode() for word in WORDS)
