"""Many devices in one process: `python -m simulator fleet N --url URL --units units.csv`."""

import argparse
import asyncio
import csv
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

from simulator.entries import FOREVER
from simulator.figures import Figures
from simulator.wire import Answer, Wire

MOST_DEVICES, MOST_SECONDS = 5_000, 3_600
DEFAULT_SECONDS = 60
RETRY = 5
POLL = 900
PAGE = 500
OPEN_AT_ONCE = 200
MOST_OWN = 20
MOST_CHANGES = 4


class Unit(NamedTuple):
    """What a device knows of itself."""

    serial: str
    key: str


class Push(NamedTuple):
    """What a device sends under a key: the same again until it is acknowledged."""

    key: str
    items: list[dict]


class Member:
    """One device of a fleet: it keeps its cursor, and of the plan only the tasks it made.

    `queued` is the push that is not acknowledged, `acknowledged` those that are, with the results.
    It waits as long as the server asks it to, times `patience`.
    """

    def __init__(
        self,
        unit: Unit,
        wire: Wire,
        figures: Figures,
        gate: asyncio.Semaphore,
        patience: float = 1,
    ) -> None:
        self.unit, self.wire, self.figures, self.gate = unit, wire, figures, gate
        self.patience = patience
        self.chance = Random(unit.serial)  # noqa: S311 - repeatable, not secret
        self.token = self.cursor = self.etag = self.asked = ""
        self.own: dict[str, int] = {}
        self.queued: Push | None = None
        self.acknowledged: list[tuple[Push, list[dict]]] = []

    async def live(self, pace: float, push: float) -> None:
        """Poll for ever; push with the odds `push`; `pace` scales the server's `next_poll`."""
        pause = self.chance.random() * POLL * pace
        while True:
            await asyncio.sleep(pause)
            if self.queued is None and self.chance.random() < push:
                self.queued = Push(str(uuid4()), self._changes())
            try:
                pause = await self._sync() * pace * (0.9 + 0.2 * self.chance.random())
            except RefusedError as refused:
                pause = refused.seconds * self.patience

    async def _sync(self) -> float:
        if not self.token:
            await self._sign_in()
        if self.queued and self.cursor:
            return await self._push(self.queued)
        answer = await self._pull()
        while answer.body.get("more"):
            answer = await self._pull()
        return answer.body.get("next_poll", POLL)

    async def _sign_in(self) -> None:
        credentials = {"serial": self.unit.serial, "key": self.unit.key}
        self.token = (await self._ask("POST", "/api/device/token/", credentials)).body["access"]

    async def _pull(self) -> Answer:
        query = {"limit": PAGE} | ({"since": self.cursor} if self.cursor else {})
        path = f"/api/sync/?{urlencode(query)}"
        known = {"If_None_Match": self.etag} if path == self.asked else {}
        answer = await self._ask("GET", path, **known)
        if answer.status == 304:
            self.figures.not_modified += 1
        else:
            self.cursor = answer.body["cursor"]
            self.etag, self.asked = answer.headers.get("etag", ""), path
        return answer

    async def _push(self, push: Push) -> float:
        body = {"now": int(time.time()), "since": self.cursor, "task": push.items}
        answer = await self._ask("POST", "/api/sync/", body, Idempotency_Key=push.key)
        self.cursor, self.queued = answer.body["cursor"], None
        self.acknowledged.append((push, answer.body["results"]))
        self.figures.acknowledged += 1
        self.figures.changes += len(push.items)
        return answer.body["next_poll"]

    def _changes(self) -> list[dict]:
        """Make a few tasks; tick, untick or delete some of those that this device has made."""
        old = list(self.own)
        self.chance.shuffle(old)
        count = 1 + self.chance.randrange(MOST_CHANGES)
        return [self._change(old.pop() if old else "") for _ in range(count)]

    def _change(self, old: str) -> dict:
        at = int(time.time())
        if old and (len(self.own) >= MOST_OWN or self.chance.random() < 0.5):
            self.own[old] = 2 if self.chance.random() < 0.5 else 1 - self.own[old]
            if self.own[old] == 2:
                return {"id": old, "completion": self.own.pop(old), "at": at}
            return {"id": old, "completion": self.own[old], "at": at}
        id = str(uuid4())
        self.own[id] = 0
        fields = {"name": f"Task {len(self.own)}", "description": "", "completion": 0}
        return {"id": id, **fields, "priority": 1, "duedate": FOREVER, "at": at}

    async def _ask(
        self, method: str, path: str, body: dict | None = None, **headers: str
    ) -> Answer:
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        self.figures.requests += 1
        async with self.gate:
            began = time.perf_counter()
            try:
                answer = await self.wire.ask(method, path, body, **headers)
            except (OSError, ValueError) as error:
                raise self._refused(Answer(0, {}, {"code": "offline"})) from error
            self.figures.seconds.append(time.perf_counter() - began)
        if answer.status >= 400:
            raise self._refused(answer)
        return answer

    def _refused(self, answer: Answer) -> "RefusedError":
        code = answer.body.get("code", f"http-{answer.status}")
        self.figures.errors[code] += 1
        if answer.status == 401:
            self.token = ""
        if answer.status in (409, 410):
            self.cursor = self.etag = self.asked = ""
        return RefusedError(answer.retry_after or RETRY * (0.5 + self.chance.random()))


