"""Request ids, and a plain answer while the database is away."""

import logging
import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost, MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from rest_framework.permissions import SAFE_METHODS

from planner import pages
from planner.logging import kind_of, request_id
from planner.problems import RuleError, gone, is_passing, problem

log = logging.getLogger("planner.middleware")
GIVEN_ID = re.compile(r"[0-9A-Za-z-]{8,64}")


class RequestIdMiddleware:
    """Gives every request an id and a host that is ours, and keeps its answer out of caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        made = given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        reset = request_id.set(made)
        try:
            answer = self._answer(request)
        finally:
            request_id.reset(reset)
        answer["X-Request-ID"] = made
        if "Cache-Control" not in answer:
            patch_cache_control(answer, no_store=True)
        return answer

    def _answer(self, request: HttpRequest) -> HttpResponse:
        try:
            request.get_host()
        except DisallowedHost:
            # Said here, so that it is the same in development, where Django shows a trace.
            return pages.bad_request(request)
        if settings.SECURE_SSL_REDIRECT and not request.is_secure() and _is_call(request):
            # Led to TLS, a program would send its secret in clear each time and never notice.
            return problem("forbidden", _("The API is to be had over HTTPS alone."))
        return self.get_response(request)


def _is_call(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


class AdminMiddleware:
    """Answers 404 where another service is at work, by the setting ADMIN.

    With `off` that is the admin; with `only` it is everything but the admin and what leads there.
    """

    ADMIN = re.compile("/admin/")
    AND_WHAT_LEADS_THERE = re.compile(
        "/(admin|login|logout|account/confirm|static|problems)/|/(healthz|readyz|metrics)$"
    )

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if settings.ADMIN == "on":
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.ADMIN == "off":
            is_ours = not self.ADMIN.match(request.path_info)
        else:
            is_ours = self.AND_WHAT_LEADS_THERE.match(request.path_info)
        return self.get_response(request) if is_ours else pages.not_found(request)


class SlashMiddleware(CommonMiddleware):
    """Leads a page's address without its last slash to the page; a form would lose its fields."""

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        return request.method in SAFE_METHODS and super().should_redirect_with_slash(request)


class UnavailableMiddleware:
    """Answers a page with 503 when the database cannot be reached; the API has its own handler."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if refusal := error if isinstance(error, RuleError) else gone(error):
            return pages.refused(request, refusal)
        if not is_passing(error):
            return None
        log.warning("database unavailable: %s", kind_of(error))
        return pages.unavailable(request)
