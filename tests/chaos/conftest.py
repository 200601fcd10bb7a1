"""One installation for the faults of a process, and what `make chaos` tells in the end."""

from collections.abc import Callable, Iterator

import pytest

from simulator.fleet import Unit
from tests.chaos.site import Site, new_site

TOLD = pytest.StashKey[list[str]]()
FLEET = 20


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in terminalreporter.config.stash.get(TOLD, []):
        terminalreporter.write_line(line)


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Add a line to what is told when all is over."""
    return request.config.stash.setdefault(TOLD, []).append


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with new_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def fleet(site: Site) -> list[Unit]:
    """A few claimed devices."""
    return site.claimed(FLEET)


@pytest.fixture(autouse=True)
def nothing_unforeseen(request: pytest.FixtureRequest) -> Iterator[None]:
    """An error that no service foresaw fails the test."""
    yield
    if "site" in request.fixturenames:
        assert request.getfixturevalue("site").new_faults() == ""
