"""Recording an outcome: what is saved, what is refused, and that nothing a caller sends makes an error of ours."""

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from accounts.permissions import RULES, Permission
from api.describe import EXAMPLES
from families.models import Person
from screenings.models import JudgeReview, Screening
from settlement.models import PersonDetermination
from tests.api.conftest import Caller
from tests.cast import Cast
from tests.factories import confirm_waiting, make_family, with_reevaluation

pytestmark = pytest.mark.django_db

POSITIVE = {"version": 1, "status": "decided", "result": "positive", "decided_on": "2019-02-20"}


@pytest.fixture
def screening(cast: Cast) -> Screening:
    """The mother's re-evaluation, which is scheduled."""
    make_family(cast.organization, with_reevaluation())
    return Screening.objects.get(basis="reevaluation")


def send(client: Client, screening: Screening, body: Any, **headers: str) -> Any:
    text = body if isinstance(body, bytes | str) else json.dumps(body)
    return client.patch(f"/api/v1/screenings/{screening.pk}/", text, "application/json", headers=headers)


def add(client: Client, person: int, body: Any, **headers: str) -> Any:
    return client.post(f"/api/v1/persons/{person}/screenings/", json.dumps(body), "application/json", headers=headers)


def state(screening: Screening) -> dict[str, Any]:
    row = Screening.objects.get(pk=screening.pk)
    return {field.name: getattr(row, field.name) for field in row._meta.fields} | {
        "reviews": JudgeReview.objects.filter(screening=row).count(),
        "history": row.history.count(),
    }


def test_an_outcome_is_saved_with_its_history_and_the_answer_follows(
    cast: Cast, caller: Caller, screening: Screening
) -> None:
    before = PersonDetermination.objects.get(person=screening.person).standing
    response = send(caller(cast.paralegal), screening, POSITIVE)
    assert response.status_code == 200
    assert response.json() == caller(cast.attorney).get(f"/api/v1/screenings/{screening.pk}/").json()
    assert (response.json()["result"], response.json()["version"]) == ("positive", 2)
    assert screening.history.latest().history_user == cast.paralegal
    after = PersonDetermination.objects.get(person=screening.person).standing
    assert (before, after) == ("pending", "won")


def test_everybody_of_the_organization_may_record_and_nobody_else(
    cast: Cast, caller: Caller, screening: Screening
) -> None:
    untouched = state(screening)
    people: list[tuple[User | None, int]] = [
        (None, 403),
        (cast.auditor, 403),
        (cast.other_paralegal, 404),
        (cast.other_supervisor, 404),
    ]
    for person, status in people:
        client = caller(person) if person else Client()
        assert send(client, screening, POSITIVE).status_code == status
        added = add(client, screening.person_id, EXAMPLES["ScreeningBody"].value, **{"Idempotency-Key": "a"})
        assert added.status_code == status
        assert state(screening) == untouched
    told = send(caller(cast.auditor), screening, POSITIVE).json()
    assert told == {"detail": RULES[Permission.SCREENING_OUTCOME_RECORD].refusal}
    for version, colleague in enumerate((cast.attorney, cast.paralegal, cast.supervisor), start=1):
        body = {"version": version, "interview_on": f"2019-01-0{version}"}
        assert send(caller(colleague), screening, body).status_code == 200


def test_what_is_missing_and_what_is_anothers_are_refused_alike(
    cast: Cast, caller: Caller, screening: Screening
) -> None:
    stranger = caller(cast.other_paralegal)
    missing = Screening(pk=999_999_999)
    assert send(stranger, screening, POSITIVE).json() == send(stranger, missing, POSITIVE).json()
    key = {"Idempotency-Key": "a"}
    body = EXAMPLES["ScreeningBody"].value
    assert add(stranger, screening.person_id, body, **key).json() == add(stranger, 999_999_999, body, **key).json()


