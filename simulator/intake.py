"""What the server says of entries goes into the plan, below what the queue still has for them."""

import sqlite3
from contextlib import suppress

from simulator.entries import deletes, readable
from simulator.outbox import Outbox
from simulator.store import Store


class Intake:
    """Stores the entries of answers; called within a transaction."""

    def __init__(self, store: Store, outbox: Outbox) -> None:
        self.store = store
        self.outbox = outbox

    def take(self, kind: str, entry: dict, days_since: int) -> bool:
        """Store the server's state of an entry; return whether the device could read it."""
        if not readable(kind, entry):
            return False
        if deletes(kind, entry):
            self.store.remove(kind, entry["id"])
            return True
        self.store.put(kind, entry, days_since)
        self.store.see(kind, entry["id"])
        for queued in self.outbox.of(kind, entry["id"]):
            # A name that another habit has by now: the server refuses it too, then it is changed.
            with suppress(sqlite3.IntegrityError):
                self.store.patch(kind, queued.id, queued.change)
        return True

    def begin_refresh(self) -> None:
        """Note what comes from now on, to know in the end what is gone."""
        with self.store.transaction():
            self.store.forget_seen()
            self.store.remember(refreshing=1)

    def end_refresh(self) -> None:
        """Remove what a full refresh did not bring."""
        for kind, id in self.store.unseen():
            self.remove(kind, id)
        self.store.forget_seen()
        self.store.remember(refreshing=None)

    def remove(self, kind: str, id: str) -> None:
        """Remove what the server does not have, unless something is queued for it."""
        if not self.outbox.of(kind, id):
            self.store.remove(kind, id)
