"""Bad input of any kind, at every address that takes a body: a 4xx problem, and nothing changed.

Rows E1 to E9 of the test matrix; the large and the chunked bodies are in tests/e2e.
"""

import gzip
import json
from dataclasses import dataclass
from functools import cache

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from backups import points
from backups.models import Backup, RestorePoint
from devices.models import Device
from tests.backups.api import Api, event, habit, task
from tests.backups.pages.plan import planned
from tests.factories import PASSWORD, make_unit
from tests.logins import logged_in
from tests.snapshot import snapshot

KNOWN = "00000000-0000-4000-8000-000000000001"
POINT = 987_654
MIB = 1024 * 1024


@dataclass(frozen=True)
class Door:
    """An address that takes JSON: who may call it, how, and a field of its body.

    Without a field it takes none, and looks at JSON only. One that `may_be_empty` may be called
    without a body.
    """

    who: str
    method: str
    path: str
    field: str = "x"
    may_be_empty: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


DOORS = [
    Door("nobody", "POST", "/api/token/", "username"),
    Door("nobody", "POST", "/api/token/refresh/", "refresh"),
    Door("nobody", "POST", "/api/token/verify/", "token"),
    Door("nobody", "POST", "/api/device/token/", "key"),
    Door("person", "PATCH", "/api/me/", "full_name"),
    Door("person", "POST", "/api/devices/", "code"),
    Door("person", "PATCH", "/api/devices/{device}/", "name"),
    Door("person", "POST", "/api/devices/{device}/replace/", "kept"),
    Door("person", "POST", "/api/devices/{device}/members/", "address"),
    Door("person", "PATCH", "/api/devices/{device}/members/", "takes_requests"),
    Door("device", "PATCH", "/api/device/", "firmware_version"),
    Door("device", "POST", "/api/device/claim/", "accept"),
    Door("device", "POST", "/api/device/key/", "key"),
    Door("device", "POST", "/api/sync/", "since"),
    Door("member", "POST", "/api/tasks/", "name"),
    Door("member", "PATCH", f"/api/tasks/{KNOWN}/", "name"),
    Door("member", "PUT", f"/api/tasks/{KNOWN}/", "name"),
    Door("member", "POST", "/api/events/", "name"),
    Door("member", "PATCH", f"/api/events/{KNOWN}/", "name"),
    Door("member", "PUT", f"/api/events/{KNOWN}/", "name"),
    Door("member", "POST", "/api/habits/", "name"),
    Door("member", "PATCH", f"/api/habits/{KNOWN}/", "name"),
    Door("member", "PUT", f"/api/habits/{KNOWN}/", "name"),
    Door("member", "POST", "/api/backups/", "name"),
    Door("member", "POST", "/api/backups/restore/", "at"),
    Door("member", "POST", f"/api/backups/{POINT}/restore/", "expected", may_be_empty=True),
    Door("member", "PUT", f"/api/habits/{KNOWN}/days/2026-01-31/", may_be_empty=True),
    Door("person", "POST", "/api/token/logout/", may_be_empty=True),
    Door("person", "POST", "/api/devices/{device}/token/", may_be_empty=True),
    Door("device", "POST", "/api/device/reset/", may_be_empty=True),
]


@pytest.fixture
def callers(alice: User, unit, device: Device) -> dict[str, Api]:
    """Everybody who may call something, and an entry of each kind to be called on."""
    device_api = Api.of_device(unit)
    device_api.push(
        task=[task() | {"id": KNOWN}],
        event=[event() | {"id": KNOWN}],
        habit=[habit() | {"id": KNOWN}],
    )
    point = points.pin(Backup.objects.of(device), points.Reason.DAILY)
    RestorePoint.objects.filter(pk=point.pk).update(id=POINT)
    login = {"username": alice.username, "password": PASSWORD}
    return {
        "nobody": Api(),
        "person": Api(Api().post("/api/token/", login).json()["access"]),
        "device": device_api,
        "member": Api.of_person(alice, device),
    }