def test_a_session_alone_does_not_write_without_the_anti_forgery_token(cast: Cast, screening: Screening) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.paralegal)
    untouched = state(screening)
    refused = send(client, screening, POSITIVE)
    assert refused.status_code == 403
    assert state(screening) == untouched
    token = "t" * 32
    client.cookies["csrftoken"] = token
    assert send(client, screening, POSITIVE, **{"X-CSRFToken": token}).status_code == 200


def test_the_second_of_two_is_told_and_sees_both(cast: Cast, caller: Caller, screening: Screening) -> None:
    assert send(caller(cast.attorney), screening, POSITIVE).status_code == 200
    theirs = {"version": 1, "status": "interviewed", "interview_on": "2019-02-01"}
    refused = send(caller(cast.paralegal), screening, theirs)
    assert refused.status_code == 409
    both = refused.json()
    assert (both["current"]["result"], both["current"]["version"]) == ("positive", 2)
    assert both["yours"] == {"status": "interviewed", "interview_on": "2019-02-01"}
    [change] = both["changes"]
    assert change["who"] == cast.attorney.name
    assert set(change["fields_changed"]) == {"status", "result", "decided_on"}
    assert state(screening)["result"] == "positive"
    again = send(
        caller(cast.paralegal), screening, {"version": both["current"]["version"], "interview_on": "2019-02-01"}
    )
    assert again.status_code == 200


def test_what_is_not_sent_stays_and_erasing_needs_a_reason(cast: Cast, caller: Caller, screening: Screening) -> None:
    client = caller(cast.paralegal)
    send(client, screening, POSITIVE)
    kept = send(client, screening, {"version": 2, "interview_on": "2019-02-01"}).json()
    assert (kept["result"], kept["interview_on"]) == ("positive", "2019-02-01")
    refused = send(client, screening, {"version": 3, "erase": ["result"]})
    assert refused.status_code == 400
    assert list(refused.json()["errors"]) == ["reason"]
    erased = send(client, screening, {"version": 3, "erase": ["result"], "reason": "Read off the wrong paper."})
    assert (erased.json()["result"], erased.json()["waiting"][0]["values"]) == ("positive", {"result": None})
    confirm_waiting(cast.attorney)
    assert Screening.objects.get(pk=screening.pk).result is None
    assert "Read off the wrong paper." in screening.history.latest().history_change_reason


def test_a_judges_review_is_recorded_and_taken_away(cast: Cast, caller: Caller, screening: Screening) -> None:
    client = caller(cast.paralegal)
    negative = {**POSITIVE, "result": "negative", "judge_asked": "yes", "judge_asked_on": "2019-02-21"}
    shown = send(client, screening, negative).json()
    assert (shown["judge_review"], shown["result"], shown["waiting"][0]["values"]["judge_asked"]) == (
        False,
        None,
        "yes",
    )
    confirm_waiting(cast.attorney)
    shown = client.get(f"/api/v1/screenings/{screening.pk}/").json()
    assert shown["waiting"] == []
    assert (shown["judge_review"], shown["judge_asked"], shown["judge_outcome"]) == (True, "yes", None)
    send(client, screening, {"version": 2, "erase": ["judge_review"], "reason": "Nobody asked a judge."})
    confirm_waiting(cast.attorney)
    gone = client.get(f"/api/v1/screenings/{screening.pk}/").json()
    assert (gone["judge_review"], gone["judge_asked"], gone["result"]) == (False, None, "negative")


