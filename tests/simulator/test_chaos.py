"""A bad network and a bad clock: when they are over, device and server show the same plan."""

from contextlib import suppress
from random import Random

import pytest

from simulator.chaos import Chaos
from simulator.client import OfflineError
from simulator.transport import Connection, Request
from tests.simulator.plans import held, live_a_little, live_on_the_web, shown

SEEDS = range(3)
MANY_SEEDS = range(100, 140)
ROUNDS = 15
KINDS = {
    "pages": {"page": 3},
    "lines": {"streams": True, "page": 2, "digest_every": 5},
    "first generation": {"generation": 1},
}


class Recorder:
    """Answers nothing; keeps what arrives."""

    def __init__(self) -> None:
        self.arrived = []

    def send(self, request):
        self.arrived.append(request)
        raise OfflineError("nobody")

    def close(self) -> None:
        pass


def survive(device, chaos, backup, chance):
    for _ in range(ROUNDS):
        if chance.random() < 0.7:
            live_on_the_web(backup, chance)
        for _ in range(chance.randrange(3)):
            live_a_little(device, chance)
        with suppress(OfflineError):
            device.sync()
    chaos.calm()
    device.sync()


def check(switch_on, live_server, backup, seed, firmware):
    chaos, chance = Chaos(Connection(live_server.url), seed), Random(seed)
    device = switch_on(transport=chaos, **firmware)
    device.clock.source = chaos.clock(device.clock.source)

    survive(device, chaos, backup, chance)

    assert len(device.outbox) == 0
    assert shown(device) == held(backup)


@pytest.mark.parametrize("firmware", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_device_ends_up_with_the_plan_of_its_server(
    switch_on, live_server, backup, seed, firmware
):
    check(switch_on, live_server, backup, seed, firmware)


@pytest.mark.nightly
@pytest.mark.parametrize("firmware", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("seed", MANY_SEEDS)
def test_a_device_ends_up_with_the_plan_of_its_server_for_many_seeds(
    switch_on, live_server, backup, seed, firmware
):
    check(switch_on, live_server, backup, seed, firmware)


def test_the_same_seed_does_the_same(caplog):
    said = []
    for _ in range(2):
        caplog.clear()
        with caplog.at_level("INFO", "simulator.chaos"):
            rehearse(Chaos(Recorder(), 7))
        said.append(caplog.messages)

    assert said[0] == said[1]
    assert {line.split(":")[0] for line in said[0]} == {"Chaos"}
    assert {"Chaos: a request was lost.", "Chaos: a request is late."} <= set(said[0])


def rehearse(chaos, path="/api/sync/"):
    for number in range(100):
        with suppress(OfflineError):
            chaos.send(Request("POST", path, str(number).encode()))


def test_what_is_late_arrives_later_and_other_things_never_do():
    sync, other = Recorder(), Recorder()

    rehearse(Chaos(sync, 3, rate=1))
    rehearse(Chaos(other, 3, rate=1), "/api/device/reset/")

    order = [int(request.content) for request in sync.arrived]
    assert order != sorted(order)
    order = [int(request.content) for request in other.arrived]
    assert order == sorted(set(order))


def test_in_the_calm_everything_arrives_once():
    recorder = Recorder()
    chaos = Chaos(recorder, 3)
    chaos.rate = 0

    rehearse(chaos)

    assert [int(request.content) for request in recorder.arrived] == list(range(100))
