"""Each change of a row leaves an entry, however it is made, and says what was and what is."""

import datetime
from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from audit.installing import installed
from audit.models import Act, Entry
from audit.services import because
from audit.tables import EXEMPT, HIDDEN, UNTOLD
from audit.triggers import traced
from families.models import Family, Person
from families.services import person_update
from screenings.models import JudgeReview, Screening
from tests.audit.conftest import Session
from tests.cast import Cast
from tests.factories import DAY, make_family, mother_and_son

Entries = Callable[[], list[Entry]]


def test_every_table_is_traced_or_exempt_by_name() -> None:
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}
    traced_tables = {one.table for one in traced()}
    assert tables == traced_tables | (set(EXEMPT) & tables)
    assert not traced_tables & set(EXEMPT)
    assert all(EXEMPT.values())


def test_lists_name_columns_that_are_there() -> None:
    columns = {
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
    }
    for listed in (HIDDEN, UNTOLD):
        assert {(table, column) for table, names in listed.items() for column in names} <= columns


@pytest.mark.django_db
def test_the_triggers_are_in_the_database() -> None:
    with connection.cursor() as cursor:
        there = installed(cursor)
    for one in traced():
        assert {(one.table, f"audit_{event.lower()}") for event in (*one.events, "TRUNCATE")} <= set(there)


def test_a_save_says_who_what_when_and_why(cast: Cast, entries: Entries, at_work: Session) -> None:
    family = make_family(cast.organization, mother_and_son())
    person = Person.objects.filter(family=family).earliest("pk")
    seen = len(entries())
    with at_work(cast.attorney):
        person_update(
            actor=cast.attorney,
            person_id=person.pk,
            version=person.version,
            values={"phone": "555-0199"},
            key="k",
            day=DAY,
        )
    (entry,) = [one for one in entries()[seen:] if one.thing == "families_person"]
    assert (entry.act, entry.thing_id) == (Act.CHANGED, person.pk)
    assert (entry.organization_id, entry.actor_id) == (cast.organization.pk, cast.attorney.pk)
    assert (entry.families, entry.persons) == ([family.pk], [person.pk])
    assert entry.before == {"phone": person.phone, "version": person.version}
    assert entry.after == {"phone": "555-0199", "version": person.version + 1}
    assert abs(entry.at - datetime.datetime.now(datetime.UTC)) < datetime.timedelta(minutes=1)
    assert entry.by == connection.settings_dict["USER"]


def test_update_bulk_copy_raw_sql_and_delete_leave_entries(cast: Cast, entries: Entries) -> None:
    family = make_family(cast.organization, mother_and_son())
    persons = list(Person.objects.filter(family=family).order_by("pk"))
    seen = len(entries())

    def news() -> list[tuple[str, str, int | None]]:
        nonlocal seen
        found = entries()[seen:]
        seen += len(found)
        return [(one.act, one.thing, one.thing_id) for one in found]

    Person.objects.filter(family=family).update(notes="by queryset")
    assert news() == [(Act.CHANGED, "families_person", person.pk) for person in persons]
    for person in persons:
        person.notes = "in bulk"
    Person.objects.bulk_update(persons, ["notes"])
    assert news() == [(Act.CHANGED, "families_person", person.pk) for person in persons]
    made = Screening.objects.bulk_create(
        [Screening(organization=cast.organization, person=persons[0], basis="initial", status="scheduled")]
    )
    assert news() == [(Act.CREATED, "screenings_screening", made[0].pk)]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE families_family SET reference = 'raw' WHERE id = %s", [family.pk])
        assert news() == [(Act.CHANGED, "families_family", family.pk)]
        # Row-level security knows no COPY, so it is for a table's owner alone, and only without it.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE screenings_screening DISABLE ROW LEVEL SECURITY")
        columns = "id, organization_id, person_id, basis, status, version"
        with cursor.copy(f"COPY screenings_screening ({columns}) FROM STDIN") as copy:
            copy.write_row([987654321, cast.organization.pk, persons[0].pk, "initial", "scheduled", 1])
        assert news() == [(Act.CREATED, "screenings_screening", 987654321)]
        cursor.execute("UPDATE screenings_screening SET id = 987654322 WHERE id = 987654321")
        assert news() == [
            (Act.REMOVED, "screenings_screening", 987654321),
            (Act.CREATED, "screenings_screening", 987654322),
        ]
        cursor.execute("DELETE FROM screenings_screening WHERE id = 987654322")
        assert news() == [(Act.REMOVED, "screenings_screening", 987654322)]
        cursor.execute("UPDATE families_family SET reference = 'raw' WHERE id = %s", [family.pk])
        assert news() == []  # nothing has changed


def test_families_and_persons_come_out_of_what_a_row_hangs_on(cast: Cast, entries: Entries) -> None:
    family = make_family(cast.organization, mother_and_son())
    other = make_family(cast.organization, mother_and_son())
    person = Person.objects.filter(family=family).earliest("pk")
    screening = Screening.objects.filter(person=person).earliest("pk")
    JudgeReview.objects.create(organization=cast.organization, screening=screening)
    entry = next(one for one in reversed(entries()) if one.thing == "screenings_judgereview")
    assert (entry.families, entry.persons) == ([family.pk], [person.pk])
    Screening.objects.filter(pk=screening.pk).update(person=Person.objects.filter(family=other).earliest("pk"))
    entry = entries()[-1]
    assert set(entry.families) == {family.pk, other.pk}


def test_history_that_is_changed_or_removed_leaves_an_entry(cast: Cast, entries: Entries) -> None:
    family = make_family(cast.organization, mother_and_son())
    assert not [one for one in entries() if one.thing.startswith("families_historical")]
    Person.history.filter(family_id=family.pk).update(notes="never said")
    assert {one.thing for one in entries() if one.after and one.after.get("notes")} == {"families_historicalperson"}


def test_what_is_hidden_is_never_told(cast: Cast, entries: Entries) -> None:
    cast.attorney.set_password("another password, never told")
    cast.attorney.save()
    entry = next(one for one in reversed(entries()) if one.thing == "accounts_user")
    assert (entry.before, entry.after) == ({"password": "hidden"}, {"password": "hidden"})
    told = [str(one.before) + str(one.after) for one in Entry.objects.filter(thing="accounts_user")]
    assert not [text for text in told if "md5" in text or "argon2" in text]


def test_what_the_software_counts_leaves_no_entry(cast: Cast, entries: Entries) -> None:
    seen = len(entries())
    cast.organization.determined_on = DAY
    cast.organization.save(update_fields=["determined_on"])
    assert len(entries()) == seen
    cast.organization.name = "Renamed"
    cast.organization.save(update_fields=["name"])
    assert [one.after for one in entries()[seen:]] == [{"name": "Renamed"}]


def test_a_reason_stands_in_the_entries_and_ends_with_its_block(cast: Cast, entries: Entries) -> None:
    with transaction.atomic(), because("the client said so"):
        User.objects.filter(pk=cast.attorney.pk).update(name="Somebody")
    User.objects.filter(pk=cast.attorney.pk).update(name="Somebody else")
    assert [one.reason for one in entries()[-2:]] == ["the client said so", ""]


def test_a_change_that_cannot_be_traced_is_not_made(cast: Cast) -> None:
    family = make_family(cast.organization, mother_and_son())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audit_entry ADD CONSTRAINT audit_full CHECK (false) NOT VALID")
    with pytest.raises(DatabaseError), transaction.atomic():
        Family.objects.filter(pk=family.pk).update(reference="unseen")
    family.refresh_from_db()
    assert family.reference != "unseen"
