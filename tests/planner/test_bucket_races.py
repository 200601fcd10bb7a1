"""Tries at once pass no more than tries one after the other, on PostgreSQL."""

from functools import partial

import pytest

from planner.buckets import NEVER, Limit
from tests.races import RACE, at_once

pytestmark = RACE


@pytest.mark.parametrize("rounds", [5, pytest.param(50, marks=pytest.mark.nightly)])
def test_thirty_two_at_once_pass_exactly_as_many_as_one_after_the_other(rounds):
    ten = Limit("race", 10, NEVER)
    for number in range(rounds):
        outcomes = at_once([partial(ten.spend, str(number))] * 32)

        assert (outcomes.count(None), outcomes.count("throttled")) == (10, 22)


def test_refunds_beside_tries_lose_nothing():
    ten = Limit("race", 10, NEVER)
    for _ in range(8):
        ten.spend("alice")

    outcomes = at_once([partial(ten.refund, "alice")] * 8 + [partial(ten.spend, "alice")] * 2)

    assert outcomes == [None] * 10

    assert at_once([partial(ten.spend, "alice")] * 9).count(None) == 8
