"""What each role finds on the desk, in which order, and that nothing waits unseen."""

import datetime
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desks.attorney import FAMILIES
from desks.week import FEW, Dated, week_of
from families.filters import OUTCOMES, Filters
from families.list_rows import date_of
from families.lists import screenings_list
from families.models import Family
from screenings.models import Screening
from tests.cast import Cast
from tests.desks import records
from tests.desks.conftest import ClientOf
from tests.factories import DAY, make_family, with_reevaluation

TODAY, TOMORROW = DAY.isoformat(), (DAY + datetime.timedelta(days=1)).isoformat()


def test_an_attorney_sees_their_own_families_the_most_exposed_first(cast: Cast, client_of: ClientOf) -> None:
    mine = [make_family(cast.organization, make(), attorney=cast.attorney) for make in reversed(records.ALL.values())]
    make_family(cast.organization, records.lifted(), attorney=cast.supervisor)
    make_family(cast.organization, records.lifted())
    answer = client_of(cast.attorney).get("/desk/")
    rows = answer.context["desk"].families
    assert [row.family for row in rows] == mine[::-1]
    assert [row.pressing.key for row in rows] == list(records.ALL)
    piles = {pile.cell.address.split("&", 1)[1]: pile.cell.number for pile in answer.context["desk"].piles}
    assert piles["step=ask_judge_review"] == piles["pile=exposed"] == piles["step=check_waiver"] == 1
    assert "1 family has no attorney" in " ".join(answer.content.decode().split())


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("bar_lifted", "This agreement no longer bars the removal of {mother}."),
        ("judge", "A judge can still change the negative finding ({mother}), and nobody is known to have asked."),
        ("disputed", "The negative re-evaluation ({mother}) is not known to be the one"),
        ("undetermined", "It is not known whether this agreement protects {mother}."),
        ("waiver", "The form by which {mother} chose to return does not count as it is on file."),
        ("date", "Orientation before the interview ({mother}): in 5 days."),
        ("none", "This agreement bars the removal of everybody in this family."),
    ],
)
def test_one_sentence_says_what_is_pressing(cast: Cast, client_of: ClientOf, key: str, told: str) -> None:
    family = make_family(cast.organization, records.ALL[key](), attorney=cast.attorney)
    mother, son = family.persons.order_by("pk")
    same = mother.given_names == son.given_names
    name = mother.full_name if same else mother.given_names
    told = told.format(mother=name)
    assert client_of(cast.attorney).get("/desk/").context["desk"].families[0].sentence.startswith(told)


def test_dates_that_are_missed_and_next(cast: Cast, client_of: ClientOf) -> None:
    make_family(cast.organization, with_reevaluation(interview_on="2019-03-04"), attorney=cast.attorney)
    row = client_of(cast.attorney).get("/desk/").context["desk"].families[0]
    assert (row.missed.day, row.missed.left) == (datetime.date(2019, 2, 27), "missed, 2 days ago")
    assert (row.next.label, row.next.day) == ("Interview", datetime.date(2019, 3, 4))


def test_the_week_folds_what_is_the_same_and_names_the_rest(cast: Cast, client_of: ClientOf) -> None:
    for _ in range(FEW + 1):
        make_family(cast.organization, with_reevaluation(interview_on=TOMORROW), attorney=cast.attorney)
    later = make_family(cast.organization, with_reevaluation(interview_on="2019-03-04"), attorney=cast.attorney)
    answer = client_of(cast.attorney).get("/desk/")
    interviews = [
        (day.day, group) for day in answer.context["desk"].week for group in day.groups if group.label == "Interview"
    ]
    assert [(day, len(group.dates), group.is_folded) for day, group in interviews] == [
        (DAY + datetime.timedelta(days=1), FEW + 1, True),
        (datetime.date(2019, 3, 4), 1, False),
    ]
    body = answer.content.decode()
    assert f"<summary>Interview ({FEW + 1})</summary>" in body
    assert f"Interview: {screening_of(later).person.full_name}" in body


def test_on_one_day_the_heaviest_comes_first(cast: Cast) -> None:
    of = date_of("x", "y", DAY, DAY)
    dates = [Dated(f"D-{place}", of, 1, None, "CA-1", place=place) for place in (4, 0, 2, 2)]
    [day] = week_of(dates, DAY)
    assert [group.dates[0].place for group in day.groups] == [0, 2, 4]


