"""Many callers at once, each with a thread and a connection of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

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
