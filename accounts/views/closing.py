"""The page that closes the account, and keeps it for three days."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import closing, cookies, holdings
from accounts.addresses import client_address
from accounts.forms.closing import CloseForm
from accounts.sudo import recently_confirmed
from accounts.views.answers import form_methods, show


@form_methods
@recently_confirmed
def close(request: HttpRequest) -> HttpResponse:
    """Say what goes and what stays, and begin the three days; or say how many are left."""
    form = CloseForm(request.user, request.POST or None)
    if form.is_valid() and form.close(client_address(request)):
        messages.info(request, _("Your account closes in three days. Log in to keep it."))
        response = redirect("accounts:login")
        cookies.leave(response)
        return response
    fates = holdings.fates(request.user)
    hindered = any(fate.hinders for fate in fates)
    return show(request, "accounts/close.html", form, fates=fates, hindered=hindered)


@require_POST
def close_cancel(request: HttpRequest) -> HttpResponse:
    """Keep the account."""
    closing.cancel(request.user, address=client_address(request))
    messages.success(request, _("Your account stays."))
    return redirect("accounts:account")
