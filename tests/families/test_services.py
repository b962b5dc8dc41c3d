"""Changing families, persons and facts: what is taken, what is refused, and that nothing is lost."""

from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.errors import Conflict, Invalid
from families.models import Custody, Family, ParentLink, Person
from families.selectors import family_detail
from families.services import (
    fact_add,
    fact_remove,
    fact_update,
    family_assign,
    family_create,
    person_add,
    person_update,
)
from families.tables import FACTS, PERSON_FIELDS
from settlement.models import CourtCase, PersonDetermination
from tests.cast import Cast
from tests.factories import DAY, confirm_waiting, everything, make_family

PERSON: dict[str, Any] = {"reference": "p1", "role": "parent", "given_names": "Colibrí", "family_names": "Ámbar Yeso"}


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast.organization)


@pytest.fixture
def mother(family: Family) -> Person:
    return family.persons.get(reference="p1")


@pytest.fixture
def son(family: Family) -> Person:
    return family.persons.get(reference="c1")


def removal_of(person: Person) -> str:
    return PersonDetermination.objects.get(person=person).removal


def test_a_family_comes_with_its_persons_and_their_answer(cast: Cast) -> None:
    pk = family_create(
        actor=cast.paralegal, reference=" 7 ", persons=[{**PERSON, "a_number": "123-456-78"}], key="k", day=DAY
    )
    family = Family.objects.get(pk=pk)
    person = family.persons.get()
    assert (family.reference, person.a_number, person.noncitizen) == ("7", "A012345678", None)
    assert family.determinations.get().removal == removal_of(person) == "undetermined"
    assert [state.history_user for state in person.history.all()] == [cast.paralegal]
    again = family_create(actor=cast.paralegal, reference="8", persons=[PERSON], key="k", day=DAY)
    assert again == pk
    assert Family.objects.count() == 1


def test_a_family_is_refused_with_the_place_of_each_error(cast: Cast, mother: Person) -> None:
    create = partial(family_create, actor=cast.paralegal, key=None, day=DAY)
    for reference, persons, fields in (
        ("", [], ["reference", "persons"]),
        (mother.family.reference, [PERSON], ["reference"]),
        ("9", [PERSON, {**PERSON, "given_names": "Ibis"}], ["persons[1].reference"]),
        ("9", [{**PERSON, "role": "aunt", "birth_date": "2018-02-30"}], ["persons[0].birth_date", "persons[0].role"]),
        ("9", [{**PERSON, "a_number": "12"}], ["persons[0].a_number"]),
        ("9", [{**PERSON, "a_number": mother.a_number}], ["persons[0].a_number"]),
        ("9", [{"reference": "p1"}], ["persons[0].given_names", "persons[0].role"]),
        ("9\x00", [PERSON], ["reference"]),
    ):
        with pytest.raises(Invalid) as refusal:
            create(reference=reference, persons=persons)
        assert sorted(refusal.value.errors) == sorted(fields)
    assert Family.objects.count() == 1
    with pytest.raises(PermissionDenied):
        family_create(actor=cast.auditor, reference="9", persons=[PERSON], key=None, day=DAY)


def test_a_person_joins_the_family(cast: Cast, family: Family) -> None:
    guardian = {**PERSON, "reference": "g1", "role": "guardian"}
    person_add(actor=cast.attorney, family_id=family.pk, values=guardian, key=None, day=DAY)
    assert family.persons.count() == PersonDetermination.objects.count() == 3
    with pytest.raises(Http404):
        person_add(actor=cast.other_attorney, family_id=family.pk, values=guardian, key=None, day=DAY)


