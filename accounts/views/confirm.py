"""The page that asks again who is there, before something dangerous."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters

from accounts import cookies, sessions
from accounts.addresses import client_address
from accounts.forms.confirm import ConfirmForm
from accounts.onward import next_page
from accounts.views.answers import page, show


@page
@sensitive_post_parameters("password")
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask for the password, and lead back."""
    form = ConfirmForm(request.POST or None)
    if form.is_valid() and form.confirm(
        request.user, client_address(request), cookies.mark(request)
    ):
        sessions.confirm(request.login)
        return redirect(next_page(request))
    return show(request, "accounts/confirm.html", form)
