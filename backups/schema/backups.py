"""What the API's document says about restore points, plans at a moment, and restores."""

from functools import partial

from backups.api import backups
from backups.kinds import TYPES
from backups.models import RestorePoint
from backups.schema.parts import FIELDS, ID, SHOWN, queries
from backups.stills import WHATS
from planner import shapes
from planner.openapi import OF_PLAN, PLANS, answer, describe, operation
from planner.shapes import Shape, listed, named, record
from planner.times import DAY, FOREVER

TAG = "Backups"
NUMBER = shapes.whole(1, 2**63 - 1)
REVISION = shapes.whole(0, backups.LATEST_REVISION, "A place in the log of the plan.")
MOMENT = shapes.moment("Unix seconds.", high=backups.LATEST_MOMENT)
COUNTS = record(dict.fromkeys(TYPES, shapes.whole(0, 16_000)), description="How many entries.")
CHECKSUM: Shape = {
    "type": "string",
    "pattern": "^[0-9a-f]{64}$",
    "description": "SHA-256 of the entries' lines, by type and then by id.",
}
PLACE = {
    "id": NUMBER,
    "name": shapes.text(127, description="Empty for automatic points."),
    "reason": shapes.one_of(*RestorePoint.Reason.values),
    "by": {"type": "string", "description": "Whose change it was made before; may be empty."},
    "created_at": MOMENT,
    "revision": REVISION,
}
POINT = named("RestorePoint", record({**PLACE, "counts": COUNTS, "checksum": CHECKSUM}))
DAYS = listed(
    shapes.moment("00:00 UTC of a day.", high=FOREVER) | {"multipleOf": DAY}, uniqueItems=True
)
ENTRIES = {
    "event": listed(SHOWN["event"]),
    "habit": listed(
        named(
            "WholeHabit",
            record(
                {"id": ID, **FIELDS["habit"], "completed": DAYS, "deleted": {"const": 0}},
                description="With all its done days.",
            ),
        )
    ),
    "task": listed(SHOWN["task"]),
    "counts": COUNTS,
    "checksum": CHECKSUM,
}
VALUE = {"type": ["integer", "string"]}
DIFFERENCE = named(
    "Difference",
    record(
        {
            "type": shapes.one_of(*TYPES),
            "id": ID,
            "what": shapes.one_of(*WHATS),
            "name": {"type": "string"},
        },
        {
            "fields": {
                "type": "object",
                "additionalProperties": listed(VALUE, minItems=2, maxItems=2),
                "description": "The value now, and the value then.",
            },
            "days": record({"add": DAYS, "del": DAYS}),
        },
    ),
)
COUNTED = record(dict.fromkeys(WHATS, shapes.whole(0, 16_000)))
RESTORED = answer(
    named(
        "Restored",
        record(
            {
                "revision": REVISION,
                "counts": COUNTED,
                "pinned": {"oneOf": [POINT, {"type": "null"}]},
            }
        ),
    ),
    "What was done. `pinned` is how it was before, or null where nothing differed.",
)
PINNED = shapes.of(backups.NameSerializer())
AGAIN = "With `expected`, only while the plan is at that revision, as a diff told it; else a 412."
of_plan = partial(operation, tag=TAG, callers=PLANS)
WRITE = (*OF_PLAN, "forbidden", "not-found", "conflict", "quota-exceeded", "precondition-failed")

describe(
    backups.PointsView,
    get=of_plan(
        "backups",
        "List the restore points",
        {200: answer(listed(POINT), "The newest first.")},
        problems=OF_PLAN,
    ),
    post=of_plan(
        "backup_new",
        "Pin the present state",
        {
            201: answer(
                POINT,
                "It stays until it is deleted. A plan has 100 of them at most.",
                headers=["Location"],
            )
        },
        request=PINNED,
        problems=(*OF_PLAN, "forbidden", "quota-exceeded"),
    ),
)
describe(
    backups.PointView,
    get=of_plan(
        "backup",
        "Read the whole plan of a restore point",
        {200: answer(named("PlanOfPoint", record({**PLACE, **ENTRIES})), "As it stood then.")},
        problems=(*OF_PLAN, "not-found"),
    ),
    delete=of_plan(
        "backup_delete",
        "Forget a named restore point",
        {204: answer(description="It is gone. Automatic ones go by themselves: a 409.")},
        problems=(*OF_PLAN, "forbidden", "not-found", "conflict"),
    ),
)
describe(
    backups.StateView,
    get=of_plan(
        "backup_state",
        "Read the whole plan as it stood at a moment",
        {
            200: answer(
                named("PlanOfMoment", record({"at": MOMENT, "revision": REVISION, **ENTRIES})),
                "At the end of that second.",
            )
        },
        description="Any moment of the last 30 days, and every restore point. What is not kept "
        "is a 404 that names the nearest points.",
        parameters=queries(backups.AtQuery(), {"at": "Unix seconds."}),
        problems=(*OF_PLAN, "not-found", "invalid"),
    ),
)
describe(
    backups.DiffView,
    get=of_plan(
        "backup_diff",
        "Read what a restore would change",
        {
            200: answer(
                record(
                    {
                        "point": NUMBER,
                        "revision": REVISION,
                        "counts": COUNTED,
                        "differences": listed(DIFFERENCE),
                    }
                ),
                "Entry by entry, against the plan at `revision`.",
            )
        },
        problems=(*OF_PLAN, "not-found"),
    ),
)
describe(
    backups.RestoreView,
    post=of_plan(
        "backup_restore",
        "Bring a restore point back",
        {200: RESTORED},
        description=f"{AGAIN} All of it or, where there is no room, nothing.",
        request=shapes.of(backups.RestoreSerializer()),
        needs_body=False,
        problems=WRITE,
    ),
)
describe(
    backups.RestoreAtView,
    post=of_plan(
        "backup_restore_at",
        "Bring a moment back",
        {200: RESTORED},
        description=f"{AGAIN} All of it or, where there is no room, nothing.",
        request=shapes.of(backups.RestoreAtSerializer()),
        problems=WRITE,
    ),
)
