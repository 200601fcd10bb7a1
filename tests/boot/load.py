"""Devices that poll and push while something happens to the machine."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from simulator.figures import Figures
from simulator.fleet import OPEN_AT_ONCE, Member, Unit, live_until
from simulator.wire import Wire

PACE, PUSH = 0.001, 0.5


@contextmanager
def fleet(units: list[Unit], url: str) -> Iterator[Figures]:
    """Let them live until the block is over, and count what they see."""
    figures, over, began = Figures(), threading.Event(), threading.Event()
    living = threading.Thread(target=lambda: asyncio.run(_live(units, url, figures, began, over)))
    living.start()
    try:
        began.wait()
        yield figures
    finally:
        over.set()
        living.join()


async def _live(
    units: list[Unit], url: str, figures: Figures, began: threading.Event, over: threading.Event
) -> None:
    wire, gate = Wire(url), asyncio.Semaphore(OPEN_AT_ONCE)
    members = [Member(unit, wire, figures, gate) for unit in units]

    async def watch() -> None:
        while figures.acknowledged < len(members):
            await asyncio.sleep(0.1)
        began.set()
        await asyncio.to_thread(over.wait)

    await live_until(watch(), members, PACE, PUSH)
