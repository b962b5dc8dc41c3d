"""What would have been said on earlier days: as if it had been asked then; and nothing that holds now moves."""

import datetime
from typing import Any

from accounts.models import Organization
from api.selectors import determinations
from deadlines.models import Deadline
from settlement.determine import determine_earlier, redetermine, redetermine_all
from settlement.models import Determination
from tests.cast import Cast
from tests.desks import records
from tests.factories import DAY, make_family

WEEKS = [DAY - datetime.timedelta(weeks=back) for back in range(24, 0, -1)]


def kept(organization: Organization, **which: Any) -> list[tuple[Any, ...]]:
    """The determinations of the organization, in order of family and day."""
    rows = Determination.objects.filter(organization=organization, **which).order_by("family__reference", "from_day")
    return list(rows.values_list("family__reference", "from_day", "through_day", "facts_digest", "decision"))


def test_it_is_what_would_have_been_said_then(cast: Cast) -> None:
    for name, record in records.ALL.items():
        make_family(cast.organization, record(), reference=name)
        make_family(cast.other_organization, record(), reference=name, determined=False)
    assert determine_earlier(organization=cast.organization, days=[*reversed(WEEKS), WEEKS[0]]) == len(records.ALL)
    for day in WEEKS:
        redetermine_all(organization=cast.other_organization, day=day)
    earlier = kept(cast.organization, current=False)
    assert earlier == kept(cast.other_organization)
    mothers = {row[4]["persons"][0]["standing"] for row in earlier if row[0] == "bar_lifted"}
    assert mothers > {"waived"}, "a form that was signed in December did not count in October"


def test_what_holds_now_and_its_dates_are_not_touched_and_again_adds_nothing(cast: Cast) -> None:
    make_family(cast.organization, records.lifted())
    late = make_family(cast.organization, records.quiet(), determined=False)
    redetermine(organization=cast.organization, family_ids=[late.pk], day=WEEKS[0])
    now, dates = kept(cast.organization, current=True), list(Deadline.objects.order_by("pk").values())
    assert determine_earlier(organization=cast.organization, days=WEEKS) == 1, "one is known from so early"
    assert kept(cast.organization, current=True) == now
    assert list(Deadline.objects.order_by("pk").values()) == dates
    everything = kept(cast.organization)
    assert determine_earlier(organization=cast.organization, days=WEEKS) == 0
    assert determine_earlier(organization=cast.organization, days=[]) == 0
    assert kept(cast.organization) == everything


def test_the_newest_of_a_family_is_still_the_one_that_holds(cast: Cast) -> None:
    """The list of the API begins with it, though those of the earlier days were written after it."""
    family = make_family(cast.organization, records.lifted())
    determine_earlier(organization=cast.organization, days=WEEKS)
    found = list(determinations(cast.attorney, family.pk))
    assert found[0].current
    assert [row.from_day for row in found] == sorted((row.from_day for row in found), reverse=True)
    assert len(found) > 1


def test_another_organizations_families_are_left_alone(cast: Cast) -> None:
    make_family(cast.other_organization, records.quiet())
    before = kept(cast.other_organization)
    determine_earlier(organization=cast.organization, days=WEEKS)
    assert kept(cast.other_organization) == before
