"""The second step of a log-in, and log-ins by a passkey alone."""

from typing import NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts import cookies, passkeys, pending, second_factor, sessions
from accounts.addresses import client_address
from accounts.forms.base import RuleForm
from accounts.forms.logins import LoginForm
from accounts.forms.second_factor import CodeForm, PasskeyForm
from accounts.models import Session, User
from accounts.onward import asked_page, next_page, with_next
from accounts.passkeys import Site
from accounts.views.answers import enter, form_methods

ALONE = "login"


class Person(NamedTuple):
    """Who is at the second step: on the way in, or at a log-in that lacks it."""

    user: User
    remember: bool = False
    login: Session | None = None


@login_not_required
@form_methods
@sensitive_post_parameters("code")
def second(request: HttpRequest) -> HttpResponse:
    """Ask a person who knew the password for a code or a passkey."""
    person = _person(request)
    if person is None:
        return redirect(with_next(request, "accounts:login"))
    form = CodeForm(request.POST or None, recovery="recovery" in request.GET)
    if form.is_valid() and form.verify(person.user, client_address(request), cookies.mark(request)):
        return _through(request, person)
    return _show_second(request, person, form)


@login_not_required
@require_POST
def second_passkey(request: HttpRequest) -> HttpResponse:
    """Take a passkey instead of a code."""
    person = _person(request)
    if person is None:
        return redirect(with_next(request, "accounts:login"))
    form, address = PasskeyForm(request.POST), client_address(request)
    purpose = _purpose(person.user)
    if form.is_valid() and form.use(purpose, Site.of(request), address, person.user):
        return _through(request, person)
    return _show_second(request, person, CodeForm(), form)


@login_not_required
@require_safe
def passkey_options(request: HttpRequest) -> HttpResponse:
    """Give a browser what it needs to ask for a passkey of anybody."""
    made = passkeys.options(ALONE, Site.of(request))
    return HttpResponse(made, content_type="application/json")


@login_not_required
@require_POST
def passkey_login(request: HttpRequest) -> HttpResponse:
    """Log in by a passkey alone."""
    form = PasskeyForm(request.POST)
    if form.is_valid() and form.use(ALONE, Site.of(request), client_address(request)):
        remember = request.POST.get("remember") == "on"
        return enter(request, form.passkey.user, remember=remember, verified=True)
    context = {"form": LoginForm(), "passkey_form": form, "next": asked_page(request)}
    return render(request, "accounts/login.html", context, status=form.status)


def _person(request: HttpRequest) -> Person | None:
    if half_way := pending.of(request):
        return Person(half_way.user, half_way.remember)
    if request.login and not request.login.verified_at and second_factor.has(request.user):
        return Person(request.user, login=request.login)
    return None


def _through(request: HttpRequest, person: Person) -> HttpResponse:
    if person.login:
        sessions.prove(person.login)
        return redirect(next_page(request))
    pending.end(request)
    return enter(request, person.user, remember=person.remember, verified=True)


def _show_second(
    request: HttpRequest, person: Person, form: RuleForm, passkey_form: RuleForm | None = None
) -> HttpResponse:
    ways = second_factor.of(person.user)
    context = {
        "form": form,
        "passkey_form": passkey_form,
        "ways": ways,
        "recovery": "recovery" in request.GET,
        "next": asked_page(request),
        **_links(request),
    }
    if ways.passkeys:
        context["options"] = passkeys.options(_purpose(person.user), Site.of(request), person.user)
    status = (passkey_form or form).status
    return render(request, "accounts/second.html", context, status=status)


def _links(request: HttpRequest) -> dict[str, str]:
    """Return the addresses of this page with and without a recovery code."""
    plain = with_next(request, "accounts:second")
    recovery = f"{plain}{'&' if '?' in plain else '?'}recovery"
    here = recovery if "recovery" in request.GET else plain
    return {"here": here, "back": plain, "by_recovery": recovery}


def _purpose(user: User) -> str:
    return f"second {user.pk}"
