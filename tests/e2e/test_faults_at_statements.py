"""H1, H2: a worker, or its way to the database, dies at a statement of a push; a proxy counts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from simulator.device import Device
from tests.e2e.pushes import Plan, kill_workers, new_push, whole_or_nothing
from tests.e2e.servers import HOST, Server
from tests.e2e.statements import StatementProxy

pytestmark = pytest.mark.e2e


Faulty = tuple[Server, StatementProxy]


@contextmanager
def behind_a_proxy(
    server: Server, folder: Path, strike: Callable[[Server], None]
) -> Iterator[Faulty]:
    """Start a server on the same database to which something can happen at a statement."""
    address = urlsplit(server.environment["DATABASE_URL"])
    sockets = Path(address.query.removeprefix("host="))
    proxy = StatementProxy(sockets, lambda: strike(faulty))
    query = f"host={HOST}&port={proxy.port}&sslmode=disable&gssencmode=disable"
    faulty = Server(address._replace(query=query).geturl(), folder)
    faulty.start()
    yield faulty, proxy
    faulty.stop()
    proxy.close()


@pytest.fixture
def faulty(server: Server, tmp_path: Path) -> Iterator[Faulty]:
    """A server whose workers can be killed at a statement."""
    with behind_a_proxy(server, tmp_path, kill_workers) as faulty:
        yield faulty


class Sweep:
    """Pushes of one device through workers that have no connection yet, each struck once."""

    def __init__(self, server: Server, proxy: StatementProxy, device: Device, faulty: Server):
        self.plan, self.proxy, self.faulty = Plan(server, device, faulty.url), proxy, faulty

    def strike(self, number: int, *, after: bool) -> bool:
        """Kill the workers at this statement of a push, check what is left; False behind the last.

        0 kills none: then `proxy.statements` has them all.
        """
        kill_workers(self.faulty)
        self.proxy.wait_until_idle()
        push = new_push(f"{'After' if after else 'Before'} {number}")
        self.proxy.strike_at(number, after)
        answer = self.plan.send(push)
        struck, self.statements = self.proxy.has_struck, self.proxy.statements
        self.proxy.strike_at(0, after)
        assert (answer is None) is struck
        whole_or_nothing(self.plan, push, answer)
        return struck


@pytest.fixture
def sweep(server: Server, device: Device, faulty: tuple[Server, StatementProxy]) -> Sweep:
    return Sweep(server, faulty[1], device, faulty[0])


def test_a_push_whose_worker_is_killed_around_its_commit_is_whole_or_nothing(sweep):
    """H1"""
    sweep.strike(0, after=False)
    last = max(number for number, said in enumerate(sweep.statements, 1) if said == "COMMIT")

    assert [sweep.strike(last, after=after) for after in (False, True)] == [True, True]


def test_a_push_whose_way_to_the_database_is_cut_around_its_commit_is_made_once(
    server, device, tmp_path
):
    """H2"""
    with behind_a_proxy(server, tmp_path, lambda _server: None) as (faulty, proxy):
        sweep = Sweep(server, proxy, device, faulty)
        sweep.strike(0, after=False)
        last = max(number for number, said in enumerate(sweep.statements, 1) if said == "COMMIT")

        assert [sweep.strike(last, after=after) for after in (False, True)] == [True, True]


@pytest.mark.nightly
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_push_whose_worker_is_killed_at_any_statement_is_whole_or_nothing(sweep, after):
    """H1"""
    number = 1
    while sweep.strike(number, after=after):
        number += 1

    assert number > len(sweep.statements) >= 5
    assert "COMMIT" in sweep.statements
