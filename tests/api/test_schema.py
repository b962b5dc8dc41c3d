"""The schema: who may read it, that it is valid, and that what is answered is what it says."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from config.wsgi import application
from tests.api.conftest import Caller
from tests.cast import Cast
from tests.factories import everything, make_family

pytestmark = pytest.mark.django_db


def test_the_schema_is_for_who_is_signed_in(cast: Cast, caller: Caller) -> None:
    assert Client().get("/api/schema/").status_code == 403
    response = caller(cast.paralegal).get("/api/schema/")
    assert response.status_code == 200
    schema = response.json()
    assert set(schema["paths"]["/api/v1/screenings/{id}/"]) == {"get", "patch"}
    assert all(path.startswith("/api/v1/") for path in schema["paths"])


@pytest.mark.parametrize("query", ["version=%0d%0aSet-Cookie:a=b", "version=1", "lang=es", "x=1"])
def test_the_schema_takes_nothing_from_its_address(cast: Cast, caller: Caller, query: str) -> None:
    assert caller(cast.paralegal).get(f"/api/schema/?{query}").status_code == 400


def test_the_schema_is_valid_and_nothing_in_it_was_guessed(tmp_path: Any) -> None:
    file = tmp_path / "schema.json"
    call_command("spectacular", validate=True, fail_on_warn=True, format="openapi-json", file=str(file))
    assert json.loads(file.read_text())["info"]["title"] == "Amparo"


@pytest.fixture
def described(cast: Cast, caller: Caller) -> Iterator[Any]:
    """Our own schema as a stranger's tool reads it, signed in, over WSGI."""
    make_family(cast.organization, everything())
    session = caller(cast.paralegal).cookies["sessionid"].value
    token = "t" * 32

    def signed_in(environ: dict[str, Any], start_response: Any) -> Any:
        environ["HTTP_COOKIE"] = f"sessionid={session}; csrftoken={token}"
        environ["HTTP_X_CSRFTOKEN"] = token
        return application(environ, start_response)

    schema = caller(cast.paralegal).get("/api/schema/").json()
    # Every request is signed in below, so what happens without a session is not this test's to ask.
    del schema["components"]["securitySchemes"]
    for path in schema["paths"].values():
        for operation in path.values():
            del operation["security"]
    loaded = schemathesis.openapi.from_dict(schema)
    loaded.app = signed_in
    # Between requests Django would close the connection, and with it the test's transaction; its test client does this.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield loaded
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", GenerationMode)
def test_every_answer_is_one_that_the_schema_describes(described: Any, mode: GenerationMode) -> None:
    """What fits the schema, and what does not: no answer that it does not describe, and no error of ours."""
    tried = 0
    for found in described.get_all_operations():
        operation = found.ok()

        @settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def try_it(case: Any) -> None:
            # A body may fit the schema and still say what cannot be, such as a result without a decision.
            case.call_and_validate(excluded_checks=[positive_data_acceptance], headers={"Accept-Encoding": "identity"})

        try_it()
        tried += 1
    assert tried == 17
