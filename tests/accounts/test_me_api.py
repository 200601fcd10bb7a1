"""`/api/me/`: profile and preferences, read and changed."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import Session, User
from tests.factories import NOON, make_user
from tests.logins import bearer

ME = "/api/me/"


@pytest.fixture
def api(alice) -> Client:
    return Client(headers=bearer(alice))


def patch(api: Client, body: Any) -> HttpResponse:
    return api.patch(ME, json.dumps(body), content_type="application/json")


def faults(response: HttpResponse) -> list[tuple[str, str]]:
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    return [(fault["pointer"], fault["code"]) for fault in response.json()["errors"]]


def whole(alice, **changes: Any) -> dict[str, Any]:
    """Return the whole answer for Alice, as made, with some changes."""
    preferences = {
        "time_zone": "UTC",
        "theme": "auto",
        "text_size": "m",
        "language": "en",
        "hour_format": 24,
        "show_seconds": False,
        "date_order": "DMY",
        "week_start": "monday",
        "single_keys": True,
        "notice_silence": True,
        "notice_people": True,
        "notice_week": False,
    }
    return {
        "id": alice.pk,
        "username": "alice",
        "full_name": "Alice Ash",
        "email": "",
        "unverified_email": "",
        "preferences": preferences | changes.pop("preferences", {}),
    } | changes


def test_it_says_who_i_am(api, alice):
    response = api.get(ME)

    assert (response.status_code, response.json()) == (200, whole(alice))
    assert response["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"full_name": "Alice Aspen"},
        {"full_name": ""},
        {"full_name": "  kept as it is  "},
        {"full_name": "é" * 63},
        {"preferences": {"time_zone": "America/Argentina/Buenos_Aires"}},
        {"preferences": {"theme": "dark", "text_size": "l"}},
        {"preferences": {"hour_format": 12, "show_seconds": True, "date_order": "YMD"}},
        {"preferences": {"week_start": "sunday", "notice_silence": False, "notice_people": False}},
        {"full_name": "A", "preferences": {"language": "en"}},
    ],
    ids=str,
)
def test_what_is_named_is_changed_and_nothing_else(api, alice, changes):
    response = patch(api, changes)

    assert (response.status_code, response.json()) == (200, whole(alice, **changes))
    assert api.get(ME).json() == whole(alice, **changes)


@pytest.mark.parametrize(
    "name",
    [
        "id",
        "username",
        "password",
        "is_staff",
        "is_superuser",
        "is_active",
        "session_generation",
        "date_joined",
        "groups",
        "nickname",
        "",
    ],
)
def test_what_may_not_be_changed_is_an_unknown_field(api, alice, name):
    response = patch(api, {"full_name": "Mallory", name: 1})

    assert faults(response) == [(f"/{name}", "unknown-field")]
    assert api.get(ME).json() == whole(alice)


def test_an_unknown_preference_is_named_where_it_stands(api, alice):
    response = patch(api, {"preferences": {"colour": "blue", "theme": "dark"}})

    assert faults(response) == [("/preferences/colour", "unknown-field")]
    assert api.get(ME).json() == whole(alice)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"full_name": None}, ("/full_name", "null")),
        ({"full_name": 7}, ("/full_name", "type")),
        ({"full_name": "é" * 64}, ("/full_name", "too-long")),
        ({"full_name": "a\0b"}, ("/full_name", "bad-text")),
        ({"email": "no address"}, ("/email", "invalid")),
        ({"email": "a@" + "İ" * 60 + ".org"}, ("/email", "invalid")),
        ({"email": ["a@example.org"]}, ("/email", "type")),
        ({"email": "a" * 250 + "@example.org"}, ("/email", "too-long")),
        ({"preferences": None}, ("/preferences", "null")),
        ({"preferences": []}, ("/preferences", "invalid")),
        (
            {"preferences": {"time_zone": "Mars/Olympus"}},
            ("/preferences/time_zone", "invalid-choice"),
        ),
        (
            {"preferences": {"time_zone": "../etc/passwd"}},
            ("/preferences/time_zone", "invalid-choice"),
        ),
        ({"preferences": {"time_zone": None}}, ("/preferences/time_zone", "null")),
        ({"preferences": {"theme": "blue"}}, ("/preferences/theme", "invalid-choice")),
        ({"preferences": {"theme": ["dark"]}}, ("/preferences/theme", "invalid-choice")),
        ({"preferences": {"text_size": 1}}, ("/preferences/text_size", "invalid-choice")),
        ({"preferences": {"language": "xx"}}, ("/preferences/language", "invalid-choice")),
        ({"preferences": {"hour_format": "12"}}, ("/preferences/hour_format", "invalid-choice")),
        ({"preferences": {"hour_format": True}}, ("/preferences/hour_format", "invalid-choice")),
        ({"preferences": {"hour_format": 13}}, ("/preferences/hour_format", "invalid-choice")),
        ({"preferences": {"show_seconds": 1}}, ("/preferences/show_seconds", "type")),
        ({"preferences": {"date_order": "dmy"}}, ("/preferences/date_order", "invalid-choice")),
        ({"preferences": {"week_start": "friday"}}, ("/preferences/week_start", "invalid-choice")),
        ({"preferences": {"notice_people": None}}, ("/preferences/notice_people", "null")),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_bad_value_is_named_and_nothing_is_changed(api, alice, changes, fault):
    response = patch(api, {"full_name": "Mallory"} | changes)

    assert faults(response) == [fault]
    assert api.get(ME).json() == whole(alice)


@pytest.mark.parametrize("email", ["new@example.org", "bob@example.org"])
def test_an_address_waits_for_its_verification_whoever_has_it(api, alice, email):
    make_user("bob", email="bob@example.org")

    response = patch(api, {"full_name": "A", "email": email})

    assert response.json() == whole(alice, full_name="A", unverified_email=email)
    assert api.get(ME).json() == response.json()


def test_an_address_can_be_taken_back_and_away(api, alice):
    User.objects.update(email="alice@example.org")
    patch(api, {"email": "new@example.org"})

    assert patch(api, {"email": "alice@example.org"}).json() == whole(
        alice, email="alice@example.org"
    )
    assert patch(api, {"email": ""}).json() == whole(alice)


def test_an_old_log_in_changes_no_address_and_nothing_beside_it(api, alice):
    Session.objects.update(confirmed_at=NOON)

    response = patch(api, {"full_name": "Mallory", "email": "new@example.org"})

    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
    assert api.get(ME).json() == whole(alice)


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_no_other_method_is_taken(api, method):
    response = getattr(api, method)(ME)

    assert (response.status_code, response.json()["code"]) == (405, "method-not-allowed")
    assert response["Allow"] == "GET, PATCH, HEAD, OPTIONS"


@pytest.mark.parametrize("body", ["", "[]", "null", "{", '{"full_name": "a", "full_name": "b"}'])
def test_a_body_that_is_no_object_changes_nothing(api, alice, body):
    response = api.patch(ME, body, content_type="application/json")

    assert response.status_code == 400
    assert api.get(ME).json() == whole(alice)


def test_nobody_is_nobody(client, db):
    response = client.get(ME)

    assert (response.status_code, response.json()["code"]) == (401, "token-missing")
    assert response["WWW-Authenticate"] == "Bearer"


def test_an_answer_costs_one_query_and_a_change_a_few(alice, api, django_assert_num_queries):
    with django_assert_num_queries(1):
        api.get(ME)
    with django_assert_num_queries(8):
        patch(api, {"full_name": "A", "preferences": {"theme": "dark"}})
