"""Every answered question of docs/questions.md, walked from the desk by the links on the pages: at most two clicks."""

import datetime
import html
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.test import Client

from desks.report.services import report_make
from families.contacts.services import contact_add
from families.models import Family, Person
from tests.cast import Cast
from tests.desks import records
from tests.desks.test_changes import tell_noncitizen
from tests.factories import DAY, make_deadline, make_family, mother_and_son, with_reevaluation

PAGE = Path(__file__).parents[2] / "docs" / "questions.md"


class Asked(NamedTuple):
    """A question of a role: the links to follow, as patterns of their addresses, and what the answer says."""

    question: str
    role: str
    links: Sequence[str]
    answer: str


EXPOSED, JUDGE, DIFFER = r"/people/\?.*pile=exposed", r"/people/\?.*step=ask_judge_review", r"/families/\?.*pile=differ"
ASKED = (
    Asked(
        "Who could be put on a plane today with nothing in our file to stop it?",
        *("attorney", [EXPOSED], "Ámbar Returning"),
    ),
    Asked(
        "Who is without a bar and without an open case, in the whole office?",
        *("supervisor", [EXPOSED], "Ámbar Returning"),
    ),
    Asked("Who has a negative finding and no request for a judge?", "attorney", [JUDGE], "Ámbar Negative"),
    Asked(
        "Who of the whole office has a negative finding and no request for a judge?",
        *("supervisor", [JUDGE], "Ámbar Negative"),
    ),
    Asked("Which hour clocks run, and how many hours are left?", "attorney", [], "hours left"),
    Asked("Which families have one member with a different choice?", "attorney", [DIFFER], "FAMILY-RETURNING"),
    Asked(
        "Which families of the office have one member with a different choice?",
        "supervisor",
        [DIFFER],
        "FAMILY-RETURNING",
    ),
    Asked("What changed since I last looked, and who changed it?", "attorney", ["/desk/changes/"], "{paralegal}"),
    Asked("What changed in the office, and who changed it?", "supervisor", ["/desk/changes/"], "{paralegal}"),
    Asked("Why is this the answer (facts, rules, sources)?", "attorney", [r"/families/\d+/"], 'class="reasons"'),
    Asked("What single fact would change it?", "attorney", [r"/people/\d+/questions/"], "citizen"),
    Asked(
        "When did anybody last speak with the client, in which language?",
        *("attorney", [r"/families/\d+/", r"/families/\d+/contacts/"], "Mam"),
    ),
    Asked(
        "What is the one question that would settle it, for each of whom it is not known?",
        *("attorney", ["/desk/questions/"], "citizen"),
    ),
    Asked(
        "Is this form to return valid, and which check is missing?",
        *("attorney", [r"/people/\?.*step=check_waiver", r"/families/\d+/#person"], "Ámbar Unread"),
    ),
    Asked("Who was touched by a new order or rule?", "supervisor", ["/dashboard/moved/"], "put on file in between"),
    Asked("What do I do next, in order?", "paralegal", [], "Ámbar Held"),
    Asked(
        "Whom has nobody spoken with for too long (30 days; 7 for who is held)?",
        *("paralegal", [], "and nobody has spoken with them"),
    ),
    Asked("Which papers are missing for this person?", "paralegal", [r"/people/\d+/papers/"], "I-"),
    Asked(
        "Which outcome of an interview is to be recorded?",
        *("paralegal", [r"/desk/queue/\d+/"], "Ámbar Held"),
    ),
    Asked("What do I ask on the phone, in both languages?", "paralegal", [r"/people/\d+/questions/"], "citizen"),
    Asked(
        "How many stood where on a day, each person in exactly one place?",
        *("supervisor", ["/dashboard/movement/", r"/dashboard/day/\?.*on="], "Ámbar Returning"),
    ),
    Asked(
        "What are the numbers of the report, each child in one row, and do they add up?",
        *("supervisor", [r"/dashboard/report/$", r"/dashboard/report/\d+/$"], "Adds up"),
    ),
    Asked("What moved since the last report, and why?", "supervisor", ["/dashboard/moved/"], "Ámbar Returning"),
    Asked(
        "What is due in 7 days and not confirmed by two people?",
        *("supervisor", ["/deadlines/", r"/deadlines/\?due=in7&amiss=unconfirmed"], "Call the consulate"),
    ),
    Asked(
        "Which dates of the office has one person alone entered?",
        *("supervisor", ["/board/", r"/deadlines/\?amiss=unconfirmed"], "Call the consulate"),
    ),
    Asked(
        "Which clients turn 14, 18 or 21 in the next year?",
        *("attorney", [r"/deadlines/\?attorney=", r"/deadlines/\?.*due=year.*kind=ages"], "Ámbar Fourteen"),
    ),
    Asked(
        "Which dates does the whole office miss, hearings and appeals too?",
        *("supervisor", [r"/deadlines/\?due=missed$"], "Answer the motion"),
    ),
    Asked("Who has how much, and what lay untouched the longest?", "supervisor", ["/dashboard/workload/"], "FAMILY-"),
)


