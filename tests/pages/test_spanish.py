"""The pages in Spanish: everything that can be reached is, and nothing of it is left in English."""

import json
import re
import shutil
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from babel.messages.pofile import read_po
from django.conf import settings as conf
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils.translation import ngettext, override

from accounts.models import Organization, User
from accounts.services import user_set_language
from config import translations
from config.home import ROOT
from config.words import day_text, list_text
from families.intake.jobs import run_job
from families.intake.models import ImportJob
from families.intake.vocabulary import COLUMNS
from screenings.models import Screening
from screenings.services import screening_record
from settlement.engine import decide
from tests.cast import Cast
from tests.factories import DAY, PASSWORD, everything, make_family, with_reevaluation
from tests.intake.sheets import child, parent, write_csv

pytestmark = pytest.mark.django_db

PAGES_A_ROUTE = 3
KEY = "11111111-2222-4333-8444-555555555556"
FAMILY = "families/<int:pk>/"
# Words that stand in nearly every English sentence and in no Spanish one, name or citation.
ENGLISH = re.compile(
    r"\b(?:the|and|of|with|is|are|was|were|this|that|who|not|has|have|been|from|for|by)\b", re.IGNORECASE
)
_PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]")


@pytest.fixture(autouse=True)
def _spanish(tmp_path: Path, settings: Any) -> None:
    """Today's catalogue, compiled apart from the checkout's, on the day of the demonstration families."""
    shutil.copytree(ROOT / "locale", tmp_path / "locale")
    translations.compile_all(tmp_path)
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    settings.AMPARO_TODAY = DAY


class _Reader(HTMLParser):
    """What a person reads or hears of a page: its texts and the attributes that are read out."""

    SPOKEN = {"alt", "aria-label", "placeholder", "title", "label", "content"}

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._english = 0
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self._silent += tag in {"script", "style"}
        if told.get("lang") == "en" or self._english:
            self._english += tag not in {"img", "input", "br", "meta", "link", "hr"}
        if tag != "meta" and not self._english:
            self.texts += [value for name, value in attrs if name in self.SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"script", "style"}
        self._english -= bool(self._english)

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._english and not self._silent:
            self.texts.append(data)


def read(page: str) -> list[str]:
    """The page's texts, spaces folded, without what is marked as English (the switch of languages)."""
    reader = _Reader()
    reader.feed(page)
    return [" ".join(text.split()) for text in reader.texts]


def translated() -> Iterator[tuple[str, str]]:
    """Each English message with its Spanish one, singular and plural apart."""
    with (ROOT / "locale/es/LC_MESSAGES/django.po").open("rb") as source:
        messages = [message for message in read_po(source) if message.id]
    for message in messages:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        yield from ((str(one), str(other)) for one, other in zip(ids, strings, strict=True))


class Untranslated:
    """Knows a text that is, or a long one that contains, an English message whose Spanish is another."""

    def __init__(self) -> None:
        pairs = [(" ".join(english.split()), " ".join(spanish.split())) for english, spanish in translated()]
        both = {spanish.lower() for _, spanish in pairs}
        wanted = [english for english, _ in pairs if english.lower() not in both and re.search("[a-z]{2}", english)]
        self.whole = {english.lower() for english in wanted if not _PLACEHOLDER.search(english)}
        self.parts = [text for text in self.whole if len(text.split()) > 3]
        self.filled = [self._pattern(english) for english in wanted if _PLACEHOLDER.search(english)]
        self.known: dict[str, bool] = {}

    @staticmethod
    def _pattern(english: str) -> re.Pattern[str]:
        pattern = ".+?".join(re.escape(part) for part in _PLACEHOLDER.split(english))
        return re.compile(f".*{pattern}.*" if len(english.split()) > 3 else pattern, re.IGNORECASE)

    def is_english(self, text: str) -> bool:
        """Whether the text is one of those, or has words that make it English."""
        if text not in self.known:
            small = text.lower()
            self.known[text] = bool(
                small in self.whole
                or ENGLISH.search(text)
                or any(part in small for part in self.parts)
                or any(pattern.fullmatch(text) for pattern in self.filled)
            )
        return self.known[text]

    def left_in(self, page: str) -> set[str]:
        """The texts of a page that are still English."""
        assert '<html lang="es"' in page
        return {text for text in read(page) if self.is_english(text)}


@pytest.fixture(scope="module")
def english() -> Untranslated:
    return Untranslated()


