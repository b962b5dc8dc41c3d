"""What can be changed of each kind of fact, in which order, and what helps who types it: one table for all forms."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from families.models import Person
from families.tables import FACTS

Text = str | Promise
_NOTHING: Final[Mapping[str, Any]] = {}


class Sheet(NamedTuple):
    """A kind of fact as a form: its title, its fields under headings, and where the column's own name is not enough
    another label, a hint, or other words for its choices. `whose` says who can have such facts."""

    kind: str
    title: Text
    groups: tuple[tuple[Text, tuple[str, ...]], ...]
    labels: Mapping[str, Text] = _NOTHING
    hints: Mapping[str, Text] = _NOTHING
    words: Mapping[str, Any] = _NOTHING
    long: frozenset[str] = frozenset()
    whose: frozenset[str] = frozenset(Person.Role.values)

    def column(self, name: str) -> Any:
        """The column behind a field."""
        model: Any = Person if self.kind == "person" else FACTS[self.kind].model
        return model._meta.get_field(name)


_ADULTS: Final = frozenset({Person.Role.PARENT, Person.Role.GUARDIAN})
_NAMES: Final = ("role", "given_names", "family_names", "a_number", "birth_date", "country", "language")
_WHO: Final = (_("Who this is"), _NAMES)
_COUNTS: Final = (
    _("What counts for the agreement"),
    ("noncitizen", "lacks_capacity", "entry_on", "entry_place", "asylum_filed_on"),
)
_NEVER: Final = (_("What is known never to have been"), ("custody_known", "departures_known", "parents_known"))
_REACH: Final = (_("How to reach this person"), ("phone", "email", "contact_note", "notes"))
_LABELS: Final[Mapping[str, Text]] = {
    "noncitizen": _("Not a citizen of the United States"),
    "custody_known": _("Held in custody"),
    "departures_known": _("Left the country"),
    "parents_known": _("Parents on file"),
}
_HINTS: Final[Mapping[str, Text]] = {
    "a_number": _("The letter A and seven to nine digits, however they are spaced."),
    "birth_date": _("It decides who signs for whom, and who is a child."),
    "lacks_capacity": _("Whether the law says that somebody else must sign for this person."),
    "entry_place": _("Where officers first met this person."),
    "language": _("The language this person speaks best, which need not be Spanish."),
    "contact_note": _("Safe ways to make contact, and what must not be said to whom."),
}
_NEVER_WORDS: Final = {
    "custody_known": [("yes", _("Never held, and this is known")), ("no", _("Not known"))],
    "departures_known": [("yes", _("Never left, and this is known")), ("no", _("Not known"))],
    "parents_known": [("yes", _("No parent in this family, and this is known")), ("no", _("Not known"))],
}

PERSON: Final = Sheet(
    "person",
    _("Who this is and what is known"),
    (_WHO, _COUNTS, _NEVER, _REACH),
    _LABELS,
    _HINTS,
    _NEVER_WORDS,
    frozenset({"contact_note", "notes"}),
)

NEW_PERSON: Final = PERSON._replace(
    title=_("A person not on file yet"), groups=((_WHO[0], ("reference", *_NAMES)), _COUNTS, _REACH)
)

_SHEETS: Final = (
    Sheet(
        "custody",
        _("Time in custody"),
        ((_("Time in custody"), ("by", "began_on", "ended_on")),),
        hints={"ended_on": _("Leave it blank while this person is still held.")},
    ),
    Sheet(
        "parent_link",
        _("Parent of a child"),
        (
            (_("Coming in and being separated"), ("entered_together", "separated_on", "separated_by")),
            (_("Being brought back together"), ("reunified_on", "reunification")),
        ),
        hints={
            "separated_by": _("“DHS” for Border Patrol, CBP or ICE; “someone else” only where that is known."),
            "reunified_on": _("Leave it blank while the two are apart."),
        },
        whose=frozenset({Person.Role.CHILD}),
    ),
    Sheet(
        "departure",
        _("Departure from the country"),
        ((_("Departure from the country"), ("kind", "departed_on", "back_on")),),
        hints={"back_on": _("Leave it blank while this person is not back.")},
    ),
    Sheet(
        "exclusion",
        _("Ground to leave out"),
        ((_("Ground to leave out"), ("kind", "status")),),
        hints={"status": _("“Established” only where a decision says so, not where the government says so.")},
    ),
    Sheet(
        "election",
        _("Election form"),
        (
            (_("The form"), ("choice", "signed_on", "signed_by", "own_form")),
            (_("Whether it counts"), ("understood", "voluntary", "via_class_counsel")),
            (_("If it was taken back"), ("withdrawn_on",)),
        ),
        hints={
            "choice": _("The box that is ticked. A missing form is no choice: do not put one on file for it."),
            "own_form": _("It names this person alone."),
            "voluntary": _("Nobody pressed, and seeing the child again was not made to depend on it."),
        },
    ),
    Sheet(
        "court_case",
        _("Case in immigration court"),
        (
            (_("The case"), ("kind", "opened_on")),
            (_("What the judge decided"), ("outcome", "decided_on", "final_on")),
        ),
        hints={
            "opened_on": _("The day on which the Notice to Appear was filed with the court. Served is not filed."),
            "final_on": _("Only once no appeal is open any more."),
        },
    ),
    Sheet(
        "return_request",
        _("Request to return"),
        (
            (_("The request"), ("presented_by", "presented_on")),
            (_("The government's answer"), ("answer", "answered_on")),
        ),
        hints={"presented_by": _("Only class counsel can present the request to the government.")},
        whose=_ADULTS,
    ),
)
SHEETS: Final[Mapping[str, Sheet]] = {sheet.kind: sheet for sheet in _SHEETS}
"""Kind of fact (as `FACTS`) -> its form, in the order in which the family page offers them."""
