"""Guesses side by side get no more tries than one after the other (matrix A2), on PostgreSQL."""

from functools import partial

import pytest

from accounts import passwords, signup
from accounts.models import Preferences, User
from tests.factories import PASSWORD, make_user
from tests.races import RACE, at_once

pytestmark = RACE


@pytest.mark.parametrize("rounds", [5, pytest.param(20, marks=pytest.mark.nightly)])
def test_of_thirty_two_guesses_at_once_exactly_ten_are_evaluated(rounds):
    for number in range(rounds):
        make_user(f"alice{number}")

        guess = partial(passwords.verify, f"alice{number}", "wrong", address=f"192.0.2.{number}")
        answers = at_once([guess] * 32)

        assert sorted(answers) == ["throttled"] * 22 + ["token-invalid"] * 10


@pytest.mark.parametrize("rounds", [5, pytest.param(20, marks=pytest.mark.nightly)])
def test_of_many_who_want_a_name_at_once_one_gets_it(rounds):
    for number in range(rounds):
        wanted = {"username": f"carol{number}", "password": PASSWORD}

        answers = at_once([partial(signup.sign_up, **wanted, address=f"192.0.2.{number}")] * 8)

        refused = [answer for answer in answers if isinstance(answer, str)]
        assert (len(refused), set(refused) <= {"invalid", "conflict"}) == (7, True)
    assert User.objects.count() == Preferences.objects.count() == rounds
