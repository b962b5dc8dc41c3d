"""Makes rows for tests: organizations, people, and families out of facts as the contract writes them.

Names are plainly made up: those of birds and stones that the demonstration uses.
"""

import copy
import datetime
from collections.abc import Mapping
from itertools import count
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import Invitation, Organization, User
from accounts.services import organization_create
from accounts.walls import Opening, Wall
from config import clock
from deadlines.calendars.models import FeedKey
from deadlines.models import Closure, Deadline, Hearing, OfficeRule
from deadlines.reminders.models import Acknowledgement, Delivery, Reminder
from deadlines.reminders.ways import Absence, OffsetSetting, PushSubscription, Ways
from demo.names import GIVEN, STONES
from desks.models import LastLook, SavedView
from desks.report.models import Report
from documents.letters.models import Letter, LetterTemplate
from documents.letters.services import letter_draft
from documents.models import Paper
from families.contacts.services import contact_add, note_add
from families.models import Custody, Departure, Exclusion, Family, ParentLink, Person, SheetRow
from families.proposals.models import Proposal
from families.proposals.selectors import row_now, to_decide
from families.proposals.services import proposal_confirm
from families.services import person_update
from screenings.models import JudgeReview, Screening
from settlement.determine import redetermine
from settlement.models import CourtCase, Election, ReturnRequest

Record = dict[str, Any]

DAY = datetime.date(2019, 3, 1)
PASSWORD = "correct horse battery staple"
_HASH = make_password(PASSWORD)
_numbers = count(1)


def make_organization(name: str = "Legal aid") -> Organization:
    """An organization with a short name of its own."""
    return organization_create(slug=f"office-{next(_numbers)}", name=name)


def make_user(organization: Organization, role: str = User.Role.PARALEGAL, *, is_volunteer: bool = False) -> User:
    """Somebody who works there."""
    user = new_user(organization, role, is_volunteer=is_volunteer)
    user.save()
    return user


def new_user(organization: Organization, role: str, *, is_volunteer: bool = False) -> User:
    """Somebody who will work there, not stored yet: the service's own checks take most of the time of many tests."""
    number = next(_numbers)
    return User(
        organization=organization,
        email=f"user{number}@mail.example",
        name=f"{GIVEN[number % len(GIVEN)]} {number}",
        role=role,
        is_volunteer=is_volunteer,
        password=_HASH,
    )


def mother_and_son() -> Record:
    """A mother and her small son, members both, whose rights under the approved agreement are unused."""
    return {
        "persons": [
            {
                "id": "p1",
                "role": "parent",
                "birth_date": "1986-03-14",
                "noncitizen": True,
                "entry": {"on": "2018-05-12", "place": "between_ports"},
                "custody": [{"by": "dhs", "from": "2018-05-12", "to": "2018-07-24"}],
                "departures": [],
                "screenings": [
                    {
                        "kind": "credible_fear",
                        "basis": "initial",
                        "status": "decided",
                        "interview_on": "2018-06-05",
                        "result": "negative",
                        "decided_on": "2018-06-08",
                    }
                ],
            },
            {
                "id": "c1",
                "role": "child",
                "birth_date": "2011-08-30",
                "noncitizen": True,
                "entry": {"on": "2018-05-12", "place": "between_ports"},
                "custody": [{"by": "orr", "from": "2018-05-14", "to": "2018-07-24"}],
                "departures": [],
                "parents": [
                    {
                        "parent": "p1",
                        "entered_together": True,
                        "separated_on": "2018-05-14",
                        "separated_by": "dhs",
                        "reunified_on": "2018-07-24",
                        "reunification": "court_order",
                    }
                ],
            },
        ]
    }


def with_reevaluation(**values: Any) -> Record:
    """The mother and son, she with a re-evaluation that has these values; scheduled unless they say otherwise."""
    record = mother_and_son()
    screening = {"kind": "credible_fear", "basis": "reevaluation", "status": "scheduled", **values}
    record["persons"][0]["screenings"].append(screening)
    return record


