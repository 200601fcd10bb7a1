"""A service that wants more memory than its unit may have: some end, and nothing told is lost."""

import os
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.chaos.load import TOLD_WHEN, Load, faults, wait_until
from tests.chaos.site import NEEDS_NGINX, Site
from tests.chaos.test_bombs import JSON, LARGEST, MIB, Bomb, many, status_of, token_of

# As `MemoryMax` of a unit has it, by the older version of Linux's control groups.
GROUPS = Path("/sys/fs/cgroup/memory")
MAY_LIMIT = os.access(GROUPS / "memory.limit_in_bytes", os.W_OK)
ROOM = 6 * MIB
"""How much more than at rest: less than what all threads take when each reads a large body."""
CALLERS, ENDS, AFTER = 8, 20, 20
LARGE = Bomb("POST", "/api/sync/", many('"x"', within='{"task":[%s]}', size=LARGEST), JSON)

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.nightly,
    NEEDS_NGINX,
    pytest.mark.skipif(not MAY_LIMIT, reason="no memory of a control group can be limited"),
]


class Group:
    """A control group: its processes, and those that they make, share one limit of memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.restarts = 0

    def take(self, pid: int) -> None:
        (self.folder / "cgroup.procs").write_text(str(pid))

    def limit(self, size: int) -> None:
        (self.folder / "memory.limit_in_bytes").write_text(str(size))

    def at_rest(self) -> int:
        """Return what its processes hold without what Linux may take back, in bytes."""
        return self._said("memory.stat", "total_rss")

    def ended(self) -> int:
        """Return how many of its processes Linux has ended because there was no more room."""
        return self._said("memory.oom_control", "oom_kill")

    def _said(self, file: str, name: str) -> int:
        return int(re.search(rf"^{name} (\d+)$", (self.folder / file).read_text(), re.MULTILINE)[1])


@contextmanager
def grouped(site: Site) -> Iterator[Group]:
    """Start the service for devices anew in a group, and again when it ends, as systemd does."""
    service, group = site.services["sync"], Group(GROUPS / f"planner-{os.getpid()}")
    group.folder.mkdir()
    over = threading.Event()

    def start() -> None:
        service.start()
        group.take(service.process.pid)

    def supervise() -> None:
        while not over.wait(0.1):
            if service.process.poll() is not None:
                group.restarts += 1
                start()

    service.stop()
    start()
    service.wait_until_ready()
    keeper = threading.Thread(target=supervise)
    keeper.start()
    try:
        yield group
    finally:
        over.set()
        keeper.join()
        group.limit(-1)
        site.restart()
        group.folder.rmdir()


def test_nothing_acknowledged_is_lost_when_memory_is_used_up(site, fleet, tell):
    """H1"""
    token = token_of(site, fleet[0])
    with grouped(site) as group, Load(site, fleet[1:]) as load:
        load.go_on(AFTER)
        group.limit(group.at_rest() + ROOM)
        enough = threading.Event()
        with ThreadPoolExecutor(CALLERS) as threads:
            sending = [threads.submit(crowd, site, n, token, enough) for n in range(CALLERS)]
            wait_until(lambda: group.ended() >= ENDS)
            enough.set()
        answers = {status for one in sending for status in one.result()}
        group.limit(-1)
        load.go_on(AFTER)
        ended, restarts = group.ended(), group.restarts

    assert faults(site, load.members) == []
    assert set(load.refusals) <= {TOLD_WHEN}
    assert answers <= {400, 413, 429, 503}
    told = load.figures.acknowledged
    tell(
        f"memory used up: {ended} processes ended, {restarts} of them the master;"
        f" {told} acknowledged, 0 lost"
    )
    tell(f"  meanwhile {load.offline} requests without an answer, {load.refusals[TOLD_WHEN]} 503")


def crowd(site: Site, number: int, token: str, enough: threading.Event) -> set[int]:
    """Send large bodies until it is enough; return how they were answered."""
    answers = set()
    while not enough.is_set():
        # Who was being read by a worker that ended gets no answer.
        with suppress(OSError):
            answers.add(status_of(site, f"127.0.9.{number + 1}", LARGE, token))
    return answers
