"""The syncs of a device: how each went, and what was overruled."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from backups import agenda, reports, status
from devices.models import Device

A_PAGE = 50


@require_safe
def syncs(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the syncs of a device that carried something, the newest first, and what lost."""
    device = get_object_or_404(Device.objects.of(request.user), pk=pk)
    shown = Paginator(reports.of(device), A_PAGE).get_page(request.GET.get("page"))
    context = {"device": device, "page": shown, "lost": status.lost(device)}
    context["clock"] = agenda.clock_of(device)
    return render(request, "backups/syncs.html", context)
