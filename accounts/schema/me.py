"""What the API's document says about a person's own profile."""

from accounts.api import me
from accounts.serializers import PreferencesSerializer, ProfileSerializer
from planner import shapes
from planner.openapi import PEOPLE, answer, describe, operation

TAG = "People"
PREFERENCES = shapes.of(PreferencesSerializer())
EMAIL = {
    "description": "At most 254 bytes; empty: none. The present one stays until the new one, "
    "`unverified_email`, is verified by a link that is mailed to it. To be changed in the first "
    "ten minutes of a log-in only (403 `forbidden` later).",
    "anyOf": [{"const": ""}, {"type": "string", "format": "email", "maxLength": 254}],
}
ME = shapes.named(
    "Me",
    shapes.record(
        {
            "id": shapes.whole(1, 2**63 - 1),
            "username": {"type": "string", "maxLength": 30},
            "full_name": {"type": "string"},
            "email": {"type": "string"},
            "unverified_email": {"type": "string"},
            "preferences": shapes.needed(PREFERENCES),
        }
    ),
)

describe(
    me.MeView,
    get=operation(
        "me",
        "Read profile and preferences",
        {200: answer(ME, "Who is asking.")},
        tag=TAG,
        callers=PEOPLE,
    ),
    patch=operation(
        "me_change",
        "Change profile and preferences",
        {200: answer(ME, "As they are now.")},
        description="All of the given fields, or none of them.",
        tag=TAG,
        callers=PEOPLE,
        request=shapes.named("MeChange", shapes.of(ProfileSerializer(partial=True), email=EMAIL)),
        problems=("forbidden", "throttled"),
    ),
)
