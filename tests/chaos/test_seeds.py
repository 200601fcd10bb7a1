"""H12: devices, a bad network and a falling server together, by a seed: in the end all is alike."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from random import Random
from tempfile import mkdtemp

import pytest

from simulator.chaos import RATE, Chaos
from simulator.client import OfflineError, ProblemError
from simulator.device import Device
from simulator.fleet import Unit
from simulator.transport import Connection, Transport
from tests.chaos.load import wait_until
from tests.chaos.site import NEEDS_NGINX, Site
from tests.simulator.plans import live_a_little, shown

pytestmark = [pytest.mark.e2e, NEEDS_NGINX]
FAULTS = (
    *(Site.kill_worker, Site.kill_worker, Site.kill_worker, Site.reload),
    *(Site.kill_service, Site.kill_nginx, Site.kill_backend, Site.kill_database),
)
SEEDS = 10_000
"""So far from one another are those of the households of one run."""
# A fault takes a second and a step sixteen milliseconds. With more plans no device asks so often
# that it is told to be slower.
SIZES = ({"steps": 60, "fault": 0.15, "plans": 1}, {"steps": 1_500, "fault": 0.02, "plans": 15})
LATEST = 0.2
"""Seconds into a sync until which a fault comes."""


@pytest.fixture(autouse=True)
def trusted(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(site.nginx.authority))


class Household:
    """Two devices with one key, so of one plan, and what is made and deleted on them."""

    def __init__(self, site: Site, unit: Unit, folder: Path, seed: int, stack: ExitStack) -> None:
        self.site, self.unit, self.folder, self.stack = site, unit, folder, stack
        self.chance = Random(seed)
        self.made: set[str] = set()
        self.deleted: set[str] = set()
        self.ways = [Chaos(Connection(site.url), seed * 2 + number, 0) for number in range(2)]
        self.devices = [self.switch_on(f"{number}.db", way) for number, way in enumerate(self.ways)]
        for device, way in zip(self.devices, self.ways, strict=True):
            # What is made before a device knows its claim is not its owner's.
            wait_until(lambda device=device: is_synced(device))
            way.rate = RATE

    def switch_on(self, file: str, way: Transport | None = None) -> Device:
        device = Device(self.site.url, *self.unit, self.folder / file, transport=way)
        self.stack.callback(device.close)
        return device

    def step(self, fault: float) -> None:
        """Do something on one of the devices and sync it, while with these odds something falls."""
        device = self.chance.choice(self.devices)
        if self.chance.random() < 0.6:
            self.made.add(self._add(device, f"Entry {len(self.made)}"))
        before = ids(device)
        live_a_little(device, self.chance)
        self.deleted |= before - ids(device)
        falls = self.chance.choice(FAULTS) if self.chance.random() < fault else None
        with at_any_time(falls, self.site, self.chance.random() * LATEST):
            is_synced(device)

    def _add(self, device: Device, name: str) -> str:
        ways = (
            lambda: device.add_task(name),
            lambda: device.add_event(name, 1_800_000_000, 60),
            lambda: device.add_habit(name, 127),
        )
        return self.chance.choice(ways)()

    def settle(self) -> Device:
        """Let all go well until everything is synced; return a third device, switched on anew."""
        for way in self.ways:
            wait_until(lambda way=way: is_calm(way))
        third = self.switch_on("new.db")
        for device in (*self.devices, *self.devices, third):
            wait_until(lambda device=device: is_synced(device))
        return third


def ids(device: Device) -> set[str]:
    return {entry["id"] for entries in device.plan().values() for entry in entries}


def is_calm(way: Chaos) -> bool:
    with suppress(OfflineError):
        way.calm()
        return True
    return False


def is_synced(device: Device) -> bool:
    """Sync, and tell whether it went well; a server that is away may be all that was wrong."""
    try:
        device.sync()
    except OfflineError:
        return False
    except ProblemError as problem:
        if problem.code not in ("unavailable", "throttled"):
            raise
        return False
    return True


@contextmanager
def at_any_time(fault: object, site: Site, seconds: float) -> Iterator[None]:
    """Let something fall so many seconds later; the block ends when it has."""
    if fault is None:
        yield
        return
    with ThreadPoolExecutor() as thread:
        fallen = thread.submit(lambda: (time.sleep(seconds), fault(site)))
        yield
    fallen.result()


def check(site: Site, folder: Path, seed: int, *, steps: int, fault: float, plans: int) -> None:
    """Let households take so many steps altogether, each with these odds that something falls."""
    chance = Random(str(seed))
    with ExitStack() as stack:
        households = [
            Household(site, unit, Path(mkdtemp(dir=folder)), seed + SEEDS * number, stack)
            for number, unit in enumerate(site.claimed(plans))
        ]
        for _ in range(steps):
            chance.choice(households).step(fault)
        for household in households:
            third = household.settle()

            first, second = household.devices
            assert [len(device.outbox) for device in household.devices] == [0, 0], seed
            assert shown(first) == shown(second) == shown(third), seed
            assert ids(third) == household.made - household.deleted, seed


def test_two_devices_show_the_same_after_every_fault(site, tmp_path):
    """H12"""
    check(site, tmp_path, seed=1, steps=12, fault=0.3, plans=1)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(100, 110))
@pytest.mark.parametrize("size", SIZES, ids=["faults", "steps"])
def test_two_devices_show_the_same_after_every_fault_for_many_seeds(
    site, tmp_path, tell, seed, size
):
    """H12"""
    check(site, tmp_path, seed, **size)
    tell(f"seed {seed}: {size['steps']} steps, both devices of a plan and a new one show the same")
