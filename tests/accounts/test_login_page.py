"""The log-in page: in with name or address, out of the way otherwise, and never off this site."""

import re

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse
from time_machine import travel

from accounts import sessions
from accounts.models import Session, User
from tests.factories import PASSWORD, make_user
from tests.logins import browser, logged_in

TODAY = "/today/"
OFF_SITE = [
    "https://evil.example/",
    "http://evil.example",
    "//evil.example/",
    "///evil.example/",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "/\n/evil.example",
    " //evil.example",
    "\x00//evil.example",
    "\x08//evil.example",
    "/\\/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "http:\\\\evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "mailto:a@evil.example",
    "evil.example",
    "www.evil.example/tasks/",
    "tasks/",
    "?next=//evil.example",
    "#fragment",
    "@evil.example",
    "//testserver/tasks/",
    "http://testserver/tasks/",
    "//[::1",
    "/" + "x" * 2000,
]
LOCAL = ["/tasks/", "/tasks/?sort=name&page=2", "/calendar/2026/11/", "/claim/#s=1", "/~a/ü/", "/"]


def log_in(client: Client, **fields: str):
    return client.post("/login/", {"username": "alice", "password": PASSWORD} | fields)


def shown(response) -> list[str]:
    """Return what the page says is wrong, at the top."""
    return response.context["form"].non_field_errors()


def test_the_page_asks_for_name_and_password(client, db):
    response = client.get("/login/")

    assert response.status_code == 200
    assert list(response.context["form"].fields) == ["username", "password", "remember"]
    assert b'autocomplete="current-password"' in response.content


def test_who_was_logged_in_here_before_is_told_that_it_is_over(client, alice):
    is_over = "You are logged out by now."
    stranger = client.get("/login/?next=/tasks/").content.decode()
    client.post("/login/", {"username": "alice", "password": PASSWORD})
    client.post("/logout/")

    asked, back = (
        client.get(path).content.decode() for path in ("/login/", "/login/?next=/tasks/")
    )

    assert [is_over in page for page in (stranger, asked, back)] == [False, False, True]


@pytest.mark.parametrize("name", ["alice", "ALICE", "alice@example.org", " Alice@Example.ORG "])
def test_the_right_password_logs_in_and_leads_to_today(client, db, name):
    user = make_user("alice", email="alice@example.org")

    response = log_in(client, username=name)

    assert (response.status_code, response["Location"]) == (302, reverse("backups:today"))
    session = Session.objects.get()
    assert (session.user, session.remember, session.address) == (user, False, "127.0.0.1")
    assert client.get("/account/").status_code == 200


def test_keep_me_logged_in_is_remembered(client, alice):
    response = log_in(client, remember="on")

    assert Session.objects.get().remember
    assert response.cookies["refresh"]["max-age"] in range(14 * 86_400 - 5, 14 * 86_400 + 1)


def test_a_log_in_notes_the_browser(client, alice):
    client.post(
        "/login/",
        {"username": "alice", "password": PASSWORD},
        headers={"User-Agent": "Firefox/140"},
    )

    assert Session.objects.get().user_agent == "Firefox/140"


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("alice", "wrong word"),
        ("nobody", PASSWORD),
        ("no@body.example", "wrong word"),
        ("bob", PASSWORD),
    ],
    ids=["wrong password", "unknown name", "unknown address", "inactive"],
)
def test_every_failure_looks_the_same_and_keeps_the_name(client, alice, bob, name, password):
    bob.is_active = False
    bob.save(update_fields=["is_active"])

    response = log_in(client, username=name, password=password)

    assert response.status_code == 200
    assert shown(response) == ["This name and password do not match."]
    assert response.context["form"]["username"].value() == name
    assert password not in response.content.decode()
    assert not Session.objects.exists()


def test_a_page_for_an_unknown_name_is_that_for_a_wrong_password_byte_for_byte(client, alice):
    """A4"""
    pages = [log_in(client, username=name, password="wrong") for name in ("alice", "aloce")]

    plain = [
        re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode())
        for page in pages
    ]
    assert plain[0] == plain[1].replace("aloce", "alice")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""),
        ("password", ""),
        ("username", "x" * 255),
        ("username", "a\0b"),
        ("password", "x" * 4097),
        ("password", "a\0b"),
    ],
)
def test_what_cannot_be_right_is_refused_beside_its_field(client, alice, field, value):
    response = log_in(client, **{field: value})

    assert (response.status_code, list(response.context["form"].errors)) == (200, [field])


def test_a_spent_limit_says_when_to_come_back(client, alice):
    with travel(0, tick=False):
        for _ in range(10):
            log_in(client, password="wrong")
        response = log_in(client)

    assert response.status_code == 429
    assert shown(response) == ["Too many tries. Try again in 6 minutes."]


def test_who_is_logged_in_is_sent_on(alice):
    client = logged_in(alice)

    answers = [client.get(address)["Location"] for address in ("/login/", "/login/?next=/tasks/")]

    assert answers == [TODAY, "/tasks/"]


def test_a_log_in_over_another_ends_the_other_and_its_chosen_device(alice, bob):
    pair = sessions.log_in(bob)
    client = browser(pair)
    client.cookies["device"] = "x.y.z"

    response = log_in(client)

    assert response.cookies["device"]["max-age"] == 0
    assert Session.objects.get(pk=pair.session.pk).ended_at is not None
    assert client.get("/account/").wsgi_request.user == alice


def test_a_log_in_changes_the_csrf_token(alice):
    client = Client(enforce_csrf_checks=True)
    client.get("/login/")
    before = client.cookies["csrf"].value

    client.post(
        "/login/",
        {"username": "alice", "password": PASSWORD, "csrfmiddlewaretoken": before},
    )

    assert Session.objects.count() == 1
    assert client.cookies["csrf"].value != before


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_no_other_method_is_taken(client, db, method):
    assert getattr(client, method)("/login/").status_code == 405


# --- Where it leads


@pytest.mark.parametrize("target", OFF_SITE, ids=lambda text: ascii(text[:24]))
def test_no_log_in_leads_off_this_site(client, alice, target):
    """A8"""
    by_field = log_in(client, next=target)
    by_query = logged_in(alice).get("/login/", {"next": target})

    assert [by_field["Location"], by_query["Location"]] == [TODAY, TODAY]


@pytest.mark.parametrize("target", LOCAL)
def test_a_log_in_leads_to_the_page_that_was_asked_for(client, alice, target):
    by_field = log_in(client, next=target)
    by_query = logged_in(alice).get("/login/", {"next": target})

    assert by_field["Location"] == by_query["Location"]
    assert by_field.url.startswith(target.partition("ü")[0])


@pytest.mark.parametrize("target", ["/tasks/\r\nSet-Cookie: a=b", "/tasks/\nX: y"])
def test_a_line_break_makes_no_header(client, alice, target):
    response = log_in(client, next=target)

    assert "\n" not in response["Location"]
    assert "X" not in response.headers
    assert "a" not in response.cookies


def test_where_it_leads_survives_a_wrong_password(client, alice):
    fields = {"username": "alice", "password": "wrong"}
    again = client.post("/login/?next=/tasks/", fields)
    assert 'href="/signup/?next=%2Ftasks%2F"' in again.content.decode()

    response = client.post("/login/?next=/tasks/", fields | {"password": PASSWORD})

    assert response["Location"] == "/tasks/"


def test_a_hashed_password_does_not_log_in(client, alice):
    User.objects.update(password=make_password(PASSWORD))

    assert log_in(client, password=User.objects.get().password).status_code == 200