def test_the_desk_shows_the_most_exposed_and_links_to_all(cast: Cast, client_of: ClientOf) -> None:
    for _ in range(FAMILIES):
        make_family(cast.organization, attorney=cast.attorney)
    exposed = make_family(cast.organization, records.lifted(), attorney=cast.attorney)
    client = client_of(cast.attorney)
    answer = client.get("/desk/")
    shown = answer.context["desk"].families
    assert (len(shown), shown[0].family) == (FAMILIES, exposed)
    [address] = set(re.findall(r'href="(/families/\?[^"]*sort=exposure)"', answer.content.decode())) - {
        "/families/?sort=exposure"
    }
    assert client.get(address.replace("&amp;", "&")).context["page"].paginator.count == FAMILIES + 1


def test_an_attorney_without_families_is_told_what_to_do(cast: Cast, client_of: ClientOf) -> None:
    make_family(cast.organization)
    body = client_of(cast.attorney).get("/desk/").content.decode()
    assert "No family is assigned to you yet." in body


def screening_of(family: Family) -> Screening:
    found: Screening = Screening.objects.get(person__family=family, basis="reevaluation")
    return found


NEGATIVE = {"status": "decided", "result": "negative", "decided_on": "2019-02-20", "interview_on": "2019-02-18"}
WAITING: list[tuple[dict[str, Any], str | None]] = [
    ({"status": "scheduled", "interview_on": TODAY}, "record"),
    ({"status": "requested", "interview_on": "2019-01-04"}, "record"),
    ({"status": "interviewed", "interview_on": "2019-02-18"}, "record"),
    ({"status": "interviewed"}, "record"),
    ({"status": "decided", "decided_on": "2019-02-20"}, "record"),
    ({"status": "scheduled", "interview_on": TOMORROW}, "soon"),
    ({"status": "scheduled", "interview_on": "2019-03-15"}, "soon"),
    ({"status": "scheduled", "interview_on": "2019-03-16"}, "later"),
    ({"status": "requested"}, "later"),
    ({**NEGATIVE, "judge_review": {"asked": "yes"}}, "judge"),
    ({**NEGATIVE, "judge_review": {"asked": "silent"}}, "judge"),
    ({**NEGATIVE, "judge_review": {}}, "judge"),
    ({**NEGATIVE, "judge_review": {"asked": "no"}}, None),
    ({**NEGATIVE, "judge_review": {"asked": "yes", "outcome": "affirmed"}}, None),
    (NEGATIVE, None),
    ({"status": "decided", "result": "positive", "decided_on": "2019-02-20"}, None),
    ({"status": "withdrawn", "interview_on": "2019-01-04"}, None),
]


@pytest.mark.parametrize(("values", "pile"), WAITING)
def test_each_screening_waits_on_one_pile_or_on_none(cast: Cast, values: dict[str, Any], pile: str | None) -> None:
    screening = screening_of(make_family(cast.organization, with_reevaluation(**values)))
    piles = [name for name in OUTCOMES if screening in screenings_list(cast.paralegal, Filters(outcome=name), DAY)]
    assert piles == ([pile] if pile else [])
    assert (screening in screenings_list(cast.paralegal, Filters(), DAY)) is bool(pile)


def test_a_paralegal_sees_what_to_record_in_their_own_families(cast: Cast, client_of: ClientOf) -> None:
    held = with_reevaluation(status="interviewed", interview_on="2019-02-18")
    mine = make_family(cast.organization, held, paralegal=cast.paralegal)
    soon = make_family(cast.organization, with_reevaluation(interview_on=TOMORROW), paralegal=cast.paralegal)
    nobodys = make_family(cast.organization, held)
    theirs = make_family(cast.other_organization, held, paralegal=cast.other_paralegal)
    answer = client_of(cast.paralegal).get("/desk/")
    desk, body = answer.context["desk"], answer.content.decode()
    [first, *_others] = desk.tasks
    assert first.address == f"/desk/queue/{screening_of(mine).pk}/"
    assert [row.screening for row in desk.soon.rows] == [screening_of(soon)]
    assert desk.nobodys.number == 1
    assert f"/screenings/{screening_of(soon).pk}/record/" in body
    for family in (nobodys, theirs):
        assert f"/{screening_of(family).pk}/" not in re.findall(r'href="/(?:screenings|desk/queue)(/\d+/)', body)
    steps = {line.cells[0].address: line.cells[0].number for line in desk.steps.lines if line.cells[0].number}
    assert all(f"paralegal={cast.paralegal.pk}" in address for address in steps)