def everything() -> Record:
    """A family that has a row in every table of facts."""
    record = with_reevaluation(status="decided", result="negative", decided_on="2018-12-10", judge_review={})
    mother, son = record["persons"]
    mother["exclusions"] = [{"kind": "criminal_history", "status": "withdrawn"}]
    mother["departures"] = [{"on": "2018-08-01", "kind": "removed", "back_on": "2018-08-20"}]
    mother["return_request"] = {"presented_by": "other"}
    son["elections"] = [{"choice": "stay"}]
    son["court_case"] = {"kind": "section_240", "opened_on": "2018-12-01"}
    son["screenings"] = [
        {"kind": "credible_fear", "basis": "independent", "status": "scheduled", "interview_on": "2019-03-20"}
    ]
    return record


@transaction.atomic
def make_family(
    organization: Organization, record: Mapping[str, Any] | None = None, *, determined: bool = True, **fields: Any
) -> Family:
    """A family with the facts of the record (a mother and son, if none is given), and its determination for `DAY`."""
    facts = copy.deepcopy(dict(record or mother_and_son()))
    reference = fields.pop("reference", None) or facts.get("family") or f"F-{next(_numbers):04}"
    family: Family = Family.objects.create(organization=organization, reference=reference, **fields)
    persons = {person["id"]: _make_person(family, person) for person in facts["persons"]}
    for person in facts["persons"]:
        _make_facts(persons[person["id"]], person, persons)
    if determined:
        redetermine(organization=organization, family_ids=[family.pk], day=DAY)
    return family


def _make_person(family: Family, facts: Mapping[str, Any]) -> Person:
    number = next(_numbers)
    rng = Random(number)  # noqa: S311  # names, no secrets
    entry = facts.get("entry") or {}
    return Person.objects.create(
        organization_id=family.organization_id,
        family=family,
        reference=facts["id"],
        role=facts["role"],
        given_names=GIVEN[number % len(GIVEN)],  # those of one family are told apart by it
        family_names=f"{rng.choice(STONES)} {rng.choice(STONES)}",
        a_number=f"A{number:09}",
        birth_date=facts.get("birth_date"),
        noncitizen=facts.get("noncitizen"),
        lacks_capacity=facts.get("lacks_capacity"),
        entry_on=entry.get("on"),
        entry_place=entry.get("place"),
        asylum_filed_on=facts.get("asylum_filed_on"),
        custody_known=facts.get("custody") is not None,
        departures_known=facts.get("departures") is not None,
        parents_known=facts.get("parents") is not None,
    )


_NAMES = {"from": "began_on", "to": "ended_on", "on": "departed_on"}


def _make_facts(person: Person, facts: Mapping[str, Any], persons: Mapping[str, Person]) -> None:
    owner: dict[str, Any] = {"organization_id": person.organization_id, "person": person}
    tables = (("custody", Custody), ("departures", Departure), ("exclusions", Exclusion), ("elections", Election))
    for name, model in tables:
        for item in facts.get(name) or []:
            values = {_NAMES.get(field, field): value for field, value in item.items()}
            model._default_manager.create(**owner, **values)
    for link in facts.get("parents") or []:
        values = {**link, "parent": persons[link["parent"]]}
        ParentLink.objects.create(organization_id=person.organization_id, child=person, **values)
    for item in facts.get("screenings") or []:
        values = {field: value for field, value in item.items() if field != "judge_review"}
        screening = Screening.objects.create(**owner, **values)
        if item.get("judge_review") is not None:
            review = item["judge_review"]
            JudgeReview.objects.create(organization_id=person.organization_id, screening=screening, **review)
    if facts.get("court_case") is not None:
        CourtCase.objects.create(**owner, **facts["court_case"])
    if facts.get("return_request") is not None:
        ReturnRequest.objects.create(**owner, **facts["return_request"])