def families(cast: Cast) -> None:
    """As few of the worked cases as show every rule, standing, question and next step."""
    Organization.objects.filter(pk=cast.organization.pk).update(name="Centro Amparo")
    seen: Counter[str] = Counter()
    lines = (ROOT / "tests/contracts/cases.jsonl").read_text(encoding="utf-8").splitlines()
    for facts in (json.loads(line)["facts"] for line in lines):
        if facts["as_of"] != DAY.isoformat() or facts.get("court_events") is not None:
            continue
        decision = decide(facts)
        shows = {
            word
            for person in decision["persons"]
            for word in (
                *(reason["text"] for reason in person["because"]),
                *person["needs"],
                *person["next_steps"],
                f"standing {person['standing']} {person['rule']}",
            )
        } | {f"deadline {deadline['id']}" for deadline in decision["deadlines"]}
        if shows - set(seen):
            seen.update(shows)
            number = f"S-{len(seen):04}"
            make_family(cast.organization, facts, reference=number, attorney=cast.attorney, paralegal=cast.paralegal)
    make_family(cast.organization, everything())


def crawl(client: Client, *, all_families: bool) -> Iterator[tuple[str, str]]:
    """The pages that links lead to from the desk: of each kind a few, or every family."""
    waiting, met = deque(["/desk/", "/screenings/"]), {"/desk/", "/screenings/"}
    routes: Counter[str] = Counter()
    while waiting:
        address = waiting.popleft()
        response = client.get(address, follow=True)
        assert response.status_code == 200, address
        if not response["Content-Type"].startswith("text/html"):
            continue
        page = response.content.decode()
        yield address, page
        for link in re.findall(r'href="(/[^"#]*)', page):
            found = link.replace("&amp;", "&")
            parts = urlsplit(found)
            try:
                route = resolve(parts.path).route
            except Resolver404:
                continue  # a static file
            if parts.path.endswith("/export/"):
                continue  # a file, which would stay open
            if found not in met and routes[route] < (1000 if route == FAMILY and all_families else PAGES_A_ROUTE):
                routes[route] += 1
                met.add(found)
                waiting.append(found)


def signed_in(user: User) -> Client:
    """Somebody who reads Spanish."""
    user_set_language(actor=user, language="es")
    client = Client()
    client.post("/sign-in/", {"username": user.email, "password": PASSWORD})
    assert client.cookies[conf.LANGUAGE_COOKIE_NAME].value == "es"
    return client


def test_every_page_that_can_be_reached_is_in_spanish(cast: Cast, english: Untranslated) -> None:
    families(cast)
    routes, left = set(), set()
    for user in (cast.attorney, cast.paralegal, cast.supervisor):
        for address, page in crawl(signed_in(user), all_families=user == cast.supervisor):
            left |= {(address, text) for text in english.left_in(page)}
            routes.add(resolve(urlsplit(address).path).url_name)
    assert not left
    assert {"desk", "dashboard", "families", "people", "screenings", "deadlines", "family", "intake"} <= routes
    assert {"screening-record", "screening-add"} <= routes


def test_refusals_and_previews_are_in_spanish(cast: Cast, english: Untranslated) -> None:
    make_family(cast.organization, with_reevaluation())
    screening = Screening.objects.get(basis="reevaluation")
    client = signed_in(cast.paralegal)
    address = f"/screenings/{screening.pk}/record/"
    form = {"key": "k", "version": "1", "status": "interviewed", "result": "positive", "decided_on": "30/02/2019"}
    wrong = client.post(address, {**form, "save": "1"})
    assert wrong.status_code == 422
    looked_at = client.post(address, {"key": "k", "version": "1", "status": "decided", "result": "negative"})
    assert looked_at.status_code == 200
    screening_record(
        actor=cast.attorney, screening_id=screening.pk, version=1, values={"status": "interviewed"}, key=None, day=DAY
    )
    conflict = client.post(address, {**form, "status": "decided", "decided_on": "2019-02-20", "save": "1"})
    assert conflict.status_code == 409
    for answer, where in ((wrong, "wrong"), (looked_at, "preview"), (conflict, "conflict")):
        assert not english.left_in(answer.content.decode()), where


