"""The queue and the page of a change that waits, and the same through the API: who sees what, and who is refused."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from families.models import Family
from families.proposals.models import Proposal
from families.proposals.selectors import row_now
from families.services import fact_add
from screenings.models import Screening
from screenings.services import screening_record
from settlement.models import Election
from tests.cast import Cast
from tests.factories import DAY, confirm_waiting, make_family, make_proposal, make_wall, with_reevaluation

NEGATIVE = {"status": "decided", "result": "negative", "decided_on": "2019-02-26", "state_of_mind_weighed": True}


@pytest.fixture(autouse=True)
def _the_day(settings: Any) -> None:
    settings.AMPARO_TODAY = DAY


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast.organization, with_reevaluation(interview_on="2019-02-01"))


@pytest.fixture
def proposal(cast: Cast, family: Family) -> Proposal:
    """The mother's re-evaluation was decided negatively, says the paralegal."""
    screening = Screening.objects.get(basis="reevaluation")
    screening_record(
        actor=cast.paralegal, screening_id=screening.pk, version=1, values=NEGATIVE, key=None, day=DAY
    )  # fmt: skip
    return Proposal.objects.get()


@pytest.fixture
def form(cast: Cast, family: Family) -> Proposal:
    """The mother's form to return."""
    mother = family.persons.order_by("pk")[0]
    values = {"choice": "return", "signed_on": "2019-02-01", "signed_by": "self"}
    fact_add(actor=cast.paralegal, kind="election", person_id=mother.pk, values=values, key=None, day=DAY)
    return Proposal.objects.get(kind="election")


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def typed(proposal: Proposal, **values: Any) -> dict[str, Any]:
    return {"version": proposal.version, "row_version": row_now(proposal).version, "key": "k", **values}


def test_the_queue_is_for_who_decides_and_tells_who_must(cast: Cast, proposal: Proposal) -> None:
    for who, status in ((cast.attorney, 200), (cast.supervisor, 200), (cast.paralegal, 403), (cast.auditor, 403)):
        assert client_of(who).get("/proposals/").status_code == status
    page = client_of(cast.attorney).get("/proposals/").content.decode()
    assert "To confirm&nbsp;<strong>(1)</strong>" in page
    assert cast.paralegal.name in page
    assert "Protection gets weaker." in page
    assert "To confirm" not in client_of(cast.paralegal).get("/desk/").content.decode()
    assert cast.paralegal.name not in client_of(cast.other_supervisor).get("/proposals/").content.decode()
    make_wall(proposal.family, cast.attorney, cast.supervisor)
    walled = client_of(cast.attorney)
    assert "(1)" not in walled.get("/proposals/").content.decode()
    assert walled.get(f"/proposals/{proposal.pk}/").status_code == 404
    assert walled.post(f"/proposals/{proposal.pk}/confirm/", typed(proposal)).status_code == 404
    assert Proposal.objects.get().state == "waiting"


def test_what_one_typed_oneself_is_on_the_desk_and_not_for_oneself_to_decide(cast: Cast, family: Family) -> None:
    own = make_proposal(family, cast.attorney)
    client = client_of(cast.attorney)
    assert "Nothing waits for you." in client.get("/proposals/").content.decode()
    assert "Look at it<" in client.get("/proposals/?all=1").content.decode()
    assert "What I typed" in client.get("/desk/").content.decode()
    assert client.post(f"/proposals/{own.pk}/confirm/", typed(own)).status_code == 403
    assert client.post(f"/proposals/{own.pk}/decline/", typed(own, note="no")).status_code == 403
    assert client.post(f"/proposals/{own.pk}/withdraw/", typed(own)).status_code == 302
    assert Proposal.objects.get().state == "withdrawn"


def test_declined_with_its_reason_on_the_desk_of_who_typed_it(cast: Cast, proposal: Proposal) -> None:
    client = client_of(cast.attorney)
    refused = client.post(f"/proposals/{proposal.pk}/decline/", typed(proposal, note=""))
    assert refused.status_code == 422
    assert "Say why." in refused.content.decode()
    assert client.post(f"/proposals/{proposal.pk}/decline/", typed(proposal, note="another child")).status_code == 302
    desk = client_of(cast.paralegal).get("/desk/").content.decode()
    assert "another child" in desk
    assert cast.attorney.name in desk