def test_the_same_key_writes_once(cast: Cast, caller: Caller, screening: Screening) -> None:
    client, mother = caller(cast.paralegal), screening.person_id
    key = {"Idempotency-Key": "4b1d8a60"}
    first = add(client, mother, EXAMPLES["ScreeningBody"].value, **key)
    second = add(client, mother, EXAMPLES["ScreeningBody"].value, **key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert Screening.objects.filter(person=mother, basis="reevaluation").count() == 2
    other = add(client, mother, EXAMPLES["ScreeningBody"].value, **{"Idempotency-Key": "4b1d8a61"})
    assert other.json()["id"] != first.json()["id"]
    child = screening.person.family.persons.exclude(pk=mother).values_list("pk", flat=True)[0]
    elsewhere = add(client, child, EXAMPLES["ScreeningBody"].value, **key)
    assert elsewhere.status_code == 400, "somebody else's screening is no repetition"
    for bad in ({}, {"Idempotency-Key": "x" * 151}):
        refused = add(client, mother, EXAMPLES["ScreeningBody"].value, **bad)
        assert refused.status_code == 400
        assert list(refused.json()["errors"]) == ["Idempotency-Key"]
    once = send(client, screening, POSITIVE, **{"Idempotency-Key": "b"})
    twice = send(client, screening, POSITIVE, **{"Idempotency-Key": "b"})
    assert (once.status_code, twice.status_code) == (200, 200)
    assert state(screening)["version"] == 2
    other_body = send(client, screening, {**POSITIVE, "result": "negative"}, **{"Idempotency-Key": "b"})
    assert other_body.status_code == 409, "what a caller sends is never dropped unsaid"


def test_the_examples_of_the_schema_are_taken(cast: Cast, caller: Caller, screening: Screening) -> None:
    client = caller(cast.paralegal)
    recorded = send(client, screening, EXAMPLES["OutcomeBody"].value)
    assert recorded.status_code == 200
    assert recorded.json()["waiting"][0]["values"]["judge_asked"] == "yes"
    added = add(client, screening.person_id, EXAMPLES["ScreeningBody"].value, **{"Idempotency-Key": "a"})
    assert added.status_code == 201


UNFIT: list[tuple[Any, str]] = [
    ({}, "version"),
    (b"", "version"),
    ({"version": "1"}, "version"),
    ({"version": True}, "version"),
    ({"version": 1.0}, "version"),
    ({"version": 0}, "version"),
    ({"version": 10**12}, "version"),
    ({**POSITIVE, "result": "deportable"}, "result"),
    ({**POSITIVE, "result": ["positive"]}, "result"),
    ({**POSITIVE, "result": None}, "result"),
    ({**POSITIVE, "result": ""}, "result"),
    ({**POSITIVE, "decided_on": "20190220"}, "decided_on"),
    ({**POSITIVE, "decided_on": "2019-W08-3"}, "decided_on"),
    ({**POSITIVE, "decided_on": "2019-02-20T00:00:00"}, "decided_on"),
    ({**POSITIVE, "decided_on": "2019-02-30"}, "decided_on"),
    ({**POSITIVE, "decided_on": "٢٠١٩-٠٢-٢٠"}, "decided_on"),
    ({**POSITIVE, "decided_on": 20190220}, "decided_on"),
    ({**POSITIVE, "decided_on": "0001-01-01"}, "decided_on"),
    ({**POSITIVE, "decided_on": "9999-12-31"}, "decided_on"),
    ({**POSITIVE, "decided_on": "2019-03-02"}, "decided_on"),
    ({**POSITIVE, "decided_on": {}}, "decided_on"),
    ({**POSITIVE, "state_of_mind_weighed": "yes"}, "state_of_mind_weighed"),
    ({**POSITIVE, "state_of_mind_weighed": 1}, "state_of_mind_weighed"),
    ({**POSITIVE, "judge_review": False}, "judge_review"),
    ({**POSITIVE, "judge_review": True}, "judge_review"),
    ({**POSITIVE, "person": 1}, "person"),
    ({**POSITIVE, "organization": 1}, "organization"),
    ({**POSITIVE, "basis": "initial"}, "basis"),
    ({**POSITIVE, "__class__": 1}, "__class__"),
    ({**POSITIVE, "erase": "result"}, "erase"),
    ({**POSITIVE, "erase": ["kind", "name"], "reason": "x"}, "erase[1]"),
    ({**POSITIVE, "erase": ["result"], "reason": "x"}, "result"),
    ({**POSITIVE, "erase": ["status"], "reason": "x"}, "status"),
    ({**POSITIVE, "erase": ["kind"], "reason": " "}, "reason"),
    ({**POSITIVE, "erase": ["kind"], "reason": "x" * 2001}, "reason"),
    ({**POSITIVE, "reason": 7}, "reason"),
    ([], "record"),
    ([POSITIVE], "record"),
    ("text", "record"),
    (7, "record"),
]


def test_a_body_that_does_not_fit_is_refused_with_its_place(cast: Cast, caller: Caller, screening: Screening) -> None:
    untouched, client = state(screening), caller(cast.paralegal)
    for body, place in UNFIT:
        response = send(client, screening, body if body == b"" else json.dumps(body))
        assert response.status_code == 400, (body, response.content)
        problem = response.json()
        assert place in problem["errors"], (body, problem)
        assert all(problem["errors"][place]), (body, problem)
        assert state(screening) == untouched, body


UNREADABLE: list[tuple[bytes, str]] = [
    (b"{", "line 1, column 2"),
    (b'{"version": NaN}', "NaN"),
    (b'{"version": -Infinity}', "-Infinity"),
    (b'{"version": 1e400}', "1e400"),
    (b'{"version": 1, "version": 2}', "version"),
    (b'{"version": 1, "reason": "a\\u0000b"}', "reason"),
    (b'{"version": 1, "erase": ["kind", "\\ud800"]}', "erase[1]"),
    (b'{"version": 1, "\\udfff": 1}', "udfff"),
    (b'{"version": 1, "reason": "\xff"}', "byte"),
    (b"[" * 100_000, "deeply"),
    (b'{"version":' * 50_000 + b"1" + b"}" * 50_000, "deeply"),
    (b'{"version": ' + b"1" * 5000 + b"}", "1111…"),
    (b"\xff\xfe{\x00}\x00", "byte"),
    (b'{"version": 1} {"version": 1}', "column 16"),
    (b'{"reason": "' + b"x" * 3_000_000 + b'"}', "too large"),
]


def test_json_that_cannot_be_kept_is_refused_with_its_place(cast: Cast, caller: Caller, screening: Screening) -> None:
    client = caller(cast.paralegal)
    for body, words in UNREADABLE:
        response = send(client, screening, body)
        assert response.status_code == (413 if "large" in words else 400), body[:80]
        assert words in response.json()["detail"], (body[:80], response.json())


def test_other_ways_of_sending_a_body_are_refused(cast: Cast, caller: Caller, screening: Screening) -> None:
    client, address = caller(cast.paralegal), f"/api/v1/screenings/{screening.pk}/"
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"):
        assert client.patch(address, "version=1", kind).status_code == 415
    for method in ("put", "delete", "post", "options", "trace"):
        assert getattr(client, method)(address).status_code == 405


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)
_NAMES = st.sampled_from(
    ["kind", "status", "interview_on", "result", "decided_on", "judge_review", "judge_asked", "erase", "reason", "x"]
)
_LIKELY = st.sampled_from(
    ["decided", "positive", "negative", "yes", "2019-01-02", "2019-02-02", True, ["result"], "credible_fear"]
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(body=_JSON | st.dictionaries(_NAMES, _LIKELY | _JSON, max_size=5))
def test_no_body_makes_an_error_of_ours(cast: Cast, caller: Caller, screening: Screening, body: Any) -> None:
    if isinstance(body, dict):
        body = {"version": Screening.objects.get(pk=screening.pk).version, **body}
    response = send(caller(cast.paralegal), screening, json.dumps(body))
    assert response.status_code in {200, 400}
    if response.status_code == 400:
        assert response.json()["detail"]


def test_a_screening_that_does_not_fit_the_person_is_refused(cast: Cast, caller: Caller, screening: Screening) -> None:
    son = Person.objects.get(family=screening.person.family, role="child")
    body = {"basis": "reevaluation", "status": "scheduled"}
    refused = add(caller(cast.paralegal), son.pk, body, **{"Idempotency-Key": "a"})
    assert refused.status_code == 400
    assert list(refused.json()["errors"]) == ["basis"]
    assert not Screening.objects.filter(person=son).exists()
    taken = add(caller(cast.paralegal), son.pk, {**body, "basis": "independent"}, **{"Idempotency-Key": "a"})
    assert taken.status_code == 201
