"""The sign-up page, and what its script asks while somebody types."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import passwords
from accounts import signup as rules
from accounts.addresses import client_address
from accounts.forms.signup import SignUpForm
from accounts.models import User
from accounts.onward import next_page
from accounts.strength import estimate
from accounts.views.answers import enter, form_methods, show
from planner.buckets import Limit
from planner.problems import RuleError

CHECKS = Limit("signup-check", 1_000, 3600.0)
LONGEST = 254


@login_not_required
@form_methods
@sensitive_post_parameters("password", "password_again")
def signup(request: HttpRequest) -> HttpResponse:
    """Make an account and log it in."""
    form = SignUpForm(request.POST or None)
    if form.is_valid() and form.sign_up(client_address(request)):
        if email := form.cleaned_data["email"]:
            messages.success(request, _("Welcome! Open the link that we sent to %s.") % email)
        return enter(request, form.user)
    if request.method != "POST" and request.user.is_authenticated:
        return redirect(next_page(request))
    return show(request, "accounts/signup.html", form)


@login_not_required
@require_POST
@sensitive_post_parameters("password", "password_again")
def check(request: HttpRequest) -> JsonResponse:
    """Tell a script how strong a password is, and whether a user name is free."""
    try:
        CHECKS.spend(client_address(request))
    except RuleError as error:
        return JsonResponse({"code": error.slug}, status=error.status)
    given = {name: _typed(request, name) for name in ("username", "full_name", "email")}
    known = passwords.known_of(request.user if request.user.is_authenticated else User(**given))
    strength = estimate(request.POST.get("password", ""), known)
    return JsonResponse(
        {
            "score": strength.score,
            "level": strength.level,
            "reasons": strength.reasons,
            "taken": bool(given["username"]) and not rules.is_free(given["username"]),
        }
    )


def _typed(request: HttpRequest, name: str) -> str:
    """Return as much of a field as it may hold; a NUL, which no field may, is something else."""
    return request.POST.get(name, "")[:LONGEST].replace("\0", " ")