def test_a_blank_field_keeps_what_is_there_and_erasing_needs_a_reason(cast: Cast, mother: Person) -> None:
    update = partial(person_update, actor=cast.paralegal, person_id=mother.pk, key=None, day=DAY)
    update(version=1, values={"phone": "(956) 555-0100", "birth_date": "", "noncitizen": None, "country": ""})
    mother.refresh_from_db()
    assert (mother.phone, mother.noncitizen, mother.version) == ("(956) 555-0100", True, 2)
    assert mother.birth_date is not None
    for erase, reason, field in (
        (["noncitizen"], " ", "reason"),
        (["role"], "why", "role"),
        (["family"], "why", "family"),
        (["custody_known"], "why", "custody_known"),
    ):
        with pytest.raises(Invalid) as refusal:
            update(version=2, values={}, erase=erase, reason=reason)
        assert list(refusal.value.errors) == [field]
    with pytest.raises(Invalid):
        update(version=2, values={"noncitizen": True}, erase=["noncitizen"], reason="why")
    update(version=2, values={}, erase=["noncitizen", "phone"], reason="the paper was another person's")
    mother.refresh_from_db()
    assert (mother.noncitizen, mother.phone) == (True, ""), "what protects waits for a second person"
    newest = mother.history.first()
    assert (newest.history_user, newest.history_change_reason) == (cast.paralegal, "the paper was another person's")
    assert removal_of(mother) == "barred"
    assert confirm_waiting(cast.attorney) == 1
    mother.refresh_from_db()
    assert mother.noncitizen is None
    newest = mother.history.first()
    assert newest.history_user == cast.attorney
    assert "the paper was another person's" in newest.history_change_reason
    assert removal_of(mother) == "undetermined"


def test_nothing_is_saved_where_nothing_changes(cast: Cast, mother: Person) -> None:
    person_update(actor=cast.paralegal, person_id=mother.pk, version=1, values={"role": "parent"}, key=None, day=DAY)
    mother.refresh_from_db()
    assert (mother.version, mother.history.count()) == (1, 1)


def test_who_comes_second_sees_what_changed_and_loses_nothing(cast: Cast, mother: Person) -> None:
    person_update(actor=cast.attorney, person_id=mother.pk, version=1, values={"country": "A"}, key=None, day=DAY)
    person_update(actor=cast.attorney, person_id=mother.pk, version=2, values={"notes": "B"}, key=None, day=DAY)
    with pytest.raises(Conflict) as refusal:
        person_update(actor=cast.paralegal, person_id=mother.pk, version=1, values={"country": "C"}, key=None, day=DAY)
    conflict = refusal.value
    assert (conflict.current["country"], conflict.current["version"]) == ("A", 3)
    assert conflict.theirs == {"country": "C"}
    assert [(change.who, change.fields) for change in conflict.changes] == [
        (cast.attorney.name, ("notes",)),
        (cast.attorney.name, ("country",)),
    ]
    mother.refresh_from_db()
    assert mother.country == "A"


def test_facts_come_change_and_go_with_their_answers(cast: Cast, mother: Person) -> None:
    actor = cast.paralegal
    pk = fact_add(
        actor=actor,
        kind="departure",
        person_id=mother.pk,
        values={"departed_on": "2018-08-01", "kind": "removed"},
        key="one",
        day=DAY,
    )
    assert removal_of(mother) == "barred"
    assert not mother.departures.exists()
    assert confirm_waiting(cast.supervisor) == 1
    assert mother.departures.get().pk == pk
    assert removal_of(mother) == "absent"
    with pytest.raises(Invalid) as refusal:
        fact_update(
            actor=actor, kind="departure", pk=pk, version=1, values={"back_on": "2018-07-01"}, key=None, day=DAY
        )
    assert "before the first" in refusal.value.errors[""]
    fact_update(actor=actor, kind="departure", pk=pk, version=1, values={"back_on": "2018-09-01"}, key=None, day=DAY)
    assert removal_of(mother) == "undetermined"
    with pytest.raises(Invalid):
        fact_remove(actor=actor, kind="departure", pk=pk, version=2, reason="", key=None, day=DAY)
    with pytest.raises(Conflict):
        fact_remove(actor=actor, kind="departure", pk=pk, version=1, reason="wrong person", key=None, day=DAY)
    with pytest.raises(Http404):
        fact_remove(actor=cast.other_attorney, kind="departure", pk=pk, version=2, reason="x", key=None, day=DAY)
    fact_remove(actor=actor, kind="departure", pk=pk, version=2, reason="wrong person", key=None, day=DAY)
    assert removal_of(mother) == "barred"


