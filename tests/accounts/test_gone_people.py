"""Who is deactivated or deleted gets in nowhere any more, from the next request on (matrix A9)."""

import pytest

from accounts import sessions
from accounts.models import User
from accounts.sessions import Pair
from tests.factories import PASSWORD, make_user
from tests.logins import browser, with_token

LOGIN = {"username": "alice", "password": PASSWORD}
JSON = {"content_type": "application/json"}


@pytest.fixture(params=["deactivated", "deleted"])
def gone(request, db) -> Pair:
    """A log-in of somebody who is no more."""
    user = make_user("alice", email="alice@example.org")
    pair = sessions.log_in(user)
    if request.param == "deleted":
        user.delete()
    else:
        User.objects.update(is_active=False)
    return pair


def test_a_living_token_is_refused_at_once(client, gone):
    """A9"""
    answers = [
        client.get("/api/me/", headers=with_token(gone.access)),
        client.post("/api/token/refresh/", {"refresh": gone.refresh}, **JSON),
        client.post("/api/token/verify/", {"token": gone.access}, **JSON),
        browser(gone).get("/api/me/"),
    ]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [(401, "token-revoked")] * 4
    assert browser(gone).get("/account/")["Location"] == "/login/?next=/account/"


@pytest.mark.parametrize("name", ["alice", "alice@example.org"])
def test_the_password_opens_nothing_and_is_answered_as_a_wrong_one(client, gone, name):
    """A4, A9"""
    api = client.post("/api/token/", LOGIN | {"username": name}, **JSON)
    page = client.post("/login/", LOGIN | {"username": name})

    assert (api.status_code, api.json()["detail"]) == (401, "This name and password do not match.")
    assert page.context["form"].non_field_errors() == ["This name and password do not match."]
    assert not page.cookies.get("access")
