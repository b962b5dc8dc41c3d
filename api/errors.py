"""How a refusal reads as JSON: always `detail`, a sentence; `errors` by field; on a conflict both versions."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from accounts.errors import Conflict, Invalid
from api.serializers import ConflictOut, ProblemOut

RECORD = "record"
"""Stands for all fields together, where a sentence is about no single one."""


def refusal(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler; None for what nobody foresaw, which becomes a 500."""
    if isinstance(error, Invalid):
        return _invalid({name or RECORD: [sentence] for name, sentence in error.errors.items()})
    if isinstance(error, ValidationError):
        return _invalid(dict(_sentences(error.detail, "")))
    if isinstance(error, Conflict):
        return _conflict(error)
    return exception_handler(error, dict(context))


def _invalid(errors: Mapping[str, list[str]]) -> Response:
    problem = {"detail": _("Some values cannot be taken. Nothing was saved."), "errors": errors}
    return Response(ProblemOut(problem).data, status=status.HTTP_400_BAD_REQUEST)


def _sentences(detail: Any, place: str) -> list[tuple[str, list[str]]]:
    """DRF's nested errors as (place, sentences): `erase[0]` for an item of a list."""
    if isinstance(detail, Mapping):
        found = []
        for name, inner in detail.items():
            at = f"{place}[{name}]" if isinstance(name, int) else f"{place}.{name}".lstrip(".")
            found += _sentences(inner, at)
        return found
    return [(place or RECORD, [str(sentence) for sentence in detail])]


def _conflict(error: Conflict) -> Response:
    both = {
        "detail": _("Somebody else saved this first. Look at both, and send yours again with the current version."),
        "current": error.current,
        "yours": error.theirs,
        "changes": [
            {"who": change.who, "when": change.when, "fields_changed": change.fields} for change in error.changes
        ],
    }
    return Response(ConflictOut(both).data, status=status.HTTP_409_CONFLICT)
