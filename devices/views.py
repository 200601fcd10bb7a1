"""The pages of devices: the list, claiming, one device, and its release."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.addresses import client_address
from devices import claims, selection
from devices.forms import ClaimForm, ReleaseForm, RenameForm
from devices.models import Claim, Device
from planner.problems import RuleError

page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def devices(request: HttpRequest) -> HttpResponse:
    """Show the person's devices and what waits for one."""
    found = Device.objects.of(request.user).select_related("last_seen").order_by("name", "serial")
    waiting = Claim.objects.waiting().filter(user=request.user).order_by("created_at")
    return render(request, "devices/devices.html", {"devices": found, "waiting": waiting})


@login_not_required
@page
@sensitive_post_parameters("code")
def claim(request: HttpRequest) -> HttpResponse:
    """Claim a device; a stranger is told to log in first, and comes back."""
    if not request.user.is_authenticated:
        return _for_strangers(request)
    form = ClaimForm(request.POST or None)
    if form.is_valid() and form.claim_for(request.user, client_address(request)):
        return _claimed(request, form.claim)
    return render(request, "devices/claim.html", {"form": form})


@require_safe
def claim_state(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show how a claim stands; once it is accepted, go to the device."""
    found = get_object_or_404(_claims(request), pk=pk)
    if found.state == Claim.State.ACCEPTED:
        return redirect("devices:device", found.device_id)
    context = {"claim": found, "zone": request.user.preferences.time_zone}
    return render(request, "devices/waiting.html", context)


@require_POST
def claim_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take back a claim that waits."""
    found = get_object_or_404(_claims(request), pk=pk)
    try:
        claims.cancel(found)
    except RuleError:
        return redirect("devices:claim_state", pk)
    messages.success(request, _("The claim is cancelled."))
    return redirect("devices:devices")


@require_safe
def device(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one device."""
    found = _device(request, pk)
    return _device_page(request, found, RenameForm(initial={"name": found.name}))


@require_POST
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a device another name."""
    found, form = _device(request, pk), RenameForm(request.POST)
    if form.is_valid() and form.rename(found, request.user):
        messages.success(request, _("The device has its new name."))
        return redirect("devices:device", pk)
    return _device_page(request, found, form)


@require_POST
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Show this device's plan from now on."""
    return _chosen(request, _device(request, pk), redirect(settings.LOGIN_REDIRECT_URL))


@page
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, then release the device, or leave somebody else's."""
    found = _device(request, pk)
    form = ReleaseForm(found, request.POST if request.method == "POST" else None)
    if form.is_valid() and form.part(request.user):
        messages.success(request, _("%s is not yours any more.") % found)
        return redirect("devices:devices")
    return render(request, "devices/release.html", {"device": found, "form": form})


def _for_strangers(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return redirect_to_login(request.path)
    return render(request, "devices/claim_stranger.html")


def _claimed(request: HttpRequest, made: Claim) -> HttpResponse:
    if made.state == Claim.State.PENDING:
        return redirect("devices:claim_state", made.pk)
    messages.success(request, _("%s is yours.") % made.name)
    return _chosen(request, made.device, redirect("devices:device", made.device_id))


def _claims(request: HttpRequest) -> QuerySet[Claim]:
    return Claim.objects.select_related("device").filter(user=request.user)


def _device(request: HttpRequest, pk: int) -> Device:
    return get_object_or_404(Device.objects.of(request.user).select_related("last_seen"), pk=pk)


def _device_page(request: HttpRequest, found: Device, form: RenameForm) -> HttpResponse:
    people = found.memberships.select_related("user").order_by("created_at")
    context = {"device": found, "people": people, "form": form}
    return render(request, "devices/device.html", context, status=form.status)


def _chosen(request: HttpRequest, found: Device, response: HttpResponse) -> HttpResponse:
    try:
        selection.choose(response, request.login, selection.grant(request.login, found))
    except RuleError as error:
        messages.error(request, error.detail)
        return redirect("devices:device", found.pk)
    return response
