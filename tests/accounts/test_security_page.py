"""The security page: where one is logged in, the end of log-ins, and another password."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from accounts import passwords, sessions
from accounts.models import Session, User
from planner.problems import RuleError
from tests.factories import NOON, PASSWORD, make_user
from tests.logins import browser, logged_in
from tests.mailbox import delivered

PAGE = "/account/security/"
OTHERS = "/account/security/sessions/end/"
NEW = "nine lamps beside a book"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def lives(session: Session) -> bool:
    session.refresh_from_db()
    return session.ended_at is None


def listed(client: Client) -> list[Session]:
    return list(client.get(PAGE).context["sessions"])


def test_the_page_lists_where_one_is_logged_in_and_marks_this_one(alice, bob):
    with time_machine.travel(NOON, tick=False) as clock:
        there = sessions.log_in(alice, user_agent=FIREFOX, address="192.0.2.77").session
        clock.shift(timedelta(hours=2))
        here = sessions.log_in(alice, user_agent="curl/8.5.0", address="2001:db8:1::7")
        sessions.log_in(bob)
        sessions.log_out(sessions.log_in(alice).session)
        client = browser(here)

        assert listed(client) == [here.session, there]
        text = client.get(PAGE).content.decode()

    assert text.partition("</main>")[0].count("<h3>") == 2
    for words in (
        *("Firefox on Linux", "Network 192.0.2.0/24", "Last used 2 h ago"),
        *("<h3>curl</h3>", "Network 2001:db8:1::/48", "Last used just now"),
    ):
        assert words in text
    assert text.count("This one") == 1
    assert f"{PAGE}sessions/{there.pk}/end/" in text
    assert f"{PAGE}sessions/{here.session.pk}/end/" not in text


def test_a_log_in_that_is_over_by_time_is_not_listed(alice):
    with time_machine.travel(NOON):
        sessions.log_in(alice)
    with time_machine.travel(NOON + timedelta(days=15)):
        assert len(listed(logged_in(alice))) == 1


@pytest.mark.parametrize("count", [1, 12])
def test_the_page_costs_the_same_for_any_number_of_log_ins(alice, count, django_assert_num_queries):
    client = logged_in(alice)
    for _ in range(count):
        sessions.log_in(alice)

    with django_assert_num_queries(5):
        client.get(PAGE)


def test_one_log_in_can_be_ended_and_its_next_request_is_refused(alice):
    """B8"""
    there = sessions.log_in(alice)
    client = logged_in(alice)

    response = client.post(f"{PAGE}sessions/{there.session.pk}/end/")

    assert (response.status_code, response["Location"]) == (302, PAGE)
    assert browser(there).get(PAGE).status_code == 302
    for token in (there.access, there.refresh):
        with pytest.raises(RuleError, match="ended"):
            sessions.verify(token)
    assert client.get(PAGE).status_code == 200


@pytest.mark.parametrize("of", ["somebody else", "nobody"])
def test_what_is_no_log_in_of_one_s_own_cannot_be_ended(alice, bob, of):
    other = sessions.log_in(bob).session
    pk = other.pk if of == "somebody else" else uuid4()

    assert logged_in(alice).post(f"{PAGE}sessions/{pk}/end/").status_code == 404
    assert lives(other)


def test_all_others_end_together_and_this_one_goes_on(alice, bob):
    """B8"""
    client = logged_in(alice)
    others = [sessions.log_in(alice).session for _ in range(3)]
    of_bob = sessions.log_in(bob).session

    response = client.post(OTHERS, follow=True)

    assert "3 other log-ins have ended." in response.content.decode()
    assert [lives(one) for one in [*others, of_bob]] == [False, False, False, True]
    assert len(listed(client)) == 1


@pytest.fixture
def reader(db) -> User:
    return make_user("alice", email="alice@example.org")


def change(client: Client, new: str = NEW, again: str = NEW):
    return client.post(
        "/account/password/", {"password": new, "password_again": again}, REMOTE_ADDR="192.0.2.77"
    )


def test_another_password_ends_the_other_log_ins_at_once_and_is_told_by_mail(reader):
    """B8"""
    there = sessions.log_in(reader)
    client = logged_in(reader)

    response = change(client)

    assert (response.status_code, response["Location"]) == (302, PAGE)
    assert passwords.verify("alice", NEW, address="192.0.2.1") == reader
    for token in (there.access, there.refresh):
        with pytest.raises(RuleError, match="ended"):
            sessions.verify(token)
    assert client.get(PAGE).status_code == 200
    (letter,) = delivered()
    assert (letter.to, letter.subject) == ("alice@example.org", "Your password was changed")
    assert "from a place whose network is 192.0.2.0/24" in letter.text
    assert "That was not you?" in letter.text


@pytest.mark.parametrize(
    ("new", "again", "errors"),
    [
        ("", NEW, {"password": ["Fill this in."]}),
        (NEW, "another one", {"password_again": ["This is not the same password."]}),
        (NEW, "", {"password_again": ["Fill this in."]}),
    ],
    ids=["nothing", "another one", "once"],
)
def test_a_slip_changes_nothing_and_ends_nothing(reader, new, again, errors):
    there = sessions.log_in(reader).session
    response = change(logged_in(reader), new, again)

    assert response.context["form"].errors == errors
    assert passwords.verify("alice", PASSWORD, address="192.0.2.1") == reader
    assert lives(there)
    assert delivered() == []


def test_a_password_that_is_too_easy_is_not_taken(reader):
    response = change(logged_in(reader), "alice123", "alice123")

    assert list(response.context["form"].errors) == ["password"]
    assert passwords.verify("alice", PASSWORD, address="192.0.2.1") == reader


def test_after_ten_minutes_the_change_asks_first(reader):
    client = logged_in(reader)
    Session.objects.update(confirmed_at=NOON)

    for response in (client.get("/account/password/"), change(client)):
        assert response["Location"] == "/account/confirm/?next=%2Faccount%2Fpassword%2F"
    assert passwords.verify("alice", PASSWORD, address="192.0.2.1") == reader
