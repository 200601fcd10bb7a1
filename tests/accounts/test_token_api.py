"""`/api/token/…`: a pair for a password, renewed, checked, put into cookies, ended."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from time_machine import travel

from accounts import sessions
from accounts.models import Session
from devices.tokens import DeviceAccess, MemberAccess
from tests.factories import NOON, PASSWORD, make_user
from tests.logins import bearer, browser, logged_in, with_token

CREDENTIALS = {"username": "alice", "password": PASSWORD}
PUBLIC = {
    "/api/token/": CREDENTIALS,
    "/api/token/refresh/": {"refresh": "x.y.z"},
    "/api/token/verify/": {"token": "x.y.z"},
    "/api/token/login/": CREDENTIALS,
}


def post(client: Client, address: str, body: Any, **options: Any) -> HttpResponse:
    return client.post(address, json.dumps(body), content_type="application/json", **options)


def problem(response: HttpResponse) -> tuple[int, str]:
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == response.status_code
    return response.status_code, body["code"]


def faults(response: HttpResponse) -> list[tuple[str, str]]:
    return [(fault["pointer"], fault["code"]) for fault in response.json()["errors"]]


@pytest.mark.parametrize("name", ["alice", "ALICE", "alice@example.org", "ALICE@EXAMPLE.ORG"])
def test_a_pair_is_given_for_name_or_address_and_password(client, db, name):
    make_user("alice", email="alice@example.org")

    response = post(client, "/api/token/", {"username": name, "password": PASSWORD})

    assert (response.status_code, set(response.json())) == (200, {"access", "refresh"})
    assert not response.cookies
    me = client.get("/api/me/", headers=with_token(response.json()["access"]))
    assert me.json()["username"] == "alice"


def test_a_wrong_password_and_an_unknown_name_get_one_answer(client, alice):
    """A4"""
    answers = [
        post(client, "/api/token/", {"username": name, "password": "wrong"})
        for name in ("alice", "nobody")
    ]

    bodies = [answer.json() | {"request_id": ""} for answer in answers]
    assert bodies[0] == bodies[1]
    assert problem(answers[0]) == (401, "token-invalid")
    assert answers[0]["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("address", ["/api/token/", "/api/token/login/"])
def test_a_spent_limit_is_a_429_that_says_when(client, alice, address):
    with travel(NOON, tick=False):
        wrong = [post(client, address, CREDENTIALS | {"password": "no"}) for _ in range(10)]
        response = post(client, address, CREDENTIALS)

    assert {answer.status_code for answer in wrong} == {401}
    assert problem(response) == (429, "throttled")
    assert response["Retry-After"] == "360"


def test_pages_and_api_share_the_tries(client, alice):
    with travel(NOON, tick=False):
        for _ in range(5):
            post(client, "/api/token/", CREDENTIALS | {"password": "no"})
            client.post("/login/", CREDENTIALS | {"password": "no"})

        assert problem(post(client, "/api/token/", CREDENTIALS)) == (429, "throttled")


def test_a_refresh_gives_a_new_pair_and_uses_the_old_one_up(client, alice):
    first = post(client, "/api/token/", CREDENTIALS).json()
    second = post(client, "/api/token/refresh/", {"refresh": first["refresh"]}).json()

    assert set(second) == {"access", "refresh"}
    assert not {*first.values()} & {*second.values()}
    used = post(client, "/api/token/verify/", {"token": first["refresh"]})
    assert problem(used) == (401, "token-revoked")


def test_a_stolen_refresh_token_ends_the_log_in(client, alice):
    with travel(NOON, tick=False) as clock:
        first = post(client, "/api/token/", CREDENTIALS).json()
        second = post(client, "/api/token/refresh/", {"refresh": first["refresh"]}).json()
        clock.shift(60)

        for used in (first, second):
            response = post(client, "/api/token/refresh/", {"refresh": used["refresh"]})
            assert problem(response) == (401, "token-revoked")
        me = client.get("/api/me/", headers=with_token(second["access"]))
        assert problem(me) == (401, "token-revoked")


@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_verify_says_yes_with_an_empty_object(client, alice, kind):
    pair = post(client, "/api/token/", CREDENTIALS).json()

    response = post(client, "/api/token/verify/", {"token": pair[kind]})

    assert (response.status_code, response.json()) == (200, {})


def test_verify_says_expired_and_invalid_and_revoked(client, alice):
    with travel(NOON, tick=False) as clock:
        old = sessions.log_in(alice)
        clock.shift(3600)
        ended = sessions.log_in(alice)
        sessions.log_out(ended.session)

        texts = (old.access, "x.y.z", ended.access)
        answers = [problem(post(client, "/api/token/verify/", {"token": text})) for text in texts]

    assert answers == [(401, "token-expired"), (401, "token-invalid"), (401, "token-revoked")]


@pytest.mark.parametrize("remember", [True, False, None])
def test_a_log_in_puts_the_pair_into_cookies(client, alice, remember):
    body = CREDENTIALS if remember is None else CREDENTIALS | {"remember": remember}

    response = post(client, "/api/token/login/", body)

    assert (response.status_code, response.content) == (204, b"")
    assert {"access", "refresh", "device"} <= set(response.cookies)
    assert Session.objects.get().remember is bool(remember)
    assert bool(response.cookies["refresh"]["max-age"]) is bool(remember)
    assert client.get("/account/").status_code == 200


def test_a_log_out_by_cookies_ends_the_log_in_and_clears_them(alice):
    client = logged_in(alice)

    response = post(client, "/api/token/logout/", {})

    assert (response.status_code, response.content) == (204, b"")
    assert {morsel["max-age"] for morsel in response.cookies.values()} == {0}
    assert client.get("/account/").status_code == 302


def test_a_log_out_by_bearer_ends_that_log_in(client, alice):
    headers, other = bearer(alice), bearer(alice)

    assert client.post("/api/token/logout/", headers=headers).status_code == 204

    assert problem(client.get("/api/me/", headers=headers)) == (401, "token-revoked")
    assert client.get("/api/me/", headers=other).status_code == 200


def test_a_log_out_by_bearer_counts_for_the_header_s_log_in_not_the_cookies(alice, bob):
    client = logged_in(alice)

    client.post("/api/token/logout/", headers=bearer(bob))

    ended = dict(Session.objects.values_list("user__username", "ended_at"))
    assert (ended["alice"], ended["bob"] is None) == (None, False)


def test_nobody_can_log_nobody_out(client, db):
    assert problem(client.post("/api/token/logout/")) == (401, "token-missing")


# --- Whose token it is (B2)


def test_a_device_s_token_is_nobody_s_log_in(client, device, alice):
    session = sessions.log_in(alice).session
    for token in (DeviceAccess.of(device), MemberAccess.by(session, device)):
        me = client.get("/api/me/", headers=with_token(str(token)))
        verified = post(client, "/api/token/verify/", {"token": str(token)})
        renewed = post(client, "/api/token/refresh/", {"refresh": str(token)})

        answers = [problem(answer) for answer in (me, verified, renewed)]
        assert answers == [(401, "token-invalid")] * 3


def test_a_person_s_token_is_no_device_s(client, alice):
    pair = sessions.log_in(alice)
    for text in (pair.access, pair.refresh):
        for address in ("/api/sync/", "/api/tasks/"):
            response = client.get(address, headers=with_token(text))
            assert problem(response) == (401, "token-invalid")
    response = client.get("/api/device/", headers=with_token(pair.access))
    assert problem(response) == (403, "forbidden")


def test_a_device_s_token_in_the_log_in_s_cookies_opens_nothing(device, alice):
    pair = sessions.log_in(alice)
    token = str(MemberAccess.by(pair.session, device))

    answers = [
        browser(pair._replace(access=token, refresh=token)).get(address)
        for address in ("/account/", "/api/me/")
    ]

    assert [answer.status_code for answer in answers] == [302, 401]


# --- Bad input (E1 to E9)


@pytest.mark.parametrize("address", PUBLIC)
@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_no_other_method_is_taken(client, db, address, method):
    response = getattr(client, method)(address)

    assert problem(response) == (405, "method-not-allowed")
    assert response["Allow"] == "POST, OPTIONS"


@pytest.mark.parametrize("address", PUBLIC)
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed-json"),
        (b"{", 400, "malformed-json"),
        (b"[" * 100_000, 400, "malformed-json"),
        (b'{"username": "a", "username": "b"}', 400, "malformed-json"),
        (b'{"username": NaN}', 400, "malformed-json"),
        (b'{"username": "\xff"}', 400, "malformed-json"),
        (b"[]", 400, "invalid"),
        (b"null", 400, "invalid"),
        (b'"text"', 400, "invalid"),
        (b"7", 400, "invalid"),
        (b"{}", 400, "invalid"),
        (b'{"x": "' + b"y" * 1_048_576 + b'"}', 413, "body-too-large"),
    ],
    ids=lambda value: ascii(value)[:14],
)
def test_a_body_that_is_no_object_is_refused(client, alice, address, body, status, code):
    response = client.post(address, body, content_type="application/json")

    assert problem(response) == (status, code)
    assert not Session.objects.exists()


@pytest.mark.parametrize("address", PUBLIC)
@pytest.mark.parametrize(
    "content_type",
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "", "x"],
)
def test_nothing_but_json_is_read(client, alice, address, content_type):
    response = client.post(address, b"username=alice", content_type=content_type)

    assert problem(response) == (415, "unsupported-media-type")


@pytest.mark.parametrize("address", PUBLIC)
@pytest.mark.parametrize(
    "value", [None, 1, 1.5, True, [], {}, "", " ", "a\0b", "\ud800", "x" * 20_000]
)
def test_a_field_takes_text_alone(client, alice, address, value):
    field = list(PUBLIC[address])[-1]

    response = post(client, address, PUBLIC[address] | {field: value})

    assert response.status_code in (400, 401)
    assert problem(response)[1] in ("invalid", "malformed-json", "token-invalid")
    assert not Session.objects.exists()


@pytest.mark.parametrize("address", PUBLIC)
def test_a_missing_field_is_named(client, alice, address):
    response = post(client, address, {})

    assert faults(response) == [(f"/{name}", "required") for name in PUBLIC[address]]


@pytest.mark.parametrize("address", PUBLIC)
def test_an_unknown_field_is_named(client, alice, address):
    response = post(client, address, PUBLIC[address] | {"is_staff": True})

    assert (problem(response), faults(response)) == (
        (400, "invalid"),
        [("/is_staff", "unknown-field")],
    )


@pytest.mark.parametrize("value", ["yes", 1, 0, "true", None, []])
def test_remember_is_true_or_false(client, alice, value):
    response = post(client, "/api/token/login/", CREDENTIALS | {"remember": value})

    assert [pointer for pointer, _ in faults(response)] == ["/remember"]


@pytest.mark.parametrize("address", ["/api/token/", "/api/token/login/"])
def test_a_password_keeps_its_spaces(client, db, address):
    make_user("alice", password="  two spaces  ")

    answers = [
        post(client, address, {"username": "alice", "password": password}).status_code
        for password in ("two spaces", "  two spaces  ")
    ]

    assert answers in ([401, 200], [401, 204])