def test_a_paralegal_without_families_sees_the_whole_office(cast: Cast, client_of: ClientOf) -> None:
    family = make_family(cast.organization, with_reevaluation(status="interviewed"))
    answer = client_of(cast.paralegal).get("/desk/")
    assert answer.context["desk"].tasks[0].person == screening_of(family).person
    assert "No family is assigned to you yet, so you see what waits in the whole office." in answer.content.decode()


def test_the_rest_of_a_pile_is_behind_a_link_that_counts_it(cast: Cast, client_of: ClientOf) -> None:
    family = make_family(cast.organization, paralegal=cast.paralegal)
    mother = family.persons.get(reference="p1")
    for _ in range(27):
        Screening.objects.create(
            organization=cast.organization, person=mother, basis="reevaluation", status="interviewed"
        )
    client = client_of(cast.paralegal)
    kind = client.get("/desk/").context["desk"].queue[0]
    assert (kind.key, len(kind.tasks), kind.all.number) == ("record", 10, 27)
    assert client.get(kind.all.address).context["page"].paginator.count == 27


def test_a_supervisor_lands_on_the_dashboard_and_an_auditor_among_colleagues(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.supervisor)
    assert client.get("/", follow=True).redirect_chain[-1] == ("/dashboard/", 302)
    assert client_of(cast.auditor).get("/desk/")["Location"] == "/colleagues/"


@pytest.mark.parametrize(("role", "queries"), [("attorney", 25), ("paralegal", 23)])
def test_the_number_of_queries_does_not_grow(cast: Cast, client_of: ClientOf, role: str, queries: int) -> None:
    user = getattr(cast, role)
    for record in (*records.ALL.values(), *records.ALL.values()):
        make_family(cast.organization, record(), **{role: user})
    client = client_of(user)
    with CaptureQueriesContext(connection) as counted:
        assert client.get("/desk/").status_code == 200
    assert len(counted) <= queries


def test_what_is_saved_leads_to_the_next_outcome_and_the_last_to_the_desk(cast: Cast, client_of: ClientOf) -> None:
    made = [
        make_family(
            cast.organization,
            with_reevaluation(status="interviewed", interview_on=f"2019-02-{day}"),
            paralegal=cast.paralegal,
        )
        for day in (20, 18)
    ]
    later, first = (screening_of(family) for family in made)
    client = client_of(cast.paralegal)
    [task, _other] = client.get("/desk/").context["desk"].queue[0].tasks
    assert task.address == f"/desk/queue/{first.pk}/"

    def record(screening: Screening) -> Any:
        address = f"/desk/queue/{screening.pk}/"
        form = client.get(address).context["form"]
        sent = {"version": form["version"].value(), "key": form["key"].value(), "save": "1"}
        sent |= {f"initial-{name}": form[name].value() or "" for name in form.fields if name not in sent}
        return client.post(address, {**sent, "status": "decided", "result": "positive", "decided_on": "2019-02-22"})

    assert record(first)["Location"] == f"/desk/queue/{later.pk}/"
    answer = client.get(f"/desk/queue/{later.pk}/")
    assert [str(message) for message in answer.context["messages"]] == ["Saved."]
    assert record(later)["Location"] == "/desk/"
    assert "That was the last outcome that waited." in client.get("/desk/").content.decode()
    assert set(Screening.objects.filter(basis="reevaluation").values_list("result", flat=True)) == {"positive"}


@pytest.mark.parametrize("role", ["attorney", "paralegal", "supervisor", "administrator", "auditor"])
def test_the_bare_address_leads_in_one_step_to_where_the_day_begins(cast: Cast, client_of: ClientOf, role: str) -> None:
    first = client_of(getattr(cast, role)).get("/", follow=True)
    assert [status for _, status in first.redirect_chain] == [302]
    assert first.status_code == 200
