"""Offline for a while, lost answers, a killed server, new owners: what a device must survive."""

import time

import pytest

from simulator.client import OfflineError, ProblemError
from tests.e2e.tokens import expired
from tests.simulator.network import Network

pytestmark = pytest.mark.e2e


@pytest.fixture
def planned(alice, device):
    """A task, an event and a habit that both sides know; the device's plan by type."""
    alice.add_task("Bins")
    alice.add_event("Dentist", day="2027-01-16", start="09:00", length="45")
    alice.add_habit("Run", 0x7F)
    device.sync()
    return {kind: entries[0]["id"] for kind, entries in device.plan().items()}


def change_offline(device, planned):
    device.tick(planned["task"])
    device.delete(planned["event"])
    device.mark_day(planned["habit"], device.today())


def assert_on_the_web(alice, device):
    assert "(done)" in alice.get("/tasks/").rows["Bins"].text
    assert alice.names("/events/") == []
    assert alice.get("/habits/").rows["Run"].button(": done")["aria-pressed"] == "true"
    plan = device.plan()
    device.store.remember(cursor=None)
    device.sync()
    assert device.plan() == plan


def test_a_batch_from_offline_is_on_the_web_after_one_sync(alice, device, planned):
    """A7"""
    change_offline(device, planned)

    assert device.sync().outcomes == {"applied": 3}

    assert_on_the_web(alice, device)


def test_with_a_token_that_is_over_the_same_batch_is_sent_again(alice, device, planned):
    """A7"""
    change_offline(device, planned)
    over = expired(device.session.token, "DEVICE_TOKEN_KEYS")
    device.session.token = over

    with pytest.raises(ProblemError) as refused:
        device.client.request("GET", "/api/sync/", token=over)
    assert (refused.value.status, refused.value.code) == (401, "token-expired")
    assert device.sync().outcomes == {"applied": 3}

    assert_on_the_web(alice, device)


def test_a_batch_whose_answer_was_lost_is_sent_again_to_the_same_end(
    server, alice, device, planned
):
    """A8"""
    change_offline(device, planned)
    Network.of(device, server.url).lose_after = 0
    with pytest.raises(OfflineError):
        device.sync()
    assert len(device.outbox) == 3

    assert device.sync().outcomes == {"applied": 3}

    assert_on_the_web(alice, device)


def test_a_clock_that_is_hours_wrong_does_not_win_over_a_later_edit(alice, device, planned):
    """product.md, clock"""
    # A device counts whole seconds, and its clock was touched.
    time.sleep(1.1)
    device.clock.source = lambda: time.time() + 3 * 3600
    device.tick(planned["task"])
    assert device.sync().outcomes == {"applied": 1}

    alice.press_row("/tasks/", "Bins", "as to do")
    device.sync()

    assert device.plan()["task"][0]["completion"] == 0


def test_a_refresh_that_is_repeated_brings_the_same(alice, device, planned):
    """A8"""
    plan = device.plan()

    for _ in range(2):
        device.store.remember(cursor=None)
        device.sync()
        assert device.plan() == plan


def test_a_refresh_that_is_cut_off_goes_on_where_it_was(
    server, alice, unit, device_of, device, planned
):
    """A8"""
    for number in range(7):
        alice.add_task(f"Task {number}")
    device.sync()
    plan = device.plan()
    small = device_of(unit, page=2)
    small.store.erase(small.store.recall("claim"))
    Network.of(small, server.url).lose_after = 3
    with pytest.raises(OfflineError):
        small.sync()
    assert sum(map(len, small.plan().values())) == 6

    again = device_of(unit, page=2)
    assert again.sync().received == 4

    assert again.plan() == plan


def test_news_whose_answer_was_lost_come_again(server, alice, device, planned):
    """A8"""
    alice.press_row("/tasks/", "Bins", "Delete")
    alice.add_task("Letters")
    Network.of(device, server.url).lose_after = 0
    with pytest.raises(OfflineError):
        device.sync()
    assert [task["name"] for task in device.plan()["task"]] == ["Bins"]

    assert device.sync().received == 2

    assert [task["name"] for task in device.plan()["task"]] == ["Letters"]


def test_what_was_deleted_while_a_device_was_off_is_removed_by_a_full_refresh(
    alice, device, planned
):
    """api.md, sync"""
    alice.press_row("/tasks/", "Bins", "Delete")
    local = device.add_task("Offline")
    device.store.remember(cursor="this is no cursor")

    device.sync()

    assert [task["id"] for task in device.plan()["task"]] == [local]
    assert alice.names("/tasks/") == ["Offline"]


def test_an_acknowledged_push_is_there_after_the_server_was_killed(server, alice, device, planned):
    """A8"""
    change_offline(device, planned)
    assert device.sync().outcomes == {"applied": 3}

    server.kill()
    with pytest.raises(OfflineError):
        device.sync()
    server.start()

    assert_on_the_web(alice, device)
