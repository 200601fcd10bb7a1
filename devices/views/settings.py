"""The page of a device's name and settings."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.views.answers import form_methods
from devices.forms.settings import SettingsForm
from devices.views.choosing import find


@form_methods
def settings(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and change the name and the settings; whoever may only look sees them."""
    found = find(request, pk)
    form = SettingsForm(found, request.POST or None)
    if form.is_valid() and form.save(request.user):
        messages.success(request, _("Saved. The device has it after its next sync."))
        return redirect("devices:device", pk)
    context = {"device": found, "form": form}
    return render(request, "devices/settings.html", context, status=form.status)