BODIES = {
    "nothing": b"",
    "not JSON": b"{",
    "a bare word": b"hello",
    "a number": b"1",
    "a list": b"[]",
    "null": b"null",
    "text": b'"text"',
    "two documents": b"{}{}",
    "NaN": b'{"x": NaN}',
    "Infinity": b'{"x": -Infinity}',
    "a key twice": b'{"x": 1, "x": 2}',
    "not UTF-8": b'{"x": "\xff"}',
    "overlong UTF-8": b'{"x": "\xc0\xaf"}',
    "a byte order mark": b'\xef\xbb\xbf{"x": 1}',
    "UTF-16": '{"x": 1}'.encode("utf-16"),
    "a control character": b'{"x": "\x01"}',
    "depth 33": b'{"x": ' + b"[" * 32 + b"]" * 32 + b"}",
    "depth 1,000": b"[" * 1_000 + b"]" * 1_000,
    "depth 100,000": b"[" * 100_000 + b"]" * 100_000,
    "unclosed depth": b"[" * 100_000,
}


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_a_body_that_is_no_json_object_changes_nothing(callers, device, door):
    """E1, E2, E7."""
    path = door.path.format(device=device.pk)
    bodies = {name: raw for name, raw in BODIES.items() if raw or not door.may_be_empty}
    before = snapshot()

    answers = {name: callers[door.who].send(door.method, path, raw) for name, raw in bodies.items()}

    for name, answer in answers.items():
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json"), (
            name
        )
        assert answer.json()["code"] in ("malformed-json", "invalid"), name
        assert len(answer.content) < 1024, name
    assert snapshot() == before


VALUES = {
    "null": None,
    "a number": 7,
    "a float": 1.5,
    "a huge number": 10**30,
    "true": True,
    "a list": ["a"],
    "an object": {"a": 1},
    "NUL": "a\0b",
    "a lone surrogate": "a\ud800b",
    "very long": "x" * 10_000,
}
NOT_BAD = {
    ("accept", "true"),
    ("takes_requests", "true"),
    ("completion", "a number"),
    ("at", "a number"),
    ("expected", "a number"),
}


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_a_value_of_a_wrong_type_is_refused_and_changes_nothing(callers, device, door):
    path = door.path.format(device=device.pk)
    before = snapshot()

    for name, value in VALUES.items():
        if (door.field, name) in NOT_BAD:
            continue
        answer = callers[door.who].send(door.method, path, json.dumps({door.field: value}).encode())

        assert answer.status_code in (400, 401, 410), (name, answer.content)
        assert answer["Content-Type"] == "application/problem+json", name
    assert snapshot() == before


@pytest.mark.parametrize("door", [door for door in DOORS if door.field != "x"], ids=str)
def test_a_body_of_another_type_or_encoding_is_refused(callers, device, door):
    """E8."""
    api, path = callers[door.who], door.path.format(device=device.pk)
    good = b'{"x": 1}'
    types = [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-7",
        "application/json; charset=utf-16",
        "application/json; charset=bogus",
        "",
    ]

    answers = [
        api.client.generic(door.method, path, good, content_type=kind, headers=api.headers)
        for kind in types
    ]
    answers += [
        api.send(door.method, path, good, **{"content-encoding": kind})
        for kind in ("br", "deflate", "zlib", "gzip, gzip")
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (415, "unsupported-media-type")
    ] * len(answers)


@cache
def zipped_blanks() -> bytes:
    return gzip.compress(b" " * 33 * MIB)


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_a_body_over_a_mebibyte_is_refused_before_and_after_inflating(callers, device, door):
    """E9."""
    api, path = callers[door.who], door.path.format(device=device.pk)
    large = b'{"x": "' + b"x" * MIB + b'"}'
    before = snapshot()

    answers = [
        api.send(door.method, path, large),
        api.send(door.method, path, gzip.compress(large), **{"content-encoding": "gzip"}),
        api.send(door.method, path, zipped_blanks(), **{"content-encoding": "gzip"}),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (413, "body-too-large")
    ] * 3
    assert snapshot() == before


