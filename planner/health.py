"""Is the process alive, and is it of use? For load balancers and people on call."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt

from planner import vitals
from planner.problems import problem

SAFE = ("GET", "HEAD")
View = Callable[[HttpRequest], HttpResponse]


def for_machines(view: View) -> View:
    """Open a view to all, to be looked at only; a machine has no form and no CSRF token."""

    @csrf_exempt
    @login_not_required
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        if request.method in SAFE:
            return view(request)
        refusal = problem("method-not-allowed")
        refusal["Allow"] = ", ".join(SAFE)
        return refusal

    return answer


@for_machines
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as the process lives; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@for_machines
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers and every migration is applied, else 503."""
    try:
        count = vitals.unapplied_migrations()
    except DatabaseError:
        return problem("unavailable", _("The database does not answer."))
    if count:
        words = ngettext("%d migration is not applied.", "%d migrations are not applied.", count)
        return problem("unavailable", words % count)
    return JsonResponse({"status": "ok"})
