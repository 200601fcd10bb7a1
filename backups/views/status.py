"""The syncs of the chosen device: how each went, and what was overruled."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from backups import reports, status
from backups.views.plans import Plan, plan_page
from devices.models import Device

A_PAGE = 50


@require_safe
@plan_page
def sync_report(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Show the syncs of the device that carried something, the newest first, and what lost."""
    device = request.caller.device
    shown = Paginator(reports.of(device), A_PAGE).get_page(request.GET.get("page"))
    context = {"plan": plan, "device": device, "page": shown, "lost": status.lost(device)}
    return render(request, "backups/sync_report.html", context)


@require_safe
def syncs(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to the report, or to the page where the device can be chosen first."""
    device = get_object_or_404(Device.objects.of(request.user), pk=pk)
    is_chosen = request.caller and request.caller.device == device
    return redirect("backups:sync_report") if is_chosen else redirect("devices:device", pk)
