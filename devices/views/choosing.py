"""Finding one of the person's devices, and choosing it."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from devices import roles, selection
from devices.models import Device
from planner.problems import RuleError


@require_POST
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Show this device's plan from now on."""
    return choose_in(request, find(request, pk), redirect(settings.LOGIN_REDIRECT_URL))


def find(request: HttpRequest, pk: int) -> Device:
    """Return one of the person's devices, with the person's role, or raise Http404."""
    return get_object_or_404(Device.objects.of(request.user).select_related("last_seen"), pk=pk)


def find_for(request: HttpRequest, pk: int, action: str) -> Device:
    """Return one of the person's devices, or raise Http404, or PermissionDenied by the role."""
    found = find(request, pk)
    if not roles.may(found.role, action):
        raise PermissionDenied
    return found


def choose_in(request: HttpRequest, found: Device, response: HttpResponse) -> HttpResponse:
    """Choose the device in this response; when it is shut out, its own page says so."""
    try:
        selection.choose(response, request.login, found)
    except RuleError as error:
        messages.error(request, error.detail)
        return redirect("devices:device", found.pk)
    return response
