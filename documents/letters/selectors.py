"""What is read of letters and of their templates."""

import datetime
from typing import Any, NamedTuple

from accounts.access import access
from accounts.models import User
from accounts.permissions import Permission, require
from documents.letters.defaults import DEFAULTS
from documents.letters.fields import FORBIDDEN, known
from documents.letters.file import FamilyFile, family_file
from documents.letters.kinds import fitting
from documents.letters.markup import Problem, changed, fields_in, problems
from documents.letters.models import Letter, LetterKind, LetterTemplate
from documents.letters.values import PASSING, Values, letter_values
from families.models import Person
from settlement.determine import digest
from settlement.engine import RULE_VERSION

OPEN = (Letter.State.DRAFT, Letter.State.APPROVED)


class Source(NamedTuple):
    """The text from which a letter is made; `version` is 0 for the one that comes with Amparo, and `row` tells whether
    there is a row of the organization's at all, in use or not."""

    title: str
    body: str
    version: int
    row: LetterTemplate | None


class Now(NamedTuple):
    """What a letter would be filled with today."""

    values: Values
    facts_digest: str


class Difference(NamedTuple):
    """A field of a letter that would be filled in otherwise today."""

    field: str
    before: list[str]
    now: list[str]


class Staleness(NamedTuple):
    """What is no longer as it was when a letter's text was made. `facts`: something on file has changed, be it or be it
    not among the `differences`."""

    differences: list[Difference]
    facts: bool
    rules: bool

    def __bool__(self) -> bool:
        return bool(self.differences or self.facts or self.rules)


class Offer(NamedTuple):
    """A person with the kinds of letter that fit, and the others."""

    person: Person
    fits: list[str]
    others: list[str]


def access_letter(actor: User, pk: int) -> Letter:
    """The letter with its family and person; raises `Http404`."""
    rows = Letter.objects.select_related("family__attorney", "person", "made_by", "approved_by")
    return access(rows, actor, pk)


def letters_page(actor: User, family_id: int, day: datetime.date) -> tuple[FamilyFile, list[Offer], list[Letter]]:
    """A family, what fits each person, and its letters, the newest first. Raises `Http404`, `PermissionDenied`."""
    detail = family_file(actor, family_id, day)
    facts = {one["id"]: one for one in detail.facts["persons"]}
    offers = []
    for person, answer in zip(detail.persons, detail.decision["persons"], strict=True):
        deadlines = [one for one in detail.decision["deadlines"] if one["person"] == person.reference]
        fits = fitting(answer, facts[person.reference], deadlines)
        offers.append(Offer(person, fits, [kind for kind in LetterKind.values if kind not in fits]))
    letters = Letter.objects.visible_to(actor).filter(family=detail.family)
    return detail, offers, list(letters.select_related("person", "made_by", "approved_by").order_by("-pk"))


def source_of(actor: User, kind: str, language: str) -> Source | None:
    """The text for a letter of this kind and language; None where there is none."""
    default = DEFAULTS.get((kind, language))
    if default is None:
        return None
    row = LetterTemplate.objects.visible_to(actor).filter(kind=kind, language=language).first()
    if row is not None and row.active:
        return Source(row.title, row.body, row.version, row)
    return Source(default.title, default.body, 0, row)


def template_problems(kind: str, title: str, body: str) -> list[Problem]:
    """What is wrong with a template, by line; line 0 is the title or the whole."""
    forbidden = {word: str(why) for word, why in FORBIDDEN.items()} if kind == LetterKind.CLIENT else {}
    of_title = [problem._replace(line=0) for problem in problems(title, known(kind), forbidden)]
    return of_title + problems(body, known(kind), forbidden)


def values_now(actor: User, person: Person, *, language: str, day: datetime.date, text: str) -> Now:
    """What the fields of this text would be filled with. Raises `Http404`."""
    return _now(actor, person, language, day, fields_in(text))


def _now(actor: User, person: Person, language: str, day: datetime.date, names: set[str]) -> Now:
    detail = family_file(actor, person.family_id, day)
    values = letter_values(detail, person, language=language, actor=actor, names={*names, *_ALWAYS})
    return Now(values, digest(detail.record))


# Compared whether the text names it or not: an answer may have moved what somebody wrote by hand.
_ALWAYS = frozenset({"answer", "membership", "next steps"})


def staleness(actor: User, letter: Letter, day: datetime.date) -> tuple[Staleness, Now]:
    """What has changed since the text of this letter was made, and what it would be made of now."""
    now = _now(actor, letter.person, letter.language, day, set(letter.values))
    differences = [
        Difference(name, _listed(letter.values.get(name)), _listed(now.values.get(name)))
        for name in changed(letter.values, now.values, but=PASSING)
    ]
    found = Staleness(differences, letter.facts_digest != now.facts_digest, letter.rule_version != RULE_VERSION)
    return found, now


def _listed(value: Any) -> list[str]:
    return list(value) if isinstance(value, list) else [str(value)] if value is not None else []


def earlier_texts(letter: Letter) -> list[Any]:
    """The texts that the letter had before, the newest first, each with who saved it and when."""
    seen: list[Any] = []
    for state in letter.history.select_related("history_user").order_by("-history_id"):
        text = (state.title, state.body)
        if text != (letter.title, letter.body) and text not in [(one.title, one.body) for one in seen]:
            seen.append(state)
    return seen


def templates_page(actor: User) -> list[tuple[str, str, Source]]:
    """Every kind and language with the text in use. Raises `PermissionDenied`. One query."""
    require(actor, Permission.LETTER_TEMPLATE_CHANGE)
    rows = {(row.kind, row.language): row for row in LetterTemplate.objects.visible_to(actor)}
    found = []
    for (kind, language), default in DEFAULTS.items():
        row = rows.get((kind, language))
        if row is not None and row.active:
            found.append((kind, language, Source(row.title, row.body, row.version, row)))
        else:
            found.append((kind, language, Source(default.title, default.body, 0, row)))
    return found
