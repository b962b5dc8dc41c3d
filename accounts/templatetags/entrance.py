"""What the pages about signing in need."""

import ipaddress
import re

from django import template
from django.http import HttpRequest
from django.utils.translation import gettext as _

register = template.Library()
# The first that stands in what a browser says of itself; they all claim to be some of the others.
_BROWSERS = [("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari")]
_SYSTEMS = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
]


@register.filter
def browser_name(agent: str) -> str:
    """Which browser on what, as its owner would say it."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), _("A browser"))
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return f"{browser}, {system}" if system else str(browser)


@register.filter
def host_is_number(request: HttpRequest) -> bool:
    """Whether the address has a number in place of a name: then no browser lets a passkey be used."""
    host = re.sub(r":\d+$", "", request.get_host()).strip("[]")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
