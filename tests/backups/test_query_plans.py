"""G8: however many devices there are, a call about one plan reads no other's rows."""

from collections import Counter
from collections.abc import Iterator
from urllib.parse import quote
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from backups.models import (
    ENTRY_MODELS,
    Backup,
    Change,
    Commit,
    HabitDay,
    KeptPush,
    Overruled,
    RestorePoint,
    SyncReport,
)
from tests.access import Caller, Scene, make_scene, routes
from tests.backups.api import task
from tests.pages import addresses, furnish
from tests.query_plans import Watch, copies

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor == "sqlite", reason="PostgreSQL says what it would do"),
]
SIZES = [(1_000, 700), pytest.param((10_000, 16_000), marks=pytest.mark.nightly)]
"""Devices, and entries of the largest plan; each other one has twelve."""
OTHERS = 12
FEW = 500
"""A table of fewer rows is read whole, and rightly."""
FIRST = 100
"""The revisions of what is made here come after those of the scene."""
MADE = "md5(concat(plan.id, '{} ', n))::uuid"

FILES = (
    *(f"/api/backups/<int:id>/export/?format={form}" for form in ("json", "sqlite", "csv", "ics")),
    "/api/backups/state/?at=now",
    "/devices/<int:pk>/download/?format=json",
)


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]} devices")
def scene(request: pytest.FixtureRequest, settings: object, db: None) -> Scene:
    # What is prepared cannot be explained.
    settings.PREPARED_STATEMENTS = False
    scene = make_scene()
    furnish(scene)
    devices, entries = request.param
    more_devices(scene, devices)
    largest = Backup.objects.of(scene.device)
    now = timezone.now()
    HabitDay.objects.create(backup=largest, habit_uuid=UUID(int=1), day=0, done=True, stamp=1)
    KeptPush.objects.create(backup=largest, key="0", answer={}, created_at=now)
    noted = dict.fromkeys(("milliseconds", "up", "down", "overruled", "rejected"), 0)
    SyncReport.objects.create(backup=largest, at=now, **noted)
    fill(largest, f"plan.id = {largest.pk}", entries)
    fill(largest, f"plan.id != {largest.pk}", OTHERS)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return scene


def more_devices(scene: Scene, count: int) -> None:
    """Let there be so many claimed devices more, each with a plan and somebody who has it."""
    numbers, device = f"generate_series(1, {count}) AS n", scene.device
    owner = device.memberships.get(role="owner")
    copies(device, numbers, serial="'SC-' || n", claim="gen_random_uuid()")
    copies(owner.user, numbers, username="'person' || n", email="n || '@example.org'")
    pairs = f"""{numbers} JOIN devices_device AS made ON made.serial = 'SC-' || n
        JOIN accounts_user AS person ON person.username = 'person' || n"""
    copies(Backup.objects.of(device), pairs, claim="made.claim", device_id="made.id")
    copies(owner, pairs, device_id="made.id", user_id="person.id")
    copies(owner.user.preferences, pairs, user_id="person.id")
    copies(device.last_seen, pairs, device_id="made.id")
    copies(owner.user.sessions.first(), pairs, id="gen_random_uuid()", user_id="person.id")
    copies(device.audit.first(), pairs, device_id="made.id", person_id="person.id")
    copies(
        device.claims.exclude(state="pending").first(),
        pairs,
        id="gen_random_uuid()",
        device_id="made.id",
        user_id="person.id",
    )


def fill(backup: Backup, which: str, count: int) -> None:
    """Give the plans that `which` names so many entries, with a past of as many revisions."""
    plans = f"backups_backup AS plan JOIN generate_series(1, {count}) AS n ON {which}"
    past = {"backup_id": "plan.id", "revision": f"{FIRST} + n"}
    for kind, part in (("task", 0.6), ("event", 0.3), ("habit", 0.1)):
        entry, uuid = ENTRY_MODELS[kind].objects.of(backup).earliest("pk"), MADE.format(kind)
        said = {"uuid": uuid, "wire": f"replace(one.wire, one.uuid::text, {uuid}::text)"}
        copies(entry, f"{plans} AND n <= {count * part}", name="'Entry ' || n", **said, **past)
    copies(
        HabitDay.objects.of(backup).earliest("pk"),
        plans,
        backup_id="plan.id",
        habit_uuid=uuid,
        day="86400 * n",
    )
    copies(Commit.objects.filter(backup=backup).earliest("pk"), plans, **past)
    change = Change.objects.filter(backup=backup, type="task").first()
    copies(change, plans, uuid=MADE.format("task"), **past)
    few = f"{plans} AND n <= {OTHERS}"
    for model, once in (
        (Overruled, "key"),
        (KeptPush, "key"),
        (SyncReport, ""),
        (RestorePoint, ""),
    ):
        row = model.objects.filter(backup=backup).earliest("pk")
        copies(row, few, backup_id="plan.id", **({once: "n"} if once else {}))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE backups_backup AS plan SET revision = newest.revision, "  # noqa: S608
            "fingerprint = newest.fingerprint FROM backups_commit AS newest "
            f"WHERE newest.backup_id = plan.id AND newest.revision = {FIRST + count} AND {which}"
        )


def calls(scene: Scene) -> Iterator[tuple[str, str]]:
    """Yield who asks for what: all that the URL table has but for the admin, and the sync."""
    yield from ((who, scene.path(path)) for who in ("device", "owner") for path in FILES)
    for route in routes():
        if route.startswith("/api/"):
            yield from ((who, scene.path(route)) for who in ("device", "owner"))
    for page in addresses(scene):
        if page.who in ("owner", "nobody", "viewer"):
            yield page.who, page.path


def sync(scene: Scene) -> None:
    """Let the device ask, push, and ask again, as it does all day."""
    device = scene.callers["device"]
    news = device.send("GET", "/api/sync/?digest=1&limit=7&max_bytes=4000", {}).json()
    while news["more"]:
        since = f"/api/sync/?limit=2000&since={quote(news['cursor'])}"
        news = device.send("GET", since, {}).json()
    since = f"/api/sync/?since={quote(news['cursor'])}"
    made, marked = task(), {"id": scene.ids["habit"], "date": 86_400, "action": "add"}
    for tasks in ([made, task()], [made | {"name": "Again"}, {"id": made["id"], "completion": 2}]):
        pushed = device.send("POST", since, {"task": tasks, "habit": [marked]})
        assert pushed.status_code == 200
    read = device.send("GET", since, {})
    polling = Caller(headers=device.headers | {"If-None-Match": read["ETag"]})
    lines = Caller(headers=device.headers | {"Accept": "application/x-ndjson"})
    assert polling.send("GET", since, {}).status_code == 304
    assert b"".join(lines.send("GET", "/api/sync/", {}).streaming_content)


def test_no_call_about_a_plan_reads_a_whole_table(scene):
    watch, statuses = Watch(FEW), Counter()
    asked = list(calls(scene))

    with connection.execute_wrapper(watch):
        sync(scene)
        for who, path in asked:
            answer = scene.callers[who].send("GET", path, {})
            statuses[answer.status_code] += bool(b"".join(answer))

    assert max(statuses) < 500
    assert statuses[200] > 100
    assert dict(watch.found) == {}
    assert {"backups_task", "backups_change", "devices_device", "accounts_user"} <= watch.large
