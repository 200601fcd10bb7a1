"""Where a request comes from, as the limits count it."""

from ipaddress import ip_address

from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the caller's IP address, or "" if there is none.

    Behind nginx the server listens on a unix socket, which has no peer address; only then does the
    header count that nginx writes over whatever the caller sent.
    """
    given = request.META.get("REMOTE_ADDR") or request.headers.get("X-Forwarded-For", "")
    try:
        # The zone of an IPv6 address means something on one machine only, and is stored nowhere.
        return str(ip_address(given.strip())).partition("%")[0]
    except ValueError:
        return ""
