"""The dates of a calendar: whose they are, and on which day they stand."""

import datetime

import pytest

from deadlines.models import Closure, Deadline, Hearing
from tests.cast import Cast
from tests.factories import DAY, make_closure, make_deadline, make_family, make_hearing

pytestmark = pytest.mark.django_db


def test_dates_are_seen_within_the_organization_alone(cast: Cast) -> None:
    family = make_family(cast.attorney.organization, determined=False)
    deadline = make_deadline(family, DAY)
    by_hand = make_deadline(family, DAY, entered_by=cast.paralegal)
    hearing = make_hearing(family.persons.all()[0], datetime.datetime(2019, 3, 4, 15, tzinfo=datetime.UTC))
    closure = make_closure(cast.attorney.organization, DAY)
    assert set(Deadline.objects.visible_to(cast.attorney)) == {deadline, by_hand}
    assert list(Hearing.objects.visible_to(cast.attorney)) == [hearing]
    assert list(Closure.objects.visible_to(cast.attorney)) == [closure]
    assert not Deadline.objects.visible_to(cast.other_attorney).exists()
    assert not Hearing.objects.visible_to(cast.other_attorney).exists()
    assert not Closure.objects.visible_to(cast.other_attorney).exists()
