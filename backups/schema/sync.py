"""What the API's document says about the sync, its digests, and waiting for news."""

from functools import partial
from typing import Any

from backups.api import digest, news, sync
from backups.items import LATEST_AT
from backups.kinds import TYPES
from backups.schema.parts import COMPLETION, DAYS, FIELDS, ID, LISTS, MOMENT, queries
from backups.serializers import KEY_LENGTH, LATEST_CLOCK, MAX_ITEMS, BucketQuery, PullQuery
from planner import shapes
from planner.openapi import (
    CURSOR,
    FIELD_PROBLEM,
    NDJSON,
    OF_PLAN,
    PLANS,
    answer,
    describe,
    header,
    operation,
    query,
)
from planner.shapes import Shape, listed, named, record

TAG = "Sync"
CURSOR_PROBLEMS = ("cursor-expired", "history-changed")
HASH: Shape = {"type": "string", "pattern": "^[0-9a-f]{16}$"}
DIGEST = named(
    "Digest",
    {
        "type": "array",
        "prefixItems": [shapes.whole(0, 160_000), HASH],
        "minItems": 2,
        "maxItems": 2,
        "description": "How many entries, and the sum of their hashes modulo 2^64.",
    },
)
HEAD = {
    "server_time": shapes.moment("The server's clock."),
    "next_poll": shapes.whole(1, 86_400, "Seconds to wait before the next sync."),
    "days_since": shapes.moment("The first day of the window of habit days."),
}
ENDS = {"cursor": CURSOR, "more": {"type": "boolean"}}
OWN_FACTS = record(
    {
        "name": {"type": "string"},
        "settings": {"$ref": "#/components/schemas/DeviceSettings"},
        "settings_revision": {"$ref": "#/components/schemas/SettingsRevision"},
        "pending_claim": shapes.nullable({"$ref": "#/components/schemas/AskedClaim"}),
    }
)
PULLED = named(
    "Pulled",
    record(
        {**HEAD, "device": OWN_FACTS, **ENDS, **LISTS},
        {"digest": record(dict.fromkeys(TYPES, DIGEST))},
    ),
)
LINES: Shape = {
    "type": "string",
    "description": "One JSON object a line: entries as `{“task”: {…}}`, a line with `cursor` and "
    "`days_since` at the head, and `digest` if asked for, one with `cursor` at least every 200 "
    "entries, and last one with `cursor` and `more`.",
}

DATED = {"date": MOMENT, "action": shapes.one_of("add", "del")}
ITEM_FIELDS: dict[str, dict[str, Any]] = {
    "task": FIELDS["task"] | {"completion": COMPLETION},
    "event": FIELDS["event"] | {"deleted": shapes.one_of(0, 1)},
    "habit": FIELDS["habit"] | {"deleted": shapes.one_of(0, 1), "completed": DAYS} | DATED,
}
AT = shapes.moment("When the person did it, by the device's clock.", high=LATEST_AT)


def _item(kind: str) -> Shape:
    paired = {"dependentRequired": {"date": ["action"], "action": ["date"]}}
    whole = record({"id": ID}, ITEM_FIELDS[kind] | {"at": AT}, additionalProperties=True)
    return named(f"{kind.title()}Item", whole | (paired if kind == "habit" else {}))


def _items(kind: str) -> Shape:
    anything = {"description": "Whatever else is here comes back `rejected`, by itself."}
    return listed({"anyOf": [_item(kind), anything]}, maxItems=MAX_ITEMS)


PUSH = named(
    "Push",
    {
        "type": "object",
        "properties": {
            "since": CURSOR,
            "now": shapes.moment("The sender's clock at sending.", high=LATEST_CLOCK),
            **{kind: _items(kind) for kind in TYPES},
            "action": {"description": "Old firmware: `refresh` asks for all entries of `type`."},
            "type": {"description": "Old firmware: task, event or habit."},
        },
        "if": {"properties": {"action": {"const": "refresh"}}, "required": ["action"]},
        "then": {"properties": {"type": {"enum": list(TYPES)}}, "required": ["type"]},
        "description": f"At most {MAX_ITEMS:,} items together. Unknown keys are passed over.",
    },
)
RESULT = record(
    {
        "type": shapes.one_of(*TYPES),
        "id": {"type": ["string", "null"], "description": "As sent, cut to 64 characters."},
        "outcome": shapes.one_of("applied", "unchanged", "superseded", "rejected"),
    },
    {"detail": {"type": "string"}, "errors": listed(FIELD_PROBLEM, minItems=1)},
)
ORDINARY = {"ack": {"const": 1}, "results": listed(named("Result", RESULT)), **HEAD, **LISTS}
PUSHED = named(
    "Pushed",
    record(
        ORDINARY,
        {**ENDS, "id": {"const": "server"}, "action": {"const": "ack"}},
        dependentRequired={"cursor": ["more"], "more": ["cursor"], "action": ["id"]},
    ),
)
OLD_REFRESH = named(
    "OldRefresh",
    record(
        {
            "id": {"const": "server"},
            "action": {"const": "response"},
            "type": shapes.one_of(*TYPES),
            "length": shapes.whole(0, 16_000),
            **ORDINARY,
        }
    ),
)
BUCKET = record(
    {"parts": {"type": "object", "additionalProperties": DIGEST}},
    {"entries": {"type": "object", "additionalProperties": HASH}},
    description="`parts` by the next digit; the hash of each entry when there are 64 or fewer.",
)
PULL = queries(
    PullQuery(),
    {
        "limit": "How many entries at most: 500 if not given, and all of them as NDJSON.",
        "max_bytes": "How many bytes the body may hold, one entry at least.",
        "max_line": "Shorten an entry until its line fits: a description, or a habit's days.",
        "digest": "Bring the digests of what the server holds. Not together with max_line.",
    },
)
of_plan = partial(operation, tag=TAG, callers=PLANS)

