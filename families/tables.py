"""The tables of facts about a person by the names that services use, and what a caller may set in each."""

from typing import NamedTuple

from accounts.owned import Fact
from families.models import Custody, Departure, Exclusion, ParentLink
from settlement.models import CourtCase, Election, ReturnRequest

PERSON_FIELDS = (
    "role",
    "given_names",
    "family_names",
    "a_number",
    "birth_date",
    "country",
    "language",
    "noncitizen",
    "lacks_capacity",
    "entry_on",
    "entry_place",
    "custody_known",
    "departures_known",
    "parents_known",
    "asylum_filed_on",
    "phone",
    "email",
    "contact_note",
    "notes",
)


class FactTable(NamedTuple):
    """A table of facts about a person: its model, the field that leads to the person, and what a caller may set."""

    model: type[Fact]
    owner: str
    fields: tuple[str, ...]
    single: bool = False


FACTS: dict[str, FactTable] = {
    "custody": FactTable(Custody, "person", ("by", "began_on", "ended_on")),
    "departure": FactTable(Departure, "person", ("departed_on", "kind", "back_on")),
    "exclusion": FactTable(Exclusion, "person", ("kind", "status")),
    "parent_link": FactTable(
        ParentLink,
        "child",
        ("entered_together", "separated_on", "separated_by", "reunified_on", "reunification"),
    ),
    "election": FactTable(
        Election,
        "person",
        (
            "choice",
            "signed_on",
            "signed_by",
            "own_form",
            "understood",
            "voluntary",
            "via_class_counsel",
            "withdrawn_on",
        ),
    ),
    "court_case": FactTable(
        CourtCase, "person", ("kind", "opened_on", "outcome", "decided_on", "final_on"), single=True
    ),
    "return_request": FactTable(
        ReturnRequest, "person", ("presented_by", "presented_on", "answer", "answered_on"), single=True
    ),
}
