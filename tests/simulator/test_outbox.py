"""The queue: its order, its size, and what is held, dropped or moved with the clock."""

import pytest

from simulator.outbox import Outbox, grouped
from simulator.store import Store


@pytest.fixture
def outbox(tmp_path):
    store = Store(tmp_path / "calendar.db")
    yield Outbox(store)
    store.close()


def test_a_message_has_the_oldest_sixteen_changes(outbox):
    for number in range(20):
        outbox.add("task", f"t{number}", {"completion": 1}, 100 + number)

    assert [queued.id for queued in outbox.batch()] == [f"t{number}" for number in range(16)]
    assert [queued.id for queued in outbox.batch(2)] == ["t0", "t1"]
    assert len(outbox.batch(1000)) == 16
    assert len(outbox) == 20


def test_the_body_has_the_items_by_type_and_in_their_order(outbox):
    outbox.add("event", "e", {"deleted": 1}, 1)
    outbox.add("task", "t", {"completion": 1}, 2)
    outbox.add("task", "t", {"completion": 0}, 3)

    assert grouped(outbox.batch()) == {
        "task": [{"id": "t", "completion": 1, "at": 2}, {"id": "t", "completion": 0, "at": 3}],
        "event": [{"id": "e", "deleted": 1, "at": 1}],
    }


def test_an_acknowledged_change_is_gone_and_only_that(outbox):
    outbox.add("task", "t", {"completion": 1}, 1)
    outbox.add("task", "t", {"completion": 0}, 2)

    outbox.drop(outbox.batch()[0])

    assert [queued.change for queued in outbox.of("task", "t")] == [{"completion": 0}]


def test_a_held_change_waits_until_it_is_let_go(outbox):
    outbox.add("habit", "h", {"date": 0, "action": "add"}, 1)
    outbox.hold(outbox.batch()[0])
    assert outbox.batch() == []
    assert len(outbox.of("habit", "h")) == 1

    outbox.let_go("habit", "h")

    assert len(outbox.batch()) == 1


def test_what_is_held_for_a_refused_entry_goes_with_it(outbox):
    outbox.add("habit", "h", {"date": 0, "action": "add"}, 1)
    outbox.hold(outbox.batch()[0])

    outbox.drop_held("habit", "h")

    assert len(outbox) == 0


def test_the_queue_moves_with_the_clock(outbox):
    outbox.add("task", "t", {"completion": 1}, 1000)

    outbox.shift(-300)

    assert outbox.batch()[0].at == outbox.last_at("task", "t") == 700


def test_marks_are_forgotten_when_an_answer_is_newer(outbox):
    outbox.add("task", "t", {"completion": 1}, 1000)
    outbox.add("task", "u", {"completion": 1}, 1001)

    outbox.forget_marks(until=1000)

    assert (outbox.last_at("task", "t"), outbox.last_at("task", "u")) == (0, 1001)


def test_everything_goes_before_the_queue_without_what_the_queue_creates(outbox):
    old = {"id": "old", "name": "Run", "goal": 1, "completed": [86400], "deleted": 0}
    new = {"id": "new", "name": "Read", "goal": 2, "completed": [], "deleted": 0}
    outbox.add("habit", "new", {"name": "Read", "goal": 2}, 500)

    outbox.add_first({"task": [], "event": [], "habit": [old, new]}, at=400)

    assert [queued.wire for queued in outbox.batch()] == [
        {"id": "old", "name": "Run", "goal": 1, "completed": [86400], "at": 400},
        {"id": "new", "name": "Read", "goal": 2, "at": 500},
    ]
