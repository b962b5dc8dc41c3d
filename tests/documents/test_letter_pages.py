"""The pages of letters and templates, and the PDF: what is typed is text wherever it comes out."""

import html
import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import Act, Entry
from documents.letters.models import Letter, LetterTemplate
from documents.letters.rendering import NotRenderedError, pdf, typeset
from documents.letters.services import letter_approve, letter_change
from families.models import Family
from tests.cast import Cast
from tests.factories import DAY, make_family, make_letter

NASTY = (
    '# Title <script>alert(1)</script>\n#import "@preview/x:0.1.0": *\n#read("/etc/passwd")\n\n'
    "#set page(fill: red) $x^2$ *bold* _it_ `raw` @ref <label> // gone /* gone */ \\ {{ 7*7 }} {% now %}\n"
    '- ñ á “curly” ’ – — «»\n- #eval("1")'
)


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast.organization, attorney=cast.attorney)


@pytest.fixture
def letter(cast: Cast, family: Family) -> Letter:
    return make_letter(family, cast.paralegal)


def test_what_is_typed_comes_out_as_text_in_page_and_pdf(client: Client, cast: Cast, letter: Letter) -> None:
    letter_change(
        actor=cast.attorney, letter_id=letter.pk, version=1, values={"title": "#import <b>", "body": NASTY}, key=None
    )
    client.force_login(cast.attorney)
    page = client.get(f"/letters/{letter.pk}/").content.decode()
    assert "<script>alert" not in page
    assert html.escape("<script>alert(1)</script>") in page
    made = pdf(Letter.objects.get(pk=letter.pk), office="Here & <there>")
    assert made.startswith(b"%PDF")
    assert b"/UA" in made or b"pdfuaid" in made, "tagged for readers"
    assert b"/Lang" in made
    letter_change(actor=cast.attorney, letter_id=letter.pk, version=2, values={"body": "漢"}, key=None)
    assert pdf(Letter.objects.get(pk=letter.pk), office="Here").startswith(b"%PDF"), "also without a font for it"


def test_a_pdf_is_marked_until_it_is_approved_and_each_download_is_noted(
    client: Client, cast: Cast, letter: Letter
) -> None:
    client.force_login(cast.paralegal)
    answer = client.get(f"/letters/{letter.pk}/pdf/")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="letter-{letter.pk}.pdf"'
    assert answer["Cache-Control"] == "no-store"
    entry = Entry.objects.get(act=Act.DOWNLOADED)
    assert (entry.actor_id, entry.thing, entry.thing_id) == (cast.paralegal.pk, "letter-pdf", letter.pk)
    assert entry.families == [letter.family_id]
    assert "DRAFT" in client.get(f"/letters/{letter.pk}/").content.decode()
    letter_approve(actor=cast.attorney, letter_id=letter.pk, version=1, key=None, day=DAY)
    assert len(client.get(f"/letters/{letter.pk}/pdf/").content) < len(answer.content)
    assert "DRAFT" not in client.get(f"/letters/{letter.pk}/").content.decode()
    client.force_login(cast.other_attorney)
    assert client.get(f"/letters/{letter.pk}/pdf/").status_code == 404


def test_typesetting_ends_in_time_or_says_that_it_did_not() -> None:
    what = {"title": "t", "language": "en", "office": "o", "mark": "", "note": "", "footer": "", "blocks": []}
    with pytest.raises(NotRenderedError, match="too long"):
        typeset(json.dumps(what).encode(), seconds=0.001)
    with pytest.raises(NotRenderedError, match="failed"):
        typeset(b"no json")
    assert typeset(json.dumps(what).encode()).startswith(b"%PDF")


def test_one_click_makes_a_draft_and_the_page_lists_it(client: Client, cast: Cast, family: Family) -> None:
    client.force_login(cast.paralegal)
    mother = family.persons.order_by("pk")[0]
    page = f"/families/{family.pk}/letters/"
    assert "Letters that fit" in client.get(page).content.decode()
    assert f"{page}" in client.get(f"/families/{family.pk}/").content.decode()
    sent = {"person": mother.pk, "kind": "client", "language": "es", "key": "k"}
    first, second = client.post(page, sent), client.post(page, sent)
    assert first["Location"] == second["Location"] == f"/letters/{Letter.objects.get().pk}/"
    assert client.post(page, {**sent, "kind": "nothing"}).status_code == 422
    assert client.post(page, {**sent, "person": "0"}).status_code == 422
    assert client.post(page, {**sent, "kind": "overdue"}).status_code == 422, "not written in Spanish"
    assert "Lo que vale hoy para" in client.get(page).content.decode()


