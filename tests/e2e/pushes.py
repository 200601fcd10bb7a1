"""Pushes that may be lost, and what their plan holds by the database's own word."""

import signal
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import NamedTuple
from uuid import uuid4

import psutil
import psycopg2

from simulator.client import Client, OfflineError, ProblemError
from simulator.device import Device
from simulator.entries import FOREVER
from tests.e2e.servers import Server

ITEMS = 40


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
