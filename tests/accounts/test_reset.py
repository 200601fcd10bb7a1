"""A forgotten password: one link by mail, for one use, alike for any address asked about."""

import re
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import passwords, sessions
from accounts.models import Mail, User
from planner.problems import RuleError
from tests.factories import NOON, PASSWORD, make_user
from tests.logins import browser, logged_in
from tests.mailbox import delivered, secret_of
from tests.races import RACE, at_once

NEW = "nine lamps beside a book"
HERE = {"REMOTE_ADDR": "192.0.2.77"}


@pytest.fixture
def reader(db) -> User:
    return make_user("alice", full_name="Alice Ash", email="alice@example.org")


def ask(email: str, client: Client | None = None):
    return (client or Client()).post("/password/reset/", {"email": email}, **HERE)


def link_for(email: str = "alice@example.org") -> str:
    ask(email)
    return delivered()[0].link


def use(link: str, new: str = NEW, again: str = NEW):
    return Client().post(link, {"password": new, "password_again": again}, **HERE)


def opens(password: str) -> bool:
    try:
        passwords.verify("alice", password, address="")
    except RuleError:
        return False
    return True


def test_the_mail_tells_who_asked_and_leads_to_a_new_password(reader):
    with time_machine.travel(NOON):
        response = ask("ALICE@example.org")
        (letter,) = delivered()

    assert (response.status_code, response["Location"]) == (302, "/password/reset/sent/")
    assert (letter.to, letter.subject) == ("ALICE@example.org", "Set a new password")
    assert "new password for your account alice." in letter.text
    assert "on 22 November 2026, 12:00 (UTC), from a place whose network is 192.0.2.0/24" in (
        letter.text
    )
    assert "That was not you? Then do nothing: your password stays as it is." in letter.text
    assert letter.link.startswith("/password/reset/new/?link=")


def test_the_link_sets_a_password_and_ends_all_log_ins(reader):
    """B8"""
    before = sessions.log_in(reader)
    link = link_for()

    page = Client().get(link)
    assert "<strong>alice</strong>" in page.content.decode()
    response = use(link)

    assert (response.status_code, response["Location"]) == (302, "/password/reset/done/")
    assert (opens(NEW), opens(PASSWORD)) == (True, False)
    assert browser(before).get("/account/").status_code == 302
    for token in (before.access, before.refresh):
        with pytest.raises(RuleError, match="ended"):
            sessions.verify(token)
    (told,) = delivered()
    assert (told.to, told.subject) == ("alice@example.org", "Your password was changed")
    assert Client().get("/password/reset/done/").status_code == 200


def test_a_link_is_good_for_one_use_and_the_next_comes_in_one_press(reader):
    link = link_for()
    use(link)
    delivered()

    page = use(link, "another lamp beside me", "another lamp beside me")
    assert "This link no longer works" in page.content.decode()
    assert opens(NEW)
    secret = re.search(r'name="link" value="([^"]+)"', page.content.decode())[1]
    response = Client().post("/password/reset/", {"link": secret}, **HERE)

    assert response["Location"] == "/password/reset/sent/"
    (letter,) = delivered()
    assert (letter.to, letter.subject) == ("alice@example.org", "Set a new password")
    assert use(letter.link, PASSWORD, PASSWORD).status_code == 302
    assert opens(PASSWORD)


@pytest.mark.parametrize(("minutes", "good"), [(59, True), (61, False)])
def test_a_link_is_good_for_an_hour(reader, minutes, good):
    with time_machine.travel(NOON) as clock:
        link = link_for()
        clock.shift(timedelta(minutes=minutes))
        use(link)

    assert opens(NEW) is good


