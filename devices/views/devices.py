"""The pages of devices: the list, one device, and its release."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.views.answers import page
from devices.forms.devices import ReleaseForm, RenameForm
from devices.models import Claim, Device
from devices.views.choosing import find


@require_safe
def devices(request: HttpRequest) -> HttpResponse:
    """Show the person's devices and what waits for one."""
    found = Device.objects.of(request.user).select_related("last_seen").order_by("name", "serial")
    waiting = Claim.objects.waiting().filter(user=request.user).order_by("created_at")
    return render(request, "devices/devices.html", {"devices": found, "waiting": waiting})


@require_safe
def device(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one device."""
    found = find(request, pk)
    return _device_page(request, found, RenameForm(initial={"name": found.name}))


@require_POST
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a device another name."""
    found, form = find(request, pk), RenameForm(request.POST)
    if form.is_valid() and form.rename(found, request.user):
        messages.success(request, _("The device has its new name."))
        return redirect("devices:device", pk)
    return _device_page(request, found, form)


@page
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, then release the device, or leave somebody else's."""
    found = find(request, pk)
    form = ReleaseForm(found, request.POST if request.method == "POST" else None)
    if form.is_valid() and form.part(request.user):
        messages.success(request, _("%s is not yours any more.") % found)
        return redirect("devices:devices")
    return render(request, "devices/release.html", {"device": found, "form": form})


def _device_page(request: HttpRequest, found: Device, form: RenameForm) -> HttpResponse:
    people = found.memberships.select_related("user").order_by("created_at")
    context = {"device": found, "people": people, "form": form}
    return render(request, "devices/device.html", context, status=form.status)
