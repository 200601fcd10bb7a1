"""What entries and changes look like on the wire and how a device reads them, as plain values."""

from datetime import UTC, date, datetime
from itertools import count

TYPES = ("task", "event", "habit")
FOREVER = 2147483647
DELETED = 2
NAME_BYTES = 127
REQUIRED = {
    "task": {"name", "priority", "duedate", "completion"},
    "event": {"name", "description", "starttime", "duration"},
    "habit": {"name", "goal"},
}


def deletes(kind: str, fields: dict) -> bool:
    """Return whether these fields, an entry or a change, say that the entry is gone."""
    if kind == "task":
        return fields.get("completion") == DELETED
    return bool(fields.get("deleted"))


def creates(kind: str, change: dict) -> bool:
    """Return whether a change holds all that an entry needs to come into being."""
    return REQUIRED[kind] <= change.keys()


def readable(kind: str, entry: dict) -> bool:
    """Return whether the parser of a device takes this entry; it skips every other one.

    A deleted event or habit is an id and a mark. A task is read whole even when it is deleted,
    and its `duedate` has to be a number.
    """
    if not isinstance(entry.get("id"), str):
        return False
    if kind != "task" and deletes(kind, entry):
        return True
    if not REQUIRED[kind] <= entry.keys():
        return False
    numbers = REQUIRED[kind] - {"name", "description"}
    return all(type(entry[name]) is int for name in numbers) and fits(entry["name"])


def fits(name: object) -> bool:
    """Return whether a name goes into the 127 bytes that a device keeps for it."""
    return isinstance(name, str) and len(name.encode()) <= NAME_BYTES


def free_name(name: str, taken: set[str]) -> str:
    """Return "Run (2)", or the first number that is free, within the bytes of a name."""
    for number in count(2):
        tail = f" ({number})"
        head = name.encode()[: NAME_BYTES - len(tail)].decode(errors="ignore")
        if head + tail not in taken:
            return head + tail
    raise AssertionError("count() never ends")


def day_text(day: date | int) -> str:
    """Write a day as the device's file does, from a date or from unix seconds (cut to the day)."""
    if isinstance(day, int):
        day = datetime.fromtimestamp(day, UTC).date()
    return day.isoformat()


def day_seconds(day: date | int | str) -> int:
    """Return 00:00 UTC of a calendar day in unix seconds."""
    text = day if isinstance(day, str) else day_text(day)
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
