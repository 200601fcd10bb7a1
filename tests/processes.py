"""Processes that end as in a power cut."""

import time
from contextlib import suppress

import psutil


def kill_all(first: int) -> None:
    """SIGKILL to a process and to those that it started; return when none of those is left."""
    process = psutil.Process(first)
    # It starts no more meanwhile: one that nobody sees would keep sockets and shared memory.
    process.suspend()
    started = process.children(recursive=True)
    for one in (process, *started):
        kill(one.pid)
    while any(is_there(one) for one in started):
        time.sleep(0.005)


def kill(pid: int) -> None:
    """SIGKILL to a process; one that has ended meanwhile is as good."""
    with suppress(psutil.NoSuchProcess):
        psutil.Process(pid).kill()


def started_by(first: int) -> list[str]:
    """Return what the processes are called that one has started; some may end meanwhile."""
    names = []
    for one in psutil.Process(first).children():
        with suppress(psutil.NoSuchProcess):
            names.append(one.name())
    return names


def is_there(process: psutil.Process) -> bool:
    """Return whether it still holds something; what nobody has buried does not."""
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False
