"""Many devices in one process: `python -m simulator fleet N --url URL --units units.csv`."""

import argparse
import asyncio
import csv
import sys
import time
from pathlib import Path
from random import Random
from typing import NamedTuple
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


class Unit(NamedTuple):
    """What a device knows of itself."""

    serial: str
    key: str


class Member:
    """One device of a fleet: it keeps its cursor, and of the plan only the tasks it made."""

    def __init__(self, unit: Unit, wire: Wire, figures: Figures, gate: asyncio.Semaphore) -> None:
        self.unit, self.wire, self.figures, self.gate = unit, wire, figures, gate
        self.chance = Random(unit.serial)  # noqa: S311 - repeatable, not secret
        self.token = self.cursor = self.etag = self.asked = ""
        self.own: list[str] = []
        self.queued: tuple[str, list[dict]] | None = None

    async def live(self, pace: float, push: float) -> None:
        """Poll for ever; push with the odds `push`; `pace` scales the server's `next_poll`."""
        pause = self.chance.random() * POLL * pace
        while True:
            await asyncio.sleep(pause)
            if self.queued is None and self.chance.random() < push:
                self.queued = (str(uuid4()), [self._change()])
            try:
                pause = await self._sync() * pace * (0.9 + 0.2 * self.chance.random())
            except RefusedError as refused:
                pause = refused.seconds

    async def _sync(self) -> float:
        if not self.token:
            await self._sign_in()
        if self.queued and self.cursor:
            return await self._push(*self.queued)
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

    async def _push(self, key: str, items: list[dict]) -> float:
        body = {"now": int(time.time()), "since": self.cursor, "task": items}
        answer = await self._ask("POST", "/api/sync/", body, Idempotency_Key=key)
        self.cursor, self.queued = answer.body["cursor"], None
        self.figures.acknowledged += 1
        self.figures.changes += len(items)
        return answer.body["next_poll"]

    def _change(self) -> dict:
        """Make a task, or tick or delete one that this device has made."""
        at = int(time.time())
        if self.own and (len(self.own) >= MOST_OWN or self.chance.random() < 0.5):
            id = self.chance.choice(self.own)
            completion = self.chance.choice((1, 2))
            if completion == 2:
                self.own.remove(id)
            return {"id": id, "completion": completion, "at": at}
        self.own.append(str(uuid4()))
        fields = {"name": f"Task {len(self.own)}", "description": "", "completion": 0}
        return {"id": self.own[-1], **fields, "priority": 1, "duedate": FOREVER, "at": at}

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
    lives = [
        asyncio.create_task(Member(unit, wire, figures, gate).live(pace, push)) for unit in units
    ]
    ended, _ = await asyncio.wait(lives, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
    for life in lives:
        life.cancel()
    await asyncio.gather(*lives, return_exceptions=True)
    for life in ended:
        life.result()
    return figures


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
