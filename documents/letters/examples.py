"""A made-up family, with which the page of a template shows how a letter would come out. Nobody in it is real."""

import datetime
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from documents.letters.fields import FIELDS
from documents.letters.file import FamilyFile
from documents.letters.values import Values, letter_values
from families.models import Family, Person
from settlement.engine import decide
from settlement.waiting import Record

_DAY: Final = datetime.date(2019, 3, 1)
_FACTS: Final[dict[str, Any]] = {
    "family": "F-0000",
    "as_of": _DAY.isoformat(),
    "persons": [
        {
            "id": "p1",
            "role": "parent",
            "birth_date": "1986-03-14",
            "noncitizen": True,
            "entry": {"on": "2018-05-12", "place": "between_ports"},
            "custody": [{"by": "dhs", "from": "2018-05-12", "to": "2018-07-24"}],
            "departures": [],
            "screenings": [
                {
                    "kind": "credible_fear",
                    "basis": "reevaluation",
                    "status": "decided",
                    "result": "negative",
                    "decided_on": "2018-12-10",
                    "judge_review": {"asked": "yes", "asked_on": "2018-12-10"},
                    "state_of_mind_weighed": True,
                }
            ],
            "elections": [{"choice": "return", "signed_on": "2018-11-20", "signed_by": "self"}],
        },
        {
            "id": "c1",
            "role": "child",
            "birth_date": "2011-08-30",
            "noncitizen": True,
            "entry": {"on": "2018-05-12", "place": "between_ports"},
            "custody": [{"by": "orr", "from": "2018-05-14", "to": "2018-07-24"}],
            "departures": [],
            "parents": [
                {
                    "parent": "p1",
                    "entered_together": True,
                    "separated_on": "2018-05-14",
                    "separated_by": "dhs",
                    "reunified_on": "2018-07-24",
                    "reunification": "court_order",
                }
            ],
        },
    ],
}


def example_values(*, language: str, actor: User) -> Values:
    """Every field, filled in from the made-up family."""
    family = Family(reference="F-0000", attorney=User(name="Elena Duarte", email="elena.duarte@office.example"))
    mother = Person(
        pk=1,
        reference="p1",
        role=Person.Role.PARENT,
        given_names="Rosa María",
        family_names="Ejemplo Núñez",
        a_number="A000000123",
        birth_date=datetime.date(1986, 3, 14),
        country="Guatemala",
        language="Mam",
    )
    son = Person(pk=2, reference="c1", role=Person.Role.CHILD, given_names="Luis", family_names="Ejemplo")
    detail = FamilyFile(family, [mother, son], Record(_FACTS, {}), decide(_FACTS))
    names = [name for name in FIELDS if name != "chronology"]
    values = letter_values(detail, mother, language=language, actor=actor, names=names)
    with translation.override(language):
        line = _("On 14 May 2018: Luis was separated from Rosa María by DHS. [source: who put it on file, and when]")
        return {**values, "chronology": [line]}