def test_a_stale_page_decides_nothing_and_keeps_what_was_typed(cast: Cast, proposal: Proposal) -> None:
    stale = typed(proposal, note="I saw the paper")
    moved = {"interview_on": "2019-02-02"}
    screening_record(actor=cast.attorney, screening_id=proposal.row, version=1, values=moved, key=None, day=DAY)
    page = client_of(cast.supervisor).post(f"/proposals/{proposal.pk}/confirm/", stale)
    assert page.status_code == 409
    text = page.content.decode()
    assert "Somebody else was here first" in text
    assert "I saw the paper" in text
    assert Proposal.objects.get().state == "waiting"
    assert client_of(cast.supervisor).post(f"/proposals/{proposal.pk}/confirm/", typed(proposal)).status_code == 302
    late = client_of(cast.attorney).post(f"/proposals/{proposal.pk}/decline/", {**stale, "key": "l"})
    assert late.status_code == 409
    assert cast.supervisor.name in late.content.decode()


def test_a_form_to_return_asks_who_confirms_it_once_more(cast: Cast, form: Proposal) -> None:
    """C-10: the steps that are missing are named, and with any of them missing nobody is told to have given up."""
    client = client_of(cast.attorney)
    page = client.get(f"/proposals/{form.pk}/").content.decode()
    assert "It is not known whether the form came through class counsel." in page
    session = client.session
    session["fresh"] = 0
    session.save()
    asked = client.post(f"/proposals/{form.pk}/confirm/", typed(form))
    assert asked.status_code == 401
    refused = client.post(
        f"/api/v1/proposals/{form.pk}/confirm/",
        json.dumps({"version": form.version, "row_version": 0}),
        "application/json",
    )
    assert refused.status_code == 403
    assert not Election.objects.exists()
    assert client_of(cast.attorney).post(f"/proposals/{form.pk}/confirm/", typed(form)).status_code == 302
    assert Election.objects.get().choice == "return"
    assert form.family.answers.exclude(rule="W0").count() == 2


def test_pages_stay_within_their_queries(cast: Cast, proposal: Proposal, form: Proposal) -> None:
    client = client_of(cast.attorney)
    client.get("/proposals/")
    with CaptureQueriesContext(connection) as one:
        client.get("/proposals/")
    for _number in range(8):
        make_proposal(make_family(cast.organization), cast.paralegal)
    with CaptureQueriesContext(connection) as many:
        client.get("/proposals/")
    assert len(many) == len(one) <= 25
    with CaptureQueriesContext(connection) as detail:
        client.get(f"/proposals/{proposal.pk}/")
    assert len(detail) <= 25


def test_the_api_decides_as_the_pages_do(cast: Cast, proposal: Proposal) -> None:
    def post(user: Any, action: str, body: dict[str, Any]) -> Any:
        address = f"/api/v1/proposals/{proposal.pk}/{action}/"
        return client_of(user).post(address, json.dumps(body), "application/json")

    shown = client_of(cast.attorney).get(f"/api/v1/proposals/{proposal.pk}/").json()
    assert (shown["state"], shown["row_version_now"], shown["values"]["result"]) == ("waiting", 1, "negative")
    seen = {"version": shown["version"], "row_version": shown["row_version_now"]}
    for user, status in ((cast.paralegal, 403), (cast.other_attorney, 404), (cast.auditor, 403)):
        assert post(user, "confirm", seen).status_code == status
    assert post(cast.attorney, "confirm", {"version": 1}).status_code == 400
    assert post(cast.attorney, "decline", {"version": 1}).status_code == 400
    assert post(cast.attorney, "withdraw", {"version": 1}).status_code == 403
    assert post(cast.attorney, "confirm", {**seen, "row_version": 7}).status_code == 409
    done = post(cast.attorney, "confirm", seen)
    assert (done.status_code, done.json()["state"], done.json()["decided_by"]) == (200, "confirmed", cast.attorney.pk)
    assert post(cast.supervisor, "decline", {"version": 1, "note": "no"}).status_code == 409
    listed = client_of(cast.attorney).get("/api/v1/proposals/?state=confirmed").json()["results"]
    assert [one["id"] for one in listed] == [proposal.pk]


def test_the_list_of_outcomes_to_record_has_not_what_only_waits(cast: Cast, proposal: Proposal) -> None:
    client = client_of(cast.paralegal)
    assert "0 screenings" in client.get("/screenings/?outcome=record").content.decode()
    confirm_waiting(cast.attorney)
    assert "Waiting for a second person" not in client.get(f"/families/{proposal.family_id}/").content.decode()
