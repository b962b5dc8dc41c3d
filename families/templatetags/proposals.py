"""How much waits for somebody, for the navigation."""

from django import template

from families.proposals.selectors import count_to_decide

register = template.Library()


@register.simple_tag(takes_context=True)
def to_confirm(context: template.Context) -> int:
    """How many changes and sheets wait for whoever is signed in; counted once for each page."""
    request = context["request"]
    if not hasattr(request, "to_confirm"):
        request.to_confirm = count_to_decide(context["user"])
    return int(request.to_confirm)
