"""The queue of a device: changes that are not acknowledged, each with the moment it was done."""

import json
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple
from uuid import uuid4

from simulator.entries import TYPES, creates
from simulator.store import Store

BATCH = 16


@dataclass(frozen=True)
class Queued:
    """One change in the queue; `at` is in unix seconds by the device's clock."""

    position: int
    type: str
    id: str
    change: dict
    at: int

    @property
    def wire(self) -> dict:
        return {"id": self.id, **self.change, "at": self.at}


class Message(NamedTuple):
    """The changes that are sent together, under a key that stays until they are acknowledged."""

    key: str
    changes: list[Queued]


class Outbox:
    """The queue in a store's file."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.connection = store.connection

    def __len__(self) -> int:
        return self.connection.execute("SELECT count(*) FROM sync_queue").fetchone()[0]

    def add(self, kind: str, id: str, change: dict, at: int) -> None:
        """Queue a change and note its moment: the next one of the entry must be later."""
        self.connection.execute(
            "INSERT INTO sync_queue(type, id, change, at) VALUES(?, ?, ?, ?)",
            [kind, id, json.dumps(change), at],
        )
        self.connection.execute("REPLACE INTO sync_marks VALUES(?, ?, ?)", [kind, id, at])

    def add_first(self, plan: dict[str, list[dict]], at: int) -> None:
        """Queue whole entries, as they stood at `at`, before everything else.

        Those whose create is queued are on their way already.
        """
        entries = [
            (kind, entry)
            for kind in TYPES
            for entry in plan[kind]
            if not any(creates(kind, queued.change) for queued in self.of(kind, entry["id"]))
        ]
        row = self.connection.execute("SELECT min(position) FROM sync_queue").fetchone()
        first = (row[0] or 1) - len(entries)
        for position, (kind, entry) in enumerate(entries, first):
            change = {name: value for name, value in entry.items() if name not in ("id", "deleted")}
            self.connection.execute(
                "INSERT INTO sync_queue(position, type, id, change, at) VALUES(?, ?, ?, ?, ?)",
                [position, kind, entry["id"], json.dumps(change), at],
            )

    def batch(self, size: int = BATCH) -> list[Queued]:
        """Return the oldest changes that may be sent, at most 16."""
        rows = self.connection.execute(
            "SELECT * FROM sync_queue WHERE NOT held ORDER BY position LIMIT ?", [min(size, BATCH)]
        )
        return [_queued(row) for row in rows]

    def seal(self, size: int = BATCH, *, one_type: bool = False) -> Message:
        """Return the next message: the very same one until it is unsealed."""
        rows = self.connection.execute(
            "SELECT * FROM sync_queue JOIN sync_sealed USING(position) ORDER BY position"
        ).fetchall()
        if rows:
            return Message(rows[0]["key"], [_queued(row) for row in rows])
        changes, key = self.batch(size), str(uuid4())
        if one_type:
            changes = [change for change in changes if change.type == changes[0].type]
        with self.store.transaction():
            self.unseal()
            self.connection.executemany(
                "INSERT INTO sync_sealed VALUES(?, ?)",
                [(change.position, key) for change in changes],
            )
        return Message(key, changes)

    def unseal(self) -> None:
        """Let the next message be another one: this one was answered, or has to be divided."""
        self.connection.execute("DELETE FROM sync_sealed")

    def of(self, kind: str, id: str) -> list[Queued]:
        """Return what is queued for an entry, oldest first."""
        rows = self.connection.execute(
            "SELECT * FROM sync_queue WHERE type = ? AND id = ? ORDER BY position", [kind, id]
        )
        return [_queued(row) for row in rows]

    def drop(self, queued: Queued) -> None:
        self.connection.execute("DELETE FROM sync_queue WHERE position = ?", [queued.position])

    def hold(self, queued: Queued) -> None:
        """Keep a change back until the entry's create is acknowledged."""
        self.connection.execute(
            "UPDATE sync_queue SET held = 1 WHERE position = ?", [queued.position]
        )

    def let_go(self, kind: str, id: str) -> None:
        """Send what was held for this entry."""
        self.connection.execute(
            "UPDATE sync_queue SET held = 0 WHERE type = ? AND id = ?", [kind, id]
        )

    def drop_held(self, kind: str, id: str) -> None:
        self.connection.execute(
            "DELETE FROM sync_queue WHERE type = ? AND id = ? AND held", [kind, id]
        )

    def last_at(self, kind: str, id: str) -> int:
        """Return the moment of the entry's last change here, or 0 when nothing depends on it."""
        row = self.connection.execute(
            "SELECT at FROM sync_marks WHERE type = ? AND id = ?", [kind, id]
        ).fetchone()
        return row["at"] if row else 0

    def forget_marks(self, until: int) -> None:
        self.connection.execute("DELETE FROM sync_marks WHERE at <= ?", [until])

    def shift(self, seconds: int) -> None:
        """Follow the device's clock, which was just set by so much."""
        self.connection.execute("UPDATE sync_queue SET at = at + ?", [seconds])
        self.connection.execute("UPDATE sync_marks SET at = at + ?", [seconds])


def grouped(batch: list[Queued]) -> dict[str, list[dict]]:
    """Return a batch as the body of a push has it: the items by type, each type in its order."""
    ordered = sorted(batch, key=lambda queued: TYPES.index(queued.type))
    groups = groupby(ordered, key=lambda queued: queued.type)
    return {kind: [queued.wire for queued in items] for kind, items in groups}


def _queued(row: dict) -> Queued:
    return Queued(row["position"], row["type"], row["id"], json.loads(row["change"]), row["at"])
