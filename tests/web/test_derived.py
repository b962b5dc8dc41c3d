"""After random edits what is stored for speed is what the facts give; one A-number is one person; no orphans."""

import threading
from typing import Any

import pytest
from django.db import connection

from accounts.errors import Invalid
from drills.edits import DAY, Edits
from drills.truth import derived_faults, orphans
from families.models import Family, Person
from families.services import family_create
from screenings.models import Screening
from settlement.models import Determination, PersonDetermination
from tests.cast import Cast, make_cast
from tests.factories import everything, make_family

PARALLEL = 12


@pytest.fixture
def edited(cast: Cast) -> Cast:
    for _family in range(3):
        make_family(cast.organization, everything())
    Edits(cast.paralegal, cast.supervisor).make(40)
    return cast


@pytest.mark.django_db
def test_the_answers_are_those_of_the_facts_and_a_drift_is_found(edited: Cast) -> None:
    assert list(derived_faults(edited.organization, day=DAY)) == []
    person = PersonDetermination.objects.filter(organization=edited.organization).first()
    assert person is not None
    PersonDetermination.objects.filter(pk=person.pk).update(rule="another")
    (fault,) = derived_faults(edited.organization, day=DAY)
    assert fault == f"family {person.family_id}: the index rows are not the decision's"
    Person.objects.filter(family=person.family_id, role="parent").update(noncitizen=None, birth_date="1950-01-01")
    assert any("made of other facts" in found for found in derived_faults(edited.organization, day=DAY))
    Determination.objects.filter(family=person.family_id).update(current=False)
    assert any("no determination" in found for found in derived_faults(edited.organization, day=DAY))


@pytest.mark.django_db
def test_no_row_hangs_in_the_air_and_one_that_does_is_found(edited: Cast) -> None:
    assert list(orphans()) == []
    screening = Screening.objects.filter(organization=edited.organization).latest("pk")
    with connection.cursor() as cursor:
        # What PostgreSQL refuses when the transaction ends; until then it stands there.
        cursor.execute("UPDATE screenings_screening SET person_id = 2^40 WHERE id = %s", [screening.pk])
        assert "screenings.Screening.person: 1 rows lead to nothing" in list(orphans())
        cursor.execute(
            "UPDATE screenings_screening SET person_id = %s WHERE id = %s", [screening.person_id, screening.pk]
        )
    assert list(orphans()) == []


@pytest.mark.django_db(transaction=True)
def test_of_many_who_put_one_person_on_file_one_does() -> None:
    """The others are told which field it is, and none of their families is half there."""
    cast = make_cast()
    told: list[Any] = []

    def create(number: int) -> None:
        person = {"reference": "p1", "role": "parent", "given_names": "Una", "a_number": "A208700821"}
        try:
            told.append(
                family_create(
                    actor=cast.paralegal, reference=f"F-{number}", persons=[person], key=f"k{number}", day=DAY
                )
            )
        except Invalid as refusal:
            told.append(refusal.errors)
        finally:
            connection.close()

    threads = [threading.Thread(target=create, args=(number,)) for number in range(PARALLEL)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = [found for found in told if isinstance(found, int)]
    refused = [found for found in told if isinstance(found, dict)]
    assert (len(made), len(refused)) == (1, PARALLEL - 1)
    assert all(found == {"persons[0].a_number": "Another person has this A-number."} for found in refused)
    assert (Family.objects.count(), Person.objects.filter(a_number="A208700821").count()) == (1, 1)
    assert list(derived_faults(cast.organization, day=DAY)) == []