def test_a_sheet_and_what_is_wrong_in_it_are_in_spanish(
    cast: Cast, english: Untranslated, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    client = signed_in(cast.paralegal)
    rows = [parent(), child(parent_refs="p1")]
    wrong = [
        {"birth_date": "5/14/86"},
        {"birth_date": "02/30/1986"},
        {"birth_date": "spring"},
        {"a_number": "12"},
        {"noncitizen": "perhaps"},
        {"role": "uncle"},
        {"given_names": ""},
        {"family_names": "x" * 3000},
        {"parent_refs": "p9"},
        {"unheard_of": "1"},
    ]
    for number, cells in enumerate(wrong):
        rows.append(parent(f"W{number}") | cells)
    rows += [parent("T"), parent("T")]
    sheet = write_csv(tmp_path / "a.csv", rows).read_bytes()
    pages = [client.get("/intake/"), client.post("/intake/", {"file": "", "key": KEY})]
    with django_capture_on_commit_callbacks():
        client.post("/intake/", {"file": SimpleUploadedFile("a.csv", b"no,sheet\n"), "key": KEY})
        made = client.post("/intake/", {"file": SimpleUploadedFile("a.csv", sheet), "key": KEY[::-1]})
    assert made.status_code == 302
    pages.append(client.get(made["Location"]))
    run_job(ImportJob.objects.get().pk)
    pages.append(client.get(made["Location"]))
    assert pages[-1].content.decode().count("<tr") > len(wrong)
    for page in pages:
        assert not english.left_in(page.content.decode()) - set(COLUMNS), (
            "but a sheet's columns, which have these names"
        )


def test_choosing_searching_and_assigning_are_in_spanish(cast: Cast, english: Untranslated) -> None:
    family = make_family(cast.organization)
    client = signed_in(cast.supervisor)
    for answer in (
        client.post("/families/search/", {"q": "Nadie"}, follow=True),
        client.post("/families/assign/", {"family": [family.pk], "attorney": cast.attorney.pk}, follow=True),
        client.post("/families/assign/", {}, follow=True),
    ):
        assert answer.status_code in {200, 422}
        assert not english.left_in(answer.content.decode())


def test_pages_for_what_went_wrong_are_in_spanish(cast: Cast, english: Untranslated) -> None:
    client = signed_in(cast.paralegal)
    csrf = Client(enforce_csrf_checks=True)
    csrf.cookies[conf.LANGUAGE_COOKIE_NAME] = "es"
    for answer, status in (
        (client.get("/families/999999999/"), 404),
        (client.get("/families/?x=1"), 400),
        (client.get("/dashboard/"), 403),
        (csrf.post("/sign-in/", {}), 403),
        (client.get("/families/export/"), 403),
    ):
        assert answer.status_code == status
        assert not english.left_in(answer.content.decode()), (answer.request["PATH_INFO"], status)


def test_sign_in_refuses_in_spanish(english: Untranslated) -> None:
    client = Client()
    client.cookies[conf.LANGUAGE_COOKIE_NAME] = "es"
    page = client.post("/sign-in/", {"username": "nadie@mail.example", "password": "x"}).content.decode()
    assert not english.left_in(page)
    assert "no coinciden" in page


@pytest.mark.parametrize(
    ("page", "caught"),
    [
        ('<html lang="es"><p>Sign in</p>', True),
        ('<html lang="es"><p>Wait: Nobody of this family is in the country. Now.</p>', True),
        ('<html lang="es"><p>12 families</p>', True),
        ('<html lang="es"><button aria-label="Search">Buscar</button>', True),
        ('<html lang="es"><button lang="en">English</button><p>Buscar</p>', False),
        ('<html lang="es"><button lang="en">English</button><p>Search</p>', True),
    ],
)
def test_the_check_itself_sees_what_is_english(english: Untranslated, page: str, caught: bool) -> None:
    assert bool(english.left_in(page)) is caught


def test_days_lists_and_numbers_are_said_as_in_spanish() -> None:
    with override("es"):
        assert day_text(DAY) == "1 de marzo de 2019"
        assert day_text("2018-12-10") == "10 de diciembre de 2018"
        assert list_text(["Tucán", "Ibis"]) == "Tucán e Ibis"
        assert list_text(["Tucán", "Hilandero"]) == "Tucán e Hilandero"
        assert list_text(["Tucán", "Hierro"]) == "Tucán y Hierro"
        assert list_text(["Tucán", "Mirlo", "Búho"]) == "Tucán, Mirlo y Búho"
        told = [ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days} for days in (0, 1, 2, 1_000_000)]
        assert told == ["en 0 días", "en 1 día", "en 2 días", "en 1000000 días"]
    with override("en"):
        assert list_text(["Tucán", "Ibis"]) == "Tucán and Ibis"


# What the glossary forbids, in both languages, and what it asks for.
FORBIDDEN = re.compile(
    r"\b(?:ilegal\w*|alienígena\w*|extranjer[oa]s? ilegal\w*|deportables?|removible\w*|remoción|exención|alivio|"
    r"caso cerrado|illegal\w*|aliens?|deportable|case closed)\b",
    re.IGNORECASE,
)
FAMILIAR = re.compile(r"\b(?:tú|tu|tus|te|contigo|puedes|tienes|debes|quieres|haz)\b", re.IGNORECASE)


def test_the_words_are_those_of_the_glossary() -> None:
    for english, spanish in translated():
        assert not FORBIDDEN.search(english), english
        assert not FORBIDDEN.search(spanish), spanish
        assert not FAMILIAR.search(spanish), spanish
