"""What every Set-Cookie of the account pages says (matrix B11)."""

from http.cookies import Morsel, SimpleCookie

import pytest
from django.http import HttpResponse
from django.test import Client
from time_machine import travel

from accounts import cookies, sessions
from tests.factories import NOON, PASSWORD
from tests.logins import logged_in

IN_14_DAYS = "Sun, 06 Dec 2026 12:00:00 GMT"
IN_A_YEAR = "Mon, 22 Nov 2027 12:00:00 GMT"
LONG_AGO = "Thu, 01 Jan 1970 00:00:00 GMT"


@pytest.fixture(autouse=True)
def _noon():
    with travel(NOON, tick=False):
        yield


@pytest.fixture(params=["__Host-", ""], ids=["https", "http"])
def prefix(request, settings):
    settings.COOKIE_PREFIX, settings.COOKIE_SECURE = request.param, bool(request.param)
    return request.param


def attributes(morsel: Morsel) -> dict[str, object]:
    """Return the attributes of a cookie that are set."""
    return {name: value for name, value in morsel.items() if value != ""}


def expected(prefix: str, **more: object) -> dict[str, object]:
    always = {"path": "/", "httponly": True, "samesite": "Lax"}
    return always | ({"secure": True} if prefix else {}) | more


def known(prefix: str) -> dict[str, object]:
    return expected(prefix, expires=IN_A_YEAR, **{"max-age": 365 * 86_400})


def sent(jar: SimpleCookie) -> dict[str, dict[str, object]]:
    return {name: attributes(morsel) for name, morsel in jar.items()}


def test_a_log_in_without_remembering_ends_with_the_browser(prefix, alice):
    response = HttpResponse()

    cookies.set_pair(response, sessions.log_in(alice))

    assert sent(response.cookies) == {
        f"{prefix}access": expected(prefix),
        f"{prefix}refresh": expected(prefix),
        f"{prefix}known": known(prefix),
    }


def test_a_log_in_that_is_kept_lasts_as_long_as_its_row(prefix, alice):
    response = HttpResponse()
    pair = sessions.log_in(alice, remember=True)

    cookies.set_pair(response, pair)
    cookies.set_device(response, "x.y.z", pair.session)

    lasting = expected(prefix, expires=IN_14_DAYS, **{"max-age": 14 * 86_400})
    assert sent(response.cookies) == {
        f"{prefix}access": lasting,
        f"{prefix}refresh": lasting,
        f"{prefix}device": lasting,
        f"{prefix}known": known(prefix),
    }


def test_a_chosen_device_ends_with_the_browser_unless_its_log_in_is_kept(prefix, alice):
    response = HttpResponse()

    cookies.set_device(response, "x.y.z", sessions.log_in(alice).session)

    assert sent(response.cookies) == {f"{prefix}device": expected(prefix)}


def test_clearing_takes_all_three_away(prefix):
    response = HttpResponse()

    cookies.clear(response)

    gone = expected(prefix, expires=LONG_AGO, **{"max-age": 0})
    names = [f"{prefix}{kind}" for kind in ("access", "refresh", "device")]
    assert sent(response.cookies) == dict.fromkeys(names, gone)
    assert {morsel.value for morsel in response.cookies.values()} == {""}


def test_clearing_the_device_leaves_the_log_in(prefix):
    response = HttpResponse()

    cookies.clear_device(response)

    assert list(response.cookies) == [f"{prefix}device"]


def test_no_cookie_is_longer_than_a_browser_takes(prefix, alice):
    response = HttpResponse()
    cookies.set_pair(response, sessions.log_in(alice, remember=True))

    assert max(len(morsel.OutputString()) for morsel in response.cookies.values()) < 1024


@pytest.mark.parametrize("call", ["login", "signup", "logout", "api login", "api logout"])
def test_every_cookie_of_every_page_is_kept_from_scripts_and_other_sites(alice, call):
    client = logged_in(alice) if "logout" in call else Client()
    posts = {
        "login": ("/login/", {"username": "alice", "password": PASSWORD, "remember": "on"}),
        "signup": (
            "/signup/",
            {
                "username": "carol",
                "password": PASSWORD,
                "password_again": PASSWORD,
                "time_zone": "UTC",
            },
        ),
        "logout": ("/logout/", {}),
        "api login": ("/api/token/login/", {"username": "alice", "password": PASSWORD}),
        "api logout": ("/api/token/logout/", {}),
    }
    address, body = posts[call]
    options = {"content_type": "application/json"} if call.startswith("api") else {}

    response = client.post(address, body, **options)

    assert response.status_code in (204, 302)
    assert {"access", "refresh", "device"} <= set(response.cookies)
    for morsel in response.cookies.values():
        kept = {name: morsel[name] for name in ("path", "httponly", "samesite", "domain")}
        assert kept == {"path": "/", "httponly": True, "samesite": "Lax", "domain": ""}
