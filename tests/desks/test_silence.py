"""Whom nobody has spoken with for too long: who is in the queue, in which order; each number opens its list."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from desks.paralegal import Kind, queue
from documents.models import Paper
from documents.selectors import missing_papers, nta_not_in_court
from families.contacts.lengths import CONTACT_DAYS, CONTACT_DAYS_HELD
from families.contacts.models import ContactAttempt
from families.filters import Filters
from families.lists import people_list
from families.models import Custody, Departure, Family, Person
from settlement.determine import redetermine
from tests.cast import Cast
from tests.desks import records
from tests.desks.conftest import ClientOf
from tests.factories import DAY, make_family, make_office_rule


def days_ago(days: int) -> datetime.date:
    return DAY - datetime.timedelta(days=days)


def old_family(cast: Cast, *, days: int = 100, **values: Any) -> Family:
    """A family that was put on file so many days ago."""
    family = make_family(cast.organization, records.quiet(), paralegal=cast.paralegal, **values)
    noon = datetime.datetime.combine(days_ago(days), datetime.time(12))
    Family.objects.filter(pk=family.pk).update(created_at=timezone.make_aware(noon))
    return family


def mother(family: Family) -> Person:
    return family.persons.get(reference="p1")


def son(family: Family) -> Person:
    return family.persons.get(reference="c1")


def hold(person: Person, *, days: int = 50) -> None:
    Custody.objects.create(
        organization=person.organization, person=person, by="dhs", began_on=days_ago(days), ended_on=None
    )


def attempt(person: Person, author: Any, *, days: int, outcome: str = "reached", **values: Any) -> None:
    given = {"channel": "phone", "language": "Mam", **values}
    ContactAttempt.objects.create(
        organization=person.organization, person=person, on=days_ago(days), outcome=outcome, author=author,
        written_at=timezone.now(), **given,
    )  # fmt: skip


def called(cast: Cast) -> list[str]:
    """Whom the paralegal is to call, by family and number in it, as the list has them."""
    rows = people_list(cast.paralegal, Filters(pile="silent"), DAY).select_related("family")
    return sorted(f"{row.family.reference} {row.reference}" for row in rows)


def test_a_family_is_called_once_a_month_whoever_of_it_was_reached(cast: Cast) -> None:
    family = old_family(cast, reference="F")
    assert called(cast) == ["F p1"], "never reached, counted from when it was put on file; once for the family"
    attempt(mother(family), cast.paralegal, days=3, outcome="no_answer")
    assert called(cast) == ["F p1"], "a try that reached nobody is none"
    attempt(son(family), cast.paralegal, days=CONTACT_DAYS)
    assert called(cast) == ["F p1"], "on the last of the days it is time"
    attempt(son(family), cast.paralegal, days=CONTACT_DAYS - 1)
    assert called(cast) == []


def test_before_the_first_contact_the_days_run_from_the_day_on_file(cast: Cast) -> None:
    old_family(cast, reference="NEW", days=CONTACT_DAYS - 1)
    old_family(cast, reference="OLD", days=CONTACT_DAYS)
    assert called(cast) == ["OLD p1"]


def test_who_is_held_is_to_be_reached_themselves_each_week(cast: Cast) -> None:
    family = old_family(cast, reference="F")
    attempt(mother(family), cast.paralegal, days=1)
    hold(son(family))
    assert called(cast) == ["F c1"], "that the mother was reached says nothing of the son who is held"
    attempt(son(family), cast.paralegal, days=CONTACT_DAYS_HELD)
    assert called(cast) == ["F c1"]
    attempt(son(family), cast.paralegal, days=CONTACT_DAYS_HELD - 1)
    assert called(cast) == []


def test_who_was_taken_lately_is_not_late_yet(cast: Cast) -> None:
    family = old_family(cast, reference="F")
    attempt(mother(family), cast.paralegal, days=20)
    hold(son(family), days=CONTACT_DAYS_HELD - 1)
    assert called(cast) == []
    Custody.objects.filter(person=son(family), began_on=days_ago(CONTACT_DAYS_HELD - 1)).update(
        began_on=days_ago(CONTACT_DAYS_HELD)
    )
    assert called(cast) == ["F c1"]
    Custody.objects.filter(person=son(family), ended_on=None).update(ended_on=DAY)
    assert called(cast) == [], "on the last day of custody they are free"


def test_a_further_try_that_is_set_is_waited_for_but_not_for_ever(cast: Cast) -> None:
    family = old_family(cast, reference="F")
    attempt(mother(family), cast.paralegal, days=2, outcome="no_answer", next_on=days_ago(-3))
    assert called(cast) == []
    ContactAttempt.objects.update(next_on=DAY)
    assert called(cast) == ["F p1"], "the day has come"
    ContactAttempt.objects.update(next_on=days_ago(-CONTACT_DAYS - 1))
    assert called(cast) == ["F p1"], "too far off"


def test_who_has_left_the_country_is_not_called_and_another_of_the_family_is(cast: Cast) -> None:
    family = old_family(cast, reference="F")
    Departure.objects.create(
        organization=cast.organization, person=mother(family), departed_on=days_ago(50), kind="removed"
    )
    redetermine(organization=cast.organization, family_ids=[family.pk], day=DAY)
    assert called(cast) == ["F c1"]


@pytest.mark.parametrize("length", [14, 60])
def test_an_office_says_itself_how_often_a_family_is_called(cast: Cast, length: int) -> None:
    family = old_family(cast, reference="F")
    attempt(son(family), cast.paralegal, days=length - 1)
    assert called(cast) == (["F p1"] if length > CONTACT_DAYS else [])
    make_office_rule(cast.other_organization, kind="office_contact", length=1)
    make_office_rule(cast.organization, kind="office_contact", length=length)
    assert called(cast) == []
    ContactAttempt.objects.update(on=days_ago(length))
    assert called(cast) == ["F p1"]
    ContactAttempt.objects.update(next_on=days_ago(-length))
    assert called(cast) == []
    ContactAttempt.objects.update(next_on=days_ago(-length - 1))
    assert called(cast) == ["F p1"], "a further try is waited for as long as the office waits"
    for name, days in (("NEW", length - 1), ("OLD", length)):
        old_family(cast, reference=name, days=days)
    assert called(cast) == ["F p1", "OLD p1"], "and before the first contact as well"


@pytest.mark.parametrize("length", [3, 14])
def test_an_office_says_itself_how_often_who_is_held_is_called(cast: Cast, length: int) -> None:
    family = old_family(cast, reference="F")
    attempt(mother(family), cast.paralegal, days=1)
    attempt(son(family), cast.paralegal, days=length)
    hold(son(family), days=length)
    make_office_rule(cast.organization, kind="office_contact_detained", length=length)
    assert called(cast) == ["F c1"]
    Custody.objects.filter(person=son(family), ended_on=None).update(began_on=days_ago(length - 1))
    assert called(cast) == [], "taken lately"
    Custody.objects.filter(person=son(family), ended_on=None).update(began_on=days_ago(length))
    ContactAttempt.objects.filter(person=son(family)).update(on=days_ago(length - 1))
    assert called(cast) == [], "reached lately"


def test_a_rule_that_is_switched_off_puts_nobody_into_the_queue(cast: Cast) -> None:
    old_family(cast, reference="FREE")
    held = old_family(cast, reference="HELD")
    attempt(mother(held), cast.paralegal, days=1)
    hold(son(held))
    assert called(cast) == ["FREE p1", "HELD c1"]
    rule = make_office_rule(cast.organization, kind="office_contact", length=30, is_on=False)
    assert called(cast) == ["HELD c1"], "the other rule stands alone"
    make_office_rule(cast.organization, kind="office_contact_detained", length=7, is_on=False)
    assert called(cast) == []
    rule.is_on = True
    rule.save()
    ContactAttempt.objects.update(on=days_ago(CONTACT_DAYS))
    assert called(cast) == ["FREE p1", "HELD p1"], "who is held is called as one of their family"


def kinds(cast: Cast) -> dict[str, Kind]:
    return {kind.key: kind for kind in queue(cast.paralegal, Filters(paralegal=str(cast.paralegal.pk)), DAY)}


def test_the_queue_has_who_is_held_first_then_who_was_not_reached_for_the_longest(cast: Cast) -> None:
    lately, long, held = (old_family(cast, reference=name) for name in ("A-LATELY", "B-LONG", "C-HELD"))
    attempt(mother(lately), cast.paralegal, days=40)
    attempt(mother(lately), cast.paralegal, days=2, outcome="no_answer")
    attempt(son(long), cast.paralegal, days=70)
    attempt(mother(held), cast.paralegal, days=10)
    hold(mother(held))
    tasks = kinds(cast)["silent"].tasks
    assert [task.person.family for task in tasks] == [held, long, lately]
    assert [task.why for task in tasks] == [
        "Last spoken with on 19 February 2019. Is held: every 7 days.",
        "Last spoken with on 21 December 2018. Every 30 days.",
        "Last spoken with on 20 January 2019. Last tried on 27 February 2019. Every 30 days.",
    ]
    assert list(kinds(cast))[-2:] == ["silent", "papers"]
    for kind, length in (("office_contact_detained", 5), ("office_contact", 21)):
        make_office_rule(cast.organization, kind=kind, length=length)
    whys = [task.why.rpartition(". ")[2] for task in kinds(cast)["silent"].tasks]
    assert whys == ["Is held: every 5 days.", "Every 21 days.", "Every 21 days."]


def test_each_kind_that_is_cut_short_leads_to_all_of_it(cast: Cast, client_of: ClientOf) -> None:
    for number in range(12):
        family = old_family(cast, reference=f"F-{number:02}")
        Paper.objects.create(
            organization=cast.organization, person=mother(family), kind="i_862", state="have", served_on=days_ago(9)
        )
    client = client_of(cast.paralegal)
    page = client.get("/desk/").content.decode()
    for key, number in (("silent", 12), ("papers", 24), ("notices", 12)):
        kind = kinds(cast)[key]
        assert (len(kind.tasks), kind.all.number) == (10, number), key
        assert f'href="{kind.all.address.replace("&", "&amp;")}"' in page
        assert client.get(kind.all.address).context["page"].paginator.count == number, key


@pytest.mark.parametrize("state", Paper.State.values)
def test_the_condition_on_papers_says_what_the_papers_page_says(cast: Cast, state: str) -> None:
    for make in records.ALL.values():
        make_family(cast.organization, make())
    people = list(Person.objects.visible_to(cast.paralegal).order_by("pk"))
    for place, kind in enumerate(Paper.Kind.values):
        person = people[place % len(people)]
        Paper.objects.create(organization=cast.organization, person=person, kind=kind, state=state)
    for kind in Paper.Kind.values if state == "have" else ():
        Paper.objects.get_or_create(
            organization=cast.organization, person=people[0], kind=kind, defaults={"state": "not_needed"}
        )
    missing = set(missing_papers(cast.paralegal, [person.pk for person in people]))
    listed = people_list(cast.paralegal, Filters(pile="papers"), DAY).values_list("pk", flat=True)
    assert set(listed) == missing
    assert (people[0].pk in missing) is (state != "have")
    notices = people_list(cast.paralegal, Filters(pile="notices"), DAY).values_list("pk", flat=True)
    assert set(notices) == set(nta_not_in_court(cast.paralegal).values_list("person", flat=True))
