"""The pages by which somebody who forgot the password gets back in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from accounts import cookies, passwords
from accounts.addresses import client_address
from accounts.forms.passwords import AgainForm, ForgottenForm, ResetForm
from accounts.onward import carried
from accounts.views.answers import form_methods, show


@login_not_required
@form_methods
def reset(request: HttpRequest) -> HttpResponse:
    """Ask for an address; the answer is the same whether anybody has it."""
    form = (AgainForm if "link" in request.POST else ForgottenForm)(request.POST or None)
    if form.is_valid() and form.ask(client_address(request)):
        return redirect("accounts:reset_sent")
    return show(request, "accounts/reset.html", form)


@login_not_required
@require_safe
def reset_sent(request: HttpRequest) -> HttpResponse:
    """Say what comes next."""
    return render(request, "accounts/reset_sent.html")


@login_not_required
@form_methods
@sensitive_post_parameters("password", "password_again", "link")
def reset_new(request: HttpRequest) -> HttpResponse:
    """Take the new password; a link that was used or is old leads to the next in one press."""
    secret = carried(request, "link")
    user = passwords.whose_reset(secret)
    if user is None:
        form = AgainForm(initial={"link": secret})
        return render(request, "accounts/reset_over.html", {"form": form})
    form = ResetForm(secret, user, request.POST or None)
    if form.is_valid() and form.reset(client_address(request)):
        response = redirect("accounts:reset_done")
        cookies.clear(response)
        return response
    return show(request, "accounts/reset_new.html", form)


@login_not_required
@require_safe
def reset_done(request: HttpRequest) -> HttpResponse:
    """Lead to the log-in."""
    return render(request, "accounts/reset_done.html")
