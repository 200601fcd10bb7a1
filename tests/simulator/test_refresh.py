"""Full refreshes, lost cursors and lost histories, against the real server."""

import time

import pytest

from backups.models import Backup, Commit, Habit, HabitDay, Task
from simulator.client import OfflineError
from tests.simulator.plans import names, stored, task, web


def test_with_a_cursor_that_cannot_be_read_the_queue_goes_up_before_a_full_refresh(
    device, network, backup
):
    web(backup, "task", task("From the web"))
    stale = device.add_task("Stale")
    device.sync()
    device.store.remember(cursor="nonsense")
    web(backup, "task", {}, stale, deleted=True)
    device.add_task("Queued")
    network.asked.clear()

    device.sync()

    assert network.calls == [
        "POST /api/sync/",
        "POST /api/device/token/",
        "POST /api/sync/",
        "GET /api/sync/",
    ]
    assert [body.get("since") for body in network.pushes] == ["nonsense", None]
    assert names(device) == ["From the web", "Queued"]


def test_a_server_that_lost_its_history_gets_everything_back(device, backup):
    """The server's last revisions are lost, and others were made in their place since."""
    web(backup, "task", task("Old"))
    device.sync()
    lost = device.add_task("Lost")
    habit = device.add_habit("Run", 127)
    device.mark_day(habit, device.today())
    device.sync()
    Task.objects.of(backup).filter(uuid=lost).delete()
    Habit.objects.of(backup).delete()
    HabitDay.objects.of(backup).delete()
    Commit.objects.filter(backup=backup).update(fingerprint=b"another!")
    Backup.objects.filter(pk=backup.pk).update(fingerprint=b"another!")
    web(backup, "task", task("New"))
    device.tick(lost)
    plan = device.plan()

    device.sync()

    assert stored(backup) == ["Lost", "New", "Old"]
    assert names(device) == ["Lost", "New", "Old"]
    assert device.plan()["habit"] == plan["habit"]
    assert Task.objects.of(backup).get(uuid=lost).completion == 1
    assert len(device.outbox) == 0


def test_what_a_healed_server_was_told_later_is_not_beaten(device, backup):
    id = web(backup, "task", task("Bins"))
    device.sync()
    Commit.objects.filter(backup=backup).update(fingerprint=b"another!")
    Backup.objects.filter(pk=backup.pk).update(fingerprint=b"another!")
    web(backup, "task", {"name": "Bins out"}, id)
    # Now the device's clock is later than the edit.
    time.sleep(1.1)

    device.sync()

    assert stored(backup) == names(device) == ["Bins out"]


def test_a_full_refresh_keeps_what_is_changed_meanwhile_and_removes_what_is_gone(
    device, network, backup
):
    ids = {name: web(backup, "task", task(name)) for name in ("Kept", "Touched", "Gone")}
    device.sync()
    for name in ("Touched", "Gone"):
        web(backup, "task", {}, ids[name], deleted=True)
    device.store.remember(cursor=None)
    network.meanwhile = lambda: device.tick(ids["Touched"])

    device.sync()
    assert names(device) == ["Kept", "Touched"]

    device.sync()
    assert names(device) == ["Kept"]


def test_what_is_made_in_the_middle_of_a_refresh_stays(device, network, backup):
    for number in range(12):
        web(backup, "task", task(f"Task {number}"))
    device.store.remember(cursor=None)
    network.lose_after = 1
    with pytest.raises(OfflineError):
        device.sync()
    assert len(names(device)) == 5
    device.add_task("Made meanwhile")
    web(backup, "task", task("Web meanwhile"))

    device.sync()

    assert "since" not in network.pushes[0]
    assert "Made meanwhile" in names(device)
    device.sync()
    assert names(device) == stored(backup)


def test_an_entry_deleted_elsewhere_leaves_the_device(device, backup):
    ids = {
        "task": web(backup, "task", task("Bins")),
        "event": web(backup, "event", {"name": "Dentist", "starttime": 1, "duration": 2}),
        "habit": web(backup, "habit", {"name": "Run", "goal": 127}),
    }
    device.sync()
    for kind, id in ids.items():
        web(backup, kind, {}, id, deleted=True)

    report = device.sync()

    assert (report.received, report.skipped) == (3, 0)
    assert device.plan() == {"task": [], "event": [], "habit": []}


def test_a_deletion_of_an_entry_that_was_never_read_is_readable_too(device, backup):
    web(backup, "task", {}, deleted=True)

    assert device.sync().skipped == 0
