"""Finding people by name, number or A-number, however it is written; and keeping what was typed out of addresses."""

import re
import secrets
from collections.abc import MutableMapping
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Func, Q, QuerySet, TextField, Value

from accounts.models import User
from families.models import Family, Person

MOST_LETTERS: Final = 200
MOST_WORDS: Final = 12
MOST_KEPT: Final = 20
_SESSION: Final = "searches"

# "A 208-700-821", "a208.700.821" and "208700821" are one number.
_A_NUMBER = re.compile(r"(?<!\w)[Aa]?[\s.\-\u2010\u2011]*((?:[0-9][\s.\-\u2010\u2011]*){6,8}[0-9])(?!\w)")
_BREAK = re.compile(r"[^\w']+|_")


def search_terms(text: str) -> list[str]:
    """What must all be found in one person: whole A-numbers in the stored form, and words, in any order.

    Names are cut where anything but letters, digits and apostrophes stands, so "García-Luna" finds "García Luna".
    """
    text = text[:MOST_LETTERS]
    numbers = [f"a{found[1]:0>9}" for found in _digits(text)]
    words = [word for word in _BREAK.split(_A_NUMBER.sub(" ", text)) if word.strip("'")]
    return [*numbers, *words][:MOST_WORDS]


def _digits(text: str) -> list[tuple[str, str]]:
    return [(found[0], re.sub(r"\D", "", found[1])) for found in _A_NUMBER.finditer(text)]


def persons_matching(actor: User, text: str) -> QuerySet[Person]:
    """The persons in whom every term is found, whatever its case and accents; none for a text without terms.

    Looked for by `config/database/functions.sql`, in the organization of the scope (accounts/scope.py) alone.
    """
    terms = search_terms(text)
    if not terms:
        return Person.objects.none()
    found = Func(
        Value(terms, output_field=ArrayField(TextField())),
        function="persons_matching",
        template="(SELECT %(function)s(%(expressions)s))",
        output_field=BigIntegerField(),
    )
    return Person.objects.visible_to(actor).filter(pk__in=found)


def families_matching(actor: User, text: str) -> Q:
    """What is true of a family whose own number begins with the text, or in which a person matches."""
    return Q(pk__in=persons_matching(actor, text).values("family_id")) | Q(
        pk__in=Family.objects.visible_to(actor).filter(reference__istartswith=text.strip()).values("pk")
    )


def keep_search(session: MutableMapping[str, Any], text: str) -> str:
    """Keep what was typed in the session, under a key that says nothing; gives the key. The last 20 are kept."""
    text = text[:MOST_LETTERS]
    kept = {key: old for key, old in session.get(_SESSION, {}).items() if old != text}
    key = secrets.token_urlsafe(9)
    session[_SESSION] = dict([*kept.items(), (key, text)][-MOST_KEPT:])
    return key


def kept_search(session: MutableMapping[str, Any], key: str) -> str | None:
    """The text that was kept under the key; None when it is not kept any more, or never was here."""
    found: str | None = session.get(_SESSION, {}).get(key)
    return found
