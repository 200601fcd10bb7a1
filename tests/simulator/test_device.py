"""The rules of a device, against the real server: what it sends, keeps, drops and renames."""

import time
from collections import Counter

import pytest

from backups.models import Task
from simulator.client import OfflineError
from tests.simulator.plans import names, stored, task, web


def test_a_message_holds_at_most_sixteen_changes(device, network, backup):
    for number in range(40):
        device.add_task(f"Task {number:02}")

    report = device.sync()

    assert [len(body["task"]) for body in network.pushes] == [16, 16, 8]
    assert report.outcomes == {"applied": 40}
    assert stored(backup) == names(device) == [f"Task {number:02}" for number in range(40)]


def test_nothing_new_is_one_request(device, network):
    report = device.sync()

    assert network.calls == ["GET /api/sync/"]
    assert (report.sent, report.received) == (0, 0)
    assert report.next_poll > 0


def test_a_push_brings_down_the_news_in_the_same_request(device, network, backup):
    web(backup, "task", task("From the web"))
    device.add_task("From the device")

    device.sync()

    assert network.calls == ["POST /api/sync/"]
    assert names(device) == ["From the device", "From the web"]


def test_after_a_refused_token_the_same_batch_is_sent_again(device, network):
    device.add_task("Bins")
    device.session.token = device.session.token[:-4] + "AAAA"

    report = device.sync()

    first, second = network.pushes
    assert first == second
    assert report.outcomes == {"applied": 1}


def test_a_habit_whose_name_is_taken_gets_another(device, backup):
    web(backup, "habit", {"name": "Run", "goal": 1})
    mine = device.add_habit("Run", 2)
    device.mark_day(mine, 1794182400)

    report = device.sync()

    assert report.outcomes == Counter(rejected=2, applied=2)
    assert stored(backup, "habit") == names(device, "habit") == ["Run", "Run (2)"]
    assert device.store.find(mine)[1]["completed"] == [1794182400]
    device.store.remember(cursor=None)
    plan = device.plan()
    device.sync()
    assert device.plan() == plan


def test_a_change_waits_for_the_create_that_has_to_be_sent_again(device, network, backup):
    web(backup, "habit", {"name": "Run", "goal": 1})
    device.mark_day(device.add_habit("Run", 2), 1794182400)

    device.sync()

    first, second, third = ([*body["habit"]] for body in network.pushes)
    assert [item["name"] for item in second] == ["Run (2)"]
    assert third == first[1:]
    assert third[0]["action"] == "add"


def test_a_habit_that_is_renamed_to_a_taken_name_gets_another(device, backup):
    mine = device.add_habit("Walk", 2)
    device.sync()
    web(backup, "habit", {"name": "Run", "goal": 1})

    device.edit(mine, name="Run")
    device.sync()

    assert stored(backup, "habit") == names(device, "habit") == ["Run", "Run (2)"]


def test_a_change_of_an_entry_that_the_server_never_got_sends_it_whole(device, backup):
    id = device.add_task("Bins")
    device.outbox.drop(device.outbox.batch()[0])
    device.tick(id)

    report = device.sync()

    assert report.outcomes == Counter(rejected=1, applied=1)
    assert stored(backup) == ["Bins"]
    assert Task.objects.of(backup).get().completion == 1


def test_a_create_that_is_refused_takes_its_changes_along(device, backup):
    id = device.add_task("a" * 128)
    device.tick(id)

    device.sync()

    assert stored(backup) == []
    assert len(device.outbox) == 0


def test_one_change_that_cannot_be_read_does_not_hold_the_others_up(device, backup):
    device.add_task("Before")
    device.add_task("Poison", priority=float("nan"))
    device.add_task("After")

    device.sync()

    assert stored(backup) == ["After", "Before"]
    assert len(device.outbox) == 0


def test_a_queued_change_stays_on_the_screen_while_news_come_in(device, network, backup):
    ids = [web(backup, "task", task(f"Task {number:02}")) for number in range(18)]
    device.sync()
    for id in ids:
        device.tick(id)
    web(backup, "task", {"name": "Renamed"}, ids[-1])
    network.lose_after = 1

    with pytest.raises(OfflineError):
        device.sync()

    renamed = device.store.find(ids[-1])[1]
    assert (renamed["name"], renamed["completion"]) == ("Renamed", 1)
    assert len(device.outbox) == 2


def test_a_lost_answer_is_made_up_for_by_the_same_push(device, network, backup):
    device.add_task("Bins")
    network.lose_after = 0
    with pytest.raises(OfflineError):
        device.sync()

    assert device.sync().outcomes == {"applied": 1}

    first, second = network.pushes
    assert first["task"] == second["task"]
    assert stored(backup) == ["Bins"]


@pytest.mark.parametrize("error", [-10 * 365 * 86400, -3 * 3600, 3 * 3600, 10 * 365 * 86400])
def test_a_wrong_clock_changes_no_order(device, backup, error):
    id = web(backup, "task", task("Bins"))
    device.sync()
    right = device.clock.source
    # A device counts whole seconds; what it does within one after an answer is told apart only
    # by a clock that was not touched since.
    time.sleep(1.1)
    device.clock.source = lambda: right() + error
    device.edit(id, name="Device")
    device.sync()
    assert stored(backup) == ["Device"]

    web(backup, "task", {"name": "Web"}, id)
    device.sync()
    assert names(device) == ["Web"]

    device.edit(id, name="Device again")
    device.sync()
    assert stored(backup) == names(device) == ["Device again"]


def test_fast_changes_of_one_entry_keep_their_order_over_syncs(device, backup):
    id = device.add_task("Bins")
    for completion in (1, 0, 1, 0):
        device.change("task", id, {"completion": completion})
        device.sync()
        assert Task.objects.of(backup).get().completion == completion
