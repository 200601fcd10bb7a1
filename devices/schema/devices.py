"""What the API's document says about devices: for their people, and for the device itself."""

from functools import partial

from accounts.zones import ZONES
from devices.api import devices as api
from devices.device_settings import DAY, HOUR, SETTINGS
from devices.models import NAME_BYTES, Device, Membership
from devices.serializers import (
    AnswerSerializer,
    ChangeSerializer,
    ClaimSerializer,
    KeySerializer,
    OwnKeySerializer,
    ReportSerializer,
)
from planner import shapes
from planner.openapi import (
    BY_KEY,
    OF_DEVICE,
    OPEN,
    PEOPLE,
    PROGRAMS,
    answer,
    describe,
    operation,
)

PEOPLES, OWN = "Devices of people", "The device itself"
FLAG = {"type": "boolean"}
TEXT = {"type": "string"}
ID = shapes.whole(1, 2**63 - 1)
UUID = {"type": "string", "format": "uuid"}
SHAPES = {
    "time_zone": shapes.named("TimeZone", shapes.one_of(*ZONES)),
    "hour_format": shapes.one_of(12, 24),
    "show_seconds": FLAG,
    "date_order": shapes.one_of("MDY", "DMY", "YMD"),
    "week_start": shapes.one_of("monday", "saturday", "sunday"),
    "day_start": shapes.whole(0, DAY // 2, "Seconds after midnight at which a day begins."),
    "theme": shapes.one_of("light", "dark"),
    "text_size": shapes.one_of("s", "m", "l"),
    "focus_minutes": shapes.whole(1, 180),
    "break_minutes": shapes.whole(1, 60),
    "pomodoro": FLAG,
    "power_saving": FLAG,
    "keep_completed": shapes.one_of(
        *(hours * HOUR for hours in (0, 6, 12, 24, 72, 168)),
        description="Seconds for which completed tasks stay in sight.",
    ),
}
ALL_SETTINGS = shapes.named(
    "DeviceSettings", shapes.record({name: SHAPES[name] for name in SETTINGS})
)
SETTINGS_REVISION = shapes.named(
    "SettingsRevision",
    shapes.whole(
        0, 2**63 - 1, "Goes up when the name or a setting changes, and never down: the newer wins."
    ),
)
NAME = shapes.text(
    NAME_BYTES, blank=False, description="With something to see.", pattern=shapes.VISIBLE
)
SOME_SETTINGS = shapes.named("DeviceSettingsChange", shapes.record({}, SHAPES))
NEW_KEY = {
    "type": "string",
    "pattern": "^[A-Za-z0-9_][A-Za-z0-9_-]{41}[AEIMQUYcgkosw048]$",
    "description": "32 bytes in base64url.",
}
ROLE = shapes.one_of(*Membership.Role.values)
NUMBER = shapes.whole(10, 99, "Two digits to compare.")
JOINS = FLAG | {"description": "Whether somebody asks to join a device that has an owner."}
DEVICE = shapes.named(
    "Device",
    shapes.record(
        {
            "id": ID,
            "serial": TEXT,
            "name": TEXT,
            "role": ROLE,
            "state": shapes.one_of(*Device.State.values),
            "claim": shapes.nullable(UUID),
            "last_seen": shapes.nullable(shapes.moment("When the device last called.")),
            "pending_changes": shapes.nullable(
                shapes.whole(0, 1_000, "Entries that it has not confirmed; null: no plan.")
            ),
            "settings": ALL_SETTINGS,
            "settings_revision": SETTINGS_REVISION,
        }
    ),
)
WAITING = shapes.named(
    "PendingClaim",
    shapes.record(
        {
            "code": {"const": "claim-pending"},
            "claim": UUID,
            "serial": TEXT,
            "joins": JOINS,
            "number": NUMBER,
            "expires": shapes.moment(),
        }
    ),
)
ACCESS = {"access": {"type": "string", "description": "A JWT."}, "expires": shapes.moment()}
CLAIM = shapes.nullable(UUID) | {
    "description": "The present claim. Another one than before: the device belongs to somebody "
    "else now, and erases plan, queue and cursor before anything else."
}
SERVER_TIME = shapes.moment("The server's clock.")
OWN_TOKEN = shapes.named(
    "DeviceToken",
    shapes.record(
        {**ACCESS, "claimed": FLAG, "claim": CLAIM, "rekey": FLAG, "server_time": SERVER_TIME}
    ),
)
ASKED = shapes.named(
    "AskedClaim",
    shapes.record(
        {
            "id": UUID,
            "name": TEXT,
            "joins": JOINS,
            "number": NUMBER,
            "expires": shapes.moment("Until then the device asks."),
        }
    ),
)
OWN_DEVICE = shapes.named(
    "OwnDevice",
    shapes.record(
        {
            "id": ID,
            "serial": TEXT,
            "name": TEXT,
            "claimed": FLAG,
            "claim": CLAIM,
            "people": shapes.listed(shapes.record({"name": TEXT, "role": ROLE})),
            "settings": ALL_SETTINGS,
            "settings_revision": SETTINGS_REVISION,
            "pending_claim": shapes.nullable(ASKED),
            "server_time": SERVER_TIME,
        }
    ),
)
REPORT = shapes.of(ReportSerializer(partial=True))

of_people = partial(operation, tag=PEOPLES, callers=PEOPLE)
of_programs = partial(operation, tag=PEOPLES, callers=PROGRAMS)
of_device = partial(operation, tag=OWN, callers=BY_KEY)

describe(
    api.DevicesView,
    get=of_programs(
        "devices",
        "List my devices",
        {200: answer(shapes.listed(DEVICE), "At most ten.")},
        description="To a personal token for one device, that device alone.",
        problems=("throttled",),
    ),
    post=of_programs(
        "devices_claim",
        "Claim a device",
        {
            201: answer(DEVICE, "It is yours.", headers=["Location"]),
            202: answer(
                WAITING, "The device confirms within ten minutes, or the owner within a day."
            ),
        },
        description="Serial number and code are on the box; both carry check characters, and a "
        "typing error costs no try. `claim-failed` is the one answer to all that cannot be "
        "claimed: mistyped, unknown serial, wrong code, blocked, somebody's "
        "who takes no requests to join. With `joins` in the answer its owner is asked too, and the "
        "device keeps the name it has. A personal token must be one to write, for all devices.",
        request=shapes.named("Label", shapes.of(ClaimSerializer(), name=NAME)),
        problems=("claim-failed", "forbidden", "conflict", "throttled"),
    ),
)
describe(
    api.DeviceView,
    get=of_people(
        "device",
        "Read a device",
        {200: answer(DEVICE, "One of yours.")},
        problems=("not-found",),
    ),
    patch=of_people(
        "device_change",
        "Rename a device, change its settings",
        {200: answer(DEVICE, "As it is now.")},
        request=shapes.named(
            "DeviceChange",
            shapes.of(ChangeSerializer(partial=True), name=NAME, settings=SOME_SETTINGS),
        ),
        problems=("not-found", "forbidden"),
    ),
    delete=of_people(
        "device_release",
        "Release a device, or leave it",
        {204: answer(description="The owner released it; anybody else left it.")},
        description="A release ends all tokens of the device at once.",
        problems=("not-found", "forbidden", "conflict"),
    ),
)
describe(
    api.MemberTokenView,
    post=of_programs(
        "member_token",
        "Get a token for a device's plan",
        {200: answer(shapes.named("MemberToken", shapes.record(ACCESS)), "For 15 minutes.")},
        description="With a log-in by cookies it also sets the device cookie. Made with a personal "
        "token to read, it may not write, and it ends with the personal token.",
        problems=("not-found", "forbidden", "throttled", *OF_DEVICE),
    ),
)
describe(
    api.DeviceTokenView,
    post=operation(
        "device_token",
        "Get the device's token",
        {200: answer(OWN_TOKEN, "For one hour.")},
        description="With the serial number and the key that were flashed at the factory. 401 "
        "`token-invalid` alike for an unknown serial and a wrong key.",
        tag=OWN,
        callers=OPEN,
        request=shapes.named("DeviceKey", shapes.of(KeySerializer())),
        problems=("token-invalid", *OF_DEVICE),
    ),
)
describe(
    api.OwnDeviceView,
    get=of_device(
        "own_device",
        "Read what the device should know about itself",
        {200: answer(OWN_DEVICE, "Name, people, settings, and a claim that waits.")},
        problems=("forbidden", *OF_DEVICE),
    ),
    patch=of_device(
        "own_device_report",
        "Report about itself",
        {200: answer(OWN_DEVICE, "As it is now.")},
        request=shapes.named("DeviceReport", REPORT),
        problems=("forbidden", *OF_DEVICE),
    ),
)
describe(
    api.OwnClaimView,
    post=of_device(
        "own_claim",
        "Accept or refuse the claim that waits",
        {204: answer(description="Done; after “accept” the old token is revoked.")},
        request=shapes.named("ClaimAnswer", shapes.of(AnswerSerializer())),
        problems=("forbidden", "conflict", *OF_DEVICE),
    ),
)
describe(
    api.OwnKeyView,
    post=of_device(
        "own_key",
        "Replace the device's key",
        {204: answer(description="It counts from its first use on, and ends the old one then.")},
        description="Asked for by `rekey` in the token answer. The device stores the key before "
        "it sends it, and tries the newest first: the new one, its own, the factory's. 409 where "
        "nobody asked.",
        request=shapes.named("OwnKey", shapes.of(OwnKeySerializer(), key=NEW_KEY)),
        problems=("forbidden", "conflict", *OF_DEVICE),
    ),
)
describe(
    api.OwnResetView,
    post=of_device(
        "own_reset",
        "Factory reset",
        {204: answer(description="The claim has ended, and every token of the device with it.")},
        problems=("forbidden", *OF_DEVICE),
    ),
)
