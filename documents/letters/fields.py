"""The fields that a template may name: the reviewed list. Each says what it is filled with, and shows an example.

A field that holds the whole A-number never stands in what a client takes along: a paper is easily lost.
"""

from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from documents.letters.models import LetterKind

Text = str | Promise


class Field(NamedTuple):
    """What a field is filled with; `many`: several values, a list where it stands alone; `kinds`: where alone it may
    stand, everywhere if empty."""

    help: Text
    many: bool = False
    kinds: frozenset[str] = frozenset()


_NOT_CLIENT: Final = frozenset(set(LetterKind.values) - {LetterKind.CLIENT})

FIELDS: Final[dict[str, Field]] = {
    "today": Field(_("The day on which the draft is made.")),
    "client name": Field(_("Given and family names of the person whom the letter is about.")),
    "family number": Field(_("The office's own number of the family.")),
    "date of birth": Field(_("The person's date of birth.")),
    "country": Field(_("The person's country.")),
    "language of the client": Field(_("The language that the person speaks.")),
    "last three digits of the A-number": Field(_("As “A…123”, so that the paper is of no use to others.")),
    "A-number": Field(_("The whole number. Never in a letter to the client."), kinds=_NOT_CLIENT),
    "family members": Field(_("Everybody in the family, with who they are to the file."), many=True),
    "what holds today": Field(_("The answer for this person in plain words, as one says it to them.")),
    "what comes next": Field(_("What the office does next, in plain words, as one says it to them."), many=True),
    "answer": Field(_("The answer for this person in the words of the office.")),
    "why": Field(_("The reasons for the answer, each with where it stands in law and how sure that is."), many=True),
    "next steps": Field(_("The next steps in the words of the office."), many=True),
    "membership": Field(_("Whether the agreement covers this person, as far as is known.")),
    "what is not known": Field(_("The questions that have to be answered to know it."), many=True),
    "dates": Field(_("The dates to keep for this person."), many=True),
    "overdue duties": Field(_("What the government should have done by now, by the dates on file."), many=True),
    "screenings": Field(_("Every screening of this person on file, with result and days."), many=True),
    "election form": Field(
        _("What is on file of the last election form: box, signer, day, language, reader."), many=True
    ),
    "form checks": Field(_("Which conditions of a waiver fail or are not known."), many=True),
    "chronology": Field(_("What happened, each sentence with its source. It takes some time to make."), many=True),
    "attorney": Field(_("The attorney of the family.")),
    "attorney e-mail": Field(_("The attorney's e-mail address.")),
    "office": Field(_("The name of your organization.")),
}

# Words that are never used to clients, and what to say in their place.
FORBIDDEN: Final[dict[str, Text]] = {
    r"\billegals?\b|\bilegal(es)?\b": _("Do not use this word; say what the person has or lacks."),
    r"\baliens?\b": _("Do not use this word; say “person”."),
    r"\bdeportable": _("Do not use this word; say “this agreement no longer bars removal”."),
    r"\bcase closed\b|\bcaso cerrado\b": _("Do not say this of a person who is still in the country."),
}


def known(kind: str) -> list[str]:
    """The names of the fields that may stand in a template of this kind."""
    return [name for name, field in FIELDS.items() if not field.kinds or kind in field.kinds]