def test_the_number_of_queries_does_not_grow_with_the_letters(client: Client, cast: Cast, family: Family) -> None:
    client.force_login(cast.attorney)
    counted = []
    for _number in range(2):
        make_letter(family, cast.paralegal)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/families/{family.pk}/letters/").status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 25


def test_who_saves_second_finds_both_texts(client: Client, cast: Cast, letter: Letter) -> None:
    letter_change(actor=cast.attorney, letter_id=letter.pk, version=1, values={"body": "Theirs"}, key=None)
    client.force_login(cast.paralegal)
    page = f"/letters/{letter.pk}/"
    typed = {"version": "1", "key": "k", "body": "Mine", "initial-body": "Old", "title": "T", "initial-title": "T"}
    answer = client.post(page, typed)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "<p>Theirs</p>" in text
    assert "Mine</textarea>" in text
    form = answer.context["form"]
    again = {name: form.data[name] for name in ("version", "key", "body", "initial-body", "title", "initial-title")}
    assert client.post(page, again).status_code == 302
    assert Letter.objects.get(pk=letter.pk).body == "Mine"


def test_acts_need_a_letter_in_the_version_that_was_seen(client: Client, cast: Cast, letter: Letter) -> None:
    client.force_login(cast.attorney)
    act, approve = f"/letters/{letter.pk}/act/", f"/letters/{letter.pk}/approve/"
    assert client.post(approve, {"version": "7", "key": "a"}).status_code == 409
    assert client.post(approve, {"version": "x", "key": "a"}).status_code == 409
    assert client.post(act, {"version": "1", "key": "a", "act": "burn"}).status_code == 422
    assert client.post(act, {"version": "1", "key": "a", "act": "withdraw"}).status_code == 422
    assert client.post(approve, {"version": "1", "key": "a"}).status_code == 302
    answer = client.post(act, {"version": "2", "key": "b", "act": "send", "sent_on": "2020-01-01", "how": "fax"})
    assert answer.status_code == 422
    assert "This day has not come yet." in answer.content.decode()
    sent = {"version": "2", "key": "b", "act": "send", "sent_on": "2019-03-01", "how": "fax"}
    assert client.post(act, sent).status_code == 302
    assert "by fax" in client.get(f"/letters/{letter.pk}/").content.decode()


TEMPLATE: dict[str, Any] = {"kind": "client", "language": "es", "version": "0", "key": "k", "title": "Para usted"}


def test_a_template_is_looked_at_with_a_made_up_family_and_saved(client: Client, cast: Cast) -> None:
    client.force_login(cast.attorney)
    page = "/letter-templates/"
    assert "as it comes with Amparo" in client.get(page).content.decode()
    assert "Rosa María Ejemplo Núñez" in client.get(page, TEMPLATE).content.decode()
    wrong = {**TEMPLATE, "body": "Hola {{ client name }}\n\n{{ nobody }} <b>", "save": "1"}
    answer = client.post(page, wrong)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Line 3: There is no field “nobody” here." in html.unescape(text)
    assert "{{ nobody }} &lt;b&gt;</textarea>" in text, "nothing typed is lost"
    good = {**TEMPLATE, "body": "Hola {{ client name }} <b>"}
    looked = client.post(page, {**good, "preview": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert "<p>Hola Rosa María Ejemplo Núñez &lt;b&gt;</p>" in looked
    assert not LetterTemplate.objects.exists()
    assert client.post(page, {**good, "save": "1"}).status_code == 302
    assert LetterTemplate.objects.get().body == "Hola {{ client name }} <b>"
    assert client.post(page, {**good, "save": "1", "key": "other", "body": "Otra"}).status_code == 409
    assert client.post(page, {**good, "reset": "1", "version": "1"}).status_code == 302
    assert not LetterTemplate.objects.get().active
    assert client.get(page, {"kind": "client", "language": "fr"}).status_code == 404


def test_every_field_has_an_example(client: Client, cast: Cast) -> None:
    client.force_login(cast.supervisor)
    text = client.get("/letter-templates/fields/").content.decode()
    assert "{{ last three digits of the A-number }}" in text
    assert "A…123" in text
    assert "The judge&#x27;s review of a negative result was due on" in text
