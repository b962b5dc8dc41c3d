"""Who is held by whom now, how old the children are, who is exposed, and in which families choices differ."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from families.conditions import years_before
from families.filters import AGES, HELD, NOBODY, Filters
from families.lists import families_list, people_list
from families.models import Family, Person
from settlement.models import CourtCase
from tests.cast import Cast
from tests.desks import records
from tests.factories import DAY, Record, make_family, mother_and_son


def people(cast: Cast, **filters: str) -> list[str]:
    return [person.reference for person in people_list(cast.attorney, Filters(**filters), DAY).order_by("pk")]


CUSTODY: list[tuple[list[dict[str, Any]] | None, str]] = [
    ([{"by": "dhs", "from": "2018-06-01"}], "dhs"),
    ([{"by": "orr", "from": "2018-06-01", "to": "2019-03-02"}], "orr"),
    ([{"by": "orr_foster"}], "orr_foster"),
    ([{"by": "other", "from": "2018-06-01"}], "other"),
    ([{"by": "dhs", "from": "2018-06-01", "to": "2019-03-01"}], "none"),
    ([{"by": "dhs", "from": "2019-03-02"}], "none"),
    ([], "none"),
    (None, NOBODY),
    ([{"from": "2018-06-01"}], NOBODY),
]


@pytest.mark.parametrize(("custody", "held"), CUSTODY)
def test_everybody_is_held_by_one_or_by_nobody_or_it_is_not_known(
    cast: Cast, custody: list[dict[str, Any]] | None, held: str
) -> None:
    record = mother_and_son()
    record["persons"][0]["custody"] = custody
    make_family(cast.organization, record)
    found = [value for value in (*HELD, NOBODY) if "p1" in people(cast, held=value)]
    assert found == [held]


@pytest.mark.parametrize(
    ("born", "band"),
    [
        ("2014-03-02", "under5"), ("2014-03-01", "5to13"), ("2005-03-02", "5to13"), ("2005-03-01", "14to17"),
        ("2001-03-02", "14to17"), ("2001-03-01", "18to20"), ("1998-03-02", "18to20"), ("1998-03-01", "21up"),
        (None, NOBODY),
    ],
)  # fmt: skip
def test_each_child_is_of_one_age_and_no_adult_is_counted(cast: Cast, born: str | None, band: str) -> None:
    family = make_family(cast.organization)
    family.persons.filter(role="child").update(birth_date=born)
    [child] = family.persons.filter(role="child")
    found = [value for value in (*AGES, NOBODY) if people(cast, age=value)]
    assert found == [band]
    assert people(cast, age=band) == [child.reference]


def test_who_was_born_on_29_february_turns_on_1_march() -> None:
    born = datetime.date(2004, 2, 29)
    assert born > years_before(datetime.date(2018, 2, 28), 14)
    assert born <= years_before(datetime.date(2018, 3, 1), 14)
    assert years_before(datetime.date(2020, 2, 29), 1) == datetime.date(2019, 2, 28)


@pytest.mark.parametrize(
    ("case", "is_exposed"),
    [
        (None, True),
        ({"kind": "withholding_only", "outcome": "pending"}, False),
        ({"kind": "withholding_only"}, False),
        ({"kind": "withholding_only", "outcome": "removal_ordered", "decided_on": "2019-02-20"}, False),
        ({"outcome": "removal_ordered", "decided_on": "2018-12-20", "final_on": "2019-03-02"}, False),
        ({"outcome": "removal_ordered", "decided_on": "2018-12-20", "final_on": "2019-03-01"}, True),
        ({"outcome": "terminated", "decided_on": "2018-12-20"}, True),
    ],
)
def test_nothing_on_file_stops_who_has_no_open_case(cast: Cast, case: dict[str, Any] | None, is_exposed: bool) -> None:
    family = make_family(cast.organization, records.lifted(), attorney=cast.attorney)
    mother = family.persons.get(reference="p1")
    if case is not None:
        CourtCase.objects.create(organization=cast.organization, person=mother, **case)
    assert people(cast, pile="exposed") == (["p1"] if is_exposed else [])
    assert families_list(cast.attorney, Filters(pile="exposed"), DAY).exists() is is_exposed


def elections(*of_each: list[dict[str, Any]]) -> Record:
    record = mother_and_son()
    for person, forms in zip(record["persons"], of_each, strict=True):
        person["elections"] = forms
    return record


RETURN = records.valid_form()
STAY = {"choice": "stay", "signed_on": "2018-12-20"}


@pytest.mark.parametrize(
    ("mother", "son", "differ"),
    [
        ([RETURN], [], True),
        ([RETURN], [STAY], True),
        ([RETURN], [RETURN], False),
        ([], [], False),
        ([STAY], [STAY], False),
        ([STAY], [], False),
        ([{**RETURN, "withdrawn_on": "2018-12-22"}], [STAY], False),
        ([{**RETURN, "signed_on": "2018-12-22"}, STAY], [STAY], True),
        ([RETURN, {**STAY, "signed_on": "2018-12-22"}], [STAY], False),
        ([RETURN, {**STAY, "signed_on": None}], [STAY], False),
        ([RETURN, STAY], [STAY], False),
        ([RETURN], [{"signed_on": "2018-12-20"}], True),
    ],
)
def test_choices_differ_where_one_returns_and_another_does_not(
    cast: Cast, mother: list[dict[str, Any]], son: list[dict[str, Any]], differ: bool
) -> None:
    family = make_family(cast.organization, elections(mother, son))
    assert families_list(cast.attorney, Filters(pile="differ"), DAY).filter(pk=family.pk).exists() is differ


def test_who_has_left_has_no_choice_that_could_differ(cast: Cast) -> None:
    record = elections([RETURN], [])
    record["persons"][1]["departures"] = [{"on": "2018-12-24", "kind": "returned"}]
    make_family(cast.organization, record)
    assert not families_list(cast.attorney, Filters(pile="differ"), DAY).exists()


@pytest.mark.parametrize("filters", [{"pile": "differ"}, {"pile": "exposed"}, {"held": "none"}, {"age": "5to13"}])
def test_no_filter_reaches_over_the_wall(cast: Cast, filters: dict[str, str]) -> None:
    make: Callable[[], Family] = lambda: make_family(cast.other_organization, elections([RETURN], []))  # noqa: E731
    theirs = make()
    Person.objects.filter(family=theirs).update(custody_known=True, birth_date="2010-01-01")
    assert not people(cast, **filters)
    assert people_list(cast.other_attorney, Filters(**filters), DAY).exists()
