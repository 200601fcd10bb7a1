"""Rows and the merge's states: entries are loaded once a push and written set by set.

Only `backups.changes` calls this module, under the backup's lock.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import orjson

from backups.items import Item
from backups.kinds import KINDS, NAME_BYTES, entry
from backups.merge import State
from backups.models import ENTRY_MODELS, Backup, Change, Entry, Habit, HabitDay, Overruled

Key = tuple[str, str]
"""An entry within a backup: its type and its id."""

LINE_BYTES = {kind: len(f'{{"{kind}":}}\n') for kind in KINDS}
"""What stands around an entry in the line in which a device stores it."""

DAY_BYTES = 11
"""What one completed day takes in a habit's line: ten digits and a comma."""

KEPT = ("alive", "revision", "wire", "stamps", "deleted_stamp", "restored_stamp")
COUNTED = {"task": (), "event": (), "habit": ("days_done",)}
BATCH = 500


@dataclass
class Held:
    """An entry in memory: its registers, its row's revision, and what is to be written.

    `known` tells that the backup has its id, `days_done` how many days of a habit are ticked.
    """

    key: Key
    state: State
    revision: int = 0
    days_done: int = 0
    known: bool = False
    stored: bool = False
    seen: bool = False
    loaded_days: dict[int, tuple[int, bool]] = field(default_factory=dict)

    def trial(self) -> "Held":
        """Return a copy that can be merged into and thrown away."""
        return Held(
            self.key,
            self.state.copy(),
            self.revision,
            self.days_done,
            self.known,
            self.stored,
            self.seen,
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
        kind, id = self.key
        return orjson.dumps(entry(kind, id, self.state.values, alive=self.state.alive)).decode()

    @property
    def live_bytes(self) -> int:
        """What its line takes of the device's room."""
        if not self.lives:
            return 0
        return len(self.wire.encode()) + LINE_BYTES[self.key[0]] + DAY_BYTES * self.days_after

    def changed_days(self) -> dict[int, tuple[int, bool]]:
        """The habit days whose registers moved."""
        days = self.state.days
        return {day: days[day] for day in days if days[day] != self.loaded_days.get(day)}

    @property
    def days_after(self) -> int:
        """How many days are ticked now."""
        changed = self.changed_days()
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
        for row in ENTRY_MODELS[kind].objects.of(backup).filter(uuid__in=ids):
            entries[kind, str(row.uuid)] = _held(kind, row)
    _load_days(backup, entries, items)
    return entries


def live_habit_names(
    backup: Backup, entries: dict[Key, Held], items: Sequence[Item]
) -> dict[str, str]:
    """Return name → id of the living habits, if any item could give a habit a name."""
    if not any(item.type == "habit" and ("name" in item.fields or item.restored) for item in items):
        return {}
    rows = Habit.objects.of(backup).alive().values_list("name", "uuid")
    return {name: str(uuid) for name, uuid in rows}


def numbered(name: str, number: int) -> str:
    """Return `name (number)`, cut so that it still fits a device."""
    tail = f" ({number})"
    head = name.encode()[: NAME_BYTES - len(tail)].decode(errors="ignore")
    return head + tail


def write(backup: Backup, changed: Iterable[Held]) -> None:
    """Upsert the entries and their days; log those that people see at the backup's revision."""
    by_kind: dict[str, list[Held]] = defaultdict(list)
    for held in changed:
        if held.seen:
            held.revision = backup.revision
        by_kind[held.key[0]].append(held)
    for kind, group in by_kind.items():
        _upsert(backup, kind, group)
        _log(backup, kind, group)
    _upsert_days(backup, by_kind.get("habit", []))


def overrule(backup: Backup, rows: Iterable[dict]) -> None:
    """Keep what lost a merge, once for the same loss."""
    made = [Overruled(backup=backup, **row) for row in rows]
    if made:
        Overruled.objects.bulk_create(made, ignore_conflicts=True, batch_size=BATCH)


def _held(kind: str, row: Entry) -> Held:
    values = {name: getattr(row, name) for name in KINDS[kind].checks}
    state = State(values, row.stamps, row.deleted_stamp, row.restored_stamp)
    held = Held((kind, str(row.uuid)), state, row.revision, known=True)
    if kind == "habit":
        held.days_done = row.days_done
    return held


def _load_days(backup: Backup, entries: dict[Key, Held], items: Sequence[Item]) -> None:
    habits = {item.id for item in items if item.days}
    if not habits:
        return
    days = {day for item in items for day in item.days}
    rows = HabitDay.objects.of(backup).filter(habit_uuid__in=habits, day__in=days)
    for uuid, day, stamp, done in rows.values_list("habit_uuid", "day", "stamp", "done"):
        held = entries["habit", str(uuid)]
        held.state.days[day] = held.loaded_days[day] = (stamp, done)


def _upsert(backup: Backup, kind: str, group: list[Held]) -> None:
    model = ENTRY_MODELS[kind]
    model.objects.bulk_create(
        [_row(backup, model, held) for held in group],
        update_conflicts=True,
        unique_fields=["backup", "uuid"],
        update_fields=[*KEPT, *COUNTED[kind], *KINDS[kind].checks],
        batch_size=BATCH,
    )


def _row(backup: Backup, model: type[Entry], held: Held) -> Entry:
    state = held.state
    return model(
        backup=backup,
        uuid=UUID(held.key[1]),
        alive=state.alive,
        revision=held.revision,
        wire=held.wire,
        stamps=state.stamps,
        deleted_stamp=state.deleted,
        restored_stamp=state.restored,
        **dict.fromkeys(COUNTED[held.key[0]], held.days_after),
        **state.values,
    )


def _log(backup: Backup, kind: str, group: list[Held]) -> None:
    rows = []
    for held in group:
        if not held.seen:
            continue
        uuid = UUID(held.key[1])
        shown = {**held.state.values, "alive": held.state.alive}
        rows.append(
            Change(backup=backup, revision=backup.revision, type=kind, uuid=uuid, entry=shown)
        )
        rows += [
            Change(
                backup=backup,
                revision=backup.revision,
                type=kind,
                uuid=uuid,
                day=day,
                entry={"done": done},
            )
            for day, (_stamp, done) in held.changed_days().items()
        ]
    Change.objects.bulk_create(rows, batch_size=BATCH)


def _upsert_days(backup: Backup, group: list[Held]) -> None:
    rows = [
        HabitDay(backup=backup, habit_uuid=UUID(held.key[1]), day=day, done=done, stamp=stamp)
        for held in group
        for day, (stamp, done) in held.changed_days().items()
    ]
    if rows:
        HabitDay.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["backup", "habit_uuid", "day"],
            update_fields=["done", "stamp"],
            batch_size=BATCH,
        )
