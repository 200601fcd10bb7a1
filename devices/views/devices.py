"""The pages of devices: the list, one device, and its release."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.sudo import recently_confirmed
from accounts.views.answers import form_methods
from devices import presence, questions, rekeying, roles, selection
from devices.forms.devices import ReleaseForm
from devices.models import Claim, Device
from devices.views.choosing import find, find_for
from planner.problems import RuleError


@require_safe
def devices(request: HttpRequest) -> HttpResponse:
    """Show the person's devices, what waits for one, and what waits for the person."""
    selection.tell_lost(request)
    found = Device.objects.of(request.user).select_related("last_seen").order_by("name", "serial")
    waiting = Claim.objects.waiting().filter(user=request.user).order_by("created_at")
    context = {
        "devices": presence.with_pending(found),
        "waiting": waiting,
        "questions": questions.of(request.user),
    }
    return render(request, "devices/devices.html", context)


@require_safe
def device(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one device."""
    found = find(request, pk)
    people = found.memberships.select_related("user").order_by("created_at")
    context = {"device": found, "people": people}
    if roles.may(found.role, "share"):
        context["requests"] = found.claims.requests()
    if roles.may(found.role, "rekey"):
        context["rekey"] = rekeying.open_request(found)
    return render(request, "devices/device.html", context)


@form_methods
@recently_confirmed
def rekey(request: HttpRequest, pk: int) -> HttpResponse:
    """Show that staff ask for another key of the device, and let its owner say yes or no."""
    found = find_for(request, pk, "rekey")
    if request.method != "POST":
        context = {"device": found, "asked": rekeying.open_request(found)}
        return render(request, "devices/rekey.html", context)
    accept = request.POST.get("accept") == "1"
    try:
        rekeying.answer(found, by=request.user, accept=accept)
    except RuleError as error:
        messages.error(request, error.detail)
    else:
        told = _("The support may make a new key now."), _("The device keeps its key.")
        messages.success(request, told[0] if accept else told[1])
    return redirect("devices:device", pk)


@form_methods
@recently_confirmed
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, then release the device, or leave somebody else's."""
    found = find(request, pk)
    form = ReleaseForm(found, request.POST if request.method == "POST" else None)
    if form.is_valid() and form.part(request.user):
        messages.success(request, _("%s is not yours any more.") % found)
        selection.look_again(request)
        return redirect("devices:devices")
    return render(request, "devices/release.html", {"device": found, "form": form})
