"""H1, H2, H6, H9: workers die, connections break, locks stay: what was acknowledged is there, once.

Every process and connection that is ended here belongs to a server of these tests.
"""

import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from random import Random
from typing import NamedTuple
from uuid import uuid4

import psutil
import psycopg2
import pytest

from simulator.client import Client, OfflineError, ProblemError
from simulator.device import Device
from simulator.entries import FOREVER
from simulator.transport import Connection
from tests.e2e.proxy import CuttingProxy
from tests.e2e.servers import Server

ITEMS = 40
LONGEST_PUSH = 0.12
LOCK_MILLISECONDS = 300
WAITING = "wait_event_type = 'Lock' AND datname = current_database()"
SERVED = "datname = current_database() AND pid != pg_backend_pid()"

pytestmark = pytest.mark.e2e


class Push(NamedTuple):
    """A push as a device would send it again."""

    names: list[str]
    body: dict
    key: str


def new_push(label: str) -> Push:
    names = [f"{label}, {number}" for number in range(ITEMS)]
    fields = {"description": "", "completion": 0, "priority": 1, "duedate": FOREVER}
    tasks = [{"id": str(uuid4()), "name": name, **fields} for name in names]
    return Push(names, {"now": int(time.time()), "task": tasks}, str(uuid4()))


