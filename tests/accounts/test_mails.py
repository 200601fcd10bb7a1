"""Mails: written down with what happened, made when they are sent, safe whatever a name holds."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import mails
from accounts.models import Mail, User
from tests.factories import make_user
from tests.logins import logged_in
from tests.mailbox import delivered

NOON = "2026-11-22T12:00:00Z"
KIND = "session-reused"
FACTS = {"browser": "Firefox", "path": "/account/"}

TEXT = """\
Hello Alice Ash,

Somebody used an old copy of what keeps you logged in. It may have been stolen, so we ended that \
log-in at once: whoever used it has to log in again, you as well.

It was the log-in of this browser or program: Firefox

If you cannot explain it, log in and choose a new password.

Look at your account:
http://localhost:8000/account/

This happened on 22 November 2026, 21:00 (JST), from a place whose network is 192.0.2.0/24.

That was not you? Set a new password at once, which ends all log-ins: \
http://localhost:8000/password/reset/

--\x20
Planner, http://localhost:8000
"""


@pytest.fixture
def reader(db) -> User:
    return make_user(
        "alice", full_name="Alice Ash", email="alice@example.org", time_zone="Asia/Tokyo"
    )


def test_a_mail_is_plain_text_and_html_that_say_the_same(reader):
    with time_machine.travel(NOON):
        mails.post(KIND, to=reader, facts=FACTS, address="192.0.2.77")
        (letter,) = delivered()

    assert (letter.to, letter.subject) == ("alice@example.org", "We ended a log-in of yours")
    assert letter.text == TEXT
    assert letter.link == "/account/"
    for words in ("Hello Alice Ash,", "It was the log-in", "192.0.2.0/24", "That was not you?"):
        assert words in letter.html
    assert "<h1" in letter.html
    assert '<html lang="en">' in letter.html


def test_nothing_is_sent_while_a_page_is_made_and_nothing_of_what_was_undone(reader):
    with transaction.atomic():
        mails.post(KIND, to=reader, facts=FACTS)
        transaction.set_rollback(True)

    assert not Mail.objects.exists()
    mails.post(KIND, to=reader, facts=FACTS)
    assert mail.outbox == []
    assert len(delivered()) == 1
    assert delivered() == []


def test_who_has_no_address_gets_no_mail(alice):
    mails.post(KIND, to=alice, facts=FACTS)

    assert not Mail.objects.exists()


def test_a_mail_goes_with_its_person(reader):
    mails.post(KIND, to="somebody@example.org", facts=FACTS, person=reader)
    reader.delete()

    assert not Mail.objects.exists()


def test_the_block_of_the_address_is_kept_and_not_the_address(reader):
    mails.post(KIND, to=reader, facts=FACTS, address="2001:db8:1:2::77")

    assert Mail.objects.get().facts == FACTS | {"place": "2001:db8:1::/48"}


@pytest.mark.parametrize(
    "address", ["", "no address", "a@example.org\nBcc: b@example.org", "a@example.org, b@x.org"]
)
def test_only_one_address_can_be_written_to(db, address):
    if address:
        with pytest.raises(ValidationError):
            mails.post(KIND, to=address, facts=FACTS)
    else:
        mails.post(KIND, to=address, facts=FACTS)

    assert not Mail.objects.exists()


def test_a_name_can_add_no_header_no_markup_and_no_paragraph_of_its_own_to_the_subject(reader):
    reader.full_name = 'Eve\r\nBcc: eve@example.org <a href="https://evil.example">'
    reader.save()
    mails.post(KIND, to=reader, facts=FACTS | {"browser": "<script>alert(1)</script>"})

    (letter,) = delivered()

    assert mail.outbox[-1].recipients() == ["alice@example.org"]
    assert "evil" not in letter.subject
    assert "<script" not in letter.html
    assert '<a href="https://evil.example">' not in letter.html
    assert "\nBcc" not in mail.outbox[-1].message().as_string().partition("\n\n")[0]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:9"])
def test_a_link_carries_the_configured_host_whatever_the_request_says(reader, settings, host):
    """D10"""
    settings.ALLOWED_HOSTS = ["*"]
    client = logged_in(reader)
    client.get("/account/", headers={"Host": host})
    mails.post(KIND, to=reader, facts=FACTS)

    (letter,) = delivered()

    assert letter.text.count("http") == letter.text.count("http://localhost:8000") == 3
    assert host not in letter.html


def test_what_its_kind_finds_out_of_date_is_not_sent(reader):
    mails.kind("only-in-this-test")(lambda mail: None)
    with pytest.raises(ValueError, match="already"):
        mails.kind("only-in-this-test")(lambda mail: None)

    mails.post("only-in-this-test", to=reader)

    assert delivered() == []
    assert not Mail.objects.exists()


def test_a_second_copy_is_known_by_its_id(reader):
    mails.post(KIND, to=reader, facts=FACTS)
    delivered()
    Mail.objects.update(sent_at=None, due_at=Mail.objects.get().created_at - timedelta(1))
    delivered()

    first, second = (message.message()["Message-ID"] for message in mail.outbox)
    assert first == second
    assert first.endswith("@localhost>")
