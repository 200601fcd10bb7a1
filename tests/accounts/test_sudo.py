"""Asking again before danger: a proof of the last ten minutes, or the page that asks for it."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse
from django.test import Client, RequestFactory

from accounts import sessions
from accounts.models import Session, User
from accounts.sudo import recently_confirmed
from tests.factories import NOON, PASSWORD
from tests.logins import logged_in

CONFIRM = "/account/confirm/"


@recently_confirmed
def dangerous(request, what: str) -> HttpResponse:
    return HttpResponse(what)


def knock(session: Session, method: str = "GET", path: str = "/danger/?a=b", **fields: str):
    """Call the dangerous page from this log-in; the answer and what the person is told next."""
    request = RequestFactory().generic(
        method, path, "&".join(f"{key}={value}" for key, value in fields.items()),
        "application/x-www-form-urlencoded",
    )  # fmt: skip
    request.login = session
    request._messages = CookieStorage(request)
    answer = dangerous(request, "done")
    return answer, [str(message) for message in get_messages(request)]


@pytest.mark.parametrize(("minutes", "status"), [(0, 200), (9.9, 200), (10, 302)])
def test_a_log_in_is_proof_for_ten_minutes(alice, minutes, status):
    with time_machine.travel(NOON, tick=False) as clock:
        session = sessions.log_in(alice).session
        clock.move_to(NOON + timedelta(minutes=minutes))

        assert knock(session)[0].status_code == status


def later(alice: User) -> Session:
    """A log-in of an hour ago."""
    session = sessions.log_in(alice).session
    session.confirmed_at -= timedelta(hours=1)
    session.save()
    return session


def test_later_a_page_leads_to_the_question_and_back(alice):
    answer, told = knock(later(alice))

    assert (answer.status_code, answer["Location"]) == (302, f"{CONFIRM}?next=%2Fdanger%2F%3Fa%3Db")
    assert told == []


@pytest.mark.parametrize(
    ("fields", "back"),
    [
        ({"next": "/account/"}, "%2Faccount%2F"),
        ({"next": "//evil.example/"}, "%2Fdanger%2F%3Fa%3Db"),
        ({}, "%2Fdanger%2F%3Fa%3Db"),
    ],
)
def test_an_action_changes_nothing_and_leads_back_to_where_its_button_is(alice, fields, back):
    answer, told = knock(later(alice), "POST", **fields)

    assert answer["Location"] == f"{CONFIRM}?next={back}"
    assert told == ["Nothing was changed yet. Confirm, then do it again."]


def confirm(client: Client, password: str = PASSWORD, **fields: str) -> HttpResponse:
    return client.post(CONFIRM, {"password": password, **fields})


def test_the_password_is_proof_for_the_next_ten_minutes(alice):
    client = logged_in(alice)
    Session.objects.update(confirmed_at=NOON)

    response = confirm(client, next="/devices/")

    assert (response.status_code, response["Location"]) == (302, "/devices/")
    assert sessions.is_confirmed(Session.objects.get())


def test_a_wrong_password_is_none(alice):
    client = logged_in(alice)
    Session.objects.update(confirmed_at=NOON)

    response = confirm(client, "a wrong password")

    assert response.status_code == 200
    assert response.context["form"].errors == {"password": ["This is not your password."]}
    assert not sessions.is_confirmed(Session.objects.get())


@pytest.mark.parametrize("password", ["", "\0", "x" * 5000])
def test_what_cannot_be_a_password_is_none_either(alice, password):
    client = logged_in(alice)
    Session.objects.update(confirmed_at=NOON)

    response = confirm(client, password)

    assert list(response.context["form"].errors) == ["password"]
    assert not sessions.is_confirmed(Session.objects.get())


def test_whoever_sits_at_an_open_browser_cannot_guess_for_ever(alice):
    client = logged_in(alice)

    answers = [confirm(client, f"guess {number}").status_code for number in range(11)]

    assert answers == [200] * 10 + [429]
    assert confirm(client).status_code == 429


def test_to_confirm_renews_nothing_else(alice):
    client = logged_in(alice)
    before = Session.objects.values().get()
    Session.objects.update(confirmed_at=NOON)

    confirm(client)

    after = Session.objects.values().get()
    assert {name for name in after if after[name] != before[name]} <= {"confirmed_at"}


def test_the_end_of_the_others_spares_this_log_in(alice, bob):
    here, there, of_bob = (sessions.log_in(one) for one in (alice, alice, bob))

    assert sessions.end_others(alice, here.session) == 1

    sessions.verify(here.access)
    sessions.verify(of_bob.access)
    with pytest.raises(sessions.RuleError, match="ended"):
        sessions.verify(there.access)
