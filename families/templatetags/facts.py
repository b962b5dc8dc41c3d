"""What the family page says beside a fact: where it is changed, who entered it, and who confirmed it."""

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.words import day_text
from families.onfile import Entry
from families.provenance import Origin

register = template.Library()


@register.simple_tag
def address_of(value: Entry) -> str:
    """The page on which the row of this value is changed."""
    return reverse("screening-record" if value.kind == "screening" else f"fact-{value.kind}", args=[value.row])


@register.simple_tag
def origin(of: Origin) -> str:
    """Who entered a fact, who confirmed it, and when."""
    words = {
        "who": of.entered_by or _("the intake sheet or the installation"),
        "day": day_text(timezone.localtime(of.entered_at)),
        "by": of.confirmed_by,
    }
    if of.confirmed_at is None:
        return _("entered by %(who)s, %(day)s") % words
    words["then"] = day_text(timezone.localtime(of.confirmed_at))
    return _("entered by %(who)s, %(day)s; confirmed by %(by)s, %(then)s") % words
