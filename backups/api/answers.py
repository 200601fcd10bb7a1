"""The JSON of the sync's answers, put together from entries that are JSON already."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request

from backups import cursors, reading
from backups.cursors import Cursor
from backups.models import Backup
from backups.outcomes import Pushed
from backups.reading import Row
from backups.reports import Carried

NDJSON = "application/x-ndjson"
JSON = "application/json"
PRIVATE = {"Cache-Control": "private, no-cache", "Vary": "Accept, Accept-Encoding"}
LONGEST_CURSOR = "x" * 64


def render(head: dict[str, Any], rows: Iterable[Row]) -> bytes:
    """Return the object `head` with the rows' entries below it, by type."""
    text = orjson.dumps(head).decode()[:-1]
    for kind, group in reading.by_kind(rows).items():
        text += f',"{kind}":[{",".join(row.wire for row in group)}]'
    return (text + "}").encode()


def room(head: dict[str, Any], max_bytes: int | None) -> int | None:
    """Return how many bytes of a body of `max_bytes` are left for entries."""
    if max_bytes is None:
        return None
    return max_bytes - len(render(head | {"cursor": LONGEST_CURSOR, "more": False}, ()))


def form(request: HttpRequest | Request) -> str | None:
    """Return the form of the answer that the caller likes best; JSON where it does not say."""
    if NDJSON not in request.META.get("HTTP_ACCEPT", ""):
        return JSON
    return request.get_preferred_type([JSON, NDJSON])


def conditional(backup: Backup, request: HttpRequest | Request) -> dict[str, str]:
    """Return the headers of a pull: its ETag is of the state, the question and the form."""
    asked = f"{form(request)}?{request.META.get('QUERY_STRING', '')}"
    state = cursors.present(backup).encode()
    digest = hashlib.sha256(f"{state}{asked}".encode()).hexdigest()
    return {"ETag": f'W/"{digest[:32]}"', **PRIVATE}


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
