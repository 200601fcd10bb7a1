"""Asking again, of somebody with a second factor: the password alone is not enough."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import sessions
from accounts.models import Session, User
from tests.accounts.factors import with_app, with_passkey
from tests.factories import PASSWORD
from tests.logins import browser

CONFIRM = "/account/confirm/"
ASKED = f"{CONFIRM}?next=/account/security/app/remove/"


def long_ago(user: User) -> Client:
    """A browser in which this person proved who they are an hour ago."""
    client = browser(sessions.log_in(user, verified=True))
    Session.objects.update(confirmed_at=timezone.now() - timedelta(hours=1))
    return client


def is_confirmed() -> bool:
    return sessions.is_confirmed(Session.objects.get())


@pytest.mark.parametrize("code", ["", "000000"])
def test_a_password_alone_confirms_nobody_who_has_a_second_factor(alice, code):
    with_app(alice)
    client = long_ago(alice)

    answer = client.post(CONFIRM, {"password": PASSWORD, "code": code})

    assert list(answer.context["form"].errors) == ["code"]
    assert not is_confirmed()


def test_a_code_alone_confirms_nobody(alice):
    app, _ = with_app(alice)
    client = long_ago(alice)

    answer = client.post(CONFIRM, {"password": "wrong", "code": app.code()})

    assert list(answer.context["form"].errors) == ["password"]
    assert not is_confirmed()


def test_password_and_code_confirm(alice):
    app, _ = with_app(alice)
    client = long_ago(alice)

    answer = client.post(ASKED, {"password": PASSWORD, "code": app.code()})

    assert answer["Location"] == "/account/security/app/remove/"
    assert is_confirmed()
    assert client.get(answer["Location"]).status_code == 200


def test_a_passkey_alone_confirms(alice):
    authenticator, _ = with_passkey(alice)
    client = long_ago(alice)
    asked = client.get(CONFIRM).context["options"]

    answer = client.post(f"{CONFIRM}passkey/", {"answer": authenticator.use(asked)})

    assert answer.status_code == 302
    assert is_confirmed()


def test_a_passkey_of_somebody_else_confirms_nobody(alice, bob):
    with_passkey(alice)
    authenticator, _ = with_passkey(bob)
    client = long_ago(alice)
    asked = client.get(CONFIRM).context["options"]

    answer = client.post(f"{CONFIRM}passkey/", {"answer": authenticator.use(asked)})

    assert "This passkey is not known here." in answer.content.decode()
    assert not is_confirmed()


def test_a_new_second_factor_is_asked_for_at_log_ins_of_just_before(alice):
    intruder = browser(sessions.log_in(alice))
    assert intruder.get("/account/password/").status_code == 200

    with_app(alice)

    for path in ("/account/password/", "/account/security/app/remove/"):
        assert intruder.get(path)["Location"].startswith(CONFIRM)
    answer = intruder.patch("/api/me/", {"email": "x@example.org"}, "application/json")
    assert answer.status_code == 403


def test_without_a_second_factor_no_code_is_asked_for(alice):
    client = long_ago(alice)

    assert list(client.get(CONFIRM).context["form"].fields) == ["password"]
    assert client.post(CONFIRM, {"password": PASSWORD}).status_code == 302
    assert is_confirmed()
