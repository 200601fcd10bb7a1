"""Finds what differs between a device and its server by sums over ids, and fetches only that."""

import logging
from collections.abc import Iterator
from urllib.parse import urlencode

from simulator.client import ProblemError
from simulator.digests import entry_hash, shown, total
from simulator.entries import FOREVER, TYPES
from simulator.intake import Intake
from simulator.session import Session

log = logging.getLogger(__name__)
MOST_DIGITS = 7


class Repair:
    """Compares and repairs one device's plan."""

    def __init__(self, session: Session, intake: Intake) -> None:
        self.session = session
        self.intake = intake
        self.store = intake.store

    def differing(self, digest: dict[str, list], days_since: int) -> list[str]:
        """Return the types of which the server holds something else than the device."""
        return [
            kind for kind in TYPES if total(self._own(kind, days_since).values()) != digest[kind]
        ]

    def run(self, kinds: list[str]) -> int:
        """Fetch what differs, and return how many entries that were.

        Nothing is repaired by sums over a plan that has changed since the device's cursor.
        """
        repaired = 0
        for kind in kinds:
            different = list(self._search(kind, ""))
            for id, days_since in different:
                self._fetch(kind, id, days_since)
            repaired += len(different)
        if repaired:
            log.info("Repaired %d entries that were not as the server has them.", repaired)
        return repaired

    def _search(self, kind: str, bucket: str) -> Iterator[tuple[str, int]]:
        """Yield what differs within a bucket: the id, and the first day of the server's window."""
        query = urlencode({"bucket": bucket})
        answer = self.session.ask("GET", f"/api/sync/digest/?{query}")
        if answer["cursor"] != self.store.recall("cursor"):
            return
        since, theirs = answer["days_since"], answer[kind]
        own = self._own(kind, since, bucket)
        if "entries" in theirs or len(bucket) == MOST_DIGITS:
            mine = {id: shown(hashed) for id, hashed in own.items()}
            yield from ((id, since) for id in _different(mine, theirs.get("entries", {})))
            return
        length = len(bucket) + 1
        heads = {id[:length] for id in own}
        parts = {
            head: total(hashed for id, hashed in own.items() if id.startswith(head))
            for head in heads
        }
        for head in _different(parts, theirs["parts"]):
            yield from self._search(kind, head)

    def _own(self, kind: str, days_since: int, bucket: str = "") -> dict[str, int]:
        return {
            entry["id"]: entry_hash(kind, entry, days_since)
            for entry in self.store.plan()[kind]
            if entry["id"].startswith(bucket)
        }

    def _fetch(self, kind: str, id: str, days_since: int) -> None:
        try:
            entry = self.session.ask("GET", f"/api/{kind}s/{id}/")
        except ProblemError as problem:
            if problem.code != "not-found":
                raise
            with self.store.transaction():
                self.intake.remove(kind, id)
            return
        if kind == "task" and entry["duedate"] is None:
            entry["duedate"] = FOREVER
        with self.store.transaction():
            self.intake.take(kind, entry, days_since)


def _different(mine: dict, theirs: dict) -> list[str]:
    return sorted(key for key in mine.keys() | theirs.keys() if mine.get(key) != theirs.get(key))
