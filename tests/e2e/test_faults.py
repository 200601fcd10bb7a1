"""H1, H2, H6, H9: workers die, connections break, locks stay: what was acknowledged is there, once.

Every process and connection that is ended here belongs to a server of these tests.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from random import Random
from uuid import uuid4

import pytest

from simulator.client import OfflineError
from simulator.device import Device
from simulator.transport import Connection
from tests.e2e.proxy import CuttingProxy
from tests.e2e.pushes import Plan, kill_workers, new_push, whole_or_nothing
from tests.e2e.servers import Server

LONGEST_PUSH = 0.12
LOCK_MILLISECONDS = 300
WAITING = "wait_event_type = 'Lock' AND datname = current_database()"
SERVED = "datname = current_database() AND pid != pg_backend_pid()"

pytestmark = pytest.mark.e2e


@pytest.fixture
def plan(server: Server, device: Device) -> Plan:
    return Plan(server, device)


@pytest.fixture
def background() -> Iterator[Callable[..., Future]]:
    with ThreadPoolExecutor(2) as threads:
        yield threads.submit


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


@pytest.mark.parametrize("rounds", [5, pytest.param(200, marks=pytest.mark.nightly)])
def test_four_who_push_the_same_entries_in_opposite_orders_are_all_answered(plan, rounds):
    """H6"""
    push = new_push("Round")
    plan.send(push)
    there, back = push.body["task"], push.body["task"][::-1]
    deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    before = plan.rows(deadlocks)

    def change(number: int) -> list[str]:
        found = []
        for round in range(rounds):
            fields = {"priority": 1 + (number + round) % 3}
            tasks = [{"id": task["id"], **fields} for task in (there, back)[number % 2]]
            answer = plan.send(push._replace(body={"task": tasks}, key=str(uuid4())))
            found += [result["outcome"] for result in answer["results"]]
        return found

    with ThreadPoolExecutor(4) as threads:
        outcomes = [one for found in threads.map(change, range(4)) for one in found]

    assert len(outcomes) == 4 * rounds * len(there)
    assert set(outcomes) <= {"applied", "unchanged", "superseded"}
    assert plan.rows(deadlocks) == before


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
