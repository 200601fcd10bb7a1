"""The sign-up page."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters

from accounts.forms.signup import SignUpForm
from accounts.onward import next_page
from accounts.views.answers import enter, page, show


@login_not_required
@page
@sensitive_post_parameters("password", "password_again")
def signup(request: HttpRequest) -> HttpResponse:
    """Make an account and log it in."""
    form = SignUpForm(request.POST or None)
    if form.is_valid() and form.sign_up():
        return enter(request, form.user)
    if request.method != "POST" and request.user.is_authenticated:
        return redirect(next_page(request))
    return show(request, "accounts/signup.html", form)
