"""Logged-in callers, made by the product's own rules instead of a typed password."""

from django.http import HttpResponse
from django.test import Client

from accounts import cookies, sessions
from accounts.models import User
from accounts.sessions import Pair


def logged_in(user: User, *, csrf: bool = False) -> Client:
    """Return a browser in which this person is logged in; `csrf` makes it check CSRF tokens."""
    return browser(sessions.log_in(user), csrf=csrf)


def browser(pair: Pair, *, csrf: bool = False) -> Client:
    """Return a browser that holds the cookies of a log-in."""
    client = Client(enforce_csrf_checks=csrf)
    response = HttpResponse()
    cookies.set_pair(response, pair)
    client.cookies.update(response.cookies)
    return client


def bearer(user: User) -> dict[str, str]:
    """Return the headers of a program that acts for this person."""
    return with_token(sessions.log_in(user).access)


def with_token(token: str) -> dict[str, str]:
    """Return the headers that carry a token."""
    return {"Authorization": f"Bearer {token}"}
