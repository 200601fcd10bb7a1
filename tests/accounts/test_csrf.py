"""A request that another site makes a browser send changes nothing (matrix I1)."""

import json

import pytest
from django.test import Client

from accounts import sessions
from accounts.models import Session, User
from tests.factories import PASSWORD
from tests.logins import bearer, browser, logged_in

ME = "/api/me/"
JSON = {"content_type": "application/json"}


def visit(client: Client) -> str:
    """Let a browser get a CSRF cookie, and return the token for forms and headers."""
    client.get("/login/")
    return client.cookies["csrf"].value


def rename(client: Client, **headers: str) -> int:
    """Try to change Alice's name through the API, and return the status."""
    return client.patch(
        ME, json.dumps({"full_name": "Mallory"}), headers=headers, **JSON
    ).status_code


def name() -> str:
    return User.objects.get(username="alice").full_name


def test_an_unsafe_request_by_cookies_needs_the_token(alice):
    client = logged_in(alice, csrf=True)

    response = client.patch(ME, json.dumps({"full_name": "Mallory"}), **JSON)

    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
    assert name() == "Alice Ash"


def test_the_token_in_a_header_lets_it_through(alice):
    client = logged_in(alice, csrf=True)
    token = browser_token(client)

    assert rename(client, **{"X-CSRFToken": token}) == 200
    assert name() == "Mallory"


def browser_token(client: Client) -> str:
    """Return the token that the browser got with a page of the person's own."""
    client.get("/account/")
    return client.cookies["csrf"].value


@pytest.mark.parametrize("token", ["", "x" * 32, "x" * 64, "ü", "\0"])
def test_a_wrong_token_does_not(alice, token):
    client = logged_in(alice, csrf=True)
    browser_token(client)

    assert rename(client, **{"X-CSRFToken": token}) == 403
    assert name() == "Alice Ash"


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://testserver.evil.example", "null", "http://testserver:81"],
)
def test_another_origin_is_refused_even_with_the_token(alice, origin):
    client = logged_in(alice, csrf=True)
    token = browser_token(client)

    assert rename(client, **{"X-CSRFToken": token, "Origin": origin}) == 403
    assert name() == "Alice Ash"


def test_the_own_origin_is_welcome(alice):
    client = logged_in(alice, csrf=True)
    token = browser_token(client)

    assert rename(client, **{"X-CSRFToken": token, "Origin": "http://testserver"}) == 200


def test_a_safe_request_needs_no_token(alice):
    assert logged_in(alice, csrf=True).get(ME).status_code == 200


def test_a_bearer_token_needs_no_csrf_token(alice):
    assert rename(Client(enforce_csrf_checks=True), **bearer(alice)) == 200


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/plain"])
def test_what_a_form_of_another_site_can_send_is_not_even_read(alice, content_type):
    client = logged_in(alice, csrf=True)
    browser_token(client)

    response = client.post("/api/token/logout/", "a=b", content_type=content_type)

    assert response.status_code in (403, 415)
    assert Session.objects.get().ended_at is None


def test_a_log_out_through_the_api_needs_the_token(alice):
    pair = sessions.log_in(alice)
    client = browser(pair, csrf=True)

    assert client.post("/api/token/logout/").status_code == 403
    assert client.get(ME).status_code == 200


@pytest.mark.parametrize("logged", [False, True], ids=["stranger", "logged in"])
def test_nobody_is_logged_in_as_somebody_by_another_site(alice, bob, logged):
    client = logged_in(bob, csrf=True) if logged else Client(enforce_csrf_checks=True)
    count = Session.objects.count()
    fields = {"username": "alice", "password": PASSWORD}

    answers = [
        client.post("/api/token/login/", json.dumps(fields), **JSON),
        client.post("/login/", fields),
        client.post("/signup/", fields),
    ]

    assert [answer.status_code for answer in answers] == [403] * 3
    assert Session.objects.count() == count


def test_a_log_in_through_the_api_takes_the_token_of_the_log_in_page(alice):
    client = Client(enforce_csrf_checks=True)
    token = visit(client)
    body = json.dumps({"username": "alice", "password": PASSWORD})

    response = client.post("/api/token/login/", body, headers={"X-CSRFToken": token}, **JSON)

    assert response.status_code == 204
    assert client.cookies["csrf"].value != token


def test_tokens_for_programs_need_no_csrf_token(alice):
    client = Client(enforce_csrf_checks=True)
    body = json.dumps({"username": "alice", "password": PASSWORD})

    assert client.post("/api/token/", body, **JSON).status_code == 200