def test_a_gzip_body_is_read_like_a_plain_one(callers):
    bins = task()
    raw = gzip.compress(json.dumps({"task": [bins]}).encode())

    answer = callers["device"].send("POST", "/api/sync/", raw, **{"content-encoding": "gzip"})

    assert answer.json()["results"] == [{"type": "task", "id": bins["id"], "outcome": "applied"}]


def test_no_part_of_a_gzip_body_is_left_unread(callers):
    """RFC 1952: several members are one body. Without the second, its tasks would be lost."""
    bins = [task(), task()]
    raw = json.dumps({"task": bins}).encode()
    parts = gzip.compress(raw[:100]) + gzip.compress(raw[100:])

    answer = callers["device"].send("POST", "/api/sync/", parts, **{"content-encoding": "gzip"})

    assert [result["id"] for result in answer.json()["results"]] == [one["id"] for one in bins]


ZIPPED = gzip.compress(b"{}", mtime=0)


@pytest.mark.parametrize(
    "raw",
    [b"plain", ZIPPED[:-4], b"\x1f\x8b", ZIPPED * 2, ZIPPED + b"{}", ZIPPED + ZIPPED[:-1]],
    ids=["plain", "short", "head", "two documents", "and more", "short second part"],
)
def test_a_broken_gzip_body_is_refused(callers, raw):
    answer = callers["device"].send("POST", "/api/sync/", raw, **{"content-encoding": "gzip"})

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed-json")


def test_a_gzip_body_of_many_parts_is_refused(callers):
    """G5: each part costs a copy of all that stand behind it."""
    bodies = [gzip.compress(b" ") * count + ZIPPED for count in (15, 16)]

    answers = [
        callers["device"].send("POST", "/api/sync/", raw, **{"content-encoding": "gzip"})
        for raw in bodies
    ]

    assert [answer.status_code for answer in answers] == [200, 400]


INTEGERS = [
    *("1e400", "-1e400", "1" * 5_000, "-0.0"),
    *map(json.dumps, (-1, 2**31, 2**53, 2**63, 10**30, 1.0, 1e2, "1", True, None, [], {}, -1.5)),
]
IN_RANGE = {("at", str(2**31)), ("at", str(2**53)), ("completed", "[]")}


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("task", "completion"),
        ("task", "priority"),
        ("task", "duedate"),
        ("task", "at"),
        ("event", "starttime"),
        ("event", "duration"),
        ("event", "deleted"),
        ("habit", "goal"),
        ("habit", "deleted"),
        ("habit", "completed"),
    ],
)
def test_an_integer_of_an_item_is_a_json_integer_in_range_or_the_item_is_rejected(
    callers, kind, field
):
    """E3."""
    make = {"task": task, "event": event, "habit": habit}[kind]
    wrong = [raw for raw in INTEGERS if (field, raw) not in IN_RANGE]
    items = [json.dumps(make("New") | {field: "MARK"}).replace('"MARK"', raw) for raw in wrong]
    before = snapshot()

    answer = callers["device"].send(
        "POST", "/api/sync/", f'{{"{kind}": [{", ".join(items)}]}}'.encode()
    )

    assert answer.status_code == 200, answer.content
    told = [
        (raw, result["outcome"], result["errors"][0]["pointer"])
        for raw, result in zip(wrong, answer.json()["results"], strict=True)
    ]
    assert told == [
        (raw, "rejected", f"/{kind}/{number}/{field}") for number, raw in enumerate(wrong)
    ]
    assert snapshot() == before


@pytest.mark.parametrize(
    ("kind", "field", "allowed"),
    [
        ("task", "completion", {0, 1, 2}),
        ("task", "priority", {1, 2, 3}),
        ("event", "deleted", {0, 1}),
        ("habit", "goal", set(range(128))),
    ],
)
def test_exactly_the_allowed_values_of_an_enumeration_are_taken(callers, kind, field, allowed):
    """E4."""
    make = {"task": task, "event": event, "habit": habit}[kind]
    values = range(-5, 301)

    answer = callers["device"].push(
        **{kind: [make(f"N{value}") | {field: value} for value in values]}
    )

    taken = {
        value
        for value, result in zip(values, answer["results"], strict=True)
        if result["outcome"] != "rejected"
    }
    assert taken == allowed


