"""Who entered what is on file, who confirmed it, and when: read off the history of a family in few, fixed queries.

What is in force of a field was entered by whoever saved the state in which it first had the value that it has now.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import JSONObject

from families.models import Custody, Departure, Exclusion, ParentLink, Person
from families.proposals.models import Proposal
from families.tables import FACTS, PERSON_FIELDS
from screenings.models import JudgeReview, Screening
from screenings.outcome import REVIEW_FIELDS, SCREENING_FIELDS
from settlement.models import CourtCase, Election, ReturnRequest


class Change(NamedTuple):
    """Who changed which kind of row (a model's name), when, about whom; `how` is +, ~ or -, as in the history."""

    when: datetime.datetime
    who: str | None
    what: str
    person: int | None
    how: str


class State(NamedTuple):
    """A row as somebody saved it: the change, the kind of fact, the row's key (of a judge's review its screening's),
    and the row's values by the services' names, days as ISO text."""

    change: Change
    kind: str
    row: int
    user: int | None
    values: Mapping[str, Any]


class Origin(NamedTuple):
    """Who entered a fact and when; with `confirmed_by` that a second person confirmed it. No name: the sheet, or the
    installation."""

    entered_by: str
    entered_at: datetime.datetime
    confirmed_by: str = ""
    confirmed_at: datetime.datetime | None = None


class Kept(NamedTuple):
    """A row of facts that is in force: its key, its person, and where each of its values comes from."""

    row: int
    person: int | None
    origins: Mapping[str, Origin]

    @property
    def origin(self) -> Origin | None:
        """The newest of its values' origins."""
        return max(self.origins.values(), key=lambda origin: origin.entered_at, default=None)


class Book(NamedTuple):
    """What the history says of a family's facts: each row in force by kind and person, and the last changes."""

    kept: Mapping[tuple[str, int | None], Sequence[Kept]]
    changes: Sequence[Change]

    def rows(self, kind: str, person: int) -> Sequence[Kept]:
        """The rows of a kind about a person, in order of their keys."""
        return self.kept.get((kind, person), ())

    def attribute(self, person: int, *names: str) -> Origin | None:
        """Where these attributes of a person come from: the newest of them."""
        found = [one.origins[name] for one in self.rows("person", person) for name in names if name in one.origins]
        return max(found, key=lambda origin: origin.entered_at, default=None)


_REVIEW: Final = "judge_review"
# Kind, table of facts, the column that leads to the person, and the columns told (by the services' names).
_TABLES: Final[tuple[tuple[str, Any, str, Mapping[str, str]], ...]] = (
    ("person", Person, "id", {name: name for name in PERSON_FIELDS}),
    ("parent_link", ParentLink, "child_id", {name: name for name in FACTS["parent_link"].fields}),
    ("custody", Custody, "person_id", {name: name for name in FACTS["custody"].fields}),
    ("departure", Departure, "person_id", {name: name for name in FACTS["departure"].fields}),
    ("exclusion", Exclusion, "person_id", {name: name for name in FACTS["exclusion"].fields}),
    ("screening", Screening, "person_id", {name: name for name in ("basis", *SCREENING_FIELDS)}),
    ("election", Election, "person_id", {name: name for name in FACTS["election"].fields}),
    ("court_case", CourtCase, "person_id", {name: name for name in FACTS["court_case"].fields}),
    ("return_request", ReturnRequest, "person_id", {name: name for name in FACTS["return_request"].fields}),
)


def book_of(
    persons: Collection[int], proposals: Sequence[Proposal], names: Mapping[int, str], *, last: int = 6
) -> Book:
    """The book of these persons (keys of one family's); `proposals` are those of the family that were confirmed, in the
    order of that, and `names` of who typed them, by key."""
    states = states_of(persons)
    by_row: defaultdict[tuple[str, int], list[State]] = defaultdict(list)
    for state in states:
        by_row[(state.kind, state.row)].append(state)
    confirmed: defaultdict[tuple[str, int], list[Proposal]] = defaultdict(list)
    for proposal in proposals:
        confirmed[(proposal.kind, proposal.row)].append(proposal)
    kept: defaultdict[tuple[str, int | None], list[Kept]] = defaultdict(list)
    for (kind, row), found in sorted(by_row.items()):
        whole = [state for state in found if state.change.what != JudgeReview._meta.model_name]
        if whole and whole[-1].change.how != "-":
            origins = _origins(found, confirmed[(kind, row)], names)
            kept[(kind, whole[-1].change.person)].append(Kept(row, whole[-1].change.person, origins))
    return Book(kept, [state.change for state in states[: -last - 1 : -1]])


def states_of(persons: Collection[int]) -> list[State]:
    """Every state of every fact about these persons, the oldest first, in one query."""
    of_screening = Subquery(Screening.history.filter(id=OuterRef("screening_id")).values("person_id")[:1])
    screenings = Screening.history.filter(person_id__in=persons).values("id")
    reviews = JudgeReview.history.filter(screening_id__in=screenings).annotate(about=of_screening)
    parts = [_part("screening", JudgeReview, reviews, "screening_id", REVIEW_FIELDS)]
    parts += [
        _part(kind, model, model.history.filter(**{f"{column}__in": persons}).annotate(about=F(column)), "id", columns)
        for kind, model, column, columns in _TABLES
    ]
    rows = parts[0].union(*parts[1:], all=True).order_by("history_date", "history_id")
    return [_state(row) for row in rows]


def _part(kind: str, model: Any, rows: Any, key: str, columns: Mapping[str, str]) -> Any:
    told = JSONObject(**columns)
    fixed = {"kind": Value(kind), "what": Value(model._meta.model_name), "row": F(key), "told": told}
    return rows.annotate(**{f"x_{name}": value for name, value in fixed.items()}).values(
        "history_date", "history_id", "history_user_id", "history_user__name", "history_type", "about",
        "x_kind", "x_what", "x_row", "x_told",
    )  # fmt: skip


def _state(row: Mapping[str, Any]) -> State:
    change = Change(row["history_date"], row["history_user__name"], row["x_what"], row["about"], row["history_type"])
    values = row["x_told"]
    if change.what == JudgeReview._meta.model_name and change.how == "-":
        values = dict.fromkeys(values)
    return State(change, row["x_kind"], row["x_row"], row["history_user_id"], values)


def _origins(states: Sequence[State], proposals: Sequence[Proposal], names: Mapping[int, str]) -> dict[str, Origin]:
    """For each value that is known now, the state that brought it, as people did it."""
    setters: dict[str, State] = {}
    now: dict[str, Any] = {}
    for state in states:
        for name, value in state.values.items():
            if name not in now or now[name] != value:
                now[name], setters[name] = value, state
    return {
        name: _origin(name, now[name], setter, proposals, names)
        for name, setter in setters.items()
        if now[name] not in (None, "")
    }


def _origin(name: str, value: Any, state: State, proposals: Sequence[Proposal], names: Mapping[int, str]) -> Origin:
    """A value that was confirmed was entered by those who typed it, not by who put it in force."""
    for proposal in reversed(proposals):
        if proposal.decided_by_id == state.user and name in proposal.values and proposal.values[name] == value:
            typed = ", ".join(names.get(key, "") for key in proposal.authors)
            by = proposal.decided_by.name if proposal.decided_by else ""
            return Origin(typed, proposal.proposed_at, by, proposal.decided_at)
    return Origin(state.change.who or "", state.change.when)
