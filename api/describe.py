"""What the schema (OpenAPI) says of each address, beyond what can be read off the code."""

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from api.asking import IDEMPOTENCY_KEY, ScreeningBody
from api.fields import Strict
from api.serializers import ConflictOut, ProblemOut

V = TypeVar("V", bound=type[APIView])

_KEY = "Made up by you, new for each thing you ask: the same key and body again give the result of the first time."
EXAMPLES = {
    "OutcomeBody": OpenApiExample(
        "A negative result, and the judge was asked",
        value={
            "version": 1,
            "status": "decided",
            "interview_on": "2018-12-03",
            "result": "negative",
            "decided_on": "2018-12-07",
            "state_of_mind_weighed": True,
            "judge_asked": "yes",
            "judge_asked_on": "2018-12-07",
        },
        request_only=True,
    ),
    "ScreeningBody": OpenApiExample(
        "An interview has been set",
        value={"basis": "reevaluation", "kind": "credible_fear", "status": "scheduled", "interview_on": "2018-12-14"},
        request_only=True,
    ),
}


def described(
    answer: type[BaseSerializer[Any]],
    *,
    method: str = "get",
    query: type[Strict] | None = None,
    body: type[Strict] | None = None,
    listed: bool = False,
) -> Callable[[V], V]:
    """Class decorator: what one method of a view takes and gives, and how it refuses."""
    parameters: list[Any] = [query] if query else []
    responses: dict[int, Any] = {
        201 if body is ScreeningBody else 200: answer(many=True) if listed else answer,
        400: ProblemOut,
        403: ProblemOut,
        404: ProblemOut,
    }
    if body is not None:
        needed = body is ScreeningBody
        key = {"type": "string", "pattern": f"^{IDEMPOTENCY_KEY}$"}
        parameters.append(OpenApiParameter("Idempotency-Key", key, OpenApiParameter.HEADER, needed, description=_KEY))
        responses |= {415: ProblemOut}
    if body is not None and body is not ScreeningBody:
        responses |= {409: ConflictOut}
    said = extend_schema(
        parameters=parameters,
        request=body,
        responses=responses,
        examples=[EXAMPLES[body.__name__]] if body and body.__name__ in EXAMPLES else [],
    )
    return extend_schema_view(**{method: said})
