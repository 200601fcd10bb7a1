"""A stream as a device reads it: whole lines only, stored at every line that holds a cursor."""

import json
from collections.abc import Iterable, Iterator

from simulator.client import OfflineError
from simulator.entries import TYPES


def whole_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines whose end has come, with it; a half line is dropped."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (line + b"\n" for line in lines)


def groups(lines: Iterable[bytes], longest: int | None = None) -> Iterator[dict]:
    """Yield what may be stored in one step: the entries up to a cursor line, and that cursor.

    Each is like the answer of a page. A line over `longest` bytes goes by unread, counted as
    `skipped`. Raises OfflineError when the stream ends before it says that there is no more.
    """
    window, group, ended = {}, {"skipped": 0}, False
    for line in lines:
        if longest is not None and len(line) > longest:
            group["skipped"] += 1
            continue
        said = json.loads(line)
        for kind in said.keys() & TYPES:
            group.setdefault(kind, []).append(said[kind])
        if "cursor" not in said:
            continue
        window = window or {"days_since": said.get("days_since", 0)}
        yield {"more": True} | window | group | said
        group, ended = {"skipped": 0}, said.get("more") is False
    if not ended:
        raise OfflineError("the stream was cut off")
