"""Who waits for news of which plan, in one process: plain asyncio, no Django, no database."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Hold:
    """What an answer without news says about waiting for some.

    `plan` is the backup's id and `revision` what the caller knows of it; `seconds` is how long the
    caller wants to wait, and `event` what a stream tells of the plan now.
    """

    plan: int
    revision: int
    seconds: int = 0
    event: bytes = b""


class Hub:
    """The waiters of all plans; it is used in the thread of the event loop only."""

    def __init__(self) -> None:
        self._waiters: dict[int, set[Waiter]] = {}
        self.closed = False

    @property
    def plans(self) -> frozenset[int]:
        """The plans that somebody waits for."""
        return frozenset(self._waiters)

    def subscribe(self, plan: int, revision: int) -> "Waiter":
        """Return a waiter, to be entered, of somebody who knows this revision of a plan."""
        return Waiter(self, plan, revision)

    def announce(self, plans: Iterable[int]) -> None:
        """Wake everybody who waits for one of the plans."""
        for plan in plans:
            for waiter in self._waiters.get(plan, ()):
                waiter.wake()

    def compare(self, plans: Collection[int], revisions: Mapping[int, int]) -> None:
        """Wake who knows another revision than a plan has now; a missing one has been closed."""
        for plan in plans:
            for waiter in self._waiters.get(plan, ()):
                if waiter.revision != revisions.get(plan):
                    waiter.wake()

    def close(self) -> None:
        """Wake everybody and let nobody wait any more: the process is about to end."""
        self.closed = True
        self.announce(self.plans)

    def _add(self, waiter: "Waiter") -> None:
        self._waiters.setdefault(waiter.plan, set()).add(waiter)

    def _remove(self, waiter: "Waiter") -> None:
        others = self._waiters[waiter.plan]
        others.remove(waiter)
        if not others:
            del self._waiters[waiter.plan]


class Waiter:
    """One who waits; what was announced since it was entered is not missed by a later `wait`."""

    def __init__(self, hub: Hub, plan: int, revision: int) -> None:
        self.hub, self.plan, self.revision = hub, plan, revision
        self._woken = asyncio.Event()

    def __enter__(self) -> Self:
        self.hub._add(self)
        if self.hub.closed:
            self.wake()
        return self

    def __exit__(self, *_error: object) -> None:
        self.hub._remove(self)

    def wake(self) -> None:
        """End the present wait, or else the next one."""
        self._woken.set()

    async def wait(self, seconds: float) -> bool:
        """Wait to be woken for that long at most, and tell whether it was so."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return False
        self._woken.clear()
        return True
