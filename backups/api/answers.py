"""The JSON of the sync's answers, put together from entries that are JSON already."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from django.http import HttpResponse

from backups import reading
from backups.cursors import Cursor
from backups.outcomes import Pushed
from backups.reading import Row
from backups.reports import Carried

LONGEST_CURSOR = "x" * 64


def render(head: dict[str, Any], rows: Iterable[Row]) -> bytes:
    """Return the object `head` with the rows' entries below it, by type."""
    text = orjson.dumps(head).decode()[:-1]
    for kind, group in reading.by_type(rows).items():
        text += f',"{kind}":[{",".join(row.wire for row in group)}]'
    return (text + "}").encode()


def room(head: dict[str, Any], max_bytes: int | None) -> int | None:
    """Return how many bytes of a body of `max_bytes` are left for entries."""
    if max_bytes is None:
        return None
    return max_bytes - len(render(head | {"cursor": LONGEST_CURSOR, "more": False}, ()))


def not_modified(headers: dict[str, str]) -> HttpResponse:
    """Return a 304, which has no body and so no type."""
    empty = HttpResponse(status=304, headers=headers)
    del empty["Content-Type"]
    return empty


def answer(
    head: dict[str, Any],
    rows: Sequence[Row],
    pushed: Pushed | None = None,
    cursor: Cursor | None = None,
    **headers: str,
) -> HttpResponse:
    """Return the answer to a sync, which says in `carried` what it carried."""
    made = HttpResponse(render(head, rows), content_type="application/json", headers=headers)
    made.carried = Carried(pushed.results if pushed else (), len(rows), cursor)
    return made
