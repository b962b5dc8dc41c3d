"""What a list shows: the filters that stand in its address, each with the values it may have.

Addresses hold only the office's own words (a colleague's number, a country, the engine's answers): never what somebody
typed to find a person, which the session keeps under an opaque key.
"""

import datetime
import functools
import operator
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final, NamedTuple

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from deadlines.catalogue import CATALOGUE
from settlement import guidance, wording
from settlement.exposure import EXPOSURES, NEAR
from settlement.labels import NEEDS, RULES, STANDINGS
from settlement.models import Membership, Removal

Choices = Sequence[tuple[str, str | Promise]]

NOBODY: Final = "-"
"""The value of a filter for what is not there: no attorney, a country that is not known."""

# By how much is still to do.
RIGHT_STATES: Final = (
    *("available", "promised", "pending", "disputed", "won"),
    *("used", "waived", "not_needed", "unknown", "none"),
)
ROLES: Final = {"adult": _("parents and guardians"), "child": _("children")}
OUTCOMES: Final = {
    "record": _("interview held or its day has come"),
    "judge": _("judge's decision awaited"),
    "soon": _("interview in the next 14 days"),
    "later": _("interview later, or no day yet"),
}
HELD: Final = {
    "dhs": _("DHS"),
    "orr": _("ORR"),
    "orr_foster": _("ORR foster care"),
    "other": _("someone else"),
    "none": _("nobody: not in custody"),
}
AGES: Final = {
    "under5": _("under 5"),
    "5to13": _("5 to 13"),
    "14to17": _("14 to 17"),
    "18to20": _("18 to 20"),
    "21up": _("21 and over"),
}
PILES: Final = {
    "exposed": _("No longer barred by this agreement, and no open case on file"),
    "differ": _("Choices in one family differ"),
    "silent": _("Nobody has spoken with them for too long"),
    "papers": _("Papers are missing"),
    "notices": _("Notice to Appear not seen in court"),
}
DUE: Final = {"missed": _("Overdue"), "today": _("Today"), "week": _("Next 7 days"), "later": _("Later")}
"""When a date is due: these four divide all open dates (`deadlines.lists`)."""
DUE_ACROSS: Final = {
    "in7": _("overdue, or due within 7 days"),
    "soon": _("in the next 14 days"),
    "year": _("in the next 12 months"),
}
"""Stretches that lie across the four."""
AMISS: Final = {
    "unconfirmed": _("Not confirmed"),
    "late": _("Not confirmed within a working day"),
    "undelivered": _("Reminder not delivered"),
    "hours": _("Running by the hour"),
    "down": _("Missed while reminders stood still"),
}
"""What is amiss with some of them."""
KINDS_TOGETHER: Final = {"judge_review": ("judge_review", "judge_review_rf"), "ages": ("age_14", "age_18", "age_21")}
"""Kinds of dates that one value of the filter lets through together."""


@dataclass(frozen=True)
class Filters:
    """The filters of every list; an empty one lets everything through. `text` is what `search` is the key of."""

    attorney: str = ""
    paralegal: str = ""
    country: str = ""
    language: str = ""
    held: str = ""
    age: str = ""
    pile: str = ""
    removal: str = ""
    exposure: str = ""
    role: str = ""
    membership: str = ""
    rule: str = ""
    standing: str = ""
    right_state: str = ""
    need: str = ""
    step: str = ""
    due: str = ""
    amiss: str = ""
    kind: str = ""
    outcome: str = ""
    sort: str = ""
    search: str = ""
    text: str = ""

    def query(self, **changes: str) -> str:
        """The filters with these changes as a query string, without the question mark; empty ones are left out."""
        changed = replace(self, **changes)
        pairs = [(field.name, getattr(changed, field.name)) for field in fields(self) if field.name != "text"]
        return urlencode([(name, value) for name, value in pairs if value])

    def address(self, name: str, **changes: str) -> str:
        """The address of the named list with these filters."""
        query = self.query(**changes)
        return f"{reverse(name)}?{query}" if query else reverse(name)


