"""A planner device: what the person who holds it does, and its sync with the server."""

import json
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4
from zoneinfo import ZoneInfo

from simulator.client import Client, ProblemError
from simulator.clock import Clock
from simulator.entries import DELETED, FOREVER, creates, day_seconds
from simulator.exchange import Exchange, Firmware, Report
from simulator.generations import fits_first
from simulator.outbox import Outbox
from simulator.session import Session, StartOver
from simulator.store import Store
from simulator.transport import Transport

log = logging.getLogger(__name__)
# A sync begins again after a new claim, a lost cursor or a lost history, each once as a rule.
TRIES = 6


class Device:
    """One planner device; `clock` is its battery-backed clock in unix seconds and may be wrong.

    `claims` is what it does when somebody wants to claim it: "accept", "refuse" or "ignore".
    `transport` is the way to the server, where it is not an ordinary one; `firmware` are the fields
    of `exchange.Firmware`.
    """

    def __init__(
        self,
        url: str,
        serial: str,
        key: str,
        path: str | Path,
        clock: Callable[[], float] = time.time,
        *,
        claims: str = "accept",
        transport: Transport | None = None,
        **firmware: int,
    ) -> None:
        self.claims = claims
        self.client = Client(url, transport)
        self.store = Store(path)
        self.outbox = Outbox(self.store)
        self.clock = Clock(clock, self.store, self.outbox)
        has = Firmware(**firmware)
        self.session = Session(
            self.client, serial, key, self.store, self.clock, rekeys=has.rekeys and not has.first
        )
        self.exchange = Exchange(self.session, self.store, self.outbox, has)

    @property
    def claimed(self) -> bool:
        """Whether the device belongs to somebody, as far as it knows."""
        return bool(self.session.claimed)

    def close(self) -> None:
        self.client.close()
        self.store.close()

    # What the person who holds the device sees and does; all of it works offline

    def plan(self) -> dict[str, list[dict]]:
        """Return the entries as they are on the wire, in the order of the device's lists."""
        return self.store.plan()

    def today(self) -> date:
        """Return the calendar day in the device's time zone."""
        zone = ZoneInfo(self.settings.get("time_zone", "UTC"))
        return datetime.fromtimestamp(self.clock.now(), zone).date()

    @property
    def settings(self) -> dict[str, Any]:
        """What its people chose for it, as it last heard; nothing before its first sync."""
        return json.loads(self.store.recall("settings") or "{}")

    def tick(self, id: str) -> None:
        self.change("task", id, {"completion": 1})

    def untick(self, id: str) -> None:
        self.change("task", id, {"completion": 0})

    def delete(self, id: str) -> None:
        """Delete an entry of any type."""
        if found := self.store.find(id):
            kind, _ = found
            self.change(kind, id, {"completion": DELETED} if kind == "task" else {"deleted": 1})

    def mark_day(self, habit_id: str, day: date | int) -> None:
        self.change("habit", habit_id, {"date": day_seconds(day), "action": "add"})

    def clear_day(self, habit_id: str, day: date | int) -> None:
        self.change("habit", habit_id, {"date": day_seconds(day), "action": "del"})

    def add_task(
        self, name: str, *, description: str = "", priority: int = 1, duedate: int = FOREVER
    ) -> str:
        """Create a task and return its id; without a `duedate` it is a hobby."""
        fields = {"name": name, "description": description, "completion": 0}
        return self._add("task", fields | {"priority": priority, "duedate": duedate})

    def add_event(self, name: str, starttime: int, duration: int, *, description: str = "") -> str:
        fields = {"name": name, "description": description}
        return self._add("event", fields | {"starttime": starttime, "duration": duration})

    def add_habit(self, name: str, goal: int) -> str:
        return self._add("habit", {"name": name, "goal": goal})

    def edit(self, id: str, **fields: str | int) -> None:
        """Change fields of an entry of any type."""
        if found := self.store.find(id):
            self.change(found[0], id, fields)

    def change(self, kind: str, id: str, change: dict) -> None:
        """Do what a person did on the screen and queue it, in one step.

        What is not on the screen cannot be changed. Raises ValueError for what a device of the
        first generation has no button for.
        """
        if self.exchange.firmware.first and not fits_first(kind, change):
            raise ValueError(f"a first-generation device cannot make this change of a {kind}")
        if self.store.find(id) is None and not creates(kind, change):
            return
        with self.store.transaction():
            self.store.patch(kind, id, change)
            self.outbox.add(kind, id, change, self.clock.moment(kind, id))

    def _add(self, kind: str, fields: dict) -> str:
        id = str(uuid4())
        self.change(kind, id, fields)
        return id

    # What the device does by itself

    def report(self, **facts: str | int) -> None:
        """Tell the server about the device: `firmware_version`, `battery_percent`."""
        self.session.ask("PATCH", "/api/device/", facts)

    def reset(self) -> None:
        """End the claim and erase everything, as the factory reset in the device's menu does.

        When the answer to an earlier reset was lost, the token is refused now: it was done then.
        """
        with suppress(StartOver):
            self.session.ask("POST", "/api/device/reset/")
        self.store.erase(None)
        self.session.forget()

    def sync(self) -> Report:
        """Send what is queued and fetch what is new.

        Raises ProblemError when the server refuses and OfflineError when no answer comes; both
        leave the device as it was, to try again later.
        """
        for tries_left in reversed(range(TRIES)):
            try:
                return self._sync()
            except StartOver as reason:
                if not tries_left:
                    raise reason.__cause__ or reason from None
        raise AssertionError("the last try answers or raises")

    def wait(self, seconds: int) -> bool:
        """Wait for news up to that long, and tell whether there are some."""
        query = urlencode({"since": self.store.recall("cursor") or "", "timeout": seconds})
        return self.session.ask("GET", f"/api/sync/wait/?{query}").get("news", False)

    def _sync(self) -> Report:
        self.session.begin()
        if not self.claimed:
            self._wait_for_owner()
            return Report()
        report = self.exchange.run()
        self._answer_claim(report.pending_claim)
        return report

    def _wait_for_owner(self) -> None:
        answer = self.session.ask("GET", "/api/device/")
        if answer["claimed"]:
            self.session.forget()
            raise StartOver
        self._answer_claim(answer["pending_claim"])

    def _answer_claim(self, pending: dict | None) -> None:
        if not pending or self.claims == "ignore":
            return
        accept = self.claims == "accept"
        log.info("%s wants this device, number %s.", pending["name"], pending["number"])
        try:
            self.session.ask("POST", "/api/device/claim/", {"accept": accept})
        except ProblemError as problem:
            if problem.code != "conflict":
                raise
            log.info("The claim does not wait any more.")
            return
        log.info("Accepted." if accept else "Refused.")
        if accept:
            self.session.forget()
            raise StartOver
