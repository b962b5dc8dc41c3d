"""For the family's page: what to ask about one of its persons."""

from collections.abc import Mapping

from django import template

from settlement.asking.selectors import Short

register = template.Library()


@register.filter
def asked_of(asking: Mapping[int, Short] | None, person: int) -> Short | None:
    """The first question for the person with this key; None where there is none."""
    return (asking or {}).get(person)
