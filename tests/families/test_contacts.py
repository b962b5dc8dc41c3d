"""Notes, tries to reach somebody, the age of each number: what is written down stays, and stays behind its walls."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.errors import Invalid
from audit.models import Entry
from families.contacts.ages import age_of
from families.contacts.models import ContactAttempt, Note
from families.contacts.selectors import contacts_of, last_contacts
from families.contacts.services import contact_add, note_add
from families.models import Family, Person
from families.provenance import Origin
from tests.cast import Cast
from tests.factories import DAY, make_family, make_wall
from tests.pages.test_record import sent_by, text_of

CALL = {"channel": "phone", "outcome": "reached", "way": "(956) 555-0100"}


@pytest.fixture(autouse=True)
def _the_day(settings: Any) -> None:
    settings.AMPARO_TODAY = DAY


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast.organization)


@pytest.fixture
def mother(family: Family) -> Person:
    family.persons.filter(reference="p1").update(phone="+1 956 555 0100")
    return family.persons.get(reference="p1")


def call(cast: Cast, person: Person, **values: Any) -> int:
    return contact_add(actor=cast.paralegal, person_id=person.pk, values={**CALL, **values}, key=None, day=DAY)


def test_a_contact_is_written_once_and_traced_with_whom_it_is_about(cast: Cast, mother: Person) -> None:
    for _ in range(2):
        values = {**CALL, "said": "Sign nothing alone.", "interpreter": True, "next_on": "2019-03-08"}
        pk = contact_add(actor=cast.paralegal, person_id=mother.pk, values=values, key="k", day=DAY)
    row = ContactAttempt.objects.get()
    assert (row.pk, row.on, row.author, row.interpreter) == (pk, DAY, cast.paralegal, True)
    entry = Entry.objects.filter(thing="families_contactattempt").get()
    assert (entry.families, entry.persons) == ([mother.family_id], [mother.pk])


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"channel": ""}, "channel"),
        ({"outcome": ""}, "outcome"),
        ({"outcome": "shouted"}, "outcome"),
        ({"on": "2019-03-02"}, "on"),
        ({"on": "tomorrow"}, "on"),
        ({"next_on": "2019-02-28"}, "next_on"),
        ({"said": "\x00"}, "said"),
        ({"author": "x"}, "author"),
    ],
)
def test_what_cannot_be_is_refused(cast: Cast, mother: Person, values: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        call(cast, mother, **values)
    assert list(refusal.value.errors) == [field]
    assert not ContactAttempt.objects.exists()


def test_who_may_not_and_who_does_not_see_writes_nothing(cast: Cast, family: Family, mother: Person) -> None:
    other = make_family(cast.organization).persons.all()[0]
    for actor, error in ((cast.auditor, PermissionDenied), (cast.other_attorney, Http404), (cast.volunteer, Http404)):
        with pytest.raises(error):
            contact_add(actor=actor, person_id=mother.pk, values=CALL, key=None, day=DAY)
        with pytest.raises(error):
            note_add(actor=actor, family_id=family.pk, text="x", key=None)
    for text, person in (("  ", None), ("x", other.pk)):
        with pytest.raises(Invalid):
            note_add(actor=cast.paralegal, family_id=family.pk, text=text, person_id=person, key=None)
    assert not Note.objects.exists()


def test_when_each_was_last_reached(cast: Cast, family: Family, mother: Person) -> None:
    son = family.persons.get(reference="c1")
    call(cast, mother, on="2019-01-10")
    call(cast, mother, on="2019-02-20", outcome="no_answer", next_on="2019-02-22")
    make_family(cast.organization)
    with CaptureQueriesContext(connection) as queries:
        found = last_contacts(cast.attorney, [family.pk])
    assert len(queries) == 1
    assert set(found) == {mother.pk}, "nobody ever tried the son"
    assert found[mother.pk][2:] == (datetime.date(2019, 2, 20), datetime.date(2019, 1, 10), datetime.date(2019, 2, 22))
    call(cast, mother)
    assert last_contacts(cast.attorney, [family.pk])[mother.pk].next_on is None, "tried since"
    call(cast, son)
    make_wall(family, cast.attorney, cast.supervisor)
    assert last_contacts(cast.attorney, [family.pk]) == {}
    assert last_contacts(cast.other_attorney, [family.pk]) == {}


def test_a_number_is_as_old_as_the_last_time_it_reached_somebody(cast: Cast, mother: Person) -> None:
    entered = datetime.datetime(2018, 12, 31, 12, tzinfo=datetime.UTC)

    def age(day: datetime.date = DAY) -> tuple[str, bool]:
        return age_of(mother.phone, Origin("", entered), contacts_of(cast.attorney, mother.family_id), day)

    assert age() == ("nobody reached yet, on file for 60 days", False)
    assert age(DAY + datetime.timedelta(1))[1] is True
    call(cast, mother, on="2019-02-28", way="another 555 0000")
    call(cast, mother, on="2019-02-27", outcome="no_answer")
    assert age()[0].startswith("nobody reached yet")
    call(cast, mother, on="2019-02-01", way="956-555-0100")
    assert age() == ("last reached 1 February 2019, 28 days ago", False)
    call(cast, mother, on="2019-02-26", outcome="wrong_number")
    assert age() == ("found to be wrong on 26 February 2019", True)
    assert age_of("x", None, [], DAY) == ("not known since when", True)


def test_in_the_browser_a_call_is_written_down_and_a_refusal_loses_nothing(
    client: Client, cast: Cast, family: Family, mother: Person
) -> None:
    client.force_login(cast.paralegal)
    address = f"/families/{family.pk}/contacts/"
    page = client.get(f"{address}?person={mother.pk}").content.decode()
    form = sent_by(page[: page.index('aria-labelledby="new-note"')] + "</main>")
    assert (form["person"], form["way"], form["on"]) == (str(mother.pk), mother.phone, "2019-03-01")
    refused = client.post(address, {**form, "said": "kept <text>", "outcome": "", "contact": "1"})
    assert refused.status_code == 422
    assert "kept &lt;text&gt;" in refused.content.decode()
    for _ in range(2):
        done = client.post(address, {**form, "outcome": "reached", "said": "Said: wait.", "contact": "1"})
        assert done.status_code == 302
    assert ContactAttempt.objects.count() == 1
    note = {"key": "n", "text": "Ask for the sister.", "note": "1"}
    assert client.post(f"/families/{family.pk}/notes/", {**note, "text": " "}).status_code == 422
    assert client.post(f"/families/{family.pk}/notes/", note).status_code == 302
    for page in (address, f"/families/{family.pk}/"):
        text = text_of(client.get(page).content)
        assert "Said: wait." in text
        assert "Ask for the sister." in text
    assert "last reached 1 March 2019, 0 days ago" in text
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    assert len(queries) <= 14
