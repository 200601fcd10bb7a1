"""Many renewals at once leave one log-in with one successor (matrix B5), on PostgreSQL."""

from functools import partial

import pytest

from accounts import sessions
from accounts.models import Session, User
from accounts.sessions import Pair
from planner.problems import RuleError
from tests.factories import make_user
from tests.races import RACE, at_once

THREADS = 8
ROUNDS = pytest.mark.parametrize("rounds", [10, pytest.param(100, marks=pytest.mark.nightly)])

pytestmark = RACE


@pytest.fixture
def person() -> User:
    return make_user("alice")


def is_good(answer: Pair | str) -> bool:
    """Return whether what a renewal answered still opens anything."""
    try:
        sessions.verify(answer if isinstance(answer, str) else answer.refresh)
    except RuleError:
        return False
    return True


@ROUNDS
def test_parallel_refreshes_get_one_successor(person, rounds):
    for _ in range(rounds):
        pair = sessions.log_in(person)

        answers = at_once([partial(sessions.rotate, pair.refresh)] * THREADS)

        assert len({answer.refresh for answer in answers}) == 1
        assert all(is_good(answer) for answer in answers)
        assert Session.objects.get(pk=pair.session.pk).ended_at is None


@ROUNDS
def test_no_renewal_survives_a_log_out_beside_it(person, rounds):
    for _ in range(rounds):
        pair = sessions.log_in(person)
        renewals = [partial(sessions.rotate, pair.refresh)] * (THREADS - 1)

        answers = at_once([partial(sessions.log_out, pair.session), *renewals])

        assert not any(is_good(answer) for answer in answers[1:])


@ROUNDS
def test_no_renewal_survives_the_end_of_all_log_ins_beside_it(person, rounds):
    for _ in range(rounds):
        pair = sessions.log_in(person)
        renewals = [partial(sessions.rotate, pair.refresh)] * (THREADS - 1)

        answers = at_once([partial(sessions.end_all, person), *renewals])

        assert not any(is_good(answer) for answer in answers[1:])
