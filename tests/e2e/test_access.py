"""Who gets in: every address of the URL table, with no cookie, a wrong one and an old one."""

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from tests.e2e.browser import Browser
from tests.e2e.people import PASSWORD
from tests.e2e.tokens import expired, forged

pytestmark = pytest.mark.e2e
UUID = "0d2a7c1e-5b0e-4a53-9a61-0a9a3f1f6a01"
SAMPLES = {"int": "1", "uuid": UUID, "slug": "slug", "str": "2026-11-22", "path": "x"}
# Those who have no token yet come here to get one.
OPEN_API = {
    "/api/token/",
    "/api/token/refresh/",
    "/api/token/verify/",
    "/api/token/login/",
    "/api/token/logout/",
    "/api/device/token/",
    "/api/schema/",
    "/api/docs/",
}
NOT_THERE = {"/api/", "/api/x"}


def addresses(patterns, prefix="/", namespace=""):
    """Yield (address, name) of every route of the URL table, with an example for each argument."""
    for pattern in patterns:
        route = prefix + _filled(pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else namespace
            yield from addresses(pattern.url_patterns, route, inner)
        elif isinstance(pattern, URLPattern):
            yield route, f"{namespace}{pattern.name}"


def _filled(pattern):
    route = str(pattern.pattern)
    for name, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower()
        kind = {"string": "str"}.get(kind, kind)
        route = route.replace(f"<{kind}:{name}>", SAMPLES[kind]).replace(f"<{name}>", "x")
    # Django's admin has one regular expression, which takes everything.
    return route.replace("(?P<app_label>devices|auth)/$", "x/").removeprefix("^")


EVERYTHING = sorted(set(addresses(get_resolver().url_patterns)))
API = [
    address for address, _ in EVERYTHING if address.startswith("/api/") and address not in NOT_THERE
]
PAGES = [
    address
    for address, name in EVERYTHING
    if not address.startswith("/api/")
    and name not in settings.OPEN_PAGES
    and not address.startswith(("/admin/", "/design/"))
]


def test_the_url_table_was_read():
    assert len(PAGES) > 25
    assert len(API) > 15
    assert set(API) >= OPEN_API


@pytest.fixture(params=["missing", "altered", "expired", "of a device", "forged"])
def visitor(request, server, alice, device):
    """A browser whose only cookie is a wrong one."""
    browser = Browser(server.url)
    if request.param == "missing":
        return browser
    access = alice.cookie("access")
    cookie = next(one for one in alice.cookies if one.name == "access")
    browser.cookies.set_cookie(cookie)
    browser.put(
        "access",
        {
            "altered": access[:-3] + ("AAA" if access[-3:] != "AAA" else "BBB"),
            "expired": expired(access, "USER_TOKEN_KEYS"),
            "of a device": device.session.token,
            "forged": forged(access),
        }[request.param],
    )
    return browser


def test_every_page_asks_a_visitor_to_log_in_and_then_leads_back(visitor):
    """A18"""
    answers = {path: visitor.get(path, follow=False) for path in PAGES}

    assert {path: (page.status, page.location) for path, page in answers.items()} == {
        path: (302, f"/login/?next={path}") for path in PAGES
    }


def test_a_page_is_open_to_strangers_only_if_the_settings_say_so(server):
    """ruling 12"""
    stranger = Browser(server.url)
    open_pages = [(path, name) for path, name in EVERYTHING if name in settings.OPEN_PAGES]

    answers = {path: stranger.get(path, follow=False) for path, _ in open_pages}

    assert {name for _, name in open_pages} == set(settings.OPEN_PAGES)
    # The admin's log-in leads to the one that all people use, and so does a second step alone.
    assert {path: page.status for path, page in answers.items() if page.status != 200} == {
        "/.well-known/change-password": 302,
        "/admin/login/": 302,
        "/login/passkey/": 405,
        "/login/second/": 302,
        "/login/second/passkey/": 405,
        "/logout/": 405,
        "/problems/slug": 404,
        "/signup/check/": 405,
    }


def test_every_api_address_answers_a_visitor_with_a_problem(visitor):
    """A18"""
    answers = {path: visitor.get(path) for path in API if path not in OPEN_API}

    assert {path: page.status for path, page in answers.items()} == dict.fromkeys(answers, 401)
    for page in answers.values():
        assert page.headers.get_content_type() == "application/problem+json"
        assert page.headers["WWW-Authenticate"] == "Bearer"
        assert page.json["status"] == 401
        assert page.json["code"].startswith("token-")


def test_the_admin_is_closed_to_visitors_and_to_ordinary_people(server, alice):
    """A18"""
    visitor = Browser(server.url)

    assert visitor.get("/admin/", follow=False).status == 302
    assert alice.get("/admin/").path != "/admin/"


def test_every_unsafe_page_request_needs_the_csrf_token(alice):
    """A23"""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    paths = [*PAGES, "/login/", "/signup/", "/claim/", "/logout/"]

    answers = {path: alice.send("POST", path, b"name=x", form).status for path in paths}

    assert answers == dict.fromkeys(paths, 403)
    assert alice.get("/account/").status == 200


def test_an_unsafe_api_request_by_cookie_needs_the_csrf_token(alice):
    """A23"""
    kind = {"Content-Type": "application/json"}

    answers = [
        alice.send("POST", "/api/devices/", b"{}", kind),
        alice.send("POST", "/api/sync/", b"{}", kind),
        alice.send("POST", "/api/token/login/", b"{}", kind),
    ]

    assert [(page.status, page.json["code"]) for page in answers] == [(403, "forbidden")] * 3


def test_after_the_log_in_the_wanted_page_comes(alice):
    """A18"""
    alice.log_out()
    wanted = alice.get("/tasks/")
    assert wanted.path == "/login/"

    form = wanted.form("password")
    entered = alice.submit(form, username=alice.username, password=PASSWORD)

    assert entered.path in ("/tasks/", "/devices/")


def test_an_access_cookie_that_is_over_is_renewed_without_a_word(alice):
    """issue: people"""
    alice.add_task("Bins")
    alice.put("access", expired(alice.cookie("access"), "USER_TOKEN_KEYS"))

    assert alice.names("/tasks/") == ["Bins"]

    alice.forget("access")
    assert alice.names("/tasks/") == ["Bins"]


def test_a_log_out_ends_access_refresh_and_the_chosen_device(alice):
    """A18"""
    kept = {one.name: one.value for one in alice.cookies}

    alice.log_out()

    assert {one.name for one in alice.cookies} & {"access", "refresh", "device"} == set()
    header = "; ".join(f"{name}={value}" for name, value in kept.items())
    thief = Browser(alice.url)
    stolen = {"Cookie": header}
    assert thief.send("GET", "/tasks/", headers=stolen, follow=False).status == 302
    assert thief.send("GET", "/api/sync/", headers=stolen).status == 401
    assert thief.send("GET", "/api/me/", headers=stolen).status == 401


@pytest.mark.parametrize("end", ["log-out", "release"])
def test_the_token_of_a_chosen_device_ends_with_what_gave_it(alice, end):
    """A18"""
    stranger = Browser(alice.url)
    bearer = {"Authorization": f"Bearer {alice.cookie('device')}"}
    assert stranger.send("GET", "/api/sync/", headers=bearer).status == 200

    if end == "log-out":
        alice.log_out()
    else:
        [device] = alice.api("GET", "/api/devices/").json
        assert alice.api("DELETE", f"/api/devices/{device['id']}/").status == 204

    refused = stranger.send("GET", "/api/sync/", headers=bearer)
    assert (refused.status, refused.json["code"]) == (401, "token-revoked")


@pytest.mark.parametrize("remember", [True, False], ids=["kept", "not kept"])
def test_a_log_in_survives_a_restart_of_the_browser_when_asked_for(alice, remember):
    """A23"""
    alice.log_out()
    alice.log_in(remember=remember)

    alice.restart()

    assert (alice.get("/account/").path == "/account/") is remember


def test_a_user_name_is_taken_in_any_case(alice, person):
    """A23"""
    form = Browser(alice.url).get("/signup/")
    other = Browser(alice.url)
    form = other.get("/signup/").form("password_again")

    refused = other.submit(
        form,
        username=alice.username.upper(),
        password=PASSWORD,
        password_again=PASSWORD,
        time_zone="UTC",
    )

    assert refused.path == "/signup/"
    assert "This user name is taken." in refused.text


@pytest.mark.parametrize("password", ["short", "password123", "12345678901"])
def test_a_weak_password_is_refused_by_the_server(server, password):
    """A23"""
    browser = Browser(server.url)
    form = browser.get("/signup/").form("password_again")

    refused = browser.submit(
        form, username="weak", password=password, password_again=password, time_zone="UTC"
    )

    assert refused.path == "/signup/"
    assert browser.cookie("access") is None


def test_the_cookies_of_a_log_in_are_for_http_alone_and_for_this_site(server, alice):
    """A11, as far as plain HTTP goes"""
    alice.log_out()
    form = alice.get("/login/").form("password")
    page = alice.submit(form, username=alice.username, password=PASSWORD, follow=False)

    set_cookies = {
        line.partition("=")[0]: line.lower() for line in page.headers.get_all("Set-Cookie")
    }
    for name in ("access", "refresh"):
        assert "; httponly" in set_cookies[name]
        assert "; samesite=lax" in set_cookies[name]
        assert "; path=/" in set_cookies[name]
        assert "domain=" not in set_cookies[name]


def test_a_device_token_opens_no_account_and_a_person_s_no_device(alice, device):
    """B2"""
    person_token = alice.api("GET", "/api/devices/")
    assert person_token.status == 200
    stranger = Browser(alice.url)
    as_device = {"Authorization": f"Bearer {device.session.token}"}
    as_person = {"Authorization": f"Bearer {alice.cookie('access')}"}
    by_choice = {"Authorization": f"Bearer {alice.cookie('device')}"}

    assert [
        stranger.send("GET", "/api/me/", headers=as_device).status,
        stranger.send("GET", "/api/devices/", headers=as_device).status,
        stranger.send("GET", "/api/sync/", headers=as_person).status,
        stranger.send("GET", "/api/sync/", headers=by_choice).status,
        stranger.send("GET", "/api/device/", headers=by_choice).status,
        stranger.send("GET", "/api/me/", headers=as_person).status,
    ] == [401, 401, 401, 200, 403, 200]
