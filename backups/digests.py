"""Digests: does the device hold what the server holds? Pure.

The digest of a set of entries is the sum, modulo 2**64, of a 64-bit hash of each, so it does not
depend on their order and follows a change by one subtraction and one addition. The hash is the
first eight bytes, big-endian, of SHA-256 (FIPS 180-4), which microcontrollers have in hardware,
over the entry's fields as text with a NUL between two; docs/device-guide.md has test vectors.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

MODULUS = 2**64
FIELDS = {
    "task": ("id", "name", "description", "completion", "priority", "duedate"),
    "event": ("id", "name", "description", "starttime", "duration"),
    "habit": ("id", "name", "goal"),
}


class Digest:
    """The count and the sum of a set of entries."""

    def __init__(self) -> None:
        self.count = 0
        self.sum = 0

    def add(self, hashed: int) -> None:
        """Take one more entry in, by its hash."""
        self.count += 1
        self.sum = (self.sum + hashed) % MODULUS

    def shown(self) -> tuple[int, str]:
        """Return it as the wire has it: the count and sixteen hexadecimal digits."""
        return self.count, shown(self.sum)


def entry_hash(kind: str, entry: Mapping[str, Any]) -> int:
    """Return the 64-bit hash of a living entry, of a habit with the days it carries."""
    parts = [kind, *(str(entry[name]) for name in FIELDS[kind])]
    parts += [str(day) for day in entry.get("completed", ())]
    return int.from_bytes(hashlib.sha256("\0".join(parts).encode()).digest()[:8], "big")


def shown(hashed: int) -> str:
    """Return a hash or a sum as sixteen hexadecimal digits."""
    return f"{hashed:016x}"
