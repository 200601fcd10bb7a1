"""The pages of passkeys: a new one, its name, its end."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import passkeys, second_factor
from accounts.addresses import client_address
from accounts.forms.second_factor import NewPasskeyForm, PasskeyNameForm
from accounts.models import Passkey
from accounts.passkeys import Site
from accounts.sudo import recently_confirmed
from accounts.views.answers import form_methods
from accounts.views.ways import added


@form_methods
@recently_confirmed
def passkey_new(request: HttpRequest) -> HttpResponse:
    """Let the browser make a passkey, and keep it."""
    form, site = NewPasskeyForm(request.POST or None), Site.of(request)
    if form.is_valid() and form.add(request.login, site, client_address(request)):
        return added(request, form.recovery_codes, _("Your passkey is ready."))
    context = {"form": form, "options": passkeys.new_options(request.user, site)}
    return render(request, "accounts/passkey_new.html", context, status=form.status)


@form_methods
def passkey_rename(request: HttpRequest, passkey: int) -> HttpResponse:
    """Give a passkey another name."""
    found = _find(request, passkey)
    form = PasskeyNameForm(request.POST or None, initial={"name": found.name})
    if form.is_valid():
        Passkey.objects.filter(pk=found.pk).update(**form.cleaned_data)
        messages.success(request, _("The passkey has its new name."))
        return redirect("accounts:security")
    return render(request, "accounts/passkey_rename.html", {"form": form, "passkey": found})


@form_methods
@recently_confirmed
def passkey_remove(request: HttpRequest, passkey: int) -> HttpResponse:
    """Ask once more, then take a passkey away."""
    found = _find(request, passkey)
    if request.method == "POST":
        second_factor.remove_passkey(found, address=client_address(request))
        messages.success(request, _("%s opens this account no more.") % found.name)
        return redirect("accounts:security")
    context = {"passkey": found, "ways": second_factor.of(request.user)}
    return render(request, "accounts/passkey_remove.html", context)


def _find(request: HttpRequest, pk: int) -> Passkey:
    return get_object_or_404(Passkey.objects.select_related("user"), pk=pk, user=request.user)
