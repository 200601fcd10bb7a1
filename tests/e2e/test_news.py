"""Who waits for news gets it, and only then: two servers on one database, PostgreSQL and SQLite."""

import http.client
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, nullcontext

import psycopg2
import pytest

from simulator.client import Client, ProblemError, moment
from simulator.device import Device
from tests.e2e.people import Person
from tests.e2e.servers import HOST, LiveServer, Server, Shelf, served
from tests.e2e.test_claims import own_page, release
from tests.postgres import own_database

SECONDS_TO_BE_HELD = 1.0
LONG = 25

pytestmark = pytest.mark.e2e
Wait = Callable[..., Future]


@pytest.fixture(scope="session", params=["postgresql", "sqlite"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The server for ordinary requests."""
    database = own_database() if request.param == "postgresql" else nullcontext("")
    with database as url, served(Server(url, tmp_path_factory.mktemp("news"))) as server:
        yield server


@pytest.fixture(scope="session")
def stock(server: Server) -> Shelf:
    """Its own shelf: that of the other tests belongs to another server."""
    return Shelf(server)


@pytest.fixture(scope="session")
def live(server: Server) -> Iterator[LiveServer]:
    """The one for those who wait."""
    live = LiveServer(server.environment["DATABASE_URL"], server.log.parent)
    live.start()
    yield live
    live.stop()


def ask(url: str, since: str, seconds: int, token: str) -> bool:
    with closing(Client(url)) as client:
        return client.wait(since, seconds, token=token)


@pytest.fixture
def wait(live: LiveServer) -> Iterator[Wait]:
    """Let a device wait in the background; it returns once the server has had time to hold it."""
    with ThreadPoolExecutor(8) as threads:

        def start(device: Device, seconds: int = LONG, url: str = live.url) -> Future:
            since, token = device.store.recall("cursor"), device.session.token
            waiting = threads.submit(ask, url, since, seconds, token)
            time.sleep(SECONDS_TO_BE_HELD)
            return waiting

        yield start


@pytest.fixture
def other(alice: Person, stock: Callable, device_of: Callable[..., Device]) -> Device:
    """Another device of alice, synced once."""
    unit = stock()
    alice.claim(unit, "Hall tablet")
    other = device_of(unit)
    other.sync()
    return other


class Stream:
    """A page that listens, by the cookies of a person or by a token; `with` closes it."""

    def __init__(self, server: Server, headers: dict[str, str]) -> None:
        self.connection = http.client.HTTPConnection(HOST, server.port, timeout=LONG)
        self.connection.request("GET", "/api/stream/", headers=headers)
        self.answer = self.connection.getresponse()

    @classmethod
    def of(cls, person: Person, server: Server) -> "Stream":
        jar = "; ".join(f"{one.name}={one.value}" for one in person.cookies)
        return cls(server, {"Cookie": jar})

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *_error: object) -> None:
        self.answer.close()
        self.connection.close()

    def read(self) -> str:
        """Return the next block, up to an empty line; nothing at the end."""
        block = ""
        while (line := self.answer.readline().decode()) not in ("\n", ""):
            block += line
        return block


def test_a_waiting_device_is_woken_by_the_push_of_another_caller(alice, device, wait):
    waiting = wait(device)
    held = not waiting.done()
    alice.add_task("Bins")

    assert held
    assert waiting.result() is True
    assert device.sync().received == 1


def test_a_waiting_device_is_woken_by_a_new_name(alice, device, wait):
    waiting = wait(device)
    page = alice.get(f"{own_page(alice).path}settings/")
    alice.submit(page.form("name"), name="Pantry tablet")

    assert waiting.result() is True


def test_a_device_that_is_behind_does_not_wait(alice, device, wait):
    alice.add_task("Bins")

    assert wait(device).done()


def test_the_push_of_another_device_wakes_nobody_else(alice, device, other, wait):
    waiting = wait(device, 3)
    other.add_task("Letters")
    other.sync()

    assert waiting.result() is False


def test_a_wait_is_over_after_its_time_and_tells_the_time_of_its_end(device, live):
    since, token = device.store.recall("cursor"), device.session.token
    began = time.time()
    with closing(http.client.HTTPConnection(HOST, live.port)) as connection:
        headers = {"Authorization": f"Bearer {token}"}
        connection.request("GET", f"/api/sync/wait/?since={since}&timeout=2", headers=headers)
        answer = connection.getresponse()

    assert (answer.status, answer.headers.get_all("Date")) == (204, [answer.headers["Date"]])
    assert int(time.time()) >= moment(answer.headers) >= int(began + 2)


def test_a_device_that_is_released_while_it_waits_is_told(alice, device, wait):
    waiting = wait(device)
    release(alice)

    with pytest.raises(ProblemError, match="401 token-revoked"):
        waiting.result()


def test_a_server_for_ordinary_requests_keeps_nobody(alice, device, server):
    since, token = device.store.recall("cursor"), device.session.token

    began = time.monotonic()
    answers = [ask(server.url, since, LONG, token)]
    alice.add_task("Bins")
    answers.append(ask(server.url, since, LONG, token))
    with Stream.of(alice, server) as stream:
        blocks = [stream.read() for _ in range(3)]

    assert answers == [False, True]
    assert [block.partition("\n")[0] for block in blocks] == ["retry: 10000", "event: news", ""]
    assert time.monotonic() - began < LONG


def test_a_page_hears_of_each_change_until_the_log_out(alice, device, live):
    with Stream.of(alice, live) as stream:
        blocks = [stream.read(), stream.read()]
        device.add_task("Bins")
        device.sync()
        blocks.append(stream.read())
        alice.log_out()
        blocks.append(stream.read())

    told = f'event: news\ndata: {{"cursor":"{device.store.recall("cursor")}","confirmed":'
    names = ("Content-Type", "Cache-Control", "X-Accel-Buffering")
    assert [stream.answer.headers[name] for name in names] == [
        "text/event-stream",
        "no-store",
        "no",
    ]
    assert blocks[0] == "retry: 3000\n"
    assert blocks[1] != blocks[2]
    assert blocks[2].startswith(told)
    assert blocks[3] == ""


def test_new_cookies_of_a_log_in_are_not_kept_back(alice, device, live):
    since = device.store.recall("cursor")
    # The device's own key, in use since its first sync, had ended the token of the chosen device.
    alice.get("/today/")
    alice.forget("access")
    with Stream.of(alice, live) as stream:
        given = stream.answer.headers.get_all("Set-Cookie")
    alice.url = live.url
    began = time.monotonic()
    answers = [alice.get(f"/api/sync/wait/?since={since}&timeout={LONG}")]
    answers.append(alice.get(f"/api/sync/wait/?since={since}&timeout=1"))

    assert [cookie.partition("=")[0] for cookie in given] == ["access", "refresh", "known"]
    assert [answer.status for answer in answers] == [204, 204]
    assert [bool(answer.headers.get_all("Set-Cookie")) for answer in answers] == [True, False]
    assert time.monotonic() - began < LONG


def test_a_device_may_listen_too_and_hears_a_heartbeat(device, live):
    with Stream(live, {"Authorization": f"Bearer {device.session.token}"}) as stream:
        blocks = [stream.read() for _ in range(3)]

    assert [block[:5] for block in blocks] == ["retry", "event", ":\n"]


def test_the_process_for_waiting_can_serve_everything_else(live, stock):
    carol = Person(live, "carol")
    carol.claim(stock())
    carol.add_task("Bins")

    assert carol.names("/tasks/") == ["Bins"]
    assert carol.get("/static/js/follow.js").status == 200
    assert carol.log_out().path == "/"


@pytest.mark.parametrize("path", ["/api/sync/wait/?since=x", "/api/stream/"])
def test_strangers_may_neither_wait_nor_listen(live, path):
    with closing(http.client.HTTPConnection(HOST, live.port, timeout=LONG)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()

    assert answer.status == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
def test_no_news_is_lost_with_the_connection_that_listens(alice, device, server, wait):
    waiting = wait(device)
    killed = of_the_live_server(server, "pg_terminate_backend(pid)")
    alice.add_task("Bins")

    assert len(killed) == 2
    assert waiting.result() is True


def of_the_live_server(server: Server, what: str) -> list:
    """Return something of each connection that it has to the database."""
    with closing(psycopg2.connect(server.environment["DATABASE_URL"])) as connection:
        cursor = connection.cursor()
        cursor.execute(
            f"SELECT {what} FROM pg_stat_activity "
            "WHERE application_name = 'planner-live' AND datname = current_database()"
        )
        return [value for (value,) in cursor.fetchall()]


def test_a_server_that_stops_lets_nobody_hang(alice, device, server, wait):
    stopping = LiveServer(server.environment["DATABASE_URL"], server.log.parent)
    stopping.start()
    waiting = wait(device, url=stopping.url)

    began = time.monotonic()
    with Stream.of(alice, stopping) as stream:
        blocks = [stream.read(), stream.read()]
        stopping.process.send_signal(signal.SIGTERM)
        blocks.append(stream.read())

    assert stopping.process.wait() == 0
    assert waiting.result() is False
    assert [block[:5] for block in blocks] == ["retry", "event", ""]
    assert time.monotonic() - began < LONG
