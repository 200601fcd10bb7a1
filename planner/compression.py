"""Answers that go out compressed, to those who take them so."""

import re

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

NO_GZIP = re.compile(r"\bgzip\s*;\s*q=0(\.0*)?\s*(,|$)", re.IGNORECASE)


class CompressionMiddleware(GZipMiddleware):
    """Compresses for those who ask, unless a page of another site sent them.

    Who chooses an address may put a guess beside a secret, and learn from the length whether it is
    right (BREACH). Django's own also compresses for `gzip;q=0`, a refusal (RFC 9110).
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        # Every answer comes by here: `request.headers` would spell out each header to find one.
        refused = NO_GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        if refused or _is_sent_by_another_site(request):
            patch_vary_headers(response, ("Accept-Encoding",))
            return response
        return super().process_response(request, response)


def _is_sent_by_another_site(request: HttpRequest) -> bool:
    # What a browser says by itself; older ones have the address of the page, if it may be told.
    if site := request.META.get("HTTP_SEC_FETCH_SITE"):
        return site not in ("same-origin", "none")
    referer = request.META.get("HTTP_REFERER")
    return bool(referer) and not referer.startswith(request.build_absolute_uri("/"))