def test_the_page_lists_exactly_what_is_walked() -> None:
    answered = PAGE.read_text().split("## Answered")[1].split("## Not answered")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in answered.splitlines() if line.startswith("| ")]
    told = [(question, role, int(clicks)) for question, role, _where, clicks in rows[1:]]
    assert told == [(one.question, one.role, len(one.links)) for one in ASKED]
    assert max(len(one.links) for one in ASKED) == 2


def turning_fourteen() -> dict[str, Any]:
    """The child turns 14 within the year."""
    record = mother_and_son()
    record["persons"][1]["birth_date"] = "2005-10-30"
    return record


@pytest.fixture
def office(cast: Cast) -> Cast:
    """A family for each kind of question; the mothers are named after it."""
    people: dict[str, Any] = {"attorney": cast.attorney, "paralegal": cast.paralegal}
    made = {
        "Returning": records.lifted(),
        "Negative": records.judge(),
        "Unknown": records.undetermined(),
        "Unread": records.waiver(),
        "Held": with_reevaluation(status="interviewed", interview_on="2019-02-18"),
        "Fourteen": turning_fourteen(),
        "Judge": with_reevaluation(
            status="decided",
            result="negative",
            decided_on="2019-02-24",
            kind="reasonable_fear",
            state_of_mind_weighed=True,
            judge_review={"asked": "yes", "asked_on": "2019-02-24"},
        ),
    }
    for name, record in made.items():
        family = make_family(cast.organization, record, reference=f"FAMILY-{name.upper()}", **people)
        whose = "c1" if name == "Fourteen" else "p1"
        person = family.persons.get(reference=whose)
        Person.objects.filter(pk=person.pk).update(given_names="Ámbar", family_names=name)
        spoken = {"channel": "phone", "outcome": "reached", "language": "Mam"}
        contact_add(actor=cast.paralegal, person_id=person.pk, values=spoken, key=None, day=DAY)
    silent = make_family(cast.organization, records.quiet(), **people)
    Family.objects.filter(pk=silent.pk).update(created_at=datetime.datetime(2019, 1, 1, 12, tzinfo=datetime.UTC))
    five_days = DAY + datetime.timedelta(days=5)
    make_deadline(family, five_days, title="Call the consulate", entered_by=cast.paralegal)
    make_deadline(family, DAY - datetime.timedelta(days=2), title="Answer the motion")
    tell_noncitizen(make_family(cast.organization, records.undetermined(), attorney=cast.attorney), cast.paralegal)
    report_make(actor=cast.supervisor, key=None, day=DAY)
    return cast


def test_every_answered_question_is_within_two_clicks_of_the_desk(office: Cast) -> None:
    problems = []
    clients: dict[str, Client] = {}
    pages: dict[tuple[str, str], str] = {}

    def opened(role: str, address: str) -> str:
        if (role, address) not in pages:
            if role not in clients:
                clients[role] = Client()
                clients[role].force_login(getattr(office, role))
            answer = clients[role].get(address, follow=True)
            assert answer.status_code == 200, address
            pages[role, address] = answer.content.decode()
        return pages[role, address]

    for one in ASKED:
        page = opened(one.role, "/desk/")
        for pattern in one.links:
            links = [html.unescape(found) for found in re.findall(r'<a [^>]*?href="([^"]+)"', page, re.DOTALL)]
            fitting = [link for link in links if re.match(pattern, link)]
            if not fitting:
                problems.append(f"{one.question}: no link {pattern}")
                break
            page = opened(one.role, fitting[0].partition("#")[0])
        if one.answer.format(paralegal=office.paralegal.name) not in page:
            problems.append(f"{one.question}: {one.answer} is not there")
    assert not problems, "\n".join(problems)
