"""Sums over what a device holds, as docs/device-guide.md has them: equal sums, equal plans."""

import hashlib
from collections.abc import Iterable

MODULUS = 2**64
FIELDS = {
    "task": ("id", "name", "description", "completion", "priority", "duedate"),
    "event": ("id", "name", "description", "starttime", "duration"),
    "habit": ("id", "name", "goal"),
}


def entry_hash(kind: str, entry: dict, days_since: int) -> int:
    """Return the 64-bit hash of an entry, of a habit with its days from `days_since` on."""
    parts = [kind, *(str(entry[name]) for name in FIELDS[kind])]
    parts += [str(day) for day in entry.get("completed", ()) if day >= days_since]
    return int.from_bytes(hashlib.sha256("\0".join(parts).encode()).digest()[:8], "big")


def total(hashes: Iterable[int]) -> list:
    """Return the count of some hashes and their sum, as the wire has them."""
    hashes = list(hashes)
    return [len(hashes), shown(sum(hashes) % MODULUS)]


def shown(hashed: int) -> str:
    """Return a hash or a sum as sixteen hexadecimal digits."""
    return f"{hashed:016x}"
