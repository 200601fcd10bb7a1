"""Rows and the merge's states: entries are loaded once a push and written set by set.

Only `backups.changes` calls this module, under the backup's lock.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import OuterRef, Subquery

from backups.items import Item
from backups.kinds import KINDS, NAME_BYTES, entry
from backups.merge import State
from backups.models import ENTRY_MODELS, ITSELF, Backup, Change, Habit, HabitDay, Overruled
from planner.prepared import Batch, by_ids, uuid_text, uuids
from planner.upserts import insert

Key = tuple[str, str]
"""An entry within a backup: its type and its id."""

LINE_BYTES = {kind: len(f'{{"{kind}":}}\n') for kind in KINDS}
"""What stands around an entry in the line in which a device stores it."""

DAY_BYTES = 11
"""What one completed day takes in a habit's line: ten digits and a comma."""

MADE = ("backup_id", "alive", "wire")
"""What a row holds besides the registers, to be found and sent by."""

HELD = ("uuid", "revision", "stamps", "deleted_stamp", "restored_stamp")
COLUMNS = {
    kind: (*HELD, *(("days_done",) if kind == "habit" else ()), *KINDS[kind].checks)
    for kind in KINDS
}
LOAD = {kind: by_ids(f"backups_{kind}", COLUMNS[kind], "backup_id = %s") for kind in KINDS}
LOAD_DAYS = by_ids(
    "backups_habitday",
    ("habit_uuid", "day", "stamp", "done"),
    "backup_id = %s AND day BETWEEN %s AND %s",
    id="habit_uuid",
)
LOGGED = ("backup_id", "revision", "type", "uuid", "day", "entry")
ENTRY_KEY = ("backup_id", "uuid")
DAYS = ("backup_id", "habit_uuid", "day", "done", "stamp")
BATCH = 500


@dataclass(slots=True)
class Held:
    """An entry in memory: its registers, its row's revision, and what is to be written.

    `known` tells that the backup has its id, `is_new` that its row is not there yet, `days_done`
    how many days of a habit are ticked, `revived` that it was deleted and came back. `text` keeps
    `wire` once it was read: who changes the registers does it before.
    """

    key: Key
    state: State
    revision: int = 0
    days_done: int = 0
    is_new: bool = True
    known: bool = False
    stored: bool = False
    seen: bool = False
    revived: bool = False
    loaded_days: dict[int, tuple[int, bool]] = field(default_factory=dict)
    text: str = field(default="", init=False)

    def trial(self) -> "Held":
        """Return a copy that can be merged into and thrown away."""
        return Held(
            self.key,
            self.state.copy(),
            self.revision,
            self.days_done,
            self.is_new,
            self.known,
            self.stored,
            self.seen,
            self.revived,
            self.loaded_days,
        )

    @property
    def lives(self) -> bool:
        """Known and not deleted."""
        return self.known and self.state.alive

    @property
    def dead(self) -> bool:
        """Known and deleted."""
        return self.known and not self.state.alive

    @property
    def wire(self) -> str:
        """The entry as it stands on the wire, a habit without its days."""
        if not self.text:
            kind, id = self.key
            made = entry(kind, id, self.state.values, alive=self.state.alive)
            self.text = orjson.dumps(made).decode()
        return self.text

    @property
    def live_bytes(self) -> int:
        """What its line takes of the device's room."""
        if not self.lives:
            return 0
        return len(self.wire.encode()) + LINE_BYTES[self.key[0]] + DAY_BYTES * self.days_after

    def changed_days(self) -> dict[int, tuple[int, bool]]:
        """The habit days whose registers moved."""
        days = self.state.days
        if not days:
            return {}
        return {day: days[day] for day in days if days[day] != self.loaded_days.get(day)}

    @property
    def days_after(self) -> int:
        """How many days are ticked now."""
        changed = self.changed_days()
        if not changed:
            return self.days_done
        more = sum(done for _stamp, done in changed.values())
        fewer = sum(self.loaded_days.get(day, (0, False))[1] for day in changed)
        return self.days_done + more - fewer


def load(backup: Backup, items: Sequence[Item]) -> dict[Key, Held]:
    """Return what the backup holds of the items' entries; blank ones for those it does not know."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for item in items:
        wanted[item.type].add(item.id)
    entries = {
        (kind, id): Held((kind, id), State(dict(KINDS[kind].blank)))
        for kind, ids in wanted.items()
        for id in ids
    }
    for kind, ids in wanted.items():
        with connection.cursor() as cursor:
            LOAD[kind].run(cursor, [uuids(ids), backup.pk])
            for row in cursor.fetchall():
                held = _held(kind, *row)
                entries[held.key] = held
    _load_days(backup, entries, items)
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


def numbered(name: str, number: int) -> str:
    """Return `name (number)`, cut so that it still fits a device."""
    tail = f" ({number})"
    head = name.encode()[: NAME_BYTES - len(tail)].decode(errors="ignore")
    return head + tail


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
        insert(Change, LOGGED, list(_unlogged_days(backup, revived)))


def overrule(backup: Backup, rows: Iterable[dict]) -> None:
    """Keep what lost a merge, once for the same loss."""
    made = [Overruled(backup=backup, **row) for row in rows]
    if made:
        Overruled.objects.bulk_create(made, ignore_conflicts=True, batch_size=BATCH)


def _held(
    kind: str,
    uuid: UUID | str,
    revision: int,
    stamps: str,
    deleted: int,
    restored: int,
    *rest: Any,
) -> Held:
    days_done, values = (rest[0], rest[1:]) if kind == "habit" else (0, rest)
    registers = dict(zip(KINDS[kind].checks, values, strict=True))
    state = State(registers, orjson.loads(stamps), deleted, restored)
    return Held((kind, uuid_text(uuid)), state, revision, days_done, is_new=False, known=True)


def _load_days(backup: Backup, entries: dict[Key, Held], items: Sequence[Item]) -> None:
    habits = {item.id for item in items if item.days}
    if not habits:
        return
    days = {day for item in items for day in item.days}
    with connection.cursor() as cursor:
        LOAD_DAYS.run(cursor, [uuids(habits), backup.pk, min(days), max(days)])
        for uuid, day, stamp, done in cursor.fetchall():
            if day in days:
                held = entries["habit", uuid_text(uuid)]
                held.state.days[day] = held.loaded_days[day] = (stamp, bool(done))


def _row(backup: Backup, held: Held) -> tuple:
    kind, id = held.key
    state = held.state
    counted = (held.days_after,) if kind == "habit" else ()
    stamps = _json(state.stamps)
    made = (backup.pk, state.alive, held.wire)
    kept = (id, held.revision, stamps, state.deleted, state.restored)
    return (*made, *kept, *counted, *state.values.values())


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
