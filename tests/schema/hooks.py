"""What schemathesis cannot read from the document: limits in bytes, and parameters that exclude."""

import datetime

import schemathesis
from hypothesis import strategies

LIMITS = (32, 127, 200, 1016, 1023, 8192, 16384)
"""The limits of texts in the document; a test compares them with it."""


def _fits(limit: int) -> strategies.SearchStrategy[str]:
    # A character takes four bytes at most.
    letters = strategies.characters(codec="utf-8", exclude_characters="\0")
    return strategies.text(letters, max_size=limit // 4)


for _limit in LIMITS:
    schemathesis.openapi.format(f"utf8-{_limit}", _fits(_limit))


_days = strategies.dates(datetime.date(1970, 1, 1), datetime.date(2038, 1, 19))
schemathesis.openapi.format("date", _days.map(str))


@schemathesis.hook
def map_body(context: object, body: object) -> object:
    """Write 1.0 as 1: JSON Schema takes them for the same, and this API does not."""
    if isinstance(body, float) and body.is_integer():
        return int(body)
    if isinstance(body, list):
        return [map_body(context, part) for part in body]
    if isinstance(body, dict):
        return {key: map_body(context, part) for key, part in body.items()}
    return body


@schemathesis.hook.apply_to(operation_id="sync_pull")
def filter_query(context: object, query: dict | None) -> bool:
    """A digest is of whole entries, so it does not go with `max_line`."""
    return not (query and "digest" in query and "max_line" in query)
