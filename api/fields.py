"""Fields for what callers send: exactly what the schema says, or a sentence; nothing is read generously."""

import datetime
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[0-9]{1,19}")


class ExactDate(serializers.DateField):
    """A day as YYYY-MM-DD and in no other of the ways in which ISO 8601 writes days."""

    default_error_messages = {"invalid": _("There is no such day. Write year, month and day, such as 2018-06-26.")}

    def to_internal_value(self, value: Any) -> datetime.date:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            self.fail("invalid")
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            self.fail("invalid")


class ExactText(serializers.CharField):
    """A JSON string."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class ExactFlag(serializers.BooleanField):
    """JSON's true or false."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class OnlyTrue(ExactFlag):
    """JSON's true: what is not so is left out, or erased with a reason."""

    default_error_messages = {"not_false": _("False is not taken here. Leave it out, or name the field in “erase”.")}

    def to_internal_value(self, data: Any) -> bool:
        if not super().to_internal_value(data):
            self.fail("not_false")
        return True


class ExactNumber(serializers.IntegerField):
    """A whole JSON number."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data


class ExactChoice(serializers.ChoiceField):
    """One of the words, as a JSON string."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


class NumberWord(serializers.IntegerField):
    """A whole number in an address, in plain digits."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, str) or not _NUMBER.fullmatch(data):
            self.fail("invalid")
        return int(data)


class FlagWord(serializers.BooleanField):
    """`true` or `false` in an address."""

    def to_internal_value(self, data: Any) -> bool:
        if data not in ("true", "false"):
            self.fail("invalid", input=data)
        return bool(data == "true")


class Strict(serializers.Serializer[Any]):
    """Refuses names it does not know, so that a misspelt one is never silently left out."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        given: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        try:
            given = super().to_internal_value(data)
        except ValidationError as refusal:
            if not isinstance(data, Mapping):
                raise
            errors = dict(refusal.detail)  # type: ignore[arg-type]  # a mapping gives errors by field
        for name in set(data) - set(self.fields):
            errors[str(name)] = [
                _("There is no such field. There are: %(names)s.") % {"names": ", ".join(self.fields) or "–"}
            ]
        if errors:
            raise ValidationError(errors)
        return given
