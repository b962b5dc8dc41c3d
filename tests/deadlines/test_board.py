"""The board: numbers that add up and open their lists, what is amiss, and moving families after a look."""

import csv
import datetime
import html
import io
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from audit.models import Entry
from config import clock
from deadlines.board.page import board, hours_left
from deadlines.lists import deadlines_list
from deadlines.models import Deadline
from deadlines.reminders.models import Delivery, Reminder
from drills.readings import newest
from families.filters import AMISS, DUE, Filters
from families.lists import office_of
from families.models import Family, Person
from tests.cast import Cast
from tests.factories import DAY, make_deadline, make_family, make_user, make_wall

pytestmark = pytest.mark.django_db
D = datetime.date
ONE_DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
MOMENT = datetime.datetime(2019, 3, 1, 17, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def _day(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.AMPARO_TODAY = DAY
    monkeypatch.setattr(clock, "moment", lambda: MOMENT)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return re.sub(r"\s+", " ", html.unescape(answer.content.decode()))


def listed(actor: User, **filters: str) -> list[Deadline]:
    return list(deadlines_list(actor, Filters(**filters), DAY, MOMENT))


def bare_family(cast: Cast, **fields: Any) -> Family:
    """A family of the organization without the dates that the catalogue makes of its facts."""
    return make_family(cast.organization, determined=False, **fields)


@pytest.fixture
def family(cast: Cast) -> Family:
    return bare_family(cast, attorney=cast.attorney, paralegal=cast.paralegal)


def make_reminder(deadline: Deadline, user: User, **fields: Any) -> Reminder:
    values: dict[str, Any] = {"offset": 60, "channel": "mail", "due_at": MOMENT - HOUR, "state": "parked", **fields}
    owner: dict[str, Any] = {"organization_id": deadline.organization_id, "deadline": deadline, "recipient": user}
    return Reminder._default_manager.create(**owner, deadline_version=deadline.version, **values)


def test_when_divides_all_open_dates(cast: Cast, family: Family) -> None:
    made = {
        "missed": [
            make_deadline(family, DAY - ONE_DAY),
            make_deadline(family, DAY, due_at=MOMENT - HOUR),
        ],
        "today": [
            make_deadline(family, DAY),
            make_deadline(family, DAY + 9 * ONE_DAY, safe_on=DAY - ONE_DAY),
            make_deadline(family, DAY - ONE_DAY, due_at=MOMENT + HOUR),
        ],
        "week": [make_deadline(family, DAY + ONE_DAY), make_deadline(family, DAY + 7 * ONE_DAY)],
        "later": [make_deadline(family, DAY + 8 * ONE_DAY)],
    }
    make_deadline(family, DAY, state="done", ended_at=MOMENT)
    for what in DUE:
        assert {row.pk for row in listed(cast.supervisor, due=what)} == {row.pk for row in made[what]}, what
    assert len(listed(cast.supervisor)) == sum(map(len, made.values()))


def test_what_is_amiss(cast: Cast, family: Family) -> None:
    fresh = make_deadline(family, DAY + ONE_DAY, entered_by=cast.paralegal)
    old = make_deadline(family, DAY + ONE_DAY, entered_by=cast.paralegal)
    Deadline.objects.filter(pk=fresh.pk).update(entered_at=MOMENT - HOUR)
    Deadline.objects.filter(pk=old.pk).update(entered_at=MOMENT - 4 * ONE_DAY)
    make_deadline(family, DAY + ONE_DAY, entered_by=cast.paralegal, confirmed_by=cast.attorney, confirmed_at=MOMENT)
    make_deadline(family, DAY + ONE_DAY, entered_by=cast.paralegal, weight="curable")
    assert {row.pk for row in listed(cast.supervisor, amiss="unconfirmed")} == {fresh.pk, old.pk}
    assert [row.pk for row in listed(cast.supervisor, amiss="late")] == [old.pk]


def test_what_was_not_delivered(cast: Cast, family: Family) -> None:
    rows = [make_deadline(family, DAY + ONE_DAY) for _ in range(7)]
    parked, waits, back, sent, soon, moved, _none = rows
    make_reminder(parked, cast.attorney)
    make_reminder(waits, cast.attorney, state="retry", ready_at=MOMENT)
    came_back = make_reminder(back, cast.attorney, state="sent", sent_at=MOMENT)
    make_reminder(sent, cast.attorney, state="sent", sent_at=MOMENT)
    make_reminder(soon, cast.attorney, state="due", due_at=MOMENT, ready_at=MOMENT)
    make_reminder(moved, cast.attorney)
    Deadline.objects.filter(pk=moved.pk).update(version=2)
    Delivery._default_manager.create(
        organization=cast.organization, recipient=cast.attorney, channel="mail", reminders=[came_back.pk],
        began_at=MOMENT - HOUR, result="bounced",
    )  # fmt: skip
    assert {row.pk for row in listed(cast.supervisor, amiss="undelivered")} == {parked.pk, waits.pk, back.pk}


def test_what_was_missed_while_reminders_stood_still(cast: Cast, family: Family) -> None:
    missed, in_time = make_deadline(family, DAY - ONE_DAY), make_deadline(family, DAY + ONE_DAY)
    for row, offset in ((missed, -600), (in_time, 600)):
        make_reminder(row, cast.attorney, state="sent", sent_at=MOMENT, why="caught_up", offset=offset)
    make_deadline(family, DAY - ONE_DAY)
    assert [row.pk for row in listed(cast.supervisor, amiss="down")] == [missed.pk]


def test_hours_come_in_their_order_with_the_clock_of_their_place(cast: Cast, family: Family) -> None:
    later = make_deadline(family, DAY, due_at=MOMENT + 5 * HOUR, zone="America/Denver", title="Later")
    sooner = make_deadline(family, DAY, due_at=MOMENT + HOUR / 2, zone="America/New_York", title="Sooner")
    make_deadline(family, DAY, due_at=MOMENT - HOUR, title="Past")
    assert [row.pk for row in listed(cast.supervisor, amiss="hours")] == [sooner.pk, later.pk]
    page = text_of(client_of(cast.supervisor), "/board/")
    assert page.index("less than an hour left") < page.index("5 hours left")
    assert "3 p.m. MST (America/Denver); 5 p.m. EST at the office" in page


def test_stretches_lie_across_the_four(cast: Cast, family: Family) -> None:
    days = (-1, 0, 7, 8, 14, 15, 366, 367)
    made = {day: make_deadline(family, DAY + day * ONE_DAY) for day in days}
    for what, first, last in (("in7", -1, 7), ("soon", 0, 14), ("year", 0, 366)):
        wanted = {row.pk for day, row in made.items() if first <= day <= last}
        assert {row.pk for row in listed(cast.supervisor, due=what)} == wanted, what


def test_a_date_of_the_whole_family_is_found_by_who_is_in_it(cast: Cast, family: Family) -> None:
    Person.objects.filter(family=family, reference="p1").update(country="Honduras")
    Person.objects.filter(family=family).exclude(reference="p1").update(country="Guatemala")
    mother = family.persons.get(reference="p1")
    of_family, of_mother = make_deadline(family, DAY), make_deadline(family, DAY, person=mother)
    assert {row.pk for row in listed(cast.supervisor, country="Honduras")} == {of_family.pk, of_mother.pk}
    assert {row.pk for row in listed(cast.supervisor, country="Guatemala")} == {of_family.pk}


def test_the_list_that_the_board_once_had_leads_to_the_one_list(cast: Cast) -> None:
    client = client_of(cast.supervisor)
    for old, new in (
        ("", "/deadlines/"),
        ("?what=overdue&attorney=-", "/deadlines/?attorney=-&due=missed"),
        ("?what=unconfirmed", "/deadlines/?amiss=unconfirmed"),
    ):
        assert client.get(f"/board/dates/{old}")["Location"] == new
        assert client.get(new).status_code == 200
    assert client.get("/board/dates/?what=nonsense", follow=True).status_code == 400


@pytest.mark.parametrize(
    ("hours", "says"),
    [(5, "5 hours left"), (1, "1 hour left"), (0.5, "less than an hour left"), (-1.5, "1 hour past")],
)
def test_hours_are_said_in_words(hours: float, says: str) -> None:
    assert hours_left(MOMENT + hours * HOUR, MOMENT) == says


def test_numbers_add_up_and_each_opens_a_list_of_that_length(cast: Cast, family: Family) -> None:
    other = make_user(cast.organization, "attorney")
    families = [family, bare_family(cast, attorney=other), bare_family(cast)]
    for number, one in enumerate(families):
        for days in range(-1, 2 + number):
            make_deadline(one, DAY + days * 4 * ONE_DAY)
    make_deadline(family, DAY, due_at=MOMENT + HOUR)
    make_reminder(make_deadline(family, DAY, entered_by=cast.paralegal), cast.attorney)
    shown = board(cast.supervisor, office_of(cast.supervisor), DAY, MOMENT)
    for table in shown.people:
        assert table.total is not None
        for place, total in enumerate(table.total):
            assert total.number == sum(line.cells[place].number for line in table.lines)
        assert table.total[0].number == sum(cell.number for cell in table.total[1:5])
    client = client_of(cast.supervisor)
    cells = [cell for table in shown.people for line in table.lines for cell in line.cells]
    opened = [cell for cell in [*cells, *shown.whole, shown.hours_all] if cell.number]
    assert len(opened) > 12
    for cell in opened:
        assert re.search(rf"\b{cell.number} open date", text_of(client, cell.address)), cell
    assert shown.nobodys.number == 1


def test_what_is_walled_off_or_anothers_is_in_no_number(cast: Cast, family: Family) -> None:
    make_deadline(family, DAY)
    make_deadline(make_family(cast.other_organization, determined=False), DAY, title="Foreign letter")
    assert len(listed(cast.supervisor)) == 1
    make_wall(family, cast.supervisor, cast.attorney)
    assert listed(cast.supervisor) == []
    client = client_of(cast.supervisor)
    for address in ("/board/", "/deadlines/"):
        page = text_of(client, address)
        assert family.reference not in page
        assert "Foreign letter" not in page


@pytest.mark.parametrize(
    "query", ["due=nonsense", "x=1", "attorney=0", "due=today&due=week", "amiss=x", "paralegal=9999999999"]
)
def test_what_there_is_not_is_refused_with_a_sentence(cast: Cast, query: str) -> None:
    client = client_of(cast.supervisor)
    for address in ("/deadlines/", "/deadlines/export/", "/board/move/"):
        answer = client.get(f"{address}?{query}")
        assert answer.status_code == 400, address
        assert "This address asks for what there is not" in answer.content.decode()


def test_paralegals_and_volunteers_have_no_board(cast: Cast) -> None:
    for user in (cast.paralegal, cast.volunteer, cast.auditor, cast.administrator):
        for address in ("/board/", "/deadlines/export/", "/board/move/"):
            assert client_of(user).get(address).status_code == 403


def test_the_list_is_a_file_with_the_same_rows(cast: Cast, family: Family) -> None:
    make_deadline(family, DAY, title="=Letter", due_at=MOMENT + HOUR, zone="America/Denver")
    make_deadline(family, DAY + 30 * ONE_DAY)
    last = newest()
    answer = client_of(cast.supervisor).get("/deadlines/export/?due=today")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert len(rows) == 2
    assert rows[1][:2] == ["2019-03-01", "2019-03-01"]
    assert rows[1][4] == "'=Letter"
    assert rows[1][6] == family.reference
    [entry] = Entry.objects.filter(pk__gt=last, act="exported")
    assert entry.families == [family.pk]


@pytest.mark.parametrize("address", ["/board/", "/deadlines/", "/board/move/?attorney=-"])
def test_the_pages_ask_little_of_the_database(cast: Cast, family: Family, address: str) -> None:
    def asked() -> int:
        client = client_of(cast.supervisor)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    make_deadline(bare_family(cast), DAY)
    few = asked()
    for number in range(5):
        one = bare_family(cast)
        make_deadline(one, DAY + number * ONE_DAY, due_at=MOMENT + number * HOUR, person=one.persons.all()[0])
    assert asked() == few <= 25


# Moving families


@pytest.fixture
def three(cast: Cast) -> list[Family]:
    """Three families of the attorney with four open dates: one is overdue, one runs by the hour."""
    made = [bare_family(cast, attorney=cast.attorney) for _ in range(3)]
    make_deadline(made[0], DAY - ONE_DAY)
    make_deadline(made[0], DAY, due_at=MOMENT + HOUR)
    make_deadline(made[1], DAY + ONE_DAY)
    make_deadline(made[2], DAY + ONE_DAY)
    make_deadline(made[2], DAY, state="done", ended_at=MOMENT)
    return made


def test_choose_look_and_move(cast: Cast, three: list[Family]) -> None:
    other = make_user(cast.organization, "attorney")
    make_deadline(bare_family(cast, attorney=other), DAY)
    client = client_of(cast.supervisor)
    chosen = text_of(client, f"/board/move/?attorney={cast.attorney.pk}")
    assert chosen.count("checked") == 3
    sent = {"family": [three[0].pk, three[1].pk], "attorney": str(other.pk), "paralegal": ""}
    page = re.sub(r"\s+", " ", client.post("/board/move/", sent).content.decode())
    assert "2 families move, with 3 open dates: 1 overdue, 1 running by the hour." in page
    assert "1 → 3" in page, "the families of who gets them"
    assert "3 → 1" in page, "the families of who gives them"
    assert "1 → 4" in page, "the dates of who gets them"
    assert "4 → 1" in page, "the dates of who gives them"
    assert Family.objects.filter(attorney=other).count() == 1, "nothing has moved yet"
    seen = re.findall(r'name="seen" value="([^"]+)"', page)
    confirmed = {**sent, "seen": seen, "key": "once", "confirm": "yes"}
    for _click in range(2):
        answer = client.post("/board/move/", confirmed, follow=True)
        assert "2 families were moved." in answer.content.decode()
    assert set(Family.objects.filter(attorney=other, pk__in=[one.pk for one in three])) == set(three[:2])
    assert Family.objects.get(pk=three[0].pk).version == 2, "the second click changed nothing"


def test_a_move_that_crosses_anothers_is_looked_at_again(cast: Cast, three: list[Family]) -> None:
    other = make_user(cast.organization, "attorney")
    client = client_of(cast.supervisor)
    sent = {"family": [three[0].pk], "attorney": str(other.pk), "seen": [f"{three[0].pk}:1"], "confirm": "yes"}
    Family.objects.filter(pk=three[0].pk).update(version=2)
    answer = client.post("/board/move/", sent)
    assert "somebody else has assigned some of these families" in answer.content.decode()
    assert Family.objects.get(pk=three[0].pk).attorney == cast.attorney


def test_who_cannot_have_them_is_refused_and_nothing_moves(cast: Cast, three: list[Family]) -> None:
    other = make_user(cast.organization, "attorney")
    make_wall(three[1], other, cast.supervisor)
    left, helper = make_user(cast.organization, "attorney"), make_user(cast.organization, "attorney", is_volunteer=True)
    User.objects.filter(pk=left.pk).update(is_active=False)
    client = client_of(cast.supervisor)

    def move(to: User) -> Any:
        seen = [f"{one.pk}:1" for one in three]
        sent = {"family": [one.pk for one in three], "attorney": str(to.pk), "seen": seen, "confirm": "yes"}
        return client.post("/board/move/", sent, follow=True)

    assert f"{other.name} cannot be given these families." in move(other).content.decode()
    for user in (left, helper, cast.paralegal, cast.other_attorney):
        assert move(user).status_code == 422, user.role
    assert Family.objects.filter(attorney=cast.attorney).count() == 3


def test_nothing_ticked_and_keys_that_are_none(cast: Cast, three: list[Family]) -> None:
    client = client_of(cast.supervisor)
    answer = client.post("/board/move/", {"attorney": str(cast.attorney.pk)}, follow=True)
    assert "No family was ticked." in answer.content.decode()
    assert client.post("/board/move/", {"family": "x"}).status_code == 404
    foreign = make_family(cast.other_organization, determined=False)
    assert client.post("/board/move/", {"family": [foreign.pk]}).status_code == 404
    asked, alone = "Choose an attorney or a paralegal first.", {"family": [three[0].pk]}
    refused = client.post("/board/move/", alone)
    assert (refused.status_code, asked in refused.content.decode()) == (422, True)
    coming = client.post("/board/move/", {**alone, "choose": "yes"})
    assert (coming.status_code, asked in coming.content.decode()) == (200, False), "nobody was asked yet"


def test_every_number_has_a_name() -> None:
    assert not set(DUE) & set(AMISS)
