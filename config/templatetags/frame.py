"""What every page's frame and components need: icons, links that know where they are, days in words."""

import datetime
from collections.abc import Iterator

from django import template
from django.core.paginator import Paginator
from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config import clock
from config.words import day_text, list_text

register = template.Library()
register.filter("day", day_text, expects_localtime=True)  # a moment falls on the day that it is at the office
register.filter("listed", list_text)


@register.simple_tag
def icon(name: str) -> SafeString:
    """The named picture of static/icons.svg. It is silent for a screen reader: a word always stands beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_tag
def demo_day() -> datetime.date | None:
    """The fixed day of a demonstration, None in real life."""
    return clock.today() if clock.is_fixed() else None


@register.simple_tag(takes_context=True)
def here(context: template.Context, name: str) -> SafeString:
    """`aria-current` for the link to the named page, when this page is that one or lies under it."""
    request = context.get("request")
    try:
        address = reverse(name)
    except NoReverseMatch:
        return SafeString("")
    if request is not None and request.path.startswith(address):
        return SafeString(' aria-current="page"' if request.path == address else ' aria-current="true"')
    return SafeString("")


@register.filter
def in_words(value: object) -> str:
    """A typed day in words; nothing for what is no day."""
    try:
        return day_text(value) if isinstance(value, str | datetime.date) else ""
    except ValueError:
        return ""


@register.filter
def hidden_initial(field: BoundField) -> SafeString:
    """What a field shown choice by choice had when the page was made; Django adds it by itself to any other field."""
    return field.as_hidden(only_initial=True) if field.field.show_hidden_initial else SafeString("")


@register.filter
def page_numbers(paginator: Paginator, number: int) -> Iterator[int | str]:  # type: ignore[type-arg]
    """The numbers a pager shows: the ends, the neighbours, and a gap between them."""
    return paginator.get_elided_page_range(number, on_each_side=1, on_ends=1)