class Kind(NamedTuple):
    """A kind of list: its address' name, its filters, those that its page offers at once, and its orders."""

    name: str
    filters: tuple[str, ...]
    at_hand: tuple[str, ...]
    sorts: Mapping[str, str | Promise]


SCOPE: Final = ("attorney", "paralegal", "country", "language", "held", "age")
"""The filters of every list and of the dashboard: they stay when a number opens its list."""
_OF_ANSWER: Final = ("membership", "rule", "standing", "right_state", "need", "step")
FAMILIES: Final = Kind(
    "families",
    (*SCOPE, "removal", "exposure", "pile", *_OF_ANSWER),
    ("removal", "exposure", "step", "attorney"),
    {
        "": _("family number"),
        "exposure": _("most exposed"),
        "date": _("nearest date"),
        "attorney": _("attorney"),
        "newest": _("newest on file"),
    },
)
PEOPLE: Final = Kind(
    "people",
    (*SCOPE, "removal", "pile", "role", *_OF_ANSWER),
    ("removal", "rule", "step", "attorney"),
    {"": _("family number"), "name": _("family name"), "age": _("age, youngest first")},
)
DEADLINES: Final = Kind(
    "deadlines", (*SCOPE, "due", "amiss", "kind"), ("due", "kind", "amiss", "attorney"), {"": _("nearest first")}
)
SCREENINGS: Final = Kind(
    "screenings", (*SCOPE, "outcome"), ("outcome", "paralegal", "attorney"), {"": _("nearest first")}
)
BOARD: Final = Kind("dashboard", SCOPE, ("attorney", "country", "language", "held", "age"), {"": ""})
KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in (FAMILIES, PEOPLE, DEADLINES, SCREENINGS, BOARD)}
"""Every kind of list by the name of its address."""

_LABELS: Final = {
    "attorney": _("Attorney"),
    "paralegal": _("Paralegal"),
    "country": _("Country"),
    "language": _("Language"),
    "held": _("Held by"),
    "age": _("Child’s age"),
    "pile": _("Look at first"),
    "removal": _("Where they stand"),
    "exposure": _("What is pressing"),
    "role": _("Who"),
    "membership": _("Covered by the agreement"),
    "rule": _("Why they stand there"),
    "standing": _("How far their claim is"),
    "right_state": _("Their right"),
    "need": _("Not known yet"),
    "step": _("Next step"),
    "due": _("When"),
    "amiss": _("What is amiss"),
    "kind": _("Deadline"),
    "outcome": _("Outcome"),
    "sort": _("Order"),
}

_FIXED: Final[dict[str, Choices]] = {
    "held": [*HELD.items(), (NOBODY, _("not known"))],
    "age": [*AGES.items(), (NOBODY, _("not known"))],
    "pile": list(PILES.items()),
    "removal": [*((value, wording.status(value).label) for value in Removal.values), (NOBODY, _("No answer yet"))],
    "exposure": [(exposure.key, exposure.label) for exposure in EXPOSURES],
    "role": list(ROLES.items()),
    "membership": [(value, wording.membership_text(value)) for value in Membership.values],
    "rule": list(RULES.items()),
    "standing": list(STANDINGS.items()),
    "right_state": [(state, wording.right_state_text(state)) for state in RIGHT_STATES],
    "need": list(NEEDS.items()),
    "step": [(key, step.title) for key, step in guidance.STEPS.items()],
    "due": [*DUE.items(), *DUE_ACROSS.items()],
    "amiss": list(AMISS.items()),
    "outcome": list(OUTCOMES.items()),
    "kind": [
        ("ages", _("turns 14, 18 or 21")),
        ("own", _("a date of your own")),
        *((entry.id, entry.title) for entry in CATALOGUE.values() if entry.id != "judge_review_rf"),
    ],
}


