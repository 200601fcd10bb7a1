"""A short way for the calls that devices make all day.

A device's call carries a bearer token and wants JSON: it has no session, no cookie, no form and no
page to protect. So it goes to its view past the middleware that serves browsers.
"""

from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import resolve

from planner.compression import CompressionMiddleware


class ShortcutMiddleware:
    """Takes bearer calls of `settings.SHORTCUTS` straight to their views."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.direct = CompressionMiddleware(_view)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in settings.SHORTCUTS or not _is_bearer(request):
            return self.get_response(request)
        answer = self.direct(request)
        answer["X-Content-Type-Options"] = "nosniff"
        if not answer.streaming:
            answer["Content-Length"] = str(len(answer.content))
        return answer


def _is_bearer(request: HttpRequest) -> bool:
    # Another scheme does not count as a token: then the cookies say who it is, in the ordinary way.
    scheme = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")[0]
    return scheme.lower() == "bearer"


# The shortcuts are few and take no arguments, so each is looked up once.
_match = cache(resolve)


def _view(request: HttpRequest) -> HttpResponse:
    request.resolver_match = _match(request.path_info)
    answer = request.resolver_match.func(request)
    # Django renders what is left to be rendered after its own middleware, which is not passed.
    return answer.render() if hasattr(answer, "render") else answer
