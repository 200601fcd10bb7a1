"""What no request waits for: gathered in memory, and written together once a second or sooner.

Where no thread was started, as in tests and commands, each is written at once.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

from django.db import close_old_connections

SOON = 0.05
"""Seconds between two writes of what is to be known soon."""

TURNS = 20
"""So many of them later all else is written."""

MOST = 10_000
"""While the database is away, the oldest of so many make room."""


class Later:
    """Rows of one sort, which `write` takes many at a time; it may not raise.

    Those that somebody waits for are written `soon`.
    """

    all: ClassVar[list["Later"]] = []
    started = threading.Event()
    waiting = threading.Event()

    def __init__(self, write: Callable[[list[Any]], None], *, soon: bool = False) -> None:
        self.write, self.soon = write, soon
        self.rows: deque[Any] = deque(maxlen=MOST)
        self.all.append(self)

    def add(self, row: Any) -> None:
        """Have the row written before long."""
        if not self.started.is_set():
            self.write([row])
            return
        self.rows.append(row)
        self.waiting.set()

    def flush(self) -> None:
        """Write what was added until now."""
        rows = []
        # At a process' end the thread may be taking them too.
        with suppress(IndexError):
            for _ in range(len(self.rows)):
                rows.append(self.rows.popleft())
        if rows:
            self.write(rows)


def start() -> None:
    """Gather from now on: what a server's process calls when it begins to serve."""
    Later.started.set()
    threading.Thread(target=_run, name="later", daemon=True).start()


def flush(*, soon: bool = False) -> None:
    """Write all that was added, or what is to be known soon; called when a process ends too."""
    waiting = [later for later in Later.all if later.rows and (later.soon or not soon)]
    if waiting:
        close_old_connections()
    for later in waiting:
        later.flush()


def _run() -> None:
    while True:
        Later.waiting.wait()
        Later.waiting.clear()
        for _ in range(TURNS):
            flush(soon=True)
            time.sleep(SOON)
        flush()
