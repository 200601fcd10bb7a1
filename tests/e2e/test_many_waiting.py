"""Many devices wait in one process: what they hold, and that each is woken by its own push."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlencode

import psutil
import psycopg2
import pytest

from simulator.client import Client
from tests.e2e.servers import HOST, LiveServer, Server

SIZES = [200, pytest.param(1_000, marks=pytest.mark.nightly)]
PUSHERS = 4
SECONDS = 55
SECONDS_FOR_ALL = 120
MOST_THREADS = 8

pytestmark = pytest.mark.e2e


@pytest.fixture
def live(server: Server) -> Iterator[LiveServer]:
    live = LiveServer(server.environment["DATABASE_URL"], server.log.parent)
    live.start()
    yield live
    live.stop()


def claimed(server: Server, count: int) -> list[str]:
    """Return tokens of as many devices that people have claimed."""
    call = f"from tests.e2e.crowd import print_tokens; print_tokens({count})"
    return json.loads(server.manage("shell", "--no-imports", "--command", call))


def query(server: Server, statement: str) -> int:
    with closing(psycopg2.connect(server.environment["DATABASE_URL"])) as connection:
        cursor = connection.cursor()
        cursor.execute(statement)
        return cursor.fetchone()[0]


def first_cursors(server: Server, tokens: list[str]) -> list[str]:
    with closing(Client(server.url)) as client:
        return [client.request("GET", "/api/sync/", token=token)["cursor"] for token in tokens]


def push_one_each(server: Server, tokens: list[str]) -> list[str]:
    """Push a habit to each plan; return the outcomes."""
    habit = {"id": "00000000-0000-4000-8000-000000000001", "name": "Run", "goal": 42}

    def push(part: list[str]) -> list[str]:
        with closing(Client(server.url)) as client:
            answers = [
                client.request("POST", "/api/sync/", {"habit": [habit]}, token=token)
                for token in part
            ]
        return [answer["results"][0]["outcome"] for answer in answers]

    with ThreadPoolExecutor(PUSHERS) as threads:
        parts = threads.map(push, [tokens[number::PUSHERS] for number in range(PUSHERS)])
        return [outcome for part in parts for outcome in part]


async def news(live: LiveServer, cursor: str, token: str) -> tuple[str, str]:
    """Wait until there is news, as a device does; return the status line and the body."""
    while (answer := await ask(live, cursor, token))[0].startswith("HTTP/1.1 204"):
        pass
    return answer


async def ask(live: LiveServer, cursor: str, token: str) -> tuple[str, str]:
    reader, writer = await asyncio.open_connection(HOST, live.port)
    path = f"/api/sync/wait/?{urlencode({'since': cursor, 'timeout': SECONDS})}"
    lines = (f"GET {path} HTTP/1.1", f"Host: {HOST}", f"Authorization: Bearer {token}")
    writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode())
    answer = (await reader.read()).decode()
    writer.close()
    return answer.partition("\r\n")[0], answer.partition("\r\n\r\n")[2]


@pytest.mark.parametrize("count", SIZES)
def test_all_wait_on_two_connections_and_each_is_woken_by_its_push(server, live, count):
    tokens = claimed(server, count)
    cursors = first_cursors(server, tokens)

    async def scene():
        waits = [
            asyncio.create_task(news(live, cursor, token))
            for cursor, token in zip(cursors, tokens, strict=True)
        ]
        await all_held(live, count)
        held = await asyncio.to_thread(what_is_held, server, live)
        early = sum(wait.done() for wait in waits)
        outcomes = await asyncio.to_thread(push_one_each, server, tokens)
        async with asyncio.timeout(SECONDS_FOR_ALL):
            return held, early, outcomes, await asyncio.gather(*waits)

    (connections, threads), early, outcomes, answers = asyncio.run(scene())

    assert connections <= 2
    assert threads <= MOST_THREADS
    assert early == 0
    assert outcomes == ["applied"] * count
    assert answers == [("HTTP/1.1 200 OK", '{"news":true}')] * count


def worker(live: LiveServer) -> psutil.Process:
    return psutil.Process(live.process.pid).children()[0]


async def all_held(live: LiveServer, count: int) -> None:
    """Return when the server has taken the connections and has no more to do for them."""
    process, before = worker(live), -1.0
    async with asyncio.timeout(SECONDS_FOR_ALL):
        while True:
            await asyncio.sleep(1)
            taken = sum(one.status == "ESTABLISHED" for one in process.net_connections("tcp"))
            spent = process.cpu_times().user
            if taken >= count and spent - before < 0.1:
                return
            before = spent


def what_is_held(server: Server, live: LiveServer) -> tuple[int, int]:
    """Return the connections to the database and the threads of the process."""
    connections = query(
        server,
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE application_name = 'planner-live' AND datname = current_database()",
    )
    return connections, worker(live).num_threads()
