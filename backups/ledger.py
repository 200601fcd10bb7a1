"""Rows and the merge's states: entries are loaded once a push and written set by set.

Only `backups.changes` calls this module, under the backup's lock.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import orjson
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from backups.actors import Actor
from backups.held import Held, Key
from backups.items import Item
from backups.kinds import KINDS
from backups.merge import State
from backups.models import ENTRY_MODELS, ITSELF, Backup, Change, Habit, HabitDay, Overruled
from planner.prepared import Batch, Prepared, by_ids, together, uuid_text, uuids
from planner.upserts import insert

MADE = ("backup_id", "alive", "wire")
"""What a row holds besides the registers, to be found and sent by."""

HELD = ("uuid", "revision", "stamps", "deleted_stamp", "restored_stamp")
COLUMNS = {
    kind: (*HELD, *KINDS[kind].checks, *(("days_done",) if kind == "habit" else ()))
    for kind in KINDS
}
# What a load finds: numbers stand under numbers, texts under texts. No register is ever NULL.
DAY = "day"
NO_NUMBER = "CAST(NULL AS bigint)"
FOUND = {
    "task": "name, description, completion, priority, duedate",
    "event": f"name, description, starttime, duration, {NO_NUMBER}",
    "habit": f"name, NULL, goal, days_done, {NO_NUMBER}",
}
HEAD = "revision, CAST(stamps AS text), deleted_stamp, restored_stamp"
OF_DAYS = ", ".join(
    (
        *(f"SELECT '{DAY}'", "CAST(habit_uuid AS text)", "day", "NULL", "stamp"),
        *("CASE WHEN done THEN 1 ELSE 0 END", "NULL", "NULL", *(NO_NUMBER,) * 3),
    )
)
# Each day that is named, and no other: a habit may have the days of 68 years.
LOAD_DAYS = Prepared(
    "SELECT found.* FROM json_to_recordset(%s::json) AS wanted(id uuid, day bigint), "  # noqa: S608
    f"LATERAL ({OF_DAYS} FROM backups_habitday WHERE backup_id = %s AND habit_uuid = wanted.id "
    "AND backups_habitday.day = wanted.day OFFSET 0) AS found",
    sqlite=f"{OF_DAYS} FROM json_each(%s) AS wanted "  # noqa: S608
    "JOIN backups_habitday ON backup_id = %s AND habit_uuid = json_extract(wanted.value, '$.id') "
    "AND day = json_extract(wanted.value, '$.day')",
)
LOAD = together(
    *(
        by_ids(
            f"backups_{kind}",
            (f"'{kind}' AS kind", "CAST(uuid AS text) AS id", HEAD, found),
            "backup_id = %s",
        )
        for kind, found in FOUND.items()
    ),
    LOAD_DAYS,
)
COUNTERS = (
    *("revision", "fingerprint", "newest_stamp", "clock_offset"),
    *("live_count", "live_bytes", "dead_count", "day_count"),
)
COUNT = Prepared(
    f"UPDATE backups_backup SET {', '.join(f'{name} = %s' for name in COUNTERS)} WHERE id = %s"  # noqa: S608 - names of our own
)
COMMITTED = ("backup_id", "revision", "fingerprint", "source", "person_id", "by", "created_at")
COMMIT = Prepared(
    f"INSERT INTO backups_commit ({', '.join(COMMITTED)}) VALUES (%s, %s, %s, %s, %s, %s, %s)"  # noqa: S608
)
LOGGED = ("backup_id", "revision", "type", "uuid", "day", "entry")
ENTRY_KEY = ("backup_id", "uuid")
DAYS = ("backup_id", "habit_uuid", "day", "done", "stamp")
BATCH = 500
MAX_LOST = 100_000
"""A push to a deleted habit may lose as many days as a body has room for, again and again."""


def load(cursor: CursorWrapper, backup: Backup, items: Sequence[Item]) -> dict[Key, Held]:
    """Return what the backup holds of the items' entries; those it does not know are left out."""
    wanted: dict[str, set[str]] = {kind: set() for kind in KINDS}
    days: set[tuple[str, int]] = set()
    for item in items:
        wanted[item.type].add(item.id)
        if item.days:
            habit = item.id.replace("-", "")
            days.update((habit, day) for day in item.days)
    values = [value for ids in wanted.values() for value in (uuids(ids), backup.pk)]
    named = orjson.dumps([{"id": habit, "day": day} for habit, day in days]).decode()
    LOAD.run(cursor, [*values, named, backup.pk])
    rows = cursor.fetchall()
    entries = {(row[0], uuid_text(row[1])): _held(*row) for row in rows if row[0] != DAY}
    for kind, uuid, day, _nothing, stamp, done, *_nothings in rows:
        if kind == DAY:
            held = entries["habit", uuid_text(uuid)]
            held.state.days[day] = (stamp, bool(done))
    for held in entries.values():
        if held.state.days:
            held.loaded_days = dict(held.state.days)
    return entries


def live_habit_names(backup: Backup, items: Sequence[Item]) -> dict[str, str]:
    """Return name → id of those living habits whose names the items could give to a habit."""
    habits = [item for item in items if item.type == "habit"]
    names = {item.fields["name"] for item in habits if "name" in item.fields}
    is_back = any(item.restored for item in habits)
    if not names and not is_back:
        return {}
    living = Habit.objects.of(backup).alive()
    # A restored habit may need another name, and which one is not known before.
    wanted = living if is_back else living.filter(name__in=names)
    return {name: str(uuid) for name, uuid in wanted.values_list("name", "uuid")}


