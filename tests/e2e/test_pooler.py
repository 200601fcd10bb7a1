"""Everything works through PgBouncer in transaction mode, which lends two sessions to all."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from io import BytesIO
from zipfile import ZipFile

import psycopg2
import pytest

from simulator.client import Client, ProblemError
from tests.e2e.pooler import PGBOUNCER, pooler
from tests.e2e.pushes import ITEMS, new_push
from tests.e2e.servers import LiveServer, Server, Shelf, served
from tests.postgres import own_database

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(PGBOUNCER is None, reason="pgbouncer is not installed"),
]
SESSIONS = 2
LONG = 25


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with own_database() as url, pooler(url, sessions=SESSIONS) as lent:
        server = Server(url, tmp_path_factory.mktemp("pooled"))
        with served(server, POOLER_URL=lent):
            yield server


@pytest.fixture(scope="session")
def stock(server: Server) -> Shelf:
    """Its own shelf: that of the other tests belongs to another server."""
    return Shelf(server)


def test_many_sync_at_once_over_two_sessions(server, alice, device):
    pushes = [new_push(f"Caller {number}") for number in range(8)]
    token = device.session.token

    def send(push) -> tuple[int, int]:
        with closing(Client(server.url)) as client:
            answer = client.request("POST", "/api/sync/", push.body, token=token)
            lines = client.request("GET", "/api/tasks/", token=token)
            return len(answer["results"]), lines.status

    with ThreadPoolExecutor(len(pushes)) as threads:
        answers = list(threads.map(send, pushes))
    device.sync()

    assert answers == [(ITEMS, 200)] * len(pushes)
    assert len(device.plan()["task"]) == len(pushes) * ITEMS


def test_files_and_chores_need_no_session_that_stays(server, alice, device):
    alice.add_task("Bins")
    file = alice.press(alice.get("/account/data/").root.button("Download everything"))
    with ZipFile(BytesIO(file.content)) as files:
        held = "".join(files.read(name).decode() for name in files.namelist())

    assert "Bins" in held
    assert "failed" not in server.manage("chores", "--all")


def test_who_waits_hears_of_news_past_the_pooler(server, alice, device):
    live = LiveServer(server.environment["DATABASE_URL"], server.log.parent)
    live.environment["POOLER_URL"] = server.environment["POOLER_URL"]
    live.start()
    with ExitStack() as stack, ThreadPoolExecutor(1) as threads:
        stack.callback(live.stop)
        client = stack.enter_context(closing(Client(live.url)))
        since, token = device.store.recall("cursor"), device.session.token
        waiting = threads.submit(client.wait, since, LONG, token=token)
        alice.add_task("News")

        assert waiting.result() is True


def test_who_gets_no_session_is_told_to_come_again(server, device):
    """H5"""
    with ExitStack() as stack:
        for _session in range(SESSIONS):
            held = stack.enter_context(closing(psycopg2.connect(server.environment["POOLER_URL"])))
            held.cursor().execute("SELECT 1")
        with pytest.raises(ProblemError) as told:
            device.client.request("GET", "/api/sync/", token=device.session.token)

    assert (told.value.status, told.value.code) == (503, "unavailable")
    assert told.value.retry_after > 0
    device.sync()
