"""The pages of log-in, sign-up, log-out and the account."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import cookies, sessions
from accounts.addresses import client_address
from accounts.forms import AccountForm, LoginForm, RuleForm, SignUpForm
from accounts.models import User

LONGEST_PATH = 2000

page = require_http_methods(["GET", "HEAD", "POST"])


@login_not_required
@page
@sensitive_post_parameters("password")
def login(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; whoever is logged in already goes on."""
    form = LoginForm(request.POST or None)
    if form.is_valid() and form.log_in(client_address(request)):
        return _enter(request, form.user, remember=form.cleaned_data["remember"])
    if request.method != "POST" and request.user.is_authenticated:
        return redirect(_next(request))
    return _show(request, "accounts/login.html", form)


@login_not_required
@page
@sensitive_post_parameters("password", "password_again")
def signup(request: HttpRequest) -> HttpResponse:
    """Make an account and log it in."""
    form = SignUpForm(request.POST or None)
    if form.is_valid() and form.sign_up():
        return _enter(request, form.user)
    if request.method != "POST" and request.user.is_authenticated:
        return redirect(_next(request))
    return _show(request, "accounts/signup.html", form)


@login_not_required
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the log-in; a browser that has none is sent away alike."""
    if request.login:
        sessions.log_out(request.login)
    response = redirect(settings.LOGOUT_REDIRECT_URL)
    response["Clear-Site-Data"] = '"storage"'
    cookies.clear(response)
    return response


@page
def account(request: HttpRequest) -> HttpResponse:
    """Show and change the person's own facts."""
    form = AccountForm.of(request.user, request.POST or None)
    if form.is_valid() and form.save_for(request.user):
        messages.success(request, _("Your account is saved."))
        return redirect("accounts:account")
    return _show(request, "accounts/account.html", form)


def _show(request: HttpRequest, template: str, form: RuleForm) -> HttpResponse:
    context = {"form": form, "next": _asked(request)}
    return render(request, template, context, status=form.status)


def _enter(request: HttpRequest, user: User, *, remember: bool = False) -> HttpResponse:
    if request.login:
        sessions.log_out(request.login)
    pair = sessions.log_in(
        user,
        remember=remember,
        user_agent=request.headers.get("User-Agent", ""),
        address=client_address(request),
    )
    rotate_token(request)
    response = redirect(_next(request))
    cookies.set_pair(response, pair)
    cookies.clear_device(response)
    return response


def _asked(request: HttpRequest) -> str:
    """Return the page that the person wanted, if it is one of ours."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    if len(asked) > LONGEST_PATH or not asked.startswith("/"):
        return ""
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else ""


def _next(request: HttpRequest) -> str:
    return _asked(request) or resolve_url(settings.LOGIN_REDIRECT_URL)
