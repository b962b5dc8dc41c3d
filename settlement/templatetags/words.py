"""`{% explained text %}`: a text whose words of the glossary explain themselves, each once on a page."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from settlement.glossary import Word, found_in

register = template.Library()
_SEEN = "explained words"


@register.simple_tag(takes_context=True)
def explained(context: template.Context, text: object) -> SafeString:
    """The text, escaped; a word not yet explained on this page is a button that shows its meaning, with no script.

    A browser without popovers shows the word as it is, and the page of words is in the footer.
    """
    request = context.get("request")
    seen: set[str] = request.__dict__.setdefault(_SEEN, set()) if request is not None else set()
    plain, parts, end = str(text), [], 0
    for begin, after, word in found_in(plain, get_language() or "en"):
        if word.id in seen:
            continue
        seen.add(word.id)
        parts += [(plain[end:begin],), (_button(word, plain[begin:after]),)]
        end = after
    return format_html_join("", "{}", [*parts, (plain[end:],)])


def _button(word: Word, text: str) -> SafeString:
    return format_html(
        '<button type="button" class="word" popovertarget="word-{0}">{1}</button>'
        '<span popover id="word-{0}" class="meaning">{2}</span>',
        word.id,
        text,
        word.means,
    )
