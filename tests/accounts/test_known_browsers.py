"""A stranger who spends an account's tries locks out strangers only (matrix A1)."""

import pytest
from django.test import Client
from time_machine import travel

from accounts import known, passwords, sessions
from planner.problems import RuleError
from tests.factories import PASSWORD
from tests.logins import logged_in

DOORS = {
    "page": ("/login/", {}),
    "api": ("/api/token/login/", {"content_type": "application/json"}),
}


@pytest.fixture(autouse=True)
def _still():
    with travel(0, tick=False):
        yield


def try_at(client: Client, door: str, password: str) -> int:
    path, options = DOORS[door]
    body = {"username": "alice", "password": password}
    return client.post(path, body, **options).status_code


def spend_the_account(address: str = "203.0.113.9") -> None:
    for _ in range(10):
        with pytest.raises(RuleError):
            passwords.verify("alice", "wrong", address=address)


@pytest.mark.parametrize(("door", "enters"), [("page", 302), ("api", 204)])
def test_a_known_browser_gets_in_while_strangers_are_locked_out(alice, door, enters):
    """A1"""
    own = logged_in(alice)
    own.post("/logout/")
    spend_the_account()

    assert try_at(Client(), door, PASSWORD) == 429
    assert try_at(own, door, PASSWORD) == enters


@pytest.mark.parametrize("door", DOORS)
def test_a_known_browser_has_ten_tries_of_its_own(alice, door):
    """A1"""
    own = logged_in(alice)
    own.post("/logout/")

    answers = [try_at(own, door, "wrong") for _ in range(12)]

    assert answers[10:] == [429, 429]
    assert 429 not in answers[:10]
    assert try_at(Client(), door, PASSWORD) != 429


def test_a_known_browser_is_not_stopped_by_those_who_share_its_address(alice):
    mark = known.mark(sessions.log_in(alice).session)
    for number in range(60):
        with pytest.raises(RuleError):
            passwords.verify(f"nobody{number}", "wrong", address="192.0.2.1")

    assert passwords.verify("alice", PASSWORD, address="192.0.2.1", mark=mark) == alice


def test_whoever_is_logged_in_is_asked_again_while_strangers_are_locked_out(alice):
    """A1"""
    own = logged_in(alice)
    spend_the_account()

    answer = own.post("/account/confirm/", {"password": PASSWORD, "next": "/account/"})

    assert (answer.status_code, answer["Location"]) == (302, "/account/")


def test_a_mark_is_the_person_s_own_and_ends_with_the_password(alice, bob):
    mark = known.mark(sessions.log_in(alice).session)

    assert known.browser_of(alice, mark) is not None
    assert known.browser_of(bob, mark) is None
    alice.set_password("nine lamps beside a book")
    assert known.browser_of(alice, mark) is None


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "1.2.3:forged", "\0", "é" * 500])
def test_no_other_text_is_a_mark(alice, text):
    assert known.browser_of(alice, text) is None


def test_a_mark_opens_nothing(alice):
    own = logged_in(alice)
    own.post("/logout/")

    assert own.get("/account/")["Location"].startswith("/login/")