@dataclass(frozen=True)
class Office:
    """The values of an office's own: its people who have families, and the countries and languages on file."""

    attorneys: Choices = ()
    paralegals: Choices = ()
    countries: Sequence[str] = ()
    languages: Sequence[str] = ()

    def choices(self) -> dict[str, Choices]:
        """By filter; what is not there comes last."""
        nobody = (NOBODY, _("nobody"))
        unknown = (NOBODY, _("not known"))
        return {
            "attorney": [*self.attorneys, nobody],
            "paralegal": [*self.paralegals, nobody],
            "country": [*((name, name) for name in self.countries if name), unknown],
            "language": [*((name, name) for name in self.languages if name), unknown],
        }


class FilterForm(forms.Form):
    """The filters of one kind of list as a form. What is not in its lists is an error, named."""

    def __init__(self, kind: Kind, office: Office, data: QueryDict) -> None:
        """`data` is the address' query; the fields are those of the kind."""
        super().__init__(data)
        self.kind = kind
        choices = {**_FIXED, **office.choices()}
        for name in kind.filters:
            self.fields[name] = _field(name, choices[name], empty=_("all"))
        if len(kind.sorts) > 1:
            self.fields["sort"] = _field("sort", [pair for pair in kind.sorts.items() if pair[0]], kind.sorts[""])

    def filters(self, *, search: str = "", text: str = "") -> Filters:
        """The filters, once the form is valid."""
        return Filters(**self.cleaned_data, search=search, text=text)

    @property
    def at_hand(self) -> list[forms.BoundField]:
        """The fields that the page shows at once."""
        return [self[name] for name in (*self.kind.at_hand, "sort") if name in self.fields]

    @property
    def folded(self) -> list[forms.BoundField]:
        """The other fields."""
        return [self[name] for name in self.kind.filters if name not in self.kind.at_hand]

    @property
    def in_words(self) -> list[tuple[str, str]]:
        """The filters that let not everything through, each with its value, for paper."""
        found = []
        for name in self.fields:
            value = self[name].value()
            if value:
                labels: dict[Any, Any] = dict(getattr(self.fields[name], "choices", ()))
                found.append((str(self.fields[name].label), str(labels.get(value, value))))
        return found

    @property
    def folded_used(self) -> bool:
        """Whether one of the folded fields lets not everything through: then they are shown at once."""
        return any(field.value() for field in self.folded)


def _field(name: str, choices: Iterable[tuple[str, Any]], empty: str | Promise) -> forms.ChoiceField:
    return forms.ChoiceField(
        choices=[("", empty), *choices],
        required=False,
        label=_LABELS[name],
        error_messages={"invalid_choice": _("“%(value)s” is not in this list.")},
    )


def unknown_names(kind: Kind, data: Mapping[str, Any], also: Collection[str]) -> list[str]:
    """The names in an address that this kind of list does not know; `also` are those that the page knows besides."""
    known = {*kind.filters, "search", "page", *(["sort"] if len(kind.sorts) > 1 else []), *also}
    return sorted(name for name in data if name not in known)


def outcome_condition(outcome: str, day: datetime.date) -> Q:
    """True of a screening that waits for that; the values of `OUTCOMES` divide all that wait for anything."""
    planned = Q(status__in=("requested", "scheduled"))
    held = Q(status="interviewed") | Q(status="decided", result=None) | (planned & Q(interview_on__lte=day))
    before_judge = Q(status="decided", result="negative", judge_review__isnull=False, judge_review__outcome=None)
    conditions = {
        "record": held,
        "judge": before_judge & ~Q(judge_review__asked="no"),
        "soon": planned & Q(interview_on__gt=day, interview_on__lte=day + NEAR),
        "later": planned & (Q(interview_on__gt=day + NEAR) | Q(interview_on=None)),
    }
    return conditions[outcome] if outcome else functools.reduce(operator.or_, conditions.values())
