"""One server for all end-to-end tests of a process, and the people and devices of each test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from simulator.device import Device
from tests.e2e.deployment import Deployment, install
from tests.e2e.people import Person
from tests.e2e.servers import Server, Shelf, Unit, served
from tests.postgres import own_database


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """gunicorn with two workers on an empty PostgreSQL, migrated."""
    with own_database() as url, served(Server(url, tmp_path_factory.mktemp("server"))) as server:
        yield server


@pytest.fixture(scope="session")
def stock(server: Server) -> Callable[[], Unit]:
    """Take a new unit from the shelf."""
    return Shelf(server)


@pytest.fixture
def unit(stock: Callable[[], Unit]) -> Unit:
    return stock()


@pytest.fixture
def device_of(server: Server, tmp_path: Path) -> Iterator[Callable[..., Device]]:
    """Switch a unit on; it keeps its file over `device_of(unit)` again, as over a power cut."""
    with ExitStack() as stack:

        def switch_on(unit: Unit, **options: object) -> Device:
            path = tmp_path / f"{unit.serial}.db"
            device = Device(server.url, unit.serial, unit.key, path, **options)
            stack.callback(device.close)
            return device

        yield switch_on


@pytest.fixture
def person(server: Server) -> Callable[..., Person]:
    """Let somebody sign up: `person("alice")`."""
    return lambda name, **options: Person(server, name, **options)


@pytest.fixture
def alice(person: Callable[..., Person], unit: Unit) -> Person:
    """Somebody who has claimed `unit` and chosen it."""
    alice = person("alice")
    alice.claim(unit)
    return alice


@pytest.fixture
def device(alice: Person, unit: Unit, device_of: Callable[..., Device]) -> Device:
    """Alice's device, switched on and synced once."""
    device = device_of(unit)
    device.sync()
    return device


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    """What deploy/install.sh makes, running."""
    with own_database() as url:
        install(tmp_path, url)
        deployment = Deployment(tmp_path)
        deployment.start()
        try:
            yield deployment
        finally:
            deployment.stop()