class RefusedError(Exception):
    """There was no good answer; `seconds` is how long to leave the server alone."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"again in {seconds:.1f} s")


async def run(units: list[Unit], url: str, seconds: float, pace: float, push: float) -> Figures:
    """Let one device for each unit live for so many seconds, and return what was counted."""
    figures, wire, gate = Figures(), Wire(url), asyncio.Semaphore(OPEN_AT_ONCE)
    members = [Member(unit, wire, figures, gate) for unit in units]
    await live_until(asyncio.sleep(seconds), members, pace, push)
    return figures


async def live_until(
    over: Coroutine[Any, Any, object], members: list[Member], pace: float, push: float
) -> None:
    """Let devices live until something is over; raises what ended one of them before."""
    end = asyncio.create_task(over)
    lives = [asyncio.create_task(member.live(pace, push)) for member in members]
    ended, _ = await asyncio.wait([end, *lives], return_when=asyncio.FIRST_COMPLETED)
    for task in (end, *lives):
        task.cancel()
    await asyncio.gather(end, *lives, return_exceptions=True)
    for task in ended:
        task.result()


def read_units(path: Path, count: int) -> list[Unit]:
    """Return the first units of a CSV file as `make_devices` writes it; raises ValueError."""
    with path.open(newline="") as file:
        units = [Unit(row["serial"], row["key"]) for row in csv.DictReader(file)]
    if len(units) < count:
        raise ValueError(f"{path} has {len(units)} units, {count} are wanted")
    return units[:count]


def arguments(argv: list[str]) -> argparse.Namespace:
    """Read the command line of a fleet."""
    parser = argparse.ArgumentParser(prog="python -m simulator fleet", description=__doc__)
    parser.add_argument("count", type=int, metavar="N", help=f"devices, at most {MOST_DEVICES}")
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--units", type=Path, required=True, help="CSV with serial and key")
    parser.add_argument("--seconds", type=float, default=DEFAULT_SECONDS)
    parser.add_argument("--pace", type=float, default=0.01, help="scale of the server's next_poll")
    parser.add_argument("--push", type=float, default=0.2, help="odds of a push at a sync")
    options = parser.parse_args(argv)
    if not 1 <= options.count <= MOST_DEVICES:
        parser.error(f"N is 1 to {MOST_DEVICES}")
    if not 0 < options.seconds <= MOST_SECONDS:
        parser.error(f"--seconds is at most {MOST_SECONDS}")
    return options


def main(argv: list[str]) -> int:
    """Run a fleet, print its figures, and return 0."""
    options = arguments(argv)
    try:
        units = read_units(options.units, options.count)
    except (OSError, KeyError, ValueError) as error:
        print(f"fleet: {error}", file=sys.stderr)
        return 2
    print(f"{options.count} devices for {options.seconds:.0f} s at {options.url}", flush=True)
    work = run(units, options.url, options.seconds, options.pace, options.push)
    for line in asyncio.run(work).lines():
        print(line)
    return 0
