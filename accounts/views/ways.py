"""The pages of the codes app and of recovery codes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts import codes, second_factor
from accounts.addresses import client_address
from accounts.forms.second_factor import AppForm
from accounts.models import CodesApp
from accounts.sudo import recently_confirmed
from accounts.views.answers import form_methods


@form_methods
@recently_confirmed
@sensitive_post_parameters("offered", "code")
def app_new(request: HttpRequest) -> HttpResponse:
    """Set up a codes app."""
    form = AppForm(request.user, request.POST or None)
    if form.is_valid() and form.add(request.login, client_address(request)):
        return added(request, form.recovery_codes, _("Your codes app is set up."))
    secret = codes.typed(request.user, form.offer)
    picture = codes.picture(request.user, secret)
    context = {"form": form, "secret": secret, "picture": picture}
    return render(request, "accounts/app_new.html", context, status=form.status)


@form_methods
@recently_confirmed
def app_remove(request: HttpRequest) -> HttpResponse:
    """Ask once more, then take the codes app away."""
    get_object_or_404(CodesApp, user=request.user)
    if request.method == "POST":
        second_factor.remove_app(request.user, address=client_address(request))
        messages.success(request, _("Your codes app is removed."))
        return redirect("accounts:security")
    return render(request, "accounts/app_remove.html", {"ways": second_factor.of(request.user)})


@form_methods
@recently_confirmed
def recovery(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes, and show them this once."""
    found = second_factor.of(request.user)
    if not found.are_set_up:
        return redirect("accounts:security")
    if request.method == "POST":
        made = second_factor.renew_recovery(request.user, address=client_address(request))
        return render(request, "accounts/recovery_made.html", {"codes": made})
    return render(request, "accounts/recovery.html", {"ways": found})


def added(request: HttpRequest, recovery_codes: list[str], words: str) -> HttpResponse:
    """Answer that a factor was added: with the recovery codes if they are new."""
    messages.success(request, words)
    if recovery_codes:
        return render(request, "accounts/recovery_made.html", {"codes": recovery_codes})
    return redirect("accounts:security")
