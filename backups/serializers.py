"""What comes in from outside: the query of a pull and the envelope of a push."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from backups.items import Item, Refused, read_all
from backups.kinds import TYPES
from planner import wire
from planner.problems import RuleError, field_error
from planner.wire import Digits, checked

MAX_ITEMS = 1_000
MAX_LIMIT = 2_000
LEAST_BYTES, MOST_BYTES = 2_048, 2**31
LEAST_LINE = 1_023
LATEST_CLOCK = 2**40
KEY_LENGTH = 64
MAX_PAGE, MAX_PAGE_SIZE = 2**31, 1_000


class PullQuery(serializers.Serializer):
    """How much to bring, and how; what a newer device asks for beyond that is passed over.

    `max_bytes` bounds the whole body, `max_line` the line of one entry, both in bytes.
    """

    limit = Digits(required=False, min_value=1, max_value=MAX_LIMIT, default=None)
    max_bytes = Digits(required=False, min_value=LEAST_BYTES, max_value=MOST_BYTES, default=None)
    max_line = Digits(required=False, min_value=LEAST_LINE, max_value=MOST_BYTES, default=None)
    digest = serializers.BooleanField(required=False, default=False)

    def validate(self, query: dict[str, Any]) -> dict[str, Any]:
        if query["digest"] and query["max_line"]:
            detail = _("A digest is of whole entries; ask for it without max_line.")
            raise serializers.ValidationError({"max_line": detail})
        return query


PLAIN = {"limit": None, "max_bytes": None, "max_line": None, "digest": False}


def pull_query(request: Request) -> dict[str, Any]:
    """Return what a pull asks for; most ask for nothing but the news since a cursor."""
    asked = request.query_params
    return checked(PullQuery(data=asked.dict())) if asked.keys() - {"since"} else dict(PLAIN)


class BucketQuery(serializers.Serializer):
    """The first digits of the ids whose digests are wanted."""

    bucket = serializers.RegexField(
        r"^[0-9a-f]*$", required=False, default="", allow_blank=True, max_length=7
    )


class PageQuery(serializers.Serializer):
    """Which page of a list, and how many entries it holds."""

    page = Digits(required=False, min_value=1, max_value=MAX_PAGE)
    page_size = Digits(required=False, min_value=1, max_value=MAX_PAGE_SIZE)


@dataclass(frozen=True)
class Push:
    """A push as it was sent: its items in the order of task, event, habit.

    `action` is old firmware's word, `type` the list that its refresh asks for, `now` the sender's
    clock in unix seconds, `key` its `Idempotency-Key`.
    """

    items: list[Item | Refused]
    since: str | None
    now: int | None
    action: str | None
    type: str | None
    key: str | None

    @property
    def is_refresh(self) -> bool:
        """Only the exact word refreshes; every other action with items is an update."""
        return self.action == "refresh"


def read_push(request: Request) -> Push:
    """Read the envelope of a push.

    Raises RuleError `invalid` with the fields that make the whole body unreadable, and
    `too-many-items` above 1,000; what is wrong with one item stays with that item.
    """
    body = wire.body(request)
    errors = [
        field_error(f"/{name}", "type", _("This must be a list.")) for name in _not_lists(body)
    ]
    errors += _envelope_errors(body)
    key = _utf8(request.META.get("HTTP_IDEMPOTENCY_KEY", ""))
    if len(key) > KEY_LENGTH:
        errors.append(field_error("/Idempotency-Key", "too-long", _("At most 64 characters.")))
    if errors:
        raise RuleError("invalid", _("The push cannot be read."), errors=errors)
    if sum(len(body.get(kind, ())) for kind in TYPES) > MAX_ITEMS:
        raise RuleError("too-many-items", _("A push holds 1,000 items at most. Divide it."))
    is_old = "action" in body
    return Push(
        read_all(body, bare_event_is_deleted=is_old),
        body.get("since"),
        body.get("now"),
        str(body["action"]) if is_old else None,
        body.get("type"),
        key or None,
    )


def _utf8(header: str) -> str:
    # WSGI hands a header over as Latin-1; most clients send text as UTF-8.
    with suppress(UnicodeDecodeError):
        return header.encode("latin-1").decode()
    return header


def _not_lists(body: dict[str, Any]) -> list[str]:
    return [kind for kind in TYPES if not isinstance(body.get(kind, []), list)]


def _envelope_errors(body: dict[str, Any]) -> list[dict]:
    errors = []
    if not isinstance(body.get("since", ""), str):
        errors.append(field_error("/since", "type", _("A cursor is text.")))
    now = body.get("now", 0)
    if type(now) is not int or not 0 <= now <= LATEST_CLOCK:
        errors.append(field_error("/now", "type", _("This is a clock's unix seconds.")))
    if body.get("action") == "refresh" and body.get("type") not in TYPES:
        errors.append(field_error("/type", "invalid", _("This is task, event or habit.")))
    return errors
