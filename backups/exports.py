"""Plans as files, written while they are read: never more than some entries are in memory."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

import orjson

from backups.kinds import TYPES
from backups.stills import Still, Summing

FORMAT = {"format": "planner", "version": 1}


def as_json(stills: Iterable[Still], head: Mapping[str, Any] = FORMAT) -> Iterator[bytes]:
    """Yield a plan as one JSON object: what the head says, the entries by type, counts, checksum.

    The same plan gives the same bytes, on every server: entries in the canonical order, their
    fields in that of the wire, nothing of the device or of the time.
    """
    yield orjson.dumps(head)[:-1]
    summing = Summing()
    groups = groupby(summing.passing(stills), key=lambda still: still.kind)
    kind, group = next(groups, (None, ()))
    for name in sorted(TYPES):
        yield f',"{name}":['.encode()
        if kind == name:
            yield from _listed(group)
            kind, group = next(groups, (None, ()))
        yield b"]"
    tail = {"counts": summing.summary.counts, "checksum": summing.summary.checksum}
    yield b"," + orjson.dumps(tail)[1:]


def _listed(stills: Iterable[Still]) -> Iterator[bytes]:
    comma = ""
    for still in stills:
        yield f"{comma}{still.wire}".encode()
        comma = ","