@pytest.mark.parametrize(
    "event",
    [
        lambda user: sessions.end_all(user),
        lambda user: User.objects.update(email="new@example.org"),
        lambda user: User.objects.update(is_active=False),
        lambda user: passwords.change(
            user, NEW + "!", keep=sessions.log_in(user).session, address=""
        ),
    ],
    ids=["the end of all log-ins", "another address", "deactivation", "another password"],
)
def test_a_link_is_good_no_more_after(reader, event):
    link = link_for()
    event(reader)

    assert "This link no longer works" in use(link).content.decode()
    assert not opens(NEW)


def test_all_links_of_a_person_die_with_the_first_use(reader):
    first, second = link_for(), link_for()
    use(second)

    assert "This link no longer works" in use(first, PASSWORD, PASSWORD).content.decode()


@pytest.mark.parametrize("new", ["", "short", "alice123", "password1"])
def test_a_password_that_is_not_good_enough_leaves_the_link_good(reader, new):
    link = link_for()

    response = use(link, new, new)

    assert (response.status_code, "password" in response.context["form"].errors) == (200, True)
    assert opens(PASSWORD)
    assert use(link).status_code == 302


def test_nobody_learns_whether_an_address_is_known(reader):
    """A4, A5"""
    User.objects.create_user("gone", "gone@example.org", PASSWORD, is_active=False)
    User.objects.create_user("keyless", "keyless@example.org", None)
    User.objects.create_user("waiting", unverified_email="waiting@example.org")
    known = ("alice", "gone", "keyless", "waiting", "nobody")
    answers, costs = [], []
    for name in known:
        client = Client()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answers.append(ask(f"{name}@example.org", client))
        costs.append([re.sub(r"'[^']*'|\d[\d.]*", "?", query["sql"]) for query in queries])

    def told(answer) -> tuple:
        headers = {name: value for name, value in answer.items() if name != "X-Request-ID"}
        return answer.status_code, headers, answer.content, list(answer.cookies)

    assert [told(answer) for answer in answers] == [told(answers[0])] * len(known)
    assert [cost[-1] for cost in costs] == [costs[0][-1]] * len(known)
    assert {len(cost) for cost in costs} == {len(costs[0])}
    assert sorted(letter.to for letter in delivered()) == [
        "alice@example.org",
        "keyless@example.org",
    ]
    assert Mail.objects.count() == 2


def test_nobody_fills_a_mailbox_and_nobody_asks_for_ever(reader):
    answers = [ask("alice@example.org").status_code for _ in range(21)]

    assert answers == [302] * 20 + [429]
    assert len(delivered()) == 5


@pytest.mark.parametrize(
    "email", ["", "no address", "a@example.org\nBcc: b@example.org", "\0@x.org"]
)
def test_what_is_no_address_is_refused(db, email):
    response = ask(email)

    assert (response.status_code, list(response.context["form"].errors)) == (200, ["email"])
    assert not Mail.objects.exists()


@pytest.mark.parametrize("link", ["", "x", "\0", "a:b:c", "é" * 5_000])
def test_what_is_no_link_of_ours_sets_nothing_and_asks_for_nothing(reader, link):
    response = Client().post(
        "/password/reset/new/", {"link": link, "password": NEW, "password_again": NEW}
    )
    assert "This link no longer works" in response.content.decode()
    Client().post("/password/reset/", {"link": link})

    assert opens(PASSWORD)
    assert delivered() == []


def test_who_has_another_browser_open_is_logged_out_there(reader):
    client = logged_in(reader)
    use(link_for())

    assert client.get("/account/")["Location"] == "/login/?next=/account/"


class TestTwoUsesAtOnce:
    pytestmark = RACE

    def test_one_of_them_counts(self, reader):
        secret = secret_of(link_for())
        words = [f"{number} lamps beside a book" for number in range(4)]

        answers = at_once(
            [partial(passwords.reset, secret, word, address="192.0.2.1") for word in words]
        )

        assert sorted(map(str, answers)) == ["Alice Ash", "invalid", "invalid", "invalid"]
        assert [opens(word) for word in words].count(True) == 1
