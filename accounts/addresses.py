"""Where a request comes from, as the limits count it and as people are told."""

from ipaddress import ip_address, ip_network

from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the caller's IP address, or "" if there is none.

    Behind nginx the server listens on a unix socket, which has no peer address; only then does the
    header count that nginx writes over whatever the caller sent.
    """
    given = request.META.get("REMOTE_ADDR") or request.headers.get("X-Forwarded-For", "")
    try:
        return str(ip_address(given.strip()))
    except ValueError:
        return ""


def address_block(address: str | None) -> str:
    """Return the network that an IP address belongs to, as people are told: enough to know a place.

    256 addresses of IPv4, the site of an IPv6 address (RFC 6177); "" for none.
    """
    if not address:
        return ""
    found = ip_address(address)
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ip_network((found, 24 if found.version == 4 else 48), strict=False))