def test_a_case_is_one_and_a_parent_link_has_a_parent(cast: Cast, mother: Person, son: Person) -> None:
    add = partial(fact_add, actor=cast.paralegal, key=None, day=DAY)
    add(kind="court_case", person_id=mother.pk, values={"kind": "section_240"})
    with pytest.raises(Invalid):
        add(kind="court_case", person_id=mother.pk, values={"kind": "section_240"})
    assert CourtCase.objects.count() == 1
    with pytest.raises(Invalid):
        add(kind="parent_link", person_id=son.pk, values={})
    with pytest.raises(Invalid):
        add(kind="parent_link", person_id=son.pk, parent_id=son.pk, values={})
    add(kind="parent_link", person_id=son.pk, parent_id=mother.pk, values={"separated_by": "other"})
    confirm_waiting(cast.attorney)
    assert ParentLink.objects.count() == 2


def test_the_fields_of_a_caller_are_the_tables(cast: Cast) -> None:
    """A new column of a table of facts is set by a service, or it would be in no form and in no import."""
    kept = {"id", "organization", "version", "person", "child", "parent"}
    for table in FACTS.values():
        assert {field.name for field in table.model._meta.local_fields} - kept == set(table.fields)
    of_person = {field.name for field in Person._meta.local_fields} - {"id", "organization", "version"}
    assert of_person - {"family", "reference", "extra", "search"} == set(PERSON_FIELDS)


def test_families_are_assigned_by_who_may_to_who_can(cast: Cast, family: Family) -> None:
    other = make_family(cast.organization)
    both = [family.pk, other.pk]
    assert family_assign(actor=cast.attorney, family_ids=both, attorney_id=cast.attorney.pk, key=None) == 2
    assert family_assign(actor=cast.supervisor, family_ids=both, paralegal_id=cast.paralegal.pk, key=None) == 2
    assert family_assign(actor=cast.supervisor, family_ids=both, paralegal_id=cast.paralegal.pk, key=None) == 0
    family.refresh_from_db()
    assert (family.attorney, family.paralegal, family.version) == (cast.attorney, cast.paralegal, 3)
    assert family.history.first().history_user == cast.supervisor
    family_assign(actor=cast.supervisor, family_ids=[family.pk], unassign=["attorney"], key=None)
    family.refresh_from_db()
    assert (family.attorney, family.paralegal) == (None, cast.paralegal)
    with pytest.raises(PermissionDenied):
        family_assign(actor=cast.paralegal, family_ids=both, paralegal_id=cast.paralegal.pk, key=None)
    with pytest.raises(Invalid):
        family_assign(actor=cast.attorney, family_ids=both, attorney_id=cast.paralegal.pk, key=None)
    for ids, attorney in (([*both, 2**40], cast.attorney), (both, cast.other_attorney)):
        with pytest.raises(Http404):
            family_assign(actor=cast.attorney, family_ids=ids, attorney_id=attorney.pk, key=None)


def test_all_of_a_family_is_read_in_a_fixed_number_of_queries(
    cast: Cast, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    small, large = make_family(cast.organization), make_family(cast.organization, everything())
    guardians = [{**PERSON, "reference": f"g{n}", "role": "guardian"} for n in range(12)]
    for guardian in guardians:
        person_add(actor=cast.attorney, family_id=large.pk, values=guardian, key=None, day=DAY)
    for person in large.persons.all():
        Custody.objects.create(organization=cast.organization, person=person, by="dhs")
    with django_assert_max_num_queries(20) as counted:
        family_detail(cast.attorney, small.pk, DAY)
    with django_assert_num_queries(len(counted)):
        detail = family_detail(cast.attorney, large.pk, DAY)
    assert len(detail.persons) == 14
