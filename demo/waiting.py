"""Changes of the demonstration that wait for a second person, typed through the services that a page uses."""

import datetime
from collections.abc import Sequence
from typing import Any

from accounts.models import Organization, User
from families.models import Person
from families.proposals.models import Proposal
from families.proposals.services import proposal_decline
from families.services import fact_add
from screenings.models import Screening
from screenings.services import screening_record

NEGATIVES, DECLINED = 7, 1


def type_what_waits(organization: Organization, people: dict[str, list[User]], day: datetime.date) -> None:
    """A dozen changes: results of interviews that were held, a form to return, departures; one is declined."""
    for screening in _held(organization, day):
        _negative(screening, people["paralegal"][0], day)
    persons = Person.objects.filter(organization=organization, departures_known=True, departures=None, elections=None)
    adults = persons.filter(role=Person.Role.PARENT, answer__removal="barred").order_by("-reference", "-pk")[:4]
    typed: Sequence[tuple[str, dict[str, Any]]] = (
        ("departure", {"departed_on": day - datetime.timedelta(days=3), "kind": "returned"}),
        ("election", _form(day)),
        ("departure", {"departed_on": day - datetime.timedelta(days=9), "kind": "removed"}),
        ("exclusion", {"kind": "criminal_history", "status": "established"}),
    )
    for person, (kind, values) in zip(adults, typed, strict=False):
        key = f"demo-waits-{kind}-{person.pk}"
        fact_add(actor=people["attorney"][0], kind=kind, person_id=person.pk, values=values, key=key, day=day)
    last = Proposal.objects.filter(organization=organization, kind="screening", state="waiting").order_by("-pk")
    for proposal in last[:DECLINED]:
        proposal_decline(
            actor=people["supervisor"][0],
            proposal_id=proposal.pk,
            version=proposal.version,
            note="The officer's paper names another child. Look at it again.",
            key=f"demo-declines-{proposal.pk}",
            day=day,
        )


def _held(organization: Organization, day: datetime.date) -> Sequence[Screening]:
    rows = Screening.objects.filter(organization=organization, result=None, interview_on__lt=day)
    under_way = rows.filter(status__in=("scheduled", "interviewed")).exclude(basis="initial")
    return list(under_way.select_related("person__family").order_by("interview_on", "pk")[:NEGATIVES])


def _negative(screening: Screening, actor: User, day: datetime.date) -> None:
    assert screening.interview_on is not None  # noqa: S101  # that is how they were chosen
    decided_on = min(screening.interview_on + datetime.timedelta(days=3), day)
    values: dict[str, Any] = {"status": "decided", "result": "negative", "decided_on": decided_on}
    if screening.pk % 3 == 0:
        values |= {"judge_asked": "yes", "judge_asked_on": decided_on}
    elif screening.pk % 3 == 1:
        values["judge_asked"] = "no"
    if screening.basis == Screening.Basis.REEVALUATION:
        values["state_of_mind_weighed"] = True
    screening_record(
        actor=actor,
        screening_id=screening.pk,
        version=screening.version,
        values=values,
        key=f"demo-waits-{screening.pk}",
        day=day,
    )


def _form(day: datetime.date) -> dict[str, Any]:
    marks = dict.fromkeys(("own_form", "understood", "voluntary"), True)
    return {"choice": "return", "signed_on": day - datetime.timedelta(days=6), "signed_by": "self", **marks}
