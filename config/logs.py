"""Logs: one JSON object a line, with the request's id, and without personal data."""

import datetime
import json
import logging
import traceback
from contextvars import ContextVar
from typing import Any

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
_FIELDS = ("method", "route", "status", "milliseconds", "user", "task")


class JSONFormatter(logging.Formatter):
    """Writes a record as one JSON object.

    Of an exception it keeps the kind and the places, never the message: that may quote a name.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        line: dict[str, Any] = {
            "time": datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request": request_id.get(),
        }
        line |= {
            field: getattr(record, field)
            for field in _FIELDS
            if isinstance(getattr(record, field, None), str | int | float)
        }
        if record.exc_info and record.exc_info[1]:
            line["error"] = _error(record.exc_info[1])
        return json.dumps({key: value for key, value in line.items() if value is not None}, ensure_ascii=False)


def _error(error: BaseException) -> dict[str, Any]:
    """The kind of an exception and where it came from, innermost place last."""
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    cause = error.__cause__
    return {"kind": type(error).__name__, "at": places, **({"cause": _error(cause)} if cause else {})}


def logging_settings(level: str) -> dict[str, Any]:
    """Django's LOGGING: everything to the error output, from `level` on."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "config.logs.JSONFormatter"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Replaces Django's own handlers; 4xx answers are already in amparo.request.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.request": {"level": "ERROR"},
            "celery.beat": {"level": "WARNING"},
        },
    }
