"""The two generations of devices: what their messages look like and which lines they can read."""

from uuid import NAMESPACE_OID, uuid5

from simulator.entries import TYPES, creates, deletes
from simulator.outbox import Queued, grouped

FIRST, SECOND = 1, 2
LINE_BYTES = 1023
TASK_FIELDS = {"completion"}
DAY_FIELDS = {"date", "action"}


def fits_first(kind: str, change: dict) -> bool:
    """Return whether a first-generation device can make a change: a tick, a deletion, a day."""
    if creates(kind, change):
        return False
    if kind == "task":
        return change.keys() == TASK_FIELDS
    return change.keys() == DAY_FIELDS if kind == "habit" else deletes(kind, change)


def old_message(batch: list[Queued], serial: str) -> dict:
    """Return a push in the words of the first generation: without times, without a cursor."""
    kind = batch[0].type
    return {
        "id": str(uuid5(NAMESPACE_OID, serial)),
        "action": "update",
        "type": kind,
        kind: [_old_item(queued) for queued in batch],
    }


def message(batch: list[Queued], now: int, since: str | None) -> dict:
    """Return a push with the time of each change, and the cursor to bring the news down for."""
    return {"now": now, **grouped(batch), **({"since": since} if since else {})}


def _old_item(queued: Queued) -> dict:
    # An event alone in its item is a deleted one.
    return {"id": queued.id} | (queued.change if queued.type != TYPES[1] else {})
