"""A bucket lets exactly its number of tries through, and fills again drop by drop."""

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from time_machine import travel

from planner import buckets
from planner.buckets import NEVER, SPEND, Limit
from planner.models import Bucket
from planner.problems import RuleError
from tests.factories import NOON

HOUR = 3600
FIVE = Limit("test", 5, HOUR)


@pytest.fixture
def clock(db):
    with travel(NOON, tick=False) as traveller:
        yield traveller


def spent(limit: Limit, times: int, subject: str = "alice") -> list[str | int]:
    """Spend so often; return "ok" or the seconds to wait of each."""
    outcomes = []
    for _ in range(times):
        try:
            limit.spend(subject)
            outcomes.append("ok")
        except RuleError as error:
            outcomes.append(error.retry_after)
    return outcomes


def test_a_try_too_many_is_told_as_a_problem(clock):
    spent(FIVE, 5)

    with pytest.raises(RuleError) as caught:
        FIVE.spend("alice")

    error = caught.value
    assert (error.slug, error.status, error.retry_after) == ("throttled", 429, 720)


def test_after_the_last_try_one_waits_for_the_next_drop(clock):
    assert spent(FIVE, 7) == ["ok"] * 5 + [720, 720]
    clock.shift(700)
    assert spent(FIVE, 1) == [20]
    clock.shift(20)
    assert spent(FIVE, 2) == ["ok", 720]


def test_whom_staff_forgives_while_being_refused_waits_a_second(clock):
    spent(FIVE, 5)

    def forgive(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if sql == SPEND:
            Bucket.objects.all().delete()
        return answer

    with connection.execute_wrapper(forgive):
        assert spent(FIVE, 1) == [1]
    assert spent(FIVE, 1) == ["ok"]


def test_a_full_period_fills_the_bucket_and_no_more(clock):
    spent(FIVE, 5)
    clock.shift(10 * HOUR)

    assert spent(FIVE, 6) == ["ok"] * 5 + [720]


def test_refused_tries_cost_nothing(clock):
    spent(FIVE, 50)
    clock.shift(720)

    assert spent(FIVE, 1) == ["ok"]


def test_each_subject_and_each_kind_has_its_own_bucket(clock):
    spent(FIVE, 5)

    assert spent(FIVE, 1, "bob") == ["ok"]
    assert spent(Limit("other", 5, HOUR), 1) == ["ok"]


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("2001:db8::1", "2001:db8::ffff:0:0:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_a_network_that_one_caller_has_alone_is_one_subject(clock, first, second, is_one):
    spent(FIVE, 5, first)

    assert spent(FIVE, 1, second) == ([720] if is_one else ["ok"])


def test_a_refund_gives_one_try_back(clock):
    spent(FIVE, 5)
    FIVE.refund("alice")

    assert spent(FIVE, 2) == ["ok", 720]


def test_refunds_never_make_more_than_the_capacity(clock):
    spent(FIVE, 1)
    for _ in range(9):
        FIVE.refund("alice")

    assert spent(FIVE, 6) == ["ok"] * 5 + [720]


def test_a_refund_of_nothing_is_none(clock):
    FIVE.refund("alice")

    assert not Bucket.objects.exists()


def test_a_bucket_is_used_until_it_is_full_again(clock):
    assert not FIVE.is_used("alice")
    spent(FIVE, 1)
    assert (FIVE.is_used("alice"), FIVE.is_used("bob")) == (True, False)
    clock.shift(720)
    assert not FIVE.is_used("alice")


def test_a_bucket_for_ever_gives_each_try_once(clock):
    twenty = Limit("ever", 20, NEVER)

    outcomes = [spent(twenty, 1) for _ in range(25) if clock.shift(24 * HOUR) is None]

    assert [one == ["ok"] for one in outcomes] == [True] * 20 + [False] * 5


def test_no_subject_stands_in_the_table(clock):
    spent(FIVE, 1, "alice@example.com")

    [row] = Bucket.objects.all()
    assert len(str(row)) == 64
    assert "alice" not in row.key


def test_the_sweep_takes_the_full_ones_alone(clock):
    spent(FIVE, 1, "alice")
    clock.shift(700)
    spent(FIVE, 1, "bob")
    clock.shift(21)

    assert buckets.sweep() == 1
    assert (FIVE.is_used("alice"), FIVE.is_used("bob")) == (False, True)
    assert spent(FIVE, 6, "alice") == ["ok"] * 5 + [720]


@pytest.mark.django_db(transaction=True)
def test_a_bucket_inside_a_transaction_is_a_mistake_of_the_program():
    with pytest.raises(RuntimeError, match="before the transaction"), transaction.atomic():
        FIVE.spend("alice")

    assert not Bucket.objects.exists()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pauses=st.lists(st.integers(0, HOUR), min_size=1, max_size=30))
def test_no_pattern_gets_more_than_capacity_and_refill(db, pauses):
    Bucket.objects.all().delete()
    with travel(NOON, tick=False) as clock:
        passed = 0
        for pause in pauses:
            clock.shift(pause)
            passed += spent(FIVE, 1) == ["ok"]

    assert passed <= 5 + sum(pauses) // (HOUR // 5)
    assert passed >= min(len(pauses), 5)
