"""The page that asks again who is there, before something dangerous."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import cookies, passkeys, sessions
from accounts.addresses import client_address
from accounts.forms.confirm import ConfirmForm
from accounts.forms.second_factor import PasskeyForm
from accounts.onward import next_page
from accounts.passkeys import Site
from accounts.views.answers import form_methods, show


@form_methods
@sensitive_post_parameters("password", "code")
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask for the password, and for a code if there is a second factor, then lead back."""
    form = ConfirmForm(request.user, request.POST or None)
    if form.is_valid() and form.confirm(client_address(request), cookies.mark(request)):
        (sessions.prove if "code" in form.fields else sessions.confirm)(request.login)
        return redirect(next_page(request))
    return _show(request, form)


@require_POST
def confirm_passkey(request: HttpRequest) -> HttpResponse:
    """Take a passkey instead of both, and lead back."""
    form, user, address = PasskeyForm(request.POST), request.user, client_address(request)
    if form.is_valid() and form.use(_purpose(request), Site.of(request), address, user):
        sessions.prove(request.login)
        return redirect(next_page(request))
    return _show(request, ConfirmForm(user), passkey_form=form)


def _show(request: HttpRequest, form: ConfirmForm, **more: object) -> HttpResponse:
    if request.user.passkeys.exists():
        more["options"] = passkeys.options(_purpose(request), Site.of(request), request.user)
    return show(request, "accounts/confirm.html", form, **more)


def _purpose(request: HttpRequest) -> str:
    return f"confirm {request.login.pk}"
