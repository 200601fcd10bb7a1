"""A fleet that lives while things break, and the ledger of what was acknowledged to it."""

import asyncio
import ssl
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import cycle, islice
from statistics import quantiles

from simulator.figures import Figures
from simulator.fleet import OPEN_AT_ONCE, Member, Push, Unit, live_until
from simulator.wire import Answer, Wire
from tests.chaos.site import Site

PATIENCE = 300
"""Seconds for what takes as long as the machine is busy."""
PACE, PUSH = 0.0005, 0.8
HASTE = 0.03
ADDRESSES = 250
TOLD_WHEN = (503, True)
"""The one answer that may come while something is away: it says when to come back."""
LOGGED = """SELECT device.serial, change.revision, change.uuid::text,
CASE WHEN (change.entry->>'alive')::boolean THEN (change.entry->>'completion')::int ELSE 2 END
FROM backups_change AS change JOIN backups_backup AS plan ON plan.id = change.backup_id
JOIN devices_device AS device ON device.claim = plan.claim
ORDER BY device.serial, change.revision"""

State = dict[str, int]
"""What a push made of tasks: completion by id, 2 for a deleted one."""


class Way(Wire):
    """Leads to a site from an address of the loopback.

    `refusals` counts the refusals on it by status and whether they say when to come back.
    """

    def __init__(self, site: Site, address: str, refusals: Counter) -> None:
        super().__init__(site.url, address)
        self.tls = ssl.create_default_context(cafile=site.nginx.authority)
        self.refusals = refusals

    async def ask(self, method: str, path: str, body: dict | None = None, **headers: str) -> Answer:
        answer = await super().ask(method, path, body, **headers)
        if answer.status >= 400:
            self.refusals[answer.status, answer.retry_after > 0] += 1
        return answer


class Load:
    """Devices that poll and push from addresses of the net 127.0.`net`.0 until the block is over.

    With little `patience` they ask again long before they should, which is harder on the server.
    """

    def __init__(
        self,
        site: Site,
        units: list[Unit],
        *,
        net: int = 1,
        pace: float = PACE,
        push: float = PUSH,
        patience: float = HASTE,
    ) -> None:
        self.figures, self.refusals = Figures(), Counter()
        self.pace, self.push = pace, push
        hosts = range(1, min(len(units), ADDRESSES) + 1)
        ways = [Way(site, f"127.0.{net}.{host}", self.refusals) for host in hosts]
        gate = asyncio.Semaphore(OPEN_AT_ONCE)
        pairs = zip(units, islice(cycle(ways), len(units)), strict=True)
        self.members = [Member(unit, way, self.figures, gate, patience) for unit, way in pairs]
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.error: Exception | None = None

    def __enter__(self) -> "Load":
        self.thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.over.set()
        self.thread.join()
        if self.error:
            raise self.error

    def _run(self) -> None:
        end = asyncio.to_thread(self.over.wait)
        try:
            asyncio.run(live_until(end, self.members, self.pace, self.push))
        except Exception as error:
            self.error = error
        finally:
            self.over.set()

    @property
    def offline(self) -> int:
        """How often no answer came, or only a part of one."""
        return self.figures.errors["offline"]

    def go_on(self, pushes: int) -> None:
        """Return when so many more pushes are acknowledged."""
        self.reach(self.figures.acknowledged + pushes)

    def reach(self, pushes: int) -> None:
        """Return when so many pushes are acknowledged altogether."""
        wait_until(lambda: self.figures.acknowledged >= pushes or self.over.is_set())
        assert not self.error, self.error

    def p99(self, since: int = 0) -> float:
        """Return within which time nearly all answers came since there were so many, in ms."""
        return quantiles(self.figures.seconds[since:], n=100)[-1] * 1000


def wait_until(is_so: Callable[[], bool]) -> None:
    """Return when something is so; it must be before long."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def faults(site: Site, members: list[Member]) -> list[str]:
    """Compare the log of each plan with its device's ledger; return what is not the same.

    The log is the ledger: the same pushes, whole, in the same order, each once. Behind them may
    stand the one that was on its way in the end, whole too.
    """
    logged = log_of(site)
    return [fault for member in members if (fault := _fault(member, logged[member.unit.serial]))]


def log_of(site: Site) -> dict[str, list[State]]:
    """Return what each plan's commits did, by serial."""
    found: dict[str, dict[int, State]] = defaultdict(lambda: defaultdict(dict))
    for serial, revision, id, completion in site.rows(LOGGED):
        found[serial][revision][id] = completion
    plans = {serial: list(commits.values()) for serial, commits in found.items()}
    return defaultdict(list, plans)


def _fault(member: Member, log: list[State]) -> str:
    told = [state for one in member.acknowledged if (state := _applied(*one))]
    rest = log[len(told) :]
    if log[: len(told)] != told:
        return f"{member.unit.serial}: told {told}, logged {log}"
    if rest and (len(rest) > 1 or member.queued is None or not _is_whole(member.queued, rest[0])):
        return f"{member.unit.serial}: nobody was told {rest}, {member.queued} is on its way"
    return ""


def _applied(push: Push, results: list[dict]) -> State:
    """Return what a push did by the server's own word."""
    done = {result["id"] for result in results if result["outcome"] == "applied"}
    return {item["id"]: item["completion"] for item in push.items if item["id"] in done}


def _is_whole(push: Push, state: State) -> bool:
    sent = {item["id"]: item["completion"] for item in push.items}
    made = {item["id"] for item in push.items if "name" in item}
    return made <= state.keys() and state.items() <= sent.items()
