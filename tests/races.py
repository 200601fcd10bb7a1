"""Many callers at once, each with a thread and a connection of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from planner.problems import RuleError


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
