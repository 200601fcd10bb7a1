"""What a claimed device sends, stores and removes in a sync, in steps that a power cut may part."""

import logging
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlencode

from simulator.client import Answer, ProblemError
from simulator.entries import TYPES
from simulator.generations import FIRST, LINE_BYTES, message, old_message
from simulator.intake import Intake
from simulator.outbox import BATCH, Message, Outbox
from simulator.repair import Repair
from simulator.session import Session, StartOver
from simulator.settling import Settling
from simulator.store import Store
from simulator.streams import groups, whole_lines

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
    repaired: int = 0
    outcomes: Counter = field(default_factory=Counter)
    next_poll: int | None = None
    pending_claim: dict | None = None


@dataclass(frozen=True)
class Firmware:
    """How a device syncs.

    `page` is the number of entries that it has room for, `streams` whether it reads what is more
    than that in lines, `digest_every` the number of polls after which it compares sums; 0 is never;
    `rekeys` tells whether it can replace its key, which the first generation never does.
    """

    generation: int = 2
    page: int = 64
    streams: bool = False
    digest_every: int = 0
    rekeys: bool = True

    @property
    def first(self) -> bool:
        """Whether it is a device of the first generation."""
        return self.generation == FIRST


class Exchange:
    """Pushes the queue and pulls the news of one device."""

    def __init__(self, session: Session, store: Store, outbox: Outbox, firmware: Firmware) -> None:
        self.session, self.store, self.outbox = session, store, outbox
        self.clock = session.clock
        self.firmware = firmware
        self.intake = Intake(store, outbox)
        self.settling = Settling(store, outbox, self.clock, can_create=not firmware.first)
        self.repair = Repair(session, self.intake)
        self.report = Report()
        self.next_poll: int | None = None
        self.polls = 0

    def run(self) -> Report:
        """Send what is queued and fetch what is new.

        Raises StartOver when another run is needed, and ProblemError and OfflineError.
        """
        self.report = Report(claimed=True)
        try:
            if self._push():
                self._pull()
        except ProblemError as problem:
            self._recover(problem)
            raise StartOver from problem
        self.report.next_poll = self.next_poll
        return self.report

    # Up

    def _push(self) -> bool:
        """Send the queue; return whether there is something left to fetch."""
        size, more = BATCH, True
        while (sealed := self.outbox.seal(size, one_type=self.firmware.first)).changes:
            try:
                answer = self._send(sealed)
            except ProblemError as problem:
                size = self._divide(sealed, problem)
                continue
            sent = self.report.sent
            self._store(answer, sealed)
            more = answer.get("more", True)
            if sent == self.report.sent:
                break
        return more

    def _send(self, sealed: Message) -> Answer:
        if self.firmware.first:
            body = old_message(sealed.changes, self.session.serial)
        else:
            # The delta after a half-read full refresh is the refresh's affair.
            refreshing = self.store.recall("refreshing")
            since = None if refreshing else self.store.recall("cursor")
            body = message(sealed.changes, self.clock.now(), since)
        return self.session.ask("POST", "/api/sync/", body, {"Idempotency-Key": sealed.key})

    def _divide(self, sealed: Message, problem: ProblemError) -> int:
        """Return how many changes to send next, after a message that the server cannot read."""
        if problem.code not in (*UNREADABLE, "push-id-reused"):
            raise problem
        self.outbox.unseal()
        if problem.code == "push-id-reused":
            return BATCH
        if len(sealed.changes) > 1:
            return len(sealed.changes) // 2
        [change] = sealed.changes
        log.warning("The server cannot read a change of %s: %s", change.type, problem)
        self.outbox.drop(change)
        return BATCH

    # Down

    def _pull(self) -> None:
        """Fetch what is new, or without a cursor everything."""
        if self.firmware.first:
            self._stream({"max_line": LINE_BYTES})
            return
        if self.firmware.streams and not self._settled:
            self._stream({})
        more = self._poll()
        while more:
            more = self._stream({}) if self.firmware.streams else self._poll()

    @property
    def _settled(self) -> bool:
        """Whether a full refresh has been read to its end."""
        return bool(self.store.recall("cursor")) and not self.store.recall("refreshing")

    def _poll(self) -> bool:
        """Fetch a page; return whether there are more."""
        with_digest = self._digest_due()
        query = {"limit": self.firmware.page} | ({"digest": 1} if with_digest else {})
        path = self._path(query)
        answer = self.session.ask("GET", path, headers=self._known(path))
        if answer.not_modified:
            return self._nothing_new(answer)
        self._store(answer)
        self._know(path, answer)
        if with_digest and not answer["more"] and not len(self.outbox):
            differing = self.repair.differing(answer["digest"], answer["days_since"])
            self.report.repaired += self.repair.run(differing)
        return answer["more"]

    def _stream(self, query: dict) -> bool:
        """Read lines, storing them at each cursor; return whether there are more, which is no."""
        path = self._path(query)
        head, chunks = self.session.stream(path, headers=self._known(path))
        if head.not_modified:
            return self._nothing_new(head)
        began = self.clock.now()
        at_head = began if head.time is None else head.time
        for group in groups(whole_lines(chunks), query.get("max_line")):
            # An entry may be as new as its line.
            read_until = at_head + self.clock.now() - began
            self._store(group, read_until=read_until)
        self._know(path, head)
        return False

    def _nothing_new(self, answer: Answer) -> bool:
        if answer.time is not None:
            self.clock.answered(answer.time)
        return False

    def _path(self, query: dict) -> str:
        if cursor := self.store.recall("cursor"):
            query = query | {"since": cursor}
        else:
            self.intake.begin_refresh()
        return f"/api/sync/?{urlencode(query)}"

    def _known(self, path: str) -> dict[str, str]:
        """Return the condition that this very question has something new to answer."""
        etag = self.store.recall("etag")
        asked = self.store.recall("etag_path")
        return {"If-None-Match": etag} if etag and asked == path else {}

    def _know(self, path: str, answer: Answer) -> None:
        if answer.etag:
            self.store.remember(etag=answer.etag, etag_path=path)

    def _digest_due(self) -> bool:
        self.polls += 1
        every = self.firmware.digest_every
        return bool(every) and self.polls % every == 0 and self._settled

    # Answers

    def _recover(self, problem: ProblemError) -> None:
        """Get ready to begin again; raises what the device can do nothing about."""
        if problem.code == "history-changed":
            self._send_everything()
        elif problem.code == "cursor-expired":
            # The token answer tells whether the cursor was another claim's.
            self.session.forget()
            self._lose_cursor()
        elif problem.code in ("device-unclaimed", "claim-pending"):
            self.session.forget()
        else:
            raise problem

    def _lose_cursor(self) -> None:
        self.store.remember(cursor=None, refreshing=None)

    def _send_everything(self) -> None:
        """Queue the whole plan for a server that lost a part of its history, then read it again."""
        log.info("The server lost a part of its history: sending everything.")
        with self.store.transaction():
            if not self.firmware.first:
                self.outbox.unseal()
                self.outbox.add_first(self.store.plan(), self.store.recall("last_answer") or 0)
            self._lose_cursor()

    def _store(
        self, answer: dict, sealed: Message | None = None, read_until: int | None = None
    ) -> None:
        """Store all that an answer says in one transaction."""
        with self.store.transaction():
            if sealed:
                self._settle(sealed, answer)
            # What the first generation sees of the plan, it reads in lines.
            if not (sealed and self.firmware.first):
                self._take_all(answer)
            if "cursor" in answer:
                self.store.remember(cursor=answer["cursor"])
                if not answer["more"] and self.store.recall("refreshing"):
                    self.intake.end_refresh()
            if read_until is None:
                self.clock.answered(answer["server_time"])
            else:
                self.clock.read(read_until)
        self.next_poll = answer.get("next_poll", self.next_poll)
        if device := answer.get("device"):
            self.report.pending_claim = device["pending_claim"]
            self.store.take_settings(device)

    def _settle(self, sealed: Message, answer: dict) -> None:
        outcomes = self.settling.settle_all(sealed.changes, answer.get("results", []))
        self.outbox.unseal()
        self.report.sent += len(outcomes)
        self.report.outcomes.update(outcomes)

    def _take_all(self, answer: dict) -> None:
        self.report.skipped += answer.get("skipped", 0)
        for kind in TYPES:
            for entry in answer.get(kind, []):
                taken = self.intake.take(kind, entry, answer.get("days_since", 0))
                self.report.received += taken
                self.report.skipped += not taken
