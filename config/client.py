"""The address that a request came from, as far as it can be trusted."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

NOWHERE = "::"


def client_address(request: HttpRequest) -> str:
    """The address of the browser: the connection's, or, when that is our proxy's, the last one the proxy named.

    The proxies are the networks of the setting TRUSTED_PROXIES; from anybody else `X-Forwarded-For` is not read, so it
    can neither hide a client nor put the blame on another. One proxy stands before the application and writes the last
    entry itself; what stands before that entry was sent by the browser and is worth nothing.
    """
    peer = _address(request.META.get("REMOTE_ADDR", ""))
    if peer is None:
        return NOWHERE
    if any(peer in network for network in settings.TRUSTED_PROXIES):
        named = _address(request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip())
        return str(named or peer)
    return str(peer)


def client_network(request: HttpRequest) -> str:
    """The same for counting: of IPv6 the /64, for one line has that many addresses to itself."""
    address = ipaddress.ip_address(client_address(request))
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def networks(text: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Networks written as `10.0.0.0/8, 192.0.2.7`; raises ValueError for what is none."""
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address, an IPv4 one written as IPv6 as the former; None for what is no address."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address