@pytest.mark.parametrize(
    ("field", "limit"), [("name", 127), ("description", 1_023)], ids=["name", "description"]
)
@pytest.mark.parametrize("letter", ["x", "é", "漢", "📦", "👩‍👩‍👧", "e\u0301", "\u202eא"])
def test_a_text_at_its_limit_in_bytes_is_kept_byte_for_byte(callers, field, limit, letter):
    """E5."""
    whole = letter * (limit // len(letter.encode()))
    whole += "x" * (limit - len(whole.encode()))
    fits, over = task() | {field: whole}, task() | {field: whole + "x"}

    answer = callers["device"].push(task=[fits, over])

    assert [result["outcome"] for result in answer["results"]] == ["applied", "rejected"]
    assert fits in callers["device"].pull()["task"]


@pytest.mark.parametrize(
    "text", ["  pad  ", "\t", " ", "\u00a0", "a\nb", "\u200b", "%_\\'\";--", "\x7f"]
)
def test_a_text_is_never_trimmed(callers, text):
    entry = task() | {"name": text, "description": text}
    callers["device"].push(task=[entry])

    assert entry in callers["device"].pull()["task"]


@pytest.mark.parametrize(
    "id",
    [
        "urn:uuid:00000000-0000-4000-8000-000000000002",
        "{00000000-0000-4000-8000-000000000002}",
        "00000000000040008000000000000002",
        "00000000-0000-4000-8000-00000000000A",
        " 00000000-0000-4000-8000-000000000002",
        "00000000-0000-4000-8000-000000000002\n",
        "",
        7,
        None,
        [],
        {"a": 1},
        True,
        "\ud800",
        "x" * 5_000,
    ],
)
def test_only_the_canonical_form_of_an_id_is_taken(callers, id):
    """E6."""
    answer = callers["device"].post("/api/sync/", {"task": [task() | {"id": id}]})

    assert answer.status_code == 200
    result = answer.json()["results"][0]
    assert (result["outcome"], result["errors"][0]["code"]) == ("rejected", "not-uuid")
    assert len(answer.content) < 2_048


@pytest.mark.parametrize("item", [None, 1, "a", [], True, [[]]])
def test_an_item_that_is_no_object_is_rejected_by_itself(callers, item):
    """E7."""
    bins = task()

    answer = callers["device"].push(task=[item, bins])

    assert [result["outcome"] for result in answer["results"]] == ["rejected", "applied"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"task": {}}, "/task"),
        ({"event": "x"}, "/event"),
        ({"habit": None}, "/habit"),
        ({"since": 1}, "/since"),
        ({"since": None}, "/since"),
        ({"now": "x"}, "/now"),
        ({"now": -1}, "/now"),
        ({"now": 10**30}, "/now"),
        ({"now": True}, "/now"),
        ({"action": "refresh", "type": "x"}, "/type"),
        ({"action": "refresh", "type": []}, "/type"),
        ({"action": "refresh"}, "/type"),
    ],
)
def test_an_envelope_that_cannot_be_read_is_named(callers, body, pointer):
    """E7."""
    answer = callers["device"].post("/api/sync/", body | {"unknown": 1})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert answer.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("action", ["", "Refresh", "upd\ufffdate", 7, None, [], {"a": 1}, True])
def test_a_damaged_action_of_old_firmware_is_an_update(callers, action):
    bins = task()

    answer = callers["device"].push(action=action, type="task", task=[bins])

    assert (answer["action"], answer["results"][0]["outcome"]) == ("ack", "applied")