def make_proposal(family: Family, author: User) -> Proposal:
    """Somebody typed that the family's first person is a citizen, and it waits for a second person."""
    person = family.persons.order_by("pk")[0]
    person_update(
        actor=author, person_id=person.pk, version=person.version, values={"noncitizen": False}, key=None, day=DAY
    )
    return Proposal.objects.get(kind="person", row=person.pk, state="waiting")


def confirm_waiting(actor: User, *, day: datetime.date = DAY) -> int:
    """A second person confirms all that waits for them, the oldest first; gives how much that was."""
    rows = to_decide(actor).order_by("pk")
    for proposal in rows:
        proposal_confirm(
            actor=actor,
            proposal_id=proposal.pk,
            version=proposal.version,
            row_version=row_now(proposal).version,
            key=None,
            day=day,
        )
    return len(rows)


def make_sheet_row(person: Person) -> SheetRow:
    """What a sheet said of the person: nothing."""
    return SheetRow.objects.create(organization_id=person.organization_id, person=person)


def make_written(family: Family, author: User) -> None:
    """A note about the family, and a try to reach its first person."""
    person = family.persons.order_by("pk")[0]
    note_add(actor=author, family_id=family.pk, person_id=person.pk, text="Prefers the morning.", key=None)
    values = {"channel": "phone", "outcome": "reached", "said": "Do not sign alone.", "next_on": "2019-03-08"}
    contact_add(actor=author, person_id=person.pk, values=values, key=None, day=DAY)


def make_wall(family: Family, user: User, made_by: User) -> Wall:
    """That the colleague must not see the family."""
    owner = {"organization_id": family.organization_id, "family": family, "user": user}
    return Wall._default_manager.create(**owner, made_by=made_by, reason="Knows the other side.")


def make_opening(family: Family, user: User, opened_by: User, *, hours: float = 10) -> Opening:
    """That the volunteer may work on the family; with negative hours, that the time is over."""
    owner = {"organization_id": family.organization_id, "family": family, "user": user}
    until = clock.now() + datetime.timedelta(hours=hours)
    return Opening._default_manager.create(**owner, opened_by=opened_by, until=until, reason="Reads the file aloud.")


def make_invitation(invited_by: User) -> Invitation:
    """Somebody who is invited, and has not answered yet."""
    number, now = next(_numbers), clock.now()
    return Invitation._default_manager.create(
        organization_id=invited_by.organization_id,
        email=f"guest{number}@mail.example",
        name=f"Guest {number}",
        role=User.Role.PARALEGAL,
        language="en",
        token_hash=f"{number:064}",
        invited_by=invited_by,
        sent_at=now,
        expires_at=now + datetime.timedelta(days=3),
    )


def make_deadline(family: Family, due_on: datetime.date, **fields: Any) -> Deadline:
    """An open deadline of the family: a catalogue's, where a right is lost, safe on its last day unless told otherwise.

    `entered_by=` somebody makes it one made by hand, which waits for a second person.
    """
    by_hand = fields.get("entered_by") is not None
    values: dict[str, Any] = {
        "source": Deadline.Source.HAND if by_hand else Deadline.Source.CATALOGUE,
        "kind": "own" if by_hand else "judge_review",
        "key": f"test:{next(_numbers)}",
        "title": "Send the letter" if by_hand else "",
        "weight": Deadline.Weight.RIGHT_LOST,
        "safe_on": due_on,
        "reason": "The office wants it." if by_hand else "",
        **fields,
    }
    owner: dict[str, Any] = {"organization_id": family.organization_id, "family": family}
    deadline: Deadline = Deadline.objects.create(**owner, due_on=due_on, **values)
    return deadline


