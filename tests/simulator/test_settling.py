"""What an acknowledged name does on a device that could not show it."""

import pytest

from simulator.clock import Clock
from simulator.outbox import Outbox
from simulator.settling import Settling
from simulator.store import Store

WALK = {"id": "w", "name": "Walk", "goal": 1, "completed": []}
RUN = {"id": "r", "name": "Run", "goal": 1, "completed": []}


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "calendar.db")
    for habit in (WALK, RUN):
        store.put("habit", habit)
    yield store
    store.close()


@pytest.fixture
def outbox(store):
    return Outbox(store)


@pytest.fixture
def settling(store, outbox):
    return Settling(store, outbox, Clock(lambda: 1000, store, outbox), can_create=True)


def settle(settling, outbox, outcome):
    batch = outbox.batch(1)
    return settling.settle_all(batch, [{"type": "habit", "id": "w", "outcome": outcome}])


def names(store):
    return {habit["id"]: habit["name"] for habit in store.plan()["habit"]}


@pytest.mark.parametrize("outcome", ["applied", "unchanged"])
def test_an_acknowledged_name_is_shown_though_another_habit_had_it_here(
    store, outbox, settling, outcome
):
    outbox.add("habit", "w", {"name": "Run"}, 1000)

    assert settle(settling, outbox, outcome) == [outcome]

    assert names(store) == {"w": "Run", "r": "Run (2)"}


def test_a_name_that_lost_is_not_shown(store, outbox, settling):
    outbox.add("habit", "w", {"name": "Run"}, 1000)

    settle(settling, outbox, "superseded")

    assert names(store) == {"w": "Walk", "r": "Run"}


def test_a_name_that_was_changed_again_meanwhile_is_not_shown(store, outbox, settling):
    outbox.add("habit", "w", {"name": "Run"}, 1000)
    outbox.add("habit", "w", {"name": "Walk"}, 1001)

    settle(settling, outbox, "applied")

    assert names(store) == {"w": "Walk", "r": "Run"}


def test_a_habit_that_is_gone_here_needs_no_name(store, outbox, settling):
    outbox.add("habit", "w", {"name": "Run"}, 1000)
    store.remove("habit", "w")

    settle(settling, outbox, "applied")

    assert names(store) == {"r": "Run"}