PAGES = [
    *("accounts:login", "accounts:signup", "accounts:app_new", "accounts:passkey_new"),
    *("devices:claim", "devices:token_new", "backups:task_new"),
]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("text", ["a\0b", "x" * 100_000, "\u202e", "<script>", "' OR 1=1 --"])
def test_a_page_survives_any_text_in_any_field(alice, device, page, text):
    is_open = page in ("accounts:login", "accounts:signup")
    browser = Client() if is_open else logged_in(alice)
    if page == "backups:task_new":
        browser.post(reverse("devices:choose", args=[device.pk]))
    form = browser.get(reverse(page), follow=True).context["form"]
    before = snapshot()

    answer = browser.post(reverse(page), dict.fromkeys(form.fields, text))

    assert answer.status_code in (200, 400, 429), answer.status_code
    assert snapshot() == before
    assert make_unit().serial.startswith("SC-")


FORBIDDEN = (
    *("seq", "revision", "backup", "device", "owner", "user", "created_at", "alive", "stamps"),
    *(
        "is_staff",
        "is_superuser",
        "token_generation",
        "session_generation",
        "role",
        "state",
        "wire",
    ),
)


@pytest.mark.parametrize("door", [door for door in DOORS if "sync" not in door.path], ids=str)
def test_a_field_that_nobody_may_set_is_refused_by_name(callers, device, door):
    """D3."""
    path = door.path.format(device=device.pk)
    before = snapshot()

    for name in FORBIDDEN:
        answer = callers[door.who].send(door.method, path, {name: 1})

        assert answer.status_code == 400, (name, answer.content)
        errors = {error["pointer"]: error["code"] for error in answer.json()["errors"]}
        # A role is what an invitation is about; every other name is unknown.
        is_role = (name, door.field) == ("role", "address")
        assert errors[f"/{name}"] == ("invalid-choice" if is_role else "unknown-field"), name
    assert snapshot() == before


def test_a_push_passes_over_what_it_does_not_know(callers):
    """Newer devices talk to older servers; what they say beyond is neither stored nor refused."""
    bins = task()

    answer = callers["device"].push(task=[bins | dict.fromkeys(FORBIDDEN, 1)], seq=1, owner="bob")

    assert [result["outcome"] for result in answer["results"]] == ["applied"]
    assert bins in callers["device"].pull()["task"]


PAST = (
    *(f"/history/moment/?{name}={{0}}" for name in ("point", "revision", "day", "ago")),
    *("/history/?before={0}", "/deleted/?page={0}"),
)
PAST_FORMS = {
    "/history/restore/": "revision={0}&expected={0}",
    "/history/pin/": "name={0}",
    "/import/": "mode={0}&file={0}",
    f"/import/{KNOWN}/": "{0}={0}",
    "/history/999999999999999999/undo/": "{0}={0}",
    "/history/points/999999999999999999/remove/": "",
    "/history/lost/999999999999999999/use/": "",
}


@pytest.mark.parametrize("value", ["", "-1", "1e3", "%00", "%ff", "%ED%A0%80", "9" * 40])
def test_a_strange_value_for_a_page_of_the_past_changes_nothing(alice, device, value):
    """E1, E3, E13: addresses and forms of restore points, moments and imports."""
    browser = planned(alice, device)
    before = snapshot()
    kind = "application/x-www-form-urlencoded"

    answers = {path: browser.get(path.format(value)) for path in PAST}
    answers |= {
        path: browser.post(path, body.format(value), content_type=kind)
        for path, body in PAST_FORMS.items()
        # A name of digits is a name.
        if (path, value) not in NAMES
    }

    assert {path: a.status_code for path, a in answers.items() if a.status_code >= 500} == {}
    assert snapshot() == before


NAMES = {("/history/pin/", value) for value in ("-1", "1e3", "9" * 40, "%ff", "%ED%A0%80")}


@pytest.mark.parametrize(
    "fields",
    [{}, {"mode": "x"}, {"preview": "perhaps"}, {"more": "1"}, {"mode": "\0"}],
    ids=["no file", "mode", "preview", "an unknown field", "NUL"],
)
def test_a_form_of_the_import_that_is_not_right_changes_nothing(callers, fields):
    """E7, E8."""
    api, before = callers["member"], snapshot()
    file = {"file": SimpleUploadedFile("plan", b"x")} if fields else {}

    answer = api.client.post("/api/backups/import/", {**file, **fields}, headers=api.headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert answer.json()["errors"]
    assert snapshot() == before
