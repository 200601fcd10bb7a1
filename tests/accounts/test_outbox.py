"""Sending: each mail once, again after a failure with longer and longer waits, and not for ever."""

import logging
import smtplib
from datetime import timedelta
from functools import partial
from io import StringIO

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import CommandError, call_command

from accounts import chores, mails, outbox
from accounts.models import Mail, User
from tests.factories import NOON, make_user
from tests.races import RACE, at_once

KIND = "session-reused"


class Refusing(BaseEmailBackend):
    """A mail server that takes mails for nobody but Bob."""

    def send_messages(self, messages: list) -> int:
        if messages[0].to != ["bob@example.org"]:
            raise smtplib.SMTPRecipientsRefused({messages[0].to[0]: (550, b"no such mailbox")})
        mail.outbox.extend(messages)
        return 1


class Away(BaseEmailBackend):
    """A mail server that cannot be reached."""

    def open(self) -> None:
        raise ConnectionRefusedError("nobody listens")


REFUSING = f"{__name__}.Refusing"
AWAY = f"{__name__}.Away"


@pytest.fixture
def reader(db) -> User:
    return make_user("alice", email="alice@example.org")


def send() -> str:
    """Run the command once, and return what it says."""
    said = StringIO()
    call_command("send_mails", stdout=said)
    return said.getvalue()


def test_the_command_sends_what_waits_and_says_so(reader):
    mails.post(KIND, to=reader)

    assert send() == f"Sent: session-reused {Mail.objects.get().pk}\n"
    assert send() == ""
    assert [message.to for message in mail.outbox] == [["alice@example.org"]]


def test_what_fails_is_tried_again_later_and_later_and_given_up_in_the_end(
    reader, settings, caplog
):
    settings.EMAIL_BACKEND = REFUSING
    waits = []
    with time_machine.travel(NOON, tick=False) as clock:
        mails.post(KIND, to=reader)
        for _ in range(outbox.MOST_ATTEMPTS):
            began = Mail.objects.get().due_at
            assert send() == ""
            due_at = Mail.objects.get().due_at
            waits.append((due_at - began) / timedelta(minutes=1))
            clock.move_to(due_at)
        send()

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]
    dead = Mail.objects.get()
    assert (dead.attempts, dead.sent_at) == (outbox.MOST_ATTEMPTS, None)
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 11 + [logging.ERROR]
    assert caplog.messages[-1] == (
        f"mail session-reused {dead.pk} could not be sent: SMTPRecipientsRefused; it is dead"
    )


def test_one_bad_mail_keeps_no_other_from_going_out(reader, settings):
    settings.EMAIL_BACKEND = REFUSING
    mails.post(KIND, to=reader)
    mails.post("no-such-kind", to="bob@example.org")
    mails.post(KIND, to="bob@example.org")

    send()

    assert [message.to for message in mail.outbox] == [["bob@example.org"]]
    assert list(Mail.objects.order_by("pk").values_list("attempts", flat=True)) == [1, 1, 1]


def test_a_mail_server_that_is_away_costs_no_mail_an_attempt(reader, settings):
    settings.EMAIL_BACKEND = AWAY
    mails.post(KIND, to=reader)

    with pytest.raises(CommandError, match=r"^The mail server does not answer: nobody listens$"):
        send()
    assert Mail.objects.get().attempts == 0


def test_while_nothing_waits_no_mail_server_is_asked(db, settings):
    settings.EMAIL_BACKEND = AWAY

    assert send() == ""


def test_without_a_mail_server_the_command_says_what_is_missing(db, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

    with pytest.raises(CommandError, match=r"^EMAIL_URL is not set\.$"):
        call_command("send_mails")


def test_the_mails_of_last_month_are_forgotten(reader):
    for days in (0, 29, 31):
        with time_machine.travel(NOON - timedelta(days=days), tick=False):
            mails.post(KIND, to=reader, facts={"days": days})

    with time_machine.travel(NOON, tick=False):
        assert chores.forget_mails() == 1
    assert sorted(row.facts["days"] for row in Mail.objects.all()) == [0, 29]


class TestSendersSideBySide:
    pytestmark = RACE

    def test_each_mail_goes_out_once(self, reader):
        for _ in range(20):
            mails.post(KIND, to=reader)

        sent = at_once([partial(lambda: list(outbox.send_due()))] * 4)

        assert sorted(one.pk for some in sent for one in some) == sorted(
            Mail.objects.values_list("pk", flat=True)
        )
        assert len(mail.outbox) == 20
