"""Log-out: by POST alone, for this browser alone."""

from datetime import UTC, datetime

import pytest
from time_machine import travel

from accounts import sessions
from accounts.models import Session
from tests.logins import browser, logged_in


def test_log_out_ends_the_log_in_and_clears_the_browser(alice):
    client = logged_in(alice)

    response = client.post("/logout/")

    assert (response.status_code, response["Location"]) == (302, "/")
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert {name: m["max-age"] for name, m in response.cookies.items()} == {
        "access": 0,
        "refresh": 0,
        "device": 0,
    }
    assert Session.objects.get().ended_at is not None


def test_the_tokens_of_a_log_in_that_was_ended_open_nothing(alice):
    pair = sessions.log_in(alice)
    browser(pair).post("/logout/")

    assert browser(pair).get("/account/").status_code == 302


def test_log_out_here_is_no_log_out_there(alice):
    here, there = logged_in(alice), logged_in(alice)

    here.post("/logout/")

    assert there.get("/account/").status_code == 200


def test_log_out_after_the_access_token_is_over_leaves_no_cookie_behind(alice):
    with travel(datetime(2026, 11, 22, tzinfo=UTC), tick=False) as clock:
        client = logged_in(alice)
        clock.shift(3600)
        response = client.post("/logout/")

    assert {morsel.value for morsel in response.cookies.values()} == {""}
    assert Session.objects.get().ended_at is not None


def test_log_out_without_a_log_in_is_the_same(client, db):
    assert client.post("/logout/")["Location"] == "/"


@pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
def test_nothing_but_a_post_logs_out(alice, method):
    client = logged_in(alice)

    assert getattr(client, method)("/logout/").status_code == 405
    assert client.get("/account/").status_code == 200


def test_a_post_from_elsewhere_logs_nobody_out(alice):
    client = logged_in(alice, csrf=True)

    assert client.post("/logout/").status_code == 403
    assert Session.objects.get().ended_at is None
