"""What the API's document says about kept plans and replacement."""

from functools import partial

from backups.api import kept
from backups.kinds import NAME_BYTES
from backups.schema.backups import COUNTED, COUNTS
from planner import shapes
from planner.openapi import PEOPLE, answer, describe, operation

TAG = "Devices of people"
UUID = {"type": "string", "format": "uuid"}
KEPT = shapes.named(
    "KeptPlan",
    shapes.record(
        {
            "id": UUID,
            "name": shapes.text(NAME_BYTES, description="What the device was called."),
            "serial": {"type": "string"},
            "released": shapes.moment("When the device was released."),
            "until": shapes.moment("When the plan is erased."),
            "entries": shapes.whole(0, 16_000, "How many living entries it holds."),
        }
    ),
)
of_people = partial(operation, tag=TAG, callers=PEOPLE)

describe(
    kept.KeptPlansView,
    get=of_people(
        "kept_plans",
        "List the plans of my released devices",
        {200: answer(shapes.listed(KEPT), "For 30 days, the last released first.")},
    ),
)
describe(
    kept.KeptPlanView,
    get=of_people(
        "kept_plan",
        "Read about a kept plan",
        {200: answer(KEPT, "One of yours.")},
        problems=("not-found",),
    ),
    delete=of_people(
        "kept_plan_erase",
        "Erase a kept plan",
        {204: answer(description="It is gone for good.")},
        problems=("not-found",),
    ),
)
describe(
    kept.ReplaceView,
    post=of_people(
        "device_replace",
        "Bring an old plan to this device",
        {
            200: answer(
                shapes.named("Replaced", shapes.record({"plan": COUNTS, "counts": COUNTED})),
                "The new device follows at its next sync.",
            )
        },
        description="Name `old`, a device of yours, or `kept`, a kept plan. Ids stay, the old "
        "plan stays as it is, and the old device's tokens end. Where the new device has entries "
        "already, choose the `mode`: `merge` keeps those that the old one does not have, "
        "`overwrite` makes the new plan like the old; 409 without it.",
        request=shapes.named(
            "Replacement",
            shapes.of(kept.ReplaceSerializer(), kept=UUID)
            | {"oneOf": [{"required": ["old"]}, {"required": ["kept"]}]},
        ),
        problems=(
            "not-found",
            "forbidden",
            "conflict",
            "quota-exceeded",
            "device-blocked",
            "token-revoked",
        ),
    ),
)
