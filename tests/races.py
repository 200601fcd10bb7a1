"""Many callers at once, each with a thread and a connection of its own."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any

import pytest
from django.db import OperationalError, connection

from planner.problems import RuleError

RACE = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one writer in at a time"),
]
"""The marks of a test that needs row locks and a connection for each caller."""


def waiting_for_no_lock(call: Callable[[], Any]) -> Any:
    """Call beside the open transaction of the test: OperationalError if a lock of it is waited for.

    Only time spent in waiting for a lock counts, however busy the machine is.
    """

    def impatient() -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        return call()

    return at_once([impatient])[0]


@contextmanager
def meanwhile(call: Callable[[], Any], *, before: str) -> Iterator[list]:
    """Call by another connection just before this one sends its first statement with these words.

    Yields a list of what it returned: "waits" where a lock that is held here keeps it off, so that
    nothing has come in between.
    """
    outcomes: list[Any] = []

    def come_between(execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
        if before in sql and not outcomes:
            outcomes.append("")
            try:
                outcomes[0] = waiting_for_no_lock(call)
            except OperationalError:
                outcomes[0] = "waits"
        return execute(sql, params, many, context)

    with connection.execute_wrapper(come_between):
        yield outcomes
    assert outcomes, f"no statement with {before}"


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Start all calls together; return what each returned, or the slug of its RuleError."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            start.wait()
            return call()
        except RuleError as error:
            return error.slug
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))
