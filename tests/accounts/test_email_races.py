"""Answers to mails at once: each secret counts once, and an address has one account."""

from contextlib import contextmanager
from functools import partial

import pytest
from django.db import connection
from django.urls import reverse

from accounts import emails
from accounts.emails import KEEP, VERIFY
from accounts.models import Mail, User
from tests.factories import make_user
from tests.mailbox import secret_of
from tests.races import RACE, at_once

OLD, NEW = "old@example.org", "new@example.org"
HERE = "192.0.2.77"

pytestmark = RACE


@pytest.fixture
def reader() -> User:
    return make_user("alice", email=OLD, unverified_email=NEW)


def addresses(user: User) -> tuple[str, str]:
    return User.objects.values_list("email", "unverified_email").get(pk=user.pk)


def kept_by(reader: User) -> str:
    """Return the secret that brings the former address back, after the change."""
    emails.verify(secret_of(emails.verification(reader)), address=HERE)
    return secret_of(emails.keeping(Mail.objects.get(kind=emails.CHANGED)))


@contextmanager
def taken_meanwhile(address: str):
    """Let somebody else verify an address just before this connection writes its account."""
    other = make_user("bob", unverified_email=address)
    answers = []

    def take(execute, sql, params, many, context):
        if sql.startswith('UPDATE "accounts_user"') and not answers:
            answers.append("")
            call = partial(emails.verify, secret_of(emails.verification(other)), address=HERE)
            answers[:] = at_once([call])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(take):
        yield
    assert answers == [other]


def test_of_four_answers_to_one_mail_one_counts(reader):
    link = secret_of(emails.verification(reader))

    answers = at_once([partial(emails.verify, link, address=HERE)] * 4)

    assert sorted(map(str, answers)) == ["alice", "invalid", "invalid", "invalid"]
    assert addresses(reader) == (NEW, "")
    assert [mail.address for mail in Mail.objects.filter(kind=emails.CHANGED)] == [OLD]


def test_of_four_who_bring_the_former_address_back_one_does(reader):
    link = kept_by(reader)

    answers = at_once([partial(emails.keep, link)] * 4)

    assert sorted(map(str, answers)) == ["alice", "invalid", "invalid", "invalid"]
    assert addresses(reader) == (OLD, "")
    assert User.objects.get(pk=reader.pk).session_generation == 1


@pytest.mark.parametrize("page", [VERIFY.page, KEEP.page])
def test_an_address_that_somebody_takes_at_that_moment_is_theirs(client, reader, page):
    if page == KEEP.page:
        address, link, stands = OLD, kept_by(reader), (NEW, "")
    else:
        address, link, stands = NEW, secret_of(emails.verification(reader)), (OLD, NEW)

    with taken_meanwhile(address):
        response = client.post(reverse(page), {"link": link})

    assert response.status_code == 200
    assert addresses(reader) == stands


def test_who_takes_the_address_out_beside_an_answer_leaves_a_way_back(reader):
    """Each change is told to the address that stood before it."""
    link = secret_of(emails.verification(reader))
    verify = partial(emails.verify, link, address=HERE)
    take_out = partial(emails.change, User.objects.get(pk=reader.pk), "", address=HERE)

    verified, _ = at_once([verify, take_out])

    told = [mail.address for mail in Mail.objects.filter(kind=emails.CHANGED).order_by("pk")]
    assert (told, addresses(reader)) == (
        ([OLD], ("", "")) if verified == "invalid" else ([OLD, NEW], ("", ""))
    )
