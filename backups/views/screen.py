"""The screen of a device, as far as the server knows it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from backups import agenda, history, status
from backups.screens import screen
from devices import device_settings
from devices.models import Device
from planner import formats


@require_safe
def device_screen(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the screen of a device shows now: what it has confirmed, by its own rules."""
    device = get_object_or_404(Device.objects.of(request.user), pk=pk)
    settings = device_settings.complete(device.settings)
    found, clock = status.of(device), agenda.clock_of(device)
    held = {}
    if found and found.confirmation:
        held = history.plan(found.backup, found.confirmation.revision)
    context = {
        "device": device,
        "settings": settings,
        "status": found,
        "clock": clock,
        "now": clock.local(clock.now),
        "screen": screen(held.values(), clock),
    }
    style = formats.Style(*(settings[name] for name in formats.Style._fields))
    with formats.override(style):
        return render(request, "backups/screen.html", context)