ONWARD = {
    name: {"operationId": name, "parameters": {"since": "$response.body#/cursor"}}
    for name in ("sync_pull", "sync_wait")
}

describe(
    sync.SyncView,
    get=of_plan(
        "sync_pull",
        "Read what changed",
        {
            200: answer(
                PULLED,
                "News, or a page of a full refresh.",
                headers=["ETag"],
                links=ONWARD,
                **{NDJSON: LINES},
            ),
            304: answer(description="Nothing new since `If-None-Match`.", headers=["ETag"]),
        },
        description="Without `since`: a full refresh, live entries only, what is due in the next "
        "seven days first. With it: every entry changed after it, once, in its newest state. "
        "`Accept: application/x-ndjson` streams the same as lines.",
        parameters=[
            query("since", CURSOR, "The cursor of the last answer that was stored."),
            *PULL,
            header("If-None-Match", {"type": "string"}, "The last answer's `ETag`."),
        ],
        problems=(*OF_PLAN, *CURSOR_PROBLEMS, "invalid"),
    ),
    post=of_plan(
        "sync_push",
        "Send what changed on the device, and read what changed elsewhere",
        {200: answer({"oneOf": [PUSHED, OLD_REFRESH]}, "The outcome of each item, and the news.")},
        description="Items are judged one by one. With `since` the answer brings the news as "
        "well, without what the sender itself just applied; without it there is no cursor. The "
        "state of every entry with an item that was not applied whole is always there.",
        request=PUSH,
        parameters=[
            *(one for one in PULL if one.name != "digest"),
            header(
                "Idempotency-Key",
                {"type": "string", "maxLength": KEY_LENGTH},
                "The same `results` for seven days for the same items.",
            ),
        ],
        problems=(*OF_PLAN, *CURSOR_PROBLEMS, "forbidden", "too-many-items", "push-id-reused"),
    ),
)
describe(
    digest.DigestView,
    get=of_plan(
        "sync_digest",
        "Compare by parts of the ids",
        {
            200: answer(
                record(
                    {
                        "bucket": {"type": "string"},
                        "cursor": CURSOR,
                        "days_since": HEAD["days_since"],
                        **dict.fromkeys(TYPES, named("Bucket", BUCKET)),
                    }
                ),
                "The digests of the live entries whose ids begin with `bucket`.",
            )
        },
        parameters=queries(
            BucketQuery(),
            {"bucket": "The first digits of the ids, none for all."},
            bucket={"type": "string", "pattern": "^[0-9a-f]*$", "maxLength": 7},
        ),
        problems=(*OF_PLAN, "invalid"),
    ),
)
describe(
    news.WaitView,
    get=of_plan(
        "sync_wait",
        "Wait for news",
        {
            200: answer(record({"news": {"const": True}}), "There is something newer: sync."),
            204: answer(
                description="No news in that time; `Retry-After` says when nothing could be held."
            ),
        },
        parameters=queries(
            news.WaitQuery(),
            {"since": "The cursor behind which news is wanted.", "timeout": "Seconds."},
            since=CURSOR | {"minLength": 1},
        ),
        problems=(*OF_PLAN, *CURSOR_PROBLEMS, "invalid"),
    ),
)
EVENTS = record(
    {
        "event": {"const": "news"},
        "data": {"type": "string", "description": "`{“cursor”: …, “confirmed”: …}`"},
    },
    description="Each server-sent event: the newest cursor and the revision up to which the device "
    "has confirmed its plan, as JSON.",
)
describe(
    news.StreamView,
    get=of_plan(
        "stream",
        "Hear of news as server-sent events",
        {200: answer(description="For web pages.", **{"text/event-stream": EVENTS})},
        problems=OF_PLAN,
    ),
)
