"""What PostgreSQL itself refuses, whoever writes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from families.models import Child, Custody, Departure, Exclusion, Family, Parent, ParentLink, Person
from screenings.models import JudgeReview, Screening
from settlement.models import CourtCase, CourtEvent, Determination, Election, ReturnRequest
from tests.cast import Cast
from tests.factories import DAY, everything, make_family, mother_and_son

Write = Callable[[], Any]


@pytest.fixture
def family(cast: Cast) -> Family:
    CourtEvent.objects.create(organization=cast.organization, kind="stay", on=DAY)
    return make_family(cast.organization, everything())


def mother(family: Family) -> Any:
    return Person.objects.filter(family=family, role__in=["parent", "guardian"])


def son(family: Family) -> Any:
    return Person.objects.filter(family=family, role="child")


# Each line: the rows, a change that is taken, one that is refused, and the constraint that refuses it.
RULES: list[tuple[Callable[[Family], Any], dict[str, Any], dict[str, Any], str]] = [
    (mother, {"role": "guardian"}, {"role": "aunt"}, "families_person_role_choice"),
    (mother, {"entry_place": None}, {"entry_place": "sea"}, "families_person_entry_place_choice"),
    (mother, {"a_number": "A012345678"}, {"a_number": "A12345678"}, "families_person_a_number_form"),
    (mother, {"a_number": None}, {"a_number": "012345678"}, "families_person_a_number_form"),
    (mother, {"reference": "None"}, {"reference": ""}, "families_person_reference_given"),
    (mother, {"reference": "p9"}, {"reference": "c1"}, "families_person_reference"),
    (son, {"parents_known": False}, {"role": "parent"}, "families_parentlink_fits"),
    (mother, {"custody_known": False}, {"parents_known": True}, "families_person_parents_of_child"),
    (mother, {"role": "parent"}, {"role": "child"}, "families_parentlink_fits"),
    (
        lambda f: Custody.objects.filter(person__family=f),
        {"by": "orr_foster", "began_on": DAY, "ended_on": DAY},
        {"began_on": "2019-01-02", "ended_on": "2019-01-01"},
        "families_custody_order",
    ),
    (lambda f: Custody.objects.all(), {"by": None}, {"by": "ice"}, "families_custody_by_choice"),
    (
        lambda f: Departure.objects.all(),
        {"departed_on": None, "back_on": "2018-01-01"},
        {"departed_on": "2018-01-02", "back_on": "2018-01-01"},
        "families_departure_order",
    ),
    (lambda f: Departure.objects.all(), {"kind": "left"}, {"kind": "gone"}, "families_departure_kind_choice"),
    (lambda f: Exclusion.objects.all(), {"kind": None}, {"kind": "other"}, "families_exclusion_kind_choice"),
    (lambda f: Exclusion.objects.all(), {"status": "alleged"}, {"status": ""}, "families_exclusion_status_choice"),
    (
        lambda f: ParentLink.objects.all(),
        {"separated_by": "other"},
        {"separated_by": "orr"},
        "families_parentlink_separated_by_choice",
    ),
    (
        lambda f: ParentLink.objects.all(),
        {"reunification": "abroad"},
        {"reunification": "yes"},
        "families_parentlink_reunification_choice",
    ),
    (lambda f: Screening.objects.all(), {"basis": "initial"}, {"basis": "first"}, "screenings_screening_basis_choice"),
    (
        lambda f: Screening.objects.all(),
        {"status": "withdrawn"},
        {"status": "done"},
        "screenings_screening_status_choice",
    ),
    (lambda f: Screening.objects.all(), {"kind": None}, {"kind": "fear"}, "screenings_screening_kind_choice"),
    (lambda f: Screening.objects.all(), {"result": None}, {"result": "no"}, "screenings_screening_result_choice"),
    (
        lambda f: Screening.objects.filter(person__role="parent"),
        {"basis": "reevaluation"},
        {"basis": "independent"},
        "screenings_screening_fits",
    ),
    (
        lambda f: Screening.objects.filter(person__role="child"),
        {"basis": "initial"},
        {"basis": "reevaluation"},
        "screenings_screening_fits",
    ),
    (
        lambda f: JudgeReview.objects.all(),
        {"asked": "silent"},
        {"asked": "maybe"},
        "screenings_judgereview_asked_choice",
    ),
    (lambda f: JudgeReview.objects.all(), {"outcome": None}, {"outcome": "x"}, "screenings_judgereview_outcome_choice"),
    (lambda f: Election.objects.all(), {"choice": "return"}, {"choice": "go"}, "settlement_election_choice_choice"),
    (
        lambda f: Election.objects.all(),
        {"signed_by": "self"},
        {"signed_by": "me"},
        "settlement_election_signed_by_choice",
    ),
    (
        lambda f: Election.objects.all(),
        {"signed_on": DAY, "withdrawn_on": DAY},
        {"signed_on": "2018-02-02", "withdrawn_on": "2018-02-01"},
        "settlement_election_order",
    ),
    (lambda f: CourtCase.objects.all(), {"kind": None}, {"kind": "240"}, "settlement_courtcase_kind_choice"),
    (
        lambda f: CourtCase.objects.all(),
        {"outcome": "pending"},
        {"outcome": "won"},
        "settlement_courtcase_outcome_choice",
    ),
    (
        lambda f: ReturnRequest.objects.all(),
        {"presented_by": "class_counsel"},
        {"presented_by": "us"},
        "settlement_returnrequest_presented_by_choice",
    ),
    (
        lambda f: ReturnRequest.objects.all(),
        {"answer": "granted"},
        {"answer": "yes"},
        "settlement_returnrequest_answer_choice",
    ),
    (lambda f: CourtEvent.objects.all(), {"kind": "rejected"}, {"kind": "x"}, "settlement_courtevent_kind_choice"),
    (
        lambda f: Family.objects.filter(pk=f.pk),
        {"reference": "None"},
        {"reference": ""},
        "families_family_reference_given",
    ),
    (
        lambda f: Determination.objects.all(),
        {"removal": "barred", "deportation_eligible": False},
        {"removal": "barred", "deportation_eligible": True},
        "settlement_determination_eligible",
    ),
    (
        lambda f: Determination.objects.all(),
        {"through_day": "2020-01-01"},
        {"through_day": "2000-01-01"},
        "settlement_determination_order",
    ),
]


@pytest.mark.parametrize(
    ("rows", "taken", "refused", "name"), RULES, ids=[f"{rule[3]}-{n}" for n, rule in enumerate(RULES)]
)
def test_what_is_no_fact_is_refused(
    family: Family, rows: Callable[[Family], Any], taken: dict[str, Any], refused: dict[str, Any], name: str
) -> None:
    assert rows(family).update(**taken)
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        rows(family).update(**refused)
    assert refusal.value.__cause__.diag.constraint_name == name  # type: ignore[union-attr]


def write_and_check(write: Write) -> None:
    """Write as if the transaction ended here."""
    with transaction.atomic():
        write()
        connection.check_constraints()


def refused_by(write: Write) -> str:
    with pytest.raises(IntegrityError) as refusal:
        write_and_check(write)
    return str(refusal.value.__cause__.diag.constraint_name)  # type: ignore[union-attr]


def test_a_number_is_one_familys_and_an_a_number_one_persons(cast: Cast, family: Family) -> None:
    other = make_family(cast.organization)
    assert refused_by(lambda: Family.objects.filter(pk=other.pk).update(reference=family.reference)) == (
        "families_family_reference"
    )
    number = mother(family).get().a_number
    assert refused_by(lambda: mother(other).update(a_number=number)) == "families_person_a_number"
    elsewhere = make_family(cast.other_organization, reference=family.reference)
    mother(elsewhere).update(a_number=number)
    for person in family.persons.all():
        Person.objects.filter(pk=person.pk).update(a_number=None)


def test_a_parent_link_stays_in_the_family(cast: Cast, family: Family) -> None:
    other = make_family(cast.organization)
    link = ParentLink.objects.filter(child__family=family)
    assert refused_by(lambda: link.update(parent=mother(other).get())) == "families_parentlink_fits"
    assert refused_by(lambda: link.update(parent=son(family).get())) == "families_parentlink_fits"
    assert refused_by(lambda: son(family).update(family=other, reference="c9")) == "families_parentlink_fits"


def test_the_role_of_a_person_fits_their_screenings(cast: Cast) -> None:
    record = mother_and_son()
    del record["persons"][1]["parents"]
    record["persons"][1]["screenings"] = [{"basis": "independent", "status": "requested"}]
    family = make_family(cast.organization, record)
    assert refused_by(lambda: son(family).update(role="guardian")) == "screenings_screening_fits"
    Screening.objects.filter(person__family=family, basis="independent").delete()
    assert son(family).update(role="guardian") == 1


def test_a_family_has_a_person_when_the_transaction_ends(cast: Cast, family: Family) -> None:
    empty = lambda: Family.objects.create(organization=cast.organization, reference="empty")  # noqa: E731
    assert refused_by(empty) == "families_family_has_persons"
    family = make_family(cast.organization)
    son(family).get().delete()
    connection.check_constraints()
    assert refused_by(lambda: mother(family).get().delete()) == "families_family_has_persons"
    family.delete()
    connection.check_constraints()


def test_one_determination_of_a_family_is_current(family: Family) -> None:
    stored = family.determinations.get()
    stored.pk = None
    assert refused_by(stored.save) == "settlement_determination_current"
    stored.current = False
    stored.save()


def test_the_faces_read_and_do_not_write(family: Family) -> None:
    assert [person.reference for person in Parent.objects.all()] == ["p1"]
    assert [person.reference for person in Child.objects.all()] == ["c1"]
    for face in (Parent.objects.get(), Child.objects.get()):
        with pytest.raises(TypeError, match="as a Person"):
            face.save()
        with pytest.raises(TypeError, match="as a Person"):
            face.delete()


def test_the_search_text_is_folded(family: Family) -> None:
    mother(family).update(given_names="ÑANDÚ", family_names="D\u2019Ópalo de la Águeda")
    person = mother(family).get()
    assert person.search == f"nandu d'opalo de la agueda p1 {person.a_number.lower()}"
