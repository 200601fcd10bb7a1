"""Plans as files, written while they are read: never more than some entries are in memory."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

import orjson

from backups.kinds import TYPES
from backups.stills import Still, Summing

ENTRIES_A_PART = 100
FORMAT = {"format": "planner", "version": 1}


def as_json(
    stills: Iterable[Still],
    head: Mapping[str, Any] = FORMAT,
    *,
    history: Iterable[bytes] | None = None,
) -> Iterator[bytes]:
    """Yield a plan as one JSON object: what the head says, the entries by type, counts, checksum.

    The same plan gives the same bytes, on every server: entries in the canonical order, their
    fields in that of the wire, nothing of the device or of the time. Its history, if there is to be
    one, comes last, where whoever reads the plan passes over it.
    """
    yield orjson.dumps(head)[:-1]
    summing = Summing()
    groups = groupby(summing.passing(stills), key=itemgetter(0))
    kind, group = next(groups, (None, ()))
    for name in sorted(TYPES):
        yield f',"{name}":['.encode()
        if kind == name:
            yield from _listed(group)
            kind, group = next(groups, (None, ()))
        yield b"]"
    tail = {"counts": summing.summary.counts, "checksum": summing.summary.checksum}
    yield b"," + orjson.dumps(tail)[1:-1]
    if history is not None:
        yield b',"history":'
        yield from history
    yield b"}"


def _listed(entries: Iterable[tuple[str, str]]) -> Iterator[bytes]:
    entries = iter(entries)
    comma = ""
    # A part for each entry would cost the server more than the entry.
    while part := [wire for _kind, wire in islice(entries, ENTRIES_A_PART)]:
        yield (comma + ",".join(part)).encode()
        comma = ","
