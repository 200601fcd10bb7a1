"""A log-in with a browser that is new to a person is told by mail, with a way to end it."""

import re

import pytest
import time_machine
from django.test import Client

from accounts import cookies, sessions
from accounts.models import Mail, Session, User
from tests.factories import NOON, PASSWORD, make_user
from tests.logins import browser
from tests.mailbox import Letter, delivered

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CURL = "curl/8.5.0"
LOGIN = {"username": "alice", "password": PASSWORD}


@pytest.fixture
def reader(db) -> User:
    return make_user("alice", email="alice@example.org", time_zone="Europe/Berlin")


@pytest.fixture
def home(reader) -> Session:
    """The person's own log-in of before."""
    return sessions.log_in(reader, user_agent=FIREFOX, address="192.0.2.1").session


def log_in(client: Client, user_agent: str, address: str, path: str = "/login/"):
    return client.post(path, LOGIN, headers={"User-Agent": user_agent}, REMOTE_ADDR=address)


def secret(letter: Letter) -> str:
    found = re.search(r"http://localhost:8000/account/security/not-me/\?link=(\S+)", letter.text)
    assert found[0] in letter.html
    return found[1].replace("%3A", ":")


def test_a_stranger_s_log_in_is_told_by_mail_and_ended_by_its_link(home):
    with time_machine.travel(NOON):
        thief = Client()
        log_in(thief, CURL, "198.51.100.7")
        (letter,) = delivered()

    assert (letter.to, letter.subject) == (
        "alice@example.org",
        "Somebody logged in with a browser that is new to us",
    )
    assert "from which you had not logged in before: curl." in letter.text
    assert "on 22 November 2026, 13:00 (CET), from a place whose network is 198.51.100.0/24" in (
        letter.text
    )
    with time_machine.travel(NOON):
        link = {"link": secret(letter)}
        page = Client().get("/account/security/not-me/", link)
        assert "<strong>curl</strong>" in page.content.decode()
        assert thief.get("/account/").status_code == 200
        response = Client().post("/account/security/not-me/", link)

        assert (response.status_code, response["Location"]) == (302, "/password/reset/")
        assert thief.get("/account/").status_code == 302
        home.refresh_from_db()
        assert home.ended_at is None
        again = Client().post("/account/security/not-me/", link)
        assert again["Location"] == "/password/reset/"


@pytest.mark.parametrize("path", ["/login/", "/api/token/", "/api/token/login/"])
def test_it_is_told_whichever_way_it_was_made(home, path):
    client = Client()
    options = {"content_type": "application/json"} if path != "/login/" else {}
    client.post(path, LOGIN, headers={"User-Agent": CURL}, REMOTE_ADDR="198.51.100.7", **options)

    assert [mail.kind for mail in Mail.objects.all()] == ["new-log-in"]


@pytest.mark.parametrize(
    ("user_agent", "address", "told"),
    [
        (FIREFOX, "192.0.2.200", False),
        (FIREFOX, "198.51.100.7", True),
        (CURL, "192.0.2.1", True),
    ],
    ids=["as before", "from elsewhere", "with something else"],
)
def test_the_same_browser_from_the_same_network_is_not_told(home, user_agent, address, told):
    log_in(Client(), user_agent, address)

    assert Mail.objects.exists() is told


def test_a_browser_that_remembers_the_person_is_known_wherever_it_is(reader, home):
    client = browser(sessions.log_in(reader))
    client.cookies.pop("access")
    client.cookies.pop("refresh")
    delivered()

    log_in(client, CURL, "198.51.100.7")

    assert cookies.name(cookies.ACCESS) in client.cookies
    assert delivered() == []


def test_the_first_log_in_of_all_is_none_that_surprises(reader):
    log_in(Client(), CURL, "198.51.100.7")

    assert not Mail.objects.exists()


def test_who_has_no_address_is_not_told(alice):
    sessions.log_in(alice, user_agent=FIREFOX)
    log_in(Client(), CURL, "198.51.100.7")

    assert not Mail.objects.exists()


@pytest.mark.parametrize("link", ["", "x", "\0", "a:b:c", "é" * 5_000])
def test_what_is_no_link_of_ours_ends_nothing(home, link):
    for send in (Client().get, Client().post):
        response = send("/account/security/not-me/", {"link": link})
        assert "This link no longer works" in response.content.decode()
    home.refresh_from_db()
    assert home.ended_at is None


def test_a_log_in_that_is_gone_is_told_no_more(reader, home):
    log_in(Client(), CURL, "198.51.100.7")
    Session.objects.exclude(pk=home.pk).delete()

    assert delivered() == []
