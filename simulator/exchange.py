"""What a claimed device sends, stores and removes in a sync, in steps that a power cut may part."""

import logging
import sqlite3
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode

from simulator.client import ProblemError
from simulator.clock import Clock
from simulator.entries import TYPES, creates, deletes, readable
from simulator.outbox import BATCH, Outbox, Queued, grouped
from simulator.session import Session, StartOver
from simulator.store import Store

log = logging.getLogger(__name__)
# What the server says when it could not read a message as a whole.
UNREADABLE = ("malformed-json", "body-too-large", "too-many-items")


@dataclass
class Report:
    """What a sync did; `next_poll` is in seconds, as the server would like it."""

    claimed: bool = False
    sent: int = 0
    received: int = 0
    skipped: int = 0
    outcomes: Counter = field(default_factory=Counter)
    next_poll: int | None = None
    pending_claim: dict | None = None


class Exchange:
    """Pushes the queue and pulls the news of one device; `page` is the entries it has room for."""

    def __init__(self, session: Session, store: Store, outbox: Outbox, page: int) -> None:
        self.session = session
        self.clock: Clock = session.clock
        self.store = store
        self.outbox = outbox
        self.page = page
        self.report = Report()

    def run(self) -> Report:
        """Send what is queued and fetch what is new.

        Raises StartOver when another run is needed, and ProblemError and OfflineError.
        """
        self.report = Report(claimed=True)
        if self._push():
            self._pull()
        return self.report

    # Up

    def _push(self) -> bool:
        """Send the queue; return whether there is something left to fetch."""
        size, more = BATCH, True
        while batch := self.outbox.batch(size):
            try:
                answer = self._ask("POST", "/api/sync/", self._message(batch))
            except ProblemError as problem:
                if problem.code not in UNREADABLE:
                    raise
                size = self._halve(batch, problem)
                continue
            settled = self.report.sent
            self._store(answer, batch)
            more = answer.get("more", True) if "cursor" in answer else True
            if settled == self.report.sent:
                break
        return more

    def _message(self, batch: list[Queued]) -> dict:
        message = {"now": self.clock.now(), **grouped(batch)}
        # The delta after a half-read full refresh is the refresh's affair.
        if not self.store.recall("refreshing") and (cursor := self.store.recall("cursor")):
            message["since"] = cursor
        return message

    def _halve(self, batch: list[Queued], problem: ProblemError) -> int:
        if len(batch) > 1:
            return len(batch) // 2
        log.warning("The server cannot read a change of %s: %s", batch[0].type, problem)
        self.outbox.drop(batch[0])
        return BATCH

    # Down

    def _pull(self) -> None:
        """Fetch pages until there are no more; without a cursor it is a full refresh."""
        more = True
        while more:
            query = {"limit": self.page}
            if cursor := self.store.recall("cursor"):
                query["since"] = cursor
            else:
                self._begin_refresh()
            answer = self._ask("GET", f"/api/sync/?{urlencode(query)}")
            self._store(answer, [])
            more = answer["more"]

    def _begin_refresh(self) -> None:
        with self.store.transaction():
            self.store.forget_seen()
            self.store.remember(refreshing=1)

    def _end_refresh(self) -> None:
        for kind, id in self.store.unseen():
            if not self.outbox.of(kind, id):
                self.store.remove(kind, id)
        self.store.forget_seen()
        self.store.remember(refreshing=None)

    # Answers

    def _ask(self, method: str, path: str, body: dict | None = None) -> dict:
        try:
            return self.session.ask(method, path, body)
        except ProblemError as problem:
            if problem.code == "history-changed":
                self._send_everything()
            elif problem.code == "cursor-expired":
                # The token answer tells whether the cursor was another claim's.
                self.session.forget()
                self._lose_cursor()
            elif problem.code == "device-unclaimed":
                self.session.forget()
            else:
                raise
            raise StartOver from problem

    def _lose_cursor(self) -> None:
        self.store.remember(cursor=None, refreshing=None)

    def _send_everything(self) -> None:
        """Queue the whole plan for a server that lost a part of its history, then read it anew."""
        log.info("The server lost a part of its history: sending everything.")
        with self.store.transaction():
            self.outbox.add_first(self.store.plan(), self.store.recall("last_answer") or 0)
            self._lose_cursor()

    def _store(self, answer: dict, batch: list[Queued]) -> None:
        """Store all that an answer says in one transaction."""
        with self.store.transaction():
            self._settle_all(batch, answer.get("results", []))
            for kind in TYPES:
                for entry in answer.get(kind, []):
                    self._take(kind, entry, answer.get("days_since", 0))
            if "cursor" in answer:
                self.store.remember(cursor=answer["cursor"])
                if not answer["more"] and self.store.recall("refreshing"):
                    self._end_refresh()
            self.clock.answered(answer["server_time"])
        self.report.next_poll = answer.get("next_poll", self.report.next_poll)
        if device := answer.get("device"):
            self.report.pending_claim = device["pending_claim"]
            self.store.remember(zone=device["settings"]["time_zone"])

    def _take(self, kind: str, entry: dict, days_since: int) -> None:
        """Store the server's state of an entry, and on top what the queue still has for it."""
        if not readable(kind, entry):
            self.report.skipped += 1
            return
        self.report.received += 1
        if deletes(kind, entry):
            self.store.remove(kind, entry["id"])
            return
        self.store.put(kind, entry, days_since)
        self.store.see(kind, entry["id"])
        for queued in self.outbox.of(kind, entry["id"]):
            # A name that another habit has by now: the server refuses it too, then it is changed.
            with suppress(sqlite3.IntegrityError):
                self.store.patch(kind, queued.id, queued.change)

    def _settle_all(self, batch: list[Queued], results: list[dict]) -> None:
        waiting = list(batch)
        for result in results:
            key = (result["type"], result["id"])
            queued = next((one for one in waiting if (one.type, one.id) == key), None)
            if queued:
                waiting.remove(queued)
                self._settle(queued, result)

    def _settle(self, queued: Queued, result: dict) -> None:
        self.report.sent += 1
        self.report.outcomes[result["outcome"]] += 1
        if result["outcome"] == "rejected":
            self._refused(queued, {error["code"] for error in result.get("errors", [])})
            return
        self.outbox.drop(queued)
        # What was made during a full refresh is not in it.
        self.store.see(queued.type, queued.id)
        if creates(queued.type, queued.change):
            self.outbox.let_go(queued.type, queued.id)

    def _refused(self, queued: Queued, codes: set[str]) -> None:
        log.info("The server refused a change of a %s: %s.", queued.type, ", ".join(sorted(codes)))
        if "unknown-entry" in codes:
            self._refused_unknown(queued)
        elif "name-taken" in codes:
            self._refused_name(queued)
        else:
            self.outbox.drop(queued)
            if creates(queued.type, queued.change):
                self.outbox.drop_held(queued.type, queued.id)

    def _refused_unknown(self, queued: Queued) -> None:
        """Keep the change until its create is acknowledged; without one, send the entry whole."""
        others = self.outbox.of(queued.type, queued.id)
        if any(creates(one.type, one.change) for one in others):
            self.outbox.hold(queued)
            return
        self.outbox.drop(queued)
        if found := self.store.find(queued.id):
            self._requeue(queued, {**found[1]})

    def _refused_name(self, queued: Queued) -> None:
        """Take another name for a habit and send the change again with it."""
        self.outbox.drop(queued)
        if found := self.store.find(queued.id):
            name = found[1]["name"]
            if name == queued.change["name"]:
                name = self.store.free_habit_name(name)
            self.store.patch("habit", queued.id, {"name": name})
            self._requeue(queued, queued.change | {"name": name})

    def _requeue(self, queued: Queued, fields: dict) -> None:
        change = {name: value for name, value in fields.items() if name not in ("id", "deleted")}
        at = self.clock.moment(queued.type, queued.id)
        self.outbox.add(queued.type, queued.id, change, at)