def make_hearing(person: Person, at: datetime.datetime, **fields: Any) -> Hearing:
    """A scheduling hearing of the person at this instant, in Chicago unless told otherwise."""
    values: dict[str, Any] = {
        "kind": Hearing.Kind.MASTER,
        "zone": "America/Chicago",
        "place": "Immigration court, room 3",
        **fields,
    }
    hearing: Hearing = Hearing.objects.create(organization_id=person.organization_id, person=person, at=at, **values)
    return hearing


def make_closure(organization: Organization, on: datetime.date) -> Closure:
    """A day without business that no calendar knows."""
    closure: Closure = Closure.objects.create(
        organization=organization, on=on, why="Closed by an order, for the storm."
    )
    return closure


def make_office_rule(organization: Organization, **fields: Any) -> OfficeRule:
    """A rule of the office's own making, brought to nobody: three business days after a negative finding."""
    values: dict[str, Any] = {
        "kind": "own",
        "title": "Talk to the family about the finding",
        "set_off": "negative",
        "length": 3,
        "counting": "business_days",
        "weight": "routine",
        "owes": "office",
        "is_on": True,
        "brought_to": None,
        **fields,
    }
    rule: OfficeRule = OfficeRule.objects.create(organization=organization, **values)
    return rule


def make_letter(family: Family, author: User) -> Letter:
    """A draft of a letter to the family's first person."""
    person = family.persons.order_by("pk")[0]
    pk = letter_draft(actor=author, person_id=person.pk, kind="client", language="en", key=None, day=DAY)
    return Letter.objects.get(pk=pk)


def make_report(made_by: User, **fields: Any) -> Report:
    """A report of nobody's numbers, whoever made it."""
    values: dict[str, Any] = {
        "organization": made_by.organization,
        "made_by": made_by,
        "as_of": clock.now(),
        "day": DAY,
    }
    values |= {"zone": "UTC", "rule_version": "1", "definition": "1"}
    values |= {"figures": {"tables": {}, "families": {}, "on_file": 0}, **fields}
    report: Report = Report.objects.create(**values)
    return report


def make_dates(family: Family, user: User) -> None:
    """A row in every table of the rooms of dates, of papers and of desks, as far as the other makers leave them out."""
    owner: dict[str, Any] = {"organization": family.organization}
    person, now = family.persons.order_by("pk")[0], clock.now()
    deadline = make_deadline(family, DAY)
    make_hearing(person, now)
    make_closure(family.organization, DAY)
    make_letter(family, user)
    told = Reminder.objects.create(
        **owner, deadline=deadline, deadline_version=1, recipient=user, offset=0, channel="app", due_at=now,
        state="sent", sent_at=now,
    )  # fmt: skip
    Delivery.objects.create(**owner, recipient=user, channel="mail", reminders=[told.pk], began_at=now)
    Acknowledgement.objects.create(**owner, deadline=deadline, deadline_version=1, user=user, at=now)
    OffsetSetting.objects.create(**owner, weight="hours", offsets=[0])
    other = User.objects.filter(organization=family.organization).exclude(pk=user.pk)[0]
    Absence.objects.create(**owner, user=user, substitute=other, from_on=DAY, to_on=DAY, entered_by=user)
    Ways.objects.create(**owner, user=user)
    PushSubscription.objects.create(
        **owner, user=user, endpoint=f"https://push.example/{user.pk}", secret_p256dh="p", secret_auth="a", made_at=now
    )
    make_office_rule(family.organization)
    FeedKey.objects.create(**owner, user=user, token_hash=f"{user.pk:064x}", made_at=now)
    LetterTemplate.objects.create(**owner, kind="client", language="en", title="Title", body="Body")
    Paper.objects.create(**owner, person=person, kind="i_870", state="missing")
    SavedView.objects.create(**owner, user=user, page="families", name="View", query="", made_at=now)
    LastLook.objects.create(**owner, user=user, at=now)
    first = make_report(user)
    make_report(user, previous=first, checked_by=other, checked_at=now)
