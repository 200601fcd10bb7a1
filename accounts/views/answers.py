"""What the pages have in common: which methods, how a form is shown, how a browser gets in."""

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import cookies, pending, second_factor, sessions
from accounts.addresses import client_address
from accounts.forms.base import RuleForm
from accounts.models import User
from accounts.onward import asked_page, next_page, with_next

form_methods = require_http_methods(["GET", "HEAD", "POST"])
"""What a page of a form is asked by: shown, and sent."""


def show(request: HttpRequest, template: str, form: RuleForm, **more: object) -> HttpResponse:
    """Show a page of one form, which carries on where the person wanted to go."""
    context = {"form": form, "next": asked_page(request), **more}
    response = render(request, template, context, status=form.status)
    if form.retry_after is not None:
        response["Retry-After"] = str(form.retry_after)
    return response


def enter(
    request: HttpRequest, user: User, *, remember: bool = False, verified: bool = False
) -> HttpResponse:
    """Log the browser in, and lead it to the page that the person wanted.

    Whoever has a second factor is asked for that first, unless it is `verified` already.
    """
    if not verified and second_factor.has(user):
        pending.begin(request, user, remember=remember)
        return redirect(with_next(request, "accounts:second"))
    if request.login:
        sessions.log_out(request.login)
    pair = sessions.log_in(
        user,
        remember=remember,
        verified=verified,
        user_agent=request.headers.get("User-Agent", ""),
        address=client_address(request),
        known=cookies.is_known(request, user),
    )
    rotate_token(request)
    response = redirect("accounts:close" if user.closes_at else next_page(request))
    cookies.set_pair(response, pair)
    cookies.clear_device(response)
    return response