def write(backup: Backup, changed: Iterable[Held], batch: Batch) -> None:
    """Upsert the entries and their days; log those that people see at the backup's revision.

    What is left in the batch is for the caller to send.
    """
    by_kind: dict[str, list[Held]] = defaultdict(list)
    for held in changed:
        if held.seen:
            held.revision = backup.revision
        by_kind[held.key[0]].append(held)
    logged: list[tuple] = []
    for kind, group in by_kind.items():
        model, columns = ENTRY_MODELS[kind], MADE + COLUMNS[kind]
        # Under the backup's lock nobody else can have made them meanwhile.
        fresh = [_row(backup, held) for held in group if held.is_new]
        insert(model, columns, fresh, batch=batch)
        # What nobody sees, such as an edit of a deleted entry, must not show on the wire either.
        for seen, keep in ((True, ()), (False, ("wire",))):
            rows = [_row(backup, held) for held in group if not held.is_new and held.seen is seen]
            insert(model, columns, rows, on=ENTRY_KEY, update=True, keep=keep, batch=batch)
        logged += [row for held in group if held.seen for row in _log(backup, held)]
    insert(Change, LOGGED, logged, batch=batch)
    days = [row for held in by_kind.get("habit", ()) for row in _days(backup, held)]
    insert(HabitDay, DAYS, days, on=DAYS[:3], update=True, batch=batch)
    revived = [held.key[1] for held in by_kind.get("habit", ()) if held.revived]
    if revived:
        batch.send()
        insert(Change, LOGGED, list(_unlogged_days(backup, revived)), batch=batch)


def count(backup: Backup, batch: Batch) -> None:
    """Write what the backup counts."""
    batch.add(COUNT, [*(getattr(backup, name) for name in COUNTERS), backup.pk])


def commit(backup: Backup, actor: Actor, batch: Batch) -> None:
    """Write who made the backup's revision."""
    made = connection.ops.adapt_datetimefield_value(timezone.now())
    who = (actor.source, actor.person_id, actor.by)
    batch.add(COMMIT, [backup.pk, backup.revision, backup.fingerprint, *who, made])


def overrule(backup: Backup, rows: Iterable[dict]) -> None:
    """Keep what lost a merge, once for the same loss, and so many of a plan at most."""
    made = [Overruled(backup=backup, key=_digest(row), **row) for row in rows]
    if made:
        made = made[: max(0, MAX_LOST - Overruled.objects.filter(backup=backup).count())]
        Overruled.objects.bulk_create(made, ignore_conflicts=True, batch_size=BATCH)


def _held(
    kind: str,
    uuid: str,
    revision: int,
    stamps: str,
    deleted: int,
    restored: int,
    *found: int | str | None,
) -> Held:
    values = [value for value in found if value is not None]
    days_done = values.pop() if kind == "habit" else 0
    registers = dict(zip(KINDS[kind].checks, values, strict=True))
    state = State(registers, orjson.loads(stamps), deleted, restored)
    return Held((kind, uuid_text(uuid)), state, revision, days_done, is_new=False, known=True)


def _row(backup: Backup, held: Held) -> tuple:
    kind, id = held.key
    state = held.state
    counted = (held.days_after,) if kind == "habit" else ()
    stamps = _json(state.stamps)
    made = (backup.pk, state.alive, held.wire)
    kept = (id, held.revision, stamps, state.deleted, state.restored)
    return (*made, *kept, *state.values.values(), *counted)


def _log(backup: Backup, held: Held) -> Iterator[tuple]:
    kind, id = held.key
    head = (backup.pk, backup.revision, kind, id)
    yield (*head, ITSELF, _json({**held.state.values, "alive": held.state.alive}))
    for day, (_stamp, done) in held.changed_days().items():
        yield (*head, day, _json({"done": done}))


def _unlogged_days(backup: Backup, habits: list[str]) -> Iterator[tuple]:
    """Yield what the log lacks of habits that came back: days that changed while they were dead."""
    newest = Change.objects.filter(
        backup=backup, type="habit", uuid=OuterRef("habit_uuid"), day=OuterRef("day")
    ).order_by("-revision")
    logged = Subquery(newest.values("entry__done")[:1])
    for begin in range(0, len(habits), BATCH):
        rows = HabitDay.objects.of(backup).filter(habit_uuid__in=habits[begin : begin + BATCH])
        for uuid, day, done, before in rows.values_list("habit_uuid", "day", "done", logged):
            if done != bool(before):
                head = (backup.pk, backup.revision, "habit", str(uuid))
                yield (*head, day, _json({"done": done}))


def _days(backup: Backup, held: Held) -> Iterator[tuple]:
    for day, (stamp, done) in held.changed_days().items():
        yield (backup.pk, held.key[1], day, done, stamp)


def _json(value: dict) -> str:
    return orjson.dumps(value).decode()


def _digest(row: dict) -> str:
    return hashlib.sha256(orjson.dumps(row, option=orjson.OPT_SORT_KEYS)).hexdigest()
