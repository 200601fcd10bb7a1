"""The shapes of entries, as the sync and the API of single entries have them."""

from rest_framework.serializers import Serializer

from backups.kinds import DESCRIPTION_BYTES, NAME_BYTES
from planner import shapes
from planner.openapi import query
from planner.shapes import Shape
from planner.times import DAY, FOREVER

ID: Shape = {
    "type": "string",
    "format": "uuid",
    "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    "description": "A UUID in lower case, made by whoever makes the entry.",
}
NAME = shapes.text(NAME_BYTES, blank=False)
DESCRIPTION = shapes.text(DESCRIPTION_BYTES)
MOMENT = shapes.moment(high=FOREVER)
GOAL = shapes.whole(0, 127, "Weekdays: Sunday 0x40, Monday 0x20, … Saturday 0x01.")
DUE = shapes.moment(f"{FOREVER}: a task without a date.", high=FOREVER)
DAYS = shapes.listed(MOMENT, description="Days, each cut to its 00:00 UTC.")
FIELDS = {
    "task": {
        "name": NAME,
        "description": DESCRIPTION,
        "completion": shapes.whole(0, 1, "1: done."),
        "priority": shapes.whole(1, 3, "3 is the most urgent."),
        "duedate": DUE,
    },
    "event": {
        "name": NAME,
        "description": DESCRIPTION,
        "starttime": MOMENT,
        "duration": shapes.whole(0, FOREVER, "Seconds."),
    },
    "habit": {"name": NAME, "goal": GOAL},
}
"""What each field of an entry may hold; a test compares it with `backups.kinds`."""

COMPLETION = shapes.whole(0, 2, "1: done; 2: deleted.")
ALIVE = {"deleted": {"const": 0}}
WINDOW = {
    "completed": shapes.listed(
        shapes.moment("00:00 UTC of a day.", high=FOREVER) | {"multipleOf": DAY},
        uniqueItems=True,
        description="All done days since `days_since`, oldest first.",
    )
}
GONE = shapes.named(
    "Tombstone", shapes.record({"id": ID, "deleted": {"const": 1}}, description="It is deleted.")
)
SHOWN = {
    "task": shapes.named(
        "Task",
        shapes.record(
            {
                "id": ID,
                **FIELDS["task"],
                "name": shapes.text(NAME_BYTES, description="Empty only when deleted."),
                "completion": COMPLETION,
            },
            description="A deleted task is sent whole; without its text when that is gone.",
        ),
    ),
    "event": shapes.named("Event", shapes.record({"id": ID, **FIELDS["event"], **ALIVE})),
    "habit": shapes.named("Habit", shapes.record({"id": ID, **FIELDS["habit"], **WINDOW, **ALIVE})),
}
LISTS = {
    "task": shapes.listed(SHOWN["task"]),
    "event": shapes.listed({"oneOf": [SHOWN["event"], GONE]}),
    "habit": shapes.listed({"oneOf": [SHOWN["habit"], GONE]}),
}


def queries(serializer: Serializer, descriptions: dict[str, str], **drawn: Shape) -> list:
    """Return the parameters of a query, as its serializer takes them."""
    shape = shapes.of(serializer, **drawn)
    required = shape.get("required", ())
    return [
        query(
            name,
            part,
            str(descriptions.get(name) or serializer.fields[name].help_text or ""),
            required=name in required,
        )
        for name, part in shape["properties"].items()
    ]
