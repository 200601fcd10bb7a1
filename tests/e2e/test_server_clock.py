"""The clock of a server is set while devices and people are at work: nobody loses their turn."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg2
import pytest

from simulator.client import Client
from simulator.device import Device
from tests.e2e.people import Person
from tests.e2e.servers import LiveServer, Server, Shelf, Unit, served
from tests.e2e.wall_clock import NEEDS_LIBRARY, WallClock
from tests.postgres import own_database

pytestmark = [pytest.mark.e2e, NEEDS_LIBRARY]

HOUR = 3_600
STEPS = (HOUR, 0, -HOUR, 0, -1)
"""By how much the clock is wrong, one after the other: an hour, and a second that comes twice."""
BERLIN = ZoneInfo("Europe/Berlin")
NIGHTS = {
    "an hour that is left out": datetime(2027, 3, 28, 1, 59, 59, tzinfo=BERLIN),
    "an hour that comes twice": datetime(2027, 10, 31, 2, 59, 59, tzinfo=BERLIN),
}
PAUSE = 170
"""Seconds that pass after a sync.

None of the syncs falls into the minute in which the clock comes to the newest time stamp of before:
a lead of a minute is what the server takes for a good clock's.
"""
LONG = 25


@pytest.fixture(scope="module")
def wall_clock(tmp_path_factory: pytest.TempPathFactory) -> WallClock:
    return WallClock(tmp_path_factory.mktemp("time") / "clock")


@pytest.fixture(scope="module")
def server(wall_clock: WallClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """gunicorn, whose clock is set; the time zone of its machine is not UTC."""
    with own_database() as url:
        server = Server(url, tmp_path_factory.mktemp("server"))
        with served(server, TZ=BERLIN.key, **wall_clock.environment):
            yield server


@pytest.fixture(scope="module")
def stock(server: Server) -> Shelf:
    return Shelf(server)


@pytest.fixture(autouse=True)
def set_right(wall_clock: WallClock) -> Iterator[None]:
    yield
    wall_clock.set(0)


@pytest.fixture
def pair(
    alice: Person, unit: Unit, server: Server, wall_clock: WallClock, tmp_path: Path
) -> Iterator[tuple[Device, Device]]:
    """Two devices of one plan with good clocks, each synced once."""
    with ExitStack() as stack:
        whose = (server.url, unit.serial, unit.key)
        pair = [
            Device(*whose, tmp_path / f"{number}.db", wall_clock.right, rekeys=False)
            for number in range(2)
        ]
        for device in pair:
            stack.callback(device.close)
            device.sync()
        yield tuple(pair)


def revisions(server: Server) -> list[int]:
    """Return the revisions of the newest plan, in the order in which they were written."""
    asked = """SELECT revision FROM backups_commit WHERE backup_id =
        (SELECT max(id) FROM backups_backup) ORDER BY id"""
    with closing(psycopg2.connect(server.environment["DATABASE_URL"])) as connection:
        cursor = connection.cursor()
        cursor.execute(asked)
        return [revision for [revision] in cursor]


class Household:
    """Two devices of one plan, on which the same task is changed again and again."""

    def __init__(self, pair: tuple[Device, Device], wall_clock: WallClock) -> None:
        self.pair, self.wall_clock = pair, wall_clock
        self.id = pair[0].add_task("Bins")
        self.polls: list[int] = []
        self.synced(pair[0])

    def synced(self, device: Device) -> None:
        """Sync, and let a few minutes pass."""
        self.polls.append(device.sync().next_poll)
        self.wall_clock.wait(PAUSE)

    def live(self, label: str) -> None:
        """Let each change what the other one has changed; the later one's word stands on both."""
        first, second = self.pair
        first.edit(self.id, name=f"{label}, first")
        self.synced(first)
        self.synced(second)
        second.edit(self.id, name=f"{label}, last")
        second.tick(self.id)
        self.synced(second)
        self.synced(first)
        first.untick(self.id)
        self.synced(first)
        self.synced(second)

        entries = [device.store.find(self.id)[1] for device in self.pair]
        shown = [(entry["name"], entry["completion"]) for entry in entries]
        assert shown == [(f"{label}, last", 0)] * 2
        assert [len(device.outbox) for device in self.pair] == [0, 0]


def test_who_changes_something_last_wins_whatever_the_clock_of_the_server_does(
    server, wall_clock, pair
):
    """H10: a device asks again with its key when its token is not good any more."""
    household = Household(pair, wall_clock)

    for number, seconds in enumerate(STEPS):
        wall_clock.set(seconds)
        household.live(f"Step {number}")

    numbers = revisions(server)
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert all(720 < poll <= 900 for poll in household.polls)


@pytest.mark.parametrize("night", NIGHTS.values(), ids=NIGHTS)
def test_nights_in_which_clocks_are_set_are_nights_as_any_other(
    server, wall_clock, alice, pair, night
):
    """H10: the server counts in UTC, whatever the zone of its machine."""
    before = len(revisions(server))
    wall_clock.wait(night.timestamp() - wall_clock.right())
    household = Household(pair, wall_clock)

    household.live("Before and after")
    alice.log_in()
    alice.add_task("Of Alice")
    household.live("Later")

    assert alice.names("/tasks/") == ["Later, last", "Of Alice"]
    numbers = revisions(server)[before:]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_people_go_on_or_log_in_again(server, wall_clock, alice):
    """H10: a token that seems to be of the future is refused, and a new one is good at once."""
    seen = []
    for seconds in (0, -1, HOUR, 0, -HOUR):
        wall_clock.set(seconds)
        seen.append(alice.get("/today/").path)
    alice.log_in()
    alice.add_task("Bins")

    assert seen == ["/today/"] * 3 + ["/login/"] * 2
    assert alice.names("/tasks/") == ["Bins"]


def test_who_waits_for_news_gets_it_when_the_clock_is_set_meanwhile(
    server, wall_clock, device, tmp_path
):
    """H10: waiting is counted in seconds that have passed."""
    live = LiveServer(server.environment["DATABASE_URL"], tmp_path)
    live.environment.update(wall_clock.environment)
    live.start()
    with ThreadPoolExecutor() as threads, closing(Client(live.url)) as client:
        since, token = device.store.recall("cursor"), device.session.token
        waiting = threads.submit(client.wait, since, LONG, token=token)
        time.sleep(1)
        # Its token must be good when it gets the news, too.
        wall_clock.set(HOUR / 2)
        device.add_task("Bins")
        device.sync()
        is_news = waiting.result()
        is_late_news = client.wait(device.store.recall("cursor"), 1, token=device.session.token)
    live.stop()

    assert (is_news, is_late_news) == (True, False)
