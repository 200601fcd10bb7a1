"""The pages of a claim: what is typed from the label, and the wait for the device."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts.addresses import client_address
from accounts.views.answers import form_methods, show
from devices import claims
from devices.forms.claims import ClaimForm
from devices.models import Claim, Device
from devices.views.choosing import choose_in
from planner.problems import RuleError


@login_not_required
@form_methods
@sensitive_post_parameters("code")
def claim(request: HttpRequest) -> HttpResponse:
    """Claim a device; a stranger is told to log in first, and comes back."""
    if not request.user.is_authenticated:
        return _for_strangers(request)
    form = ClaimForm(request.POST or None)
    if form.is_valid() and form.claim_for(request.user, client_address(request)):
        return _claimed(request, form.claim)
    return show(request, "devices/claim.html", form)


@require_safe
def claim_state(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show how a claim stands; once the person has the device, go there."""
    found = get_object_or_404(_claims(request), pk=pk)
    is_in = found.state in (Claim.State.ACCEPTED, Claim.State.JOINED)
    if is_in and Device.objects.of(request.user).filter(pk=found.device_id).exists():
        return redirect("devices:device", found.device_id)
    context = {"claim": found}
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


def _for_strangers(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return redirect_to_login(request.path)
    return render(request, "devices/claim_stranger.html")


def _claimed(request: HttpRequest, made: Claim) -> HttpResponse:
    if made.state == Claim.State.PENDING:
        return redirect("devices:claim_state", made.pk)
    messages.success(request, _("%s is yours.") % made.name)
    return choose_in(request, made.device, redirect("devices:device", made.device_id))


def _claims(request: HttpRequest) -> QuerySet[Claim]:
    return Claim.objects.select_related("device").filter(user=request.user)
