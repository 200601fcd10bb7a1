"""The pages that belong to no app: welcome, problems, and the answers to what went wrong.

Under `/api/` every error is a problem document, elsewhere a page.
"""

import sys
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from planner.logging import request_id
from planner.problems import RuleError, is_passing, problem, retry_seconds
from planner.slugs import KINDS

# The fields whose loss would hurt, and that hold no secret.
TYPED = ("name", "description")


@login_not_required
@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """Greet a stranger; send everybody else to their day."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "welcome.html")


@login_not_required
@require_safe
def problem_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Explain one of the API's errors."""
    if slug not in KINDS:
        raise Http404
    return render(request, "problem.html", {"slug": slug, "kind": KINDS[slug]})


@csrf_exempt
@login_not_required
def no_such_call(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer 404 wherever the API has nothing: a redirect to add a slash would lose a body."""
    return problem("not-found")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what Django itself refuses, such as an unknown host or too many fields."""
    return _answer(request, "invalid", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403."""
    return _answer(request, "forbidden", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404, alike for what is not there and for what is not yours."""
    return _answer(request, "not-found", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 with the request's id as reference, or 503 if only the database was away.

    Who is logged in is asked before any view runs, where no middleware can catch the error.
    """
    if is_passing(sys.exception()):
        return unavailable(request)
    return _answer(request, "internal", 500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """Answer 503 while the database is away."""
    answer = _answer(request, "unavailable", 503)
    answer["Retry-After"] = str(retry_seconds())
    return answer


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer an unsafe request without a valid CSRF token."""
    if request.path.startswith("/api/"):
        return problem("forbidden", reason)
    return render(request, "403_csrf.html", {"typed": _typed(request)}, status=403)


def refused(request: HttpRequest, error: RuleError) -> HttpResponse:
    """Answer what a rule refused and no view explained; of a wait it tells until when."""
    status = error.status if error.status in (403, 404, 429) else 400
    wait = error.retry_after
    until = None if wait is None else timezone.now() + timedelta(seconds=wait)
    context = {"detail": error.detail, "until": until}
    answer = render(request, f"{status}.html", context, status=status)
    if wait is not None:
        answer["Retry-After"] = str(wait)
    return answer


def _typed(request: HttpRequest) -> str:
    """Return what was typed on a page of ours; another site's words are not repeated."""
    if request.headers.get("Sec-Fetch-Site") != "same-origin":
        return ""
    return "\n".join(filter(None, (request.POST.get(name, "") for name in TYPED)))


def _answer(request: HttpRequest, slug: str, status: int) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem(slug, status=status)
    context: dict[str, Any] = {"request_id": request_id.get()}
    # A plain template: the user, the chosen device or the database may be what failed.
    return render(None if status >= 500 else request, f"{status}.html", context, status=status)
