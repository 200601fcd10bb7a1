"""The key of a push: kept with its changes until they are acknowledged."""

import pytest

from backups.models import Task
from simulator.client import OfflineError
from tests.simulator.network import Network
from tests.simulator.plans import names, stored, task, web


def lose_an_answer(device, network):
    network.lose_after = 0
    with pytest.raises(OfflineError):
        device.sync()


def test_every_push_has_a_key_of_its_own(device, network):
    for number in range(20):
        device.add_task(f"Task {number:02}")

    device.sync()

    assert len(set(network.keys)) == len(network.keys) == 2
    assert all(len(key) == 36 for key in network.keys)


def test_the_same_changes_go_with_the_same_key_after_a_lost_answer(device, network, backup):
    device.add_task("Bins")
    lose_an_answer(device, network)
    device.add_task("Later")

    device.sync()

    first, second, third = network.keys
    assert first == second != third
    assert [[one["name"] for one in body["task"]] for body in network.pushes] == [
        ["Bins"],
        ["Bins"],
        ["Later"],
    ]
    assert stored(backup) == ["Bins", "Later"]


def test_a_key_outlives_a_power_cut(device, network, switch_on, live_server):
    device.add_task("Bins")
    lose_an_answer(device, network)
    again = switch_on("calendar.db")
    after = Network.of(again, live_server.url)

    again.sync()

    assert after.keys == network.keys
    assert names(again) == ["Bins"]


def test_a_change_that_was_undone_meanwhile_elsewhere_is_not_done_again(device, network, backup):
    id = web(backup, "task", task("Bins"))
    device.sync()
    device.tick(id)
    lose_an_answer(device, network)
    web(backup, "task", {"completion": 0}, id)

    report = device.sync()

    assert report.outcomes == {"applied": 1}
    assert Task.objects.of(backup).get().completion == 0
    assert device.plan()["task"][0]["completion"] == 0


def test_a_key_that_stands_for_other_changes_is_given_up(device, network, backup):
    device.add_task("Bins")
    device.add_task("Post")
    lose_an_answer(device, network)
    device.outbox.drop(device.outbox.batch()[0])

    device.sync()

    first, second, third = network.keys
    assert first == second != third
    assert stored(backup) == names(device) == ["Bins", "Post"]


def test_a_message_that_cannot_be_read_is_divided_under_new_keys(device, network, backup):
    device.add_task("Before")
    device.add_task("Poison", priority=float("nan"))

    device.sync()

    assert stored(backup) == ["Before"]
    assert len(set(network.keys)) == len(network.keys) == 3
