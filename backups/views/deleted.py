"""What was deleted in the last 30 days and can come back."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from backups import past, points
from backups.views.plans import Plan, plan_page

A_PAGE = 100


@require_safe
@plan_page
def deleted(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Show it, the newest first, with who deleted it and whether the device knows."""
    page = Paginator(past.deleted(plan.backup), A_PAGE).get_page(request.GET.get("page"))
    commits = past.commits_at(plan.backup, {entry["revision"] for entry in page})
    for entry in page:
        entry["commit"] = commits[entry["revision"]]
        entry["on_device"] = plan.delivery.is_waiting(entry["revision"])
        entry["restore_url"] = reverse(f"backups:{entry['kind']}_restore", args=[entry["uuid"]])
    context = {"plan": plan, "page": page, "days": points.KEPT.days}
    return render(request, "backups/deleted.html", context)
