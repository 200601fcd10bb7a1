"""The device's clock: set by answers, robust against a flat battery, and later for every change."""

import pytest

from simulator.clock import Clock
from simulator.outbox import Outbox
from simulator.store import Store

NOON = 1794182400


class Hardware:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def hardware():
    return Hardware()


@pytest.fixture
def clock(tmp_path, hardware):
    store = Store(tmp_path / "calendar.db")
    yield Clock(hardware, store, Outbox(store))
    store.close()


def test_an_answer_sets_a_wrong_clock(clock, hardware):
    clock.set(NOON + 3 * 3600)
    assert clock.now() == NOON + 3 * 3600

    hardware.time += 60
    assert clock.now() == NOON + 3 * 3600 + 60


def test_a_second_of_journey_is_no_wrong_clock(clock):
    clock.outbox.add("task", "t", {"completion": 1}, NOON)

    clock.set(NOON + 1)
    clock.set(NOON - 1)

    assert clock.now() == NOON
    assert clock.outbox.batch()[0].at == NOON


def test_what_is_queued_moves_with_a_clock_that_is_set(clock):
    clock.outbox.add("task", "t", {"completion": 1}, NOON - 60)

    clock.set(NOON - 3600)

    assert clock.outbox.batch()[0].at == NOON - 3600 - 60


def test_a_flat_battery_does_not_put_changes_before_the_last_answer(clock, hardware):
    clock.answered(NOON)
    hardware.time = 0

    assert clock.now() == NOON
    hardware.time = 10
    assert clock.now() == NOON + 10
    assert clock.moment("task", "t") == NOON + 10


def test_each_change_of_an_entry_is_later_than_its_last(clock):
    moments = []
    for _ in range(3):
        moments.append(clock.moment("task", "t"))
        clock.outbox.add("task", "t", {"completion": 1}, moments[-1])

    assert moments == [NOON, NOON + 1, NOON + 2]
    assert clock.moment("task", "another") == NOON


def test_a_change_is_later_than_what_the_device_had_read(clock):
    clock.answered(NOON + 1)

    assert clock.moment("task", "t") == NOON + 2


def test_a_change_just_after_an_answer_is_later_than_the_one_just_before(clock):
    clock.answered(NOON)
    clock.outbox.add("task", "t", {"completion": 1}, clock.moment("task", "t"))
    clock.answered(NOON)

    assert clock.moment("task", "t") == NOON + 2
