"""What the pages have in common: which methods, how a form is shown, how a browser gets in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from accounts import cookies, sessions
from accounts.addresses import client_address
from accounts.forms.base import RuleForm
from accounts.models import User

LONGEST_PATH = 2000

page = require_http_methods(["GET", "HEAD", "POST"])


def show(request: HttpRequest, template: str, form: RuleForm) -> HttpResponse:
    """Show a page of one form, which carries on where the person wanted to go."""
    context = {"form": form, "next": asked_page(request)}
    return render(request, template, context, status=form.status)


def enter(request: HttpRequest, user: User, *, remember: bool = False) -> HttpResponse:
    """Log the browser in, and lead it to the page that the person wanted."""
    if request.login:
        sessions.log_out(request.login)
    pair = sessions.log_in(
        user,
        remember=remember,
        user_agent=request.headers.get("User-Agent", ""),
        address=client_address(request),
    )
    rotate_token(request)
    response = redirect(next_page(request))
    cookies.set_pair(response, pair)
    cookies.clear_device(response)
    return response


def asked_page(request: HttpRequest) -> str:
    """Return the page that the person wanted, if it is one of ours."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    if len(asked) > LONGEST_PATH or not asked.startswith("/"):
        return ""
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else ""


def next_page(request: HttpRequest) -> str:
    """Return where to go on: the page that the person wanted, or their day."""
    return asked_page(request) or resolve_url(settings.LOGIN_REDIRECT_URL)
