"""What schemathesis cannot read from the document: limits in bytes, and parameters that exclude."""

import datetime

import schemathesis
from hypothesis import strategies

LIMITS = (32, 40, 127, 200, 1016, 1023, 8192, 16384)
"""The limits of texts in the document; a test compares them with it."""

# gunicorn's line holds 4,094 bytes; a character takes twelve at most.
LONGEST_QUERY = 250


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


@schemathesis.hook
def filter_query(context: object, query: dict | None) -> bool:
    """Leave out what is another query on its way, what no line holds, and what excludes itself.

    An object or a list becomes parameters of other names, which the sync passes over. A digest is
    of whole entries, so it does not go with `max_line`; only JSON has a history.
    """
    values = (query or {}).values()
    if any(isinstance(value, dict | list) for value in values):
        return False
    if sum(len(str(value)) for value in values) > LONGEST_QUERY:
        return False
    asked = query or {}
    if "history" in asked and asked.get("format") != "json":
        return False
    return not {"digest", "max_line"} <= set(asked)


@schemathesis.hook
def filter_case(context: object, case: schemathesis.Case) -> bool:
    """Leave out what a text's format alone makes wrong: by chance the text may be right."""
    made = getattr(case.meta and case.meta.phase.data, "mutations", ())
    return not made or any(one.keywords != ("format",) for one in made)
