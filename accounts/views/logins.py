"""The pages of log-in and log-out."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import cookies, sessions
from accounts.addresses import client_address
from accounts.forms.logins import LoginForm
from accounts.onward import asked_page, next_page
from accounts.views.answers import enter, form_methods, show


@login_not_required
@form_methods
@sensitive_post_parameters("password")
def login(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; a person who is logged in already goes on."""
    form = LoginForm(request.POST or None)
    if form.is_valid() and form.log_in(client_address(request), cookies.mark(request)):
        return enter(request, form.user, remember=form.cleaned_data["remember"])
    if request.method != "POST" and request.user.is_authenticated:
        return redirect(next_page(request))
    is_back = request.method != "POST" and asked_page(request) and cookies.mark(request)
    return show(request, "accounts/login.html", form, is_back=is_back)


@login_not_required
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the log-in; a browser that has none is sent away alike."""
    if request.login:
        sessions.log_out(request.login)
    response = redirect(settings.LOGOUT_REDIRECT_URL)
    cookies.leave(response)
    return response
