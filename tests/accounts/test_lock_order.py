"""Rules that lock a person's row let others point at that person meanwhile, on PostgreSQL."""

from functools import partial

import pytest
from django.db import transaction

from accounts import closing, emails, passwords, sessions
from accounts.models import User
from tests.factories import make_user
from tests.mailbox import secret_of
from tests.races import RACE, waiting_for_no_lock

HERE = "192.0.2.77"

pytestmark = RACE


@pytest.fixture
def person() -> User:
    return make_user("alice", email="old@example.org", unverified_email="new@example.org")


def closes(user: User) -> partial:
    return partial(closing.begin, user, address=HERE)


def resets(user: User) -> partial:
    link = secret_of(passwords.reset_link(user))
    return partial(passwords.reset, link, "nine lamps beside a book", address=HERE)


def verifies(user: User) -> partial:
    return partial(emails.verify, secret_of(emails.verification(user)), address=HERE)


@pytest.mark.parametrize("rule", [closes, resets, verifies])
def test_whoever_logs_in_beside_it_waits_for_nothing(person, rule):
    call = rule(person)
    with transaction.atomic():
        call()

        assert waiting_for_no_lock(partial(sessions.log_in, person)).session.user == person
