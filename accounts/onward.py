"""Where a page leads on: to what the person wanted, if that is a page of ours."""

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

LONGEST_PATH = 2000


def carried(request: HttpRequest, name: str) -> str:
    """Return what a page hands on from its address to its form and back: `next`, or a `link`."""
    return request.POST.get(name) or request.GET.get(name) or ""


def asked_page(request: HttpRequest) -> str:
    """Return the page that the person wanted, as `next` names it; "" if it is none of ours."""
    asked = carried(request, "next")
    if len(asked) > LONGEST_PATH or not asked.startswith("/"):
        return ""
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else ""


def next_page(request: HttpRequest) -> str:
    """Return where to go on: the page that the person wanted, or their day."""
    return asked_page(request) or resolve_url(settings.LOGIN_REDIRECT_URL)


def with_next(request: HttpRequest, page: str) -> str:
    """Return the address of a page of ours on the way to what the person wanted."""
    asked = asked_page(request)
    return reverse(page) + (f"?{urlencode({'next': asked})}" if asked else "")
