"""E-mail addresses: they count when a mail to them was answered, and the former one is told."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from accounts import emails, passwords, sessions
from accounts.models import Mail, Session, User
from planner.problems import RuleError
from tests.factories import NOON, PASSWORD, make_user
from tests.logins import logged_in
from tests.mailbox import Letter, delivered

CAROL = {
    "full_name": "Carol Cedar https://evil.example",
    "username": "carol",
    "email": "carol@example.org",
    "password": PASSWORD,
    "password_again": PASSWORD,
    "time_zone": "Europe/Berlin",
}
HERE = {"REMOTE_ADDR": "192.0.2.77"}


def sign_up(**changes: str) -> Client:
    client = Client()
    assert client.post("/signup/", CAROL | changes, **HERE).status_code == 302
    return client


def addresses(username: str) -> tuple[str, str]:
    return User.objects.values_list("email", "unverified_email").get(username=username)


def verify(letter: Letter, client: Client | None = None):
    """Open the link of a mail, and press the button."""
    client = client or Client()
    page = client.get(letter.link)
    assert page.status_code == 200
    found = re.search(r'name="link" value="([^"]+)"', page.content.decode())
    return client.post("/account/email/verify/", {"link": found[1]}, **HERE) if found else page


def test_a_new_person_is_asked_by_mail(db):
    with time_machine.travel(NOON):
        sign_up()
        (letter,) = delivered()

    assert (letter.to, letter.subject) == ("carol@example.org", "Verify your e-mail address")
    assert letter.text.startswith("Hello,\n\nSomebody entered this address for an account.")
    assert letter.link.startswith("/account/email/verify/?link=")
    assert "on 22 November 2026, 13:00 (CET), from a place whose network is 192.0.2.0/24" in (
        letter.text
    )
    assert "That was not you? Then do nothing." in letter.text
    assert "evil" not in letter.text + letter.html


def test_the_link_lets_the_address_count_after_one_press_in_any_browser(db):
    sign_up()
    (letter,) = delivered()
    client = Client()

    page = client.get(letter.link).content.decode()
    assert addresses("carol") == ("", "carol@example.org")
    assert "<strong>carol@example.org</strong>" in page
    response = verify(letter, client)

    assert (response.status_code, response["Location"]) == (302, "/account/")
    assert addresses("carol") == ("carol@example.org", "")
    assert passwords.verify("carol@example.org", PASSWORD, address="").username == "carol"
    assert delivered() == []


def test_an_address_that_is_not_verified_opens_nothing(db):
    sign_up()

    with pytest.raises(RuleError, match="do not match"):
        passwords.verify("carol@example.org", PASSWORD, address="192.0.2.1")


def test_a_link_is_good_for_one_use(db):
    client = sign_up()
    (letter,) = delivered()
    verify(letter)
    client.post("/account/email/", {"email": ""})

    assert "This link no longer works" in verify(letter).content.decode()
    assert addresses("carol") == ("", "")


@pytest.mark.parametrize(("days", "good"), [(2.9, True), (3.1, False)])
def test_a_link_is_good_for_three_days(db, days, good):
    with time_machine.travel(NOON) as clock:
        sign_up()
        (letter,) = delivered()
        clock.shift(timedelta(days=days))
        verify(letter)

    assert addresses("carol")[0] == ("carol@example.org" if good else "")


@pytest.mark.parametrize("link", ["", "x", "\0", "a:b:c", "é" * 5_000])
def test_what_is_no_link_of_ours_is_said_to_be_good_no_more(db, link):
    sign_up()

    for page in ("verify", "keep"):
        path = f"/account/email/{page}/"
        for response in (Client().get(path, {"link": link}), Client().post(path, {"link": link})):
            assert response.status_code == 200
            assert "This link no longer works" in response.content.decode()


def test_a_link_for_one_thing_is_good_for_no_other(db):
    sign_up()
    secret = delivered()[0].link.partition("link=")[2]

    assert passwords.whose_reset(secret) is None
    assert emails.kept(secret) is None


def test_the_owner_of_a_known_address_hears_of_it_and_nothing_changes(db):
    make_user("alice", email="carol@example.org")
    sign_up()

    (letter,) = delivered()

    assert (letter.to, letter.subject) == ("carol@example.org", "You have an account already")
    assert "You have one already: alice." in letter.text
    assert letter.link == "/password/reset/"
    assert addresses("carol") == ("", "carol@example.org")


def test_of_two_who_wait_for_one_address_the_first_to_answer_has_it(db):
    sign_up()
    sign_up(username="mallory")
    ours, theirs = delivered()
    verify(ours)

    response = verify(theirs)

    assert "Another account has this e-mail address." in response.content.decode()
    assert addresses("carol") == ("carol@example.org", "")
    assert addresses("mallory") == ("", "carol@example.org")


def test_nobody_fills_a_stranger_s_mailbox(db):
    for number in range(8):
        sign_up(username=f"carol{number}")

    assert len(delivered()) == 5
    assert not Mail.objects.filter(sent_at=None).exists()


def test_who_signs_others_up_with_an_address_takes_no_mail_from_its_owner(db):
    mine = sign_up()
    for number in range(8):
        sign_up(username=f"mallory{number}")
    delivered()

    mine.post("/account/email/resend/", **HERE)

    (letter,) = delivered()
    assert verify(letter).status_code == 302
    assert addresses("carol") == ("carol@example.org", "")


def test_the_account_page_tells_of_an_address_that_waits_and_sends_the_link_again(db):
    client = sign_up()
    first = delivered()
    page = client.get("/account/").content.decode()
    assert "<strong>carol@example.org</strong> is not verified yet." in page

    response = client.post("/account/email/resend/", **HERE)

    assert response["Location"] == "/account/"
    (again,) = delivered()
    assert again.to == "carol@example.org"
    verify(again)
    assert "This link no longer works" in verify(first[0]).content.decode()
    assert "Verified" in client.get("/account/").content.decode()


def test_who_waits_for_nothing_is_sent_nothing(alice):
    assert logged_in(alice).post("/account/email/resend/").status_code == 302
    assert delivered() == []


def test_the_link_is_not_sent_again_for_ever(db):
    client = sign_up()

    for _ in range(emails.BY_PERSON.capacity):
        client.post("/account/email/resend/")
    response = client.post("/account/email/resend/", follow=True)

    assert "Too many tries. Try again in" in response.content.decode()
    assert Mail.objects.count() == emails.BY_PERSON.capacity + 1


@pytest.fixture
def reader(db) -> User:
    return make_user("alice", email="old@example.org")


def change(client: Client, email: str):
    return client.post("/account/email/", {"email": email}, **HERE)


def test_another_address_counts_when_it_is_verified_and_the_former_one_is_told(reader):
    client = logged_in(reader)

    response = change(client, "new@example.org")
    assert (response.status_code, response["Location"]) == (302, "/account/")
    assert addresses("alice") == ("old@example.org", "new@example.org")
    (asked,) = delivered()
    assert asked.to == "new@example.org"
    verify(asked)

    assert addresses("alice") == ("new@example.org", "")
    (told,) = delivered()
    assert (told.to, told.subject) == (
        "old@example.org",
        "The e-mail address of your account has changed",
    )
    assert "The address of your account is new@example.org now" in told.text
    assert "from a place whose network is 192.0.2.0/24" in told.text


def undo(letter: Letter) -> str:
    """Return the secret of the link that brings the former address back."""
    found = re.search(r"http://localhost:8000/account/email/keep/\?link=(\S+)", letter.text)
    assert found[0] in letter.html
    return found[1].replace("%3A", ":")


def test_the_owner_of_the_former_address_brings_it_back_and_ends_all_log_ins(reader):
    client = logged_in(reader)
    change(client, "mallory@example.org")
    verify(delivered()[0])
    secret = undo(delivered()[0])

    page = Client().get("/account/email/keep/", {"link": secret})
    assert "<strong>old@example.org</strong>" in page.content.decode()
    assert addresses("alice")[0] == "mallory@example.org"
    response = Client().post("/account/email/keep/", {"link": secret})

    assert response["Location"] == "/password/reset/"
    assert addresses("alice") == ("old@example.org", "")
    assert client.get("/account/").status_code == 302
    assert not Session.objects.filter(ended_at=None).exists()
    again = Client().post("/account/email/keep/", {"link": secret})
    assert "This link no longer works" in again.content.decode()


@pytest.mark.parametrize("steps", [["mallory@example.org"], ["", "mallory@example.org"], [""]])
def test_no_further_change_keeps_the_address_from_its_owner(reader, steps):
    client, secrets = logged_in(reader), {}
    for step in ["thief@example.org", *steps]:
        change(client, step)
        letters = delivered()
        if step:
            verify(letters[0])
            letters = delivered()
        secrets |= {letter.to: undo(letter) for letter in letters}
    assert addresses("alice")[0] == steps[-1]

    for former in ("old@example.org", "thief@example.org"):
        Client().post("/account/email/keep/", {"link": secrets[former]})

    assert addresses("alice") == ("old@example.org", "")


def test_a_former_address_that_is_somebody_s_by_now_stays_theirs(reader):
    change(logged_in(reader), "new@example.org")
    verify(delivered()[0])
    secret = undo(delivered()[0])
    make_user("bob", email="old@example.org")

    response = Client().post("/account/email/keep/", {"link": secret})

    assert "This link no longer works" in response.content.decode()
    assert addresses("alice")[0] == "new@example.org"


def test_an_address_can_be_taken_away_and_is_told_so(reader):
    change(logged_in(reader), "")

    (told,) = delivered()
    assert addresses("alice") == ("", "")
    assert "This address was taken out of your account." in told.text
    assert undo(told)


def test_asked_for_the_present_address_nothing_waits_any_more(reader):
    client = logged_in(reader)
    change(client, "new@example.org")
    change(client, "old@example.org")

    assert addresses("alice") == ("old@example.org", "")
    assert delivered() == []


def test_the_own_address_may_change_its_case(reader):
    change(logged_in(reader), "OLD@example.org")
    verify(delivered()[0])

    assert addresses("alice") == ("OLD@example.org", "")


@pytest.mark.parametrize("email", ["no address", "a@b@example.org", "a@example.org\nBcc: b@x.org"])
def test_what_is_no_address_is_refused(reader, email):
    response = change(logged_in(reader), email)

    assert response.context["form"].errors == {"email": ["Enter a valid email address."]}
    assert addresses("alice") == ("old@example.org", "")
    assert delivered() == []


def test_after_ten_minutes_the_change_asks_first(reader):
    client = logged_in(reader)
    Session.objects.update(confirmed_at=NOON)

    assert change(client, "new@example.org")["Location"].startswith("/account/confirm/")
    assert addresses("alice") == ("old@example.org", "")


def test_who_is_not_active_verifies_nothing(db):
    sign_up()
    (letter,) = delivered()
    user = User.objects.get()
    user.is_active = False
    user.save()
    sessions.end_all(user)

    assert "This link no longer works" in verify(letter).content.decode()