class Plan:
    """One device's plan by its token, and by the database's own word."""

    def __init__(self, server: Server, device: Device, url: str = "") -> None:
        self.url = url or server.url
        self.database = server.environment["DATABASE_URL"]
        self.token, self.serial = device.session.token, device.session.serial

    def send(self, push: Push) -> dict | None:
        """Send a push on a connection of its own; None when no answer or a 503 came."""
        with closing(Client(self.url)) as client:
            try:
                headers = {"Idempotency-Key": push.key}
                return client.request(
                    "POST", "/api/sync/", push.body, token=self.token, headers=headers
                )
            except OfflineError:
                return None
            except ProblemError as problem:
                if problem.code != "unavailable" or not problem.retry_after:
                    raise
                return None

    def names(self, push: Push) -> list[str]:
        """Return the names of a push that are in the plan."""
        ids = [task["id"] for task in push.body["task"]]
        rows = self.rows("SELECT name FROM backups_task WHERE uuid = ANY(%s::uuid[])", ids)
        return sorted(name for (name,) in rows)

    def commits(self) -> int:
        """Return how many requests have changed the plan."""
        [(count,)] = self.rows(
            "SELECT count(*) FROM backups_commit JOIN backups_backup AS plan "
            "ON plan.id = backups_commit.backup_id JOIN devices_device AS device "
            "ON device.claim = plan.claim WHERE device.serial = %s",
            self.serial,
        )
        return count

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock that a push needs."""
        with closing(psycopg2.connect(self.database)) as connection:
            connection.cursor().execute(
                "SELECT 1 FROM backups_backup AS plan JOIN devices_device AS device "
                "ON device.claim = plan.claim WHERE device.serial = %s FOR UPDATE OF plan",
                [self.serial],
            )
            yield
            connection.rollback()

    def terminate(self, which: str) -> int:
        """End connections of the server to its database; return how many."""
        return len(
            self.rows(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {which}")
        )

    def rows(self, statement: str, *values: object) -> list[tuple]:
        with (
            closing(psycopg2.connect(self.database)) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, values)
            return cursor.fetchall()


@pytest.fixture
def plan(server: Server, device: Device) -> Plan:
    return Plan(server, device)


@pytest.fixture
def background() -> Iterator[Callable[..., Future]]:
    with ThreadPoolExecutor(2) as threads:
        yield threads.submit


def whole_or_nothing(plan: Plan, push: Push, answer: dict | None) -> None:
    """All of a push is there or nothing; what was acknowledged is; sent again, it is there once."""
    there, before = plan.names(push), plan.commits()
    assert there in ([], sorted(push.names))
    if answer:
        assert there
    again = plan.send(push) or plan.send(push)
    assert [result["outcome"] for result in again["results"]] == ["applied"] * ITEMS
    assert plan.names(push) == sorted(push.names)
    assert plan.commits() == before + (not there)


def kill_workers(server: Server) -> None:
    for worker in psutil.Process(server.process.pid).children():
        with suppress(psutil.NoSuchProcess):
            worker.send_signal(signal.SIGKILL)


def check_kills(server: Server, plan: Plan, background: Callable, seeds: range) -> None:
    for seed in seeds:
        push = new_push(f"Push {seed}")
        sending = background(plan.send, push)
        time.sleep(Random(seed).random() * LONGEST_PUSH)
        kill_workers(server)

        whole_or_nothing(plan, push, sending.result())


def test_a_push_whose_worker_is_killed_is_whole_or_nothing(server, plan, background):
    """H1"""
    check_kills(server, plan, background, range(6))


@pytest.mark.nightly
def test_pushes_whose_workers_are_killed_are_whole_or_nothing(server, plan, background):
    """H1"""
    check_kills(server, plan, background, range(100, 300))


def wait_for_a_waiter(plan: Plan) -> None:
    deadline = time.monotonic() + 10
    while not plan.rows(f"SELECT 1 FROM pg_stat_activity WHERE {WAITING}"):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_push_whose_connection_is_ended_in_its_transaction_is_made_once(plan, background):
    """H2"""
    push = new_push("Cut")
    with plan.locked():
        sending = background(plan.send, push)
        wait_for_a_waiter(plan)
        assert plan.terminate(WAITING) == 1
        answer = sending.result()

    assert answer is None
    assert plan.names(push) == []
    whole_or_nothing(plan, push, answer)


def test_pushes_whose_connections_are_ended_at_any_time_are_made_once(plan, background):
    """H2"""
    for seed in range(10):
        push = new_push(f"Cut {seed}")
        sending = background(plan.send, push)
        time.sleep(Random(seed).random() * LONGEST_PUSH)
        plan.terminate(SERVED)

        whole_or_nothing(plan, push, sending.result())


@pytest.fixture
def impatient(server: Server, tmp_path) -> Iterator[Server]:
    """A server on the same database that waits for a lock no longer than it has to."""
    url = f"{server.environment['DATABASE_URL']}&options=-c%20lock_timeout%3D{LOCK_MILLISECONDS}"
    impatient = Server(url, tmp_path)
    impatient.start()
    yield impatient
    impatient.stop()


def test_a_lock_that_stays_is_a_503_and_the_retry_is_made_once(server, impatient, device):
    """H6"""
    plan, push = Plan(server, device, impatient.url), new_push("Locked")
    with plan.locked():
        answer = plan.send(push)
        there = plan.names(push)

    assert (answer, there) == (None, [])
    whole_or_nothing(plan, push, answer)


@pytest.fixture
def proxy(server: Server) -> Iterator[CuttingProxy]:
    proxy = CuttingProxy(server.port)
    yield proxy
    proxy.close()


@pytest.fixture
def cut_device(device: Device, proxy: CuttingProxy) -> Device:
    """The device, which talks through the proxy from now on."""
    device.client.close()
    device.client.transport = Connection(proxy.url)
    return device


def check_cuts(device: Device, plan: Plan, proxy: CuttingProxy, cuts: Callable) -> None:
    first = device.add_task("Cut")
    device.sync()
    before, made = plan.commits(), 0
    for cut in cuts(proxy.sent):
        device.change("task", first, {"completion": made % 2})
        made, proxy.cut = made + 1, cut
        with suppress(OfflineError):
            device.sync()
        device.sync()

        assert len(device.outbox) == 0
    assert plan.commits() == before + made - 1
    assert device.plan()["task"][0]["completion"] == (made - 1) % 2


def test_an_answer_that_is_cut_at_any_byte_is_made_up_for(cut_device, plan, proxy):
    """H9"""
    chance = Random(9)
    ends = (0, 1, 15, 16)
    check_cuts(
        cut_device,
        plan,
        proxy,
        lambda size: [*ends, *(chance.randrange(size) for _ in range(30)), size - 1, size],
    )


@pytest.mark.nightly
def test_a_thousand_answers_that_are_cut_are_made_up_for(cut_device, plan, proxy):
    """H9"""
    check_cuts(cut_device, plan, proxy, lambda size: [number % size for number in range(1000)])
