"""A claimed device that talks over HTTP to a server within the test's process."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from backups.models import Backup
from devices.inventory import Unit
from devices.models import Device as Row
from simulator.device import Device
from tests.factories import claim_unit, make_unit
from tests.simulator.network import Network


@pytest.fixture
def owner(transactional_db: None, alice: User) -> User:
    return alice


@pytest.fixture
def unit(owner: User) -> Unit:
    return make_unit()


@pytest.fixture
def row(unit: Unit, owner: User) -> Row:
    """The device as the server has it."""
    return claim_unit(unit, owner)


@pytest.fixture
def backup(row: Row) -> Backup:
    return Backup.objects.of(row)


@pytest.fixture
def device(row: Row, unit: Unit, live_server: LiveServer, tmp_path: Path) -> Iterator[Device]:
    """The device, synced once, with room for five entries."""
    device = Device(live_server.url, unit.serial, unit.key, tmp_path / "calendar.db", page=5)
    device.sync()
    yield device
    device.close()


@pytest.fixture
def switch_on(
    row: Row, unit: Unit, live_server: LiveServer, tmp_path: Path
) -> Iterator[Callable[..., Device]]:
    """Switch the device on, as new or with the file of the same name."""
    with ExitStack() as stack:

        def start(file: str = "own.db", **options: object) -> Device:
            device = Device(live_server.url, unit.serial, unit.key, tmp_path / file, **options)
            stack.callback(device.close)
            return device

        yield start


@pytest.fixture
def network(device: Device, live_server: LiveServer) -> Network:
    """What the device talks through."""
    return Network.of(device, live_server.url)
