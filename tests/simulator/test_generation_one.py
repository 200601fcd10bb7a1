"""A device of the first generation: its old words, its short lines, and what it cannot do."""

import json
from pathlib import Path

import pytest

from backups.models import Event, Habit, HabitDay, Task
from simulator.client import OfflineError
from simulator.entries import FOREVER
from simulator.generations import old_message
from simulator.outbox import Queued
from simulator.transport import Connection, Reply
from tests.simulator.network import Network
from tests.simulator.plans import fill, names, stored, task, web

WIRE = Path(__file__).parents[1] / "wire"
DAY = 86400


class Wiretap(Connection):
    """Keeps the lines of every stream."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.lines: list[bytes] = []

    def send(self, request):
        reply = super().send(request)
        content = b"".join(reply.chunks)
        if request.headers["Accept"] == "application/x-ndjson":
            self.lines += content.splitlines(keepends=True)
        return Reply(reply.status, reply.headers, iter([content]))


@pytest.fixture
def wiretap(live_server):
    return Wiretap(live_server.url)


@pytest.fixture
def old(switch_on, wiretap):
    device = switch_on(generation=1, transport=wiretap)
    device.sync()
    return device


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("push_task_status.json", "task"),
        ("push_event_deleted.json", "event"),
        ("push_habit_days.json", "habit"),
    ],
)
def test_it_speaks_like_the_devices_that_exist(file, kind):
    sent = json.loads((WIRE / file).read_bytes())
    changes = [
        {name: value for name, value in item.items() if name != "id"} or {"deleted": 1}
        for item in sent[kind]
    ]
    batch = [
        Queued(number, kind, item["id"], change, number)
        for number, (item, change) in enumerate(zip(sent[kind], changes, strict=True))
    ]

    assert old_message(batch, "SC-1") | {"id": sent["id"]} == sent


def test_it_sees_no_line_over_its_buffer(old, wiretap, backup):
    fill(backup, 5, "é" * 511)
    habit = web(backup, "habit", {"name": "h" * 127, "goal": 127})
    today = int(old.clock.now()) // DAY * DAY
    web(backup, "habit", {}, habit, days={today - number * DAY: True for number in range(300)})
    web(backup, "task", task("\x01" * 127) | {"description": "\\" * 1023})

    report = old.sync()

    assert (report.received, report.skipped) == (7, 0)
    assert max(map(len, wiretap.lines)) in range(1000, 1024)
    assert names(old) == stored(backup)
    assert {one["description"][-1] for one in old.plan()["task"]} == {"…"}
    [shown] = old.plan()["habit"]
    assert today in shown["completed"]
    assert len(shown["completed"]) < 100


def test_what_it_did_arrives(old, backup):
    ticked, deleted = fill(backup, 2)
    event = web(backup, "event", {"name": "Dentist", "starttime": 1, "duration": 2})
    habit = web(backup, "habit", {"name": "Run", "goal": 127})
    old.sync()
    old.tick(ticked)
    old.delete(event)
    old.mark_day(habit, DAY)
    old.delete(deleted)

    report = old.sync()

    assert (report.sent, report.outcomes) == (4, {"applied": 4})
    assert Task.objects.of(backup).get(uuid=ticked).completion == 1
    assert not Task.objects.of(backup).get(uuid=deleted).alive
    assert not Event.objects.of(backup).get().alive
    assert HabitDay.objects.of(backup).get().done
    assert Habit.objects.of(backup).get().alive


def test_a_message_holds_one_type_and_has_a_key(old, backup, live_server):
    [id] = fill(backup, 1)
    event = web(backup, "event", {"name": "Dentist", "starttime": 1, "duration": 2})
    old.sync()
    network = Network.of(old, live_server.url)
    old.tick(id)
    old.delete(event)
    old.untick(id)

    old.sync()

    assert [(body["action"], body["type"]) for body in network.pushes] == [
        ("update", "task"),
        ("update", "event"),
    ]
    assert len(set(network.keys)) == 2
    assert all(network.keys)
    assert Task.objects.of(backup).get().completion == 0


def test_a_change_without_a_time_is_made_once_though_its_answer_is_lost(old, backup, live_server):
    [id] = fill(backup, 1)
    old.sync()
    network = Network.of(old, live_server.url)
    old.tick(id)
    network.lose_after = 0
    with pytest.raises(OfflineError):
        old.sync()
    web(backup, "task", {"completion": 0}, id)

    old.sync()

    assert Task.objects.of(backup).get().completion == 0
    assert old.plan()["task"][0]["completion"] == 0


def test_it_has_no_button_for_new_entries(old, backup):
    [id] = fill(backup, 1)
    old.sync()

    with pytest.raises(ValueError, match="first-generation"):
        old.add_task("Bins", duedate=FOREVER)
    with pytest.raises(ValueError, match="first-generation"):
        old.edit(id, name="Bins")

    assert (len(old.outbox), names(old)) == (0, ["Task 000"])


def test_a_lost_history_is_read_anew(old, backup):
    [id] = fill(backup, 1)
    old.sync()
    old.store.remember(cursor="nonsense")
    old.tick(id)

    old.sync()

    assert old.plan()["task"][0]["completion"] == 1
    assert len(old.outbox) == 0


def test_it_asks_with_the_etag_of_its_lines(old, wiretap, backup):
    old.sync()
    wiretap.lines.clear()

    report = old.sync()

    assert (wiretap.lines, report.received) == ([], 0)
