"""Entries as the lines that devices store: compact JSON, one entry a line. Pure."""

from typing import Any

import orjson

ELLIPSIS = "…"


def line(kind: str, wire: str) -> str:
    """Return the line of an entry, with its end."""
    return f'{{"{kind}":{wire}}}\n'


def fitted(kind: str, wire: str, max_line: int) -> str:
    """Shorten an entry's JSON until its line, with its end, takes `max_line` bytes at most.

    A description loses its end, never in the middle of a character; a habit loses its oldest days.
    A name is never cut: 1,023 bytes hold the longest one with every character escaped.
    """
    if len(line(kind, wire).encode()) <= max_line:
        return wire
    entry = orjson.loads(wire)
    if kind == "habit":
        return _with_fewer_days(entry, max_line)
    whole, low, high = entry["description"], 0, len(entry["description"])
    while low < high:
        middle = (low + high + 1) // 2
        entry["description"] = whole[:middle] + ELLIPSIS
        if _size(kind, entry) <= max_line:
            low = middle
        else:
            high = middle - 1
    entry["description"] = whole[:low] + ELLIPSIS if low else ""
    return _json(entry)


def _with_fewer_days(entry: dict[str, Any], max_line: int) -> str:
    while entry["completed"] and (excess := _size("habit", entry) - max_line) > 0:
        # A day and its comma take eleven bytes, or fewer long ago.
        entry["completed"] = entry["completed"][max(1, excess // 11) :]
    return _json(entry)


def _size(kind: str, entry: dict[str, Any]) -> int:
    return len(line(kind, _json(entry)).encode())


def _json(entry: dict[str, Any]) -> str:
    return orjson.dumps(entry).decode()
