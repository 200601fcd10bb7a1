"""Polls with the ETag of the last answer, and waiting for news."""

from tests.simulator.plans import names, task, web


def test_the_second_poll_without_news_is_not_modified(device, network):
    for _ in range(3):
        report = device.sync()

    assert network.statuses == [200, 304, 304]
    assert (report.received, report.next_poll > 0) == (0, True)


def test_news_are_read_in_spite_of_an_etag(device, network, backup):
    device.sync()
    device.sync()
    web(backup, "task", task("Bins"))

    device.sync()

    assert network.statuses[-1] == 200
    assert names(device) == ["Bins"]


def test_an_etag_outlives_a_power_cut(device, switch_on):
    device.sync()
    again = switch_on("calendar.db", page=5)

    again.exchange.run()

    etag = device.store.recall("etag")
    assert etag
    assert again.store.recall("etag") == etag


def test_a_not_modified_sets_the_clock_too(device, network):
    device.sync()
    device.sync()
    right = device.clock.source
    device.clock.source = lambda: right() - 7200

    device.sync()

    assert network.statuses[-1] == 304
    assert abs(device.clock.now() - right()) < 3


def test_a_device_that_is_behind_hears_so_at_once(device, backup):
    assert device.wait(1) is False

    web(backup, "task", task("Bins"))

    assert device.wait(1) is True
