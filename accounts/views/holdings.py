"""The page of what a person may take along."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts import archive, holdings
from accounts.sudo import recently_confirmed
from planner.problems import RuleError


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Say what the file holds, and offer it."""
    return render(request, "accounts/data.html")


@require_POST
@recently_confirmed
def data_export(request: HttpRequest) -> HttpResponse:
    """Send everything about the person as one ZIP, which is made while it is sent."""
    try:
        files = holdings.take_along(request.user)
    except RuleError as error:
        messages.error(request, error.detail)
        return redirect("accounts:data")
    answer = StreamingHttpResponse(archive.zipped(files), content_type="application/zip")
    name = f"planner-{request.user.username}-{timezone.localdate():%Y-%m-%d}.zip"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    # A ZIP is as small as it gets.
    answer["Content-Encoding"] = "identity"
    answer["Cache-Control"] = "no-store"
    return answer
