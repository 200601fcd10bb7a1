"""Digests: a device finds what it holds wrongly, and fetches nothing else."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backups import digests as of_server
from simulator import digests
from simulator.entries import FOREVER
from tests.simulator.network import Network
from tests.simulator.plans import fill, held, shown, task, web


@pytest.fixture
def careful(switch_on, live_server):
    """A device that compares sums at every poll."""
    device = switch_on(digest_every=1)
    device.sync()
    device.network = Network.of(device, live_server.url)
    return device


def spoil(device, statement, *values):
    assert device.store.connection.execute(statement, values).rowcount == 1


@given(
    name=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40),
    number=st.integers(0, FOREVER),
)
def test_device_and_server_compute_the_same_hash(name, number):
    texts = {"id": "0d2a7c1e-5b0e-4a53-9a61-0a9a3f1f6a01", "name": name}
    entries = {
        "task": {"description": name, "completion": 1, "priority": 2, "duedate": number},
        "event": {"description": "", "starttime": number, "duration": 60},
        "habit": {"goal": 127, "completed": [86400, 172800]},
    }

    for kind, rest in entries.items():
        entry = texts | rest
        assert digests.entry_hash(kind, entry, 0) == of_server.entry_hash(kind, entry)


def test_the_test_vectors_of_the_guide_come_out():
    guide = (Path(__file__).parents[2] / "docs" / "device-guide.md").read_text()
    vectors = re.findall(r'^    (\{"(?:task|event|habit)":.*\}) ([0-9a-f]{16})$', guide, re.M)
    hashes = [
        digests.entry_hash(kind, entry, 0)
        for line, _ in vectors
        for kind, entry in json.loads(line).items()
    ]
    [count, total] = re.search(r'All five together: `\[(\d), "([0-9a-f]{16})"\]`', guide).groups()

    assert [digests.shown(hashed) for hashed in hashes] == [given for _, given in vectors]
    assert digests.total(hashes) == [int(count), total]


def test_days_before_the_window_do_not_count():
    habit = {"id": "h", "name": "Run", "goal": 1, "completed": [86400, 172800]}

    older = digests.entry_hash("habit", habit, 172800)

    assert older == digests.entry_hash("habit", habit | {"completed": [172800]}, 0)


def test_equal_plans_need_no_more_than_the_poll(careful, backup):
    fill(backup, 3)
    web(backup, "habit", {"name": "Run", "goal": 127})
    careful.sync()
    careful.network.asked.clear()

    report = careful.sync()

    assert careful.network.calls == ["GET /api/sync/"]
    assert report.repaired == 0


def test_a_spoiled_a_missing_and_a_foreign_row_are_repaired(careful, backup):
    ids = fill(backup, 5)
    careful.sync()
    spoil(careful, "UPDATE tasks SET name = 'Sp?iled' WHERE id = ?", ids[0])
    spoil(careful, "DELETE FROM tasks WHERE id = ?", ids[1])
    spoil(careful, "INSERT INTO tasks VALUES('f', 'Ghost', 1, 1, 0, '')")
    careful.network.asked.clear()

    report = careful.sync()

    assert report.repaired == 3
    assert shown(careful) == held(backup)
    assert careful.network.calls == [
        "GET /api/sync/",
        "GET /api/sync/digest/",
        *(f"GET /api/tasks/{id}/" for id in sorted([ids[0], ids[1], "f"])),
    ]


def test_events_and_the_days_of_habits_are_repaired(careful, backup):
    event = web(backup, "event", {"name": "Dentist", "starttime": 1, "duration": 2})
    habit = web(backup, "habit", {"name": "Run", "goal": 127})
    careful.sync()
    careful.mark_day(habit, careful.today())
    careful.sync()
    spoil(careful, "UPDATE events SET duration = 3 WHERE id = ?", event)
    spoil(careful, "DELETE FROM habit_entries WHERE habit_id = ?", habit)

    report = careful.sync()

    assert report.repaired == 2
    assert shown(careful) == held(backup)


def test_one_row_of_many_is_found_by_its_bucket(careful, backup):
    ids = fill(backup, 300)
    careful.sync()
    spoil(careful, "UPDATE tasks SET priority = 3 WHERE id = ?", ids[77])
    careful.network.asked.clear()

    report = careful.sync()

    assert report.repaired == 1
    assert careful.network.calls == [
        "GET /api/sync/",
        "GET /api/sync/digest/",
        "GET /api/sync/digest/",
        f"GET /api/tasks/{ids[77]}/",
    ]
    assert shown(careful) == held(backup)


def test_a_plan_that_changes_meanwhile_is_left_for_the_next_time(careful, backup):
    ids = fill(backup, 2)
    careful.sync()
    spoil(careful, "UPDATE tasks SET priority = 3 WHERE id = ?", ids[0])
    careful.network.meanwhile = lambda: web(backup, "task", task("News"))

    assert careful.sync().repaired == 0
    assert careful.sync().repaired == 1
    assert shown(careful) == held(backup)
