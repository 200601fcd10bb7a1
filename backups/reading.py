"""Entries from their rows to the wire, with the least work that reads well."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from backups.kinds import KINDS, TYPES, entry
from backups.ledger import Key
from backups.models import ENTRY_MODELS, Backup, HabitDay
from planner.times import DAY

DAYS_KEPT = 400


@dataclass(frozen=True)
class Row:
    """An entry as read for the wire."""

    type: int
    uuid: UUID
    revision: int
    alive: bool
    values: dict
    phase: int = 0


def states(backup: Backup, keys: set[Key], now: int) -> dict[str, list[dict]]:
    """Return the present state of the given entries, as far as the backup knows them."""
    rows = []
    for number, kind in enumerate(TYPES):
        ids = [id for type, id in keys if type == kind]
        if ids:
            rows += rows_of(number, ENTRY_MODELS[kind].objects.of(backup).filter(uuid__in=ids))
    return shown(backup, rows, now)


def days_since(now: int) -> int:
    """Return the first day of the window of habit days that is sent, as the unix time of 00:00."""
    return now - now % DAY - DAYS_KEPT * DAY


def rows_of(number: int, entries: QuerySet, phase: int = 0) -> list[Row]:
    """Read entries of the type with that number in TYPES, in the order of the query."""
    names = list(KINDS[TYPES[number]].checks)
    columns = entries.values_list("uuid", "revision", "alive", *names)
    return [
        Row(number, uuid, revision, alive, dict(zip(names, values, strict=True)), phase)
        for uuid, revision, alive, *values in columns
    ]


def shown(backup: Backup, rows: list[Row], now: int) -> dict[str, list[dict]]:
    """Return rows as the wire has them, by type; habits with the days of the window."""
    habit = TYPES.index("habit")
    days = _days(backup, [row.uuid for row in rows if row.type == habit and row.alive], now)
    shown: dict[str, list[dict]] = {kind: [] for kind in TYPES}
    for row in rows:
        kind = TYPES[row.type]
        done = days.get(row.uuid)
        shown[kind].append(entry(kind, str(row.uuid), row.values, alive=row.alive, days=done))
    return shown


def _days(backup: Backup, habits: list[UUID], now: int) -> dict[UUID, list[int]]:
    if not habits:
        return {}
    rows = (
        HabitDay.objects.of(backup).done().filter(habit_uuid__in=habits, day__gte=days_since(now))
    )
    days: dict[UUID, list[int]] = {}
    for uuid, day in rows.order_by("day").values_list("habit_uuid", "day"):
        days.setdefault(uuid, []).append(day)
    return days


def one(backup: Backup, kind: str, id: UUID, now: int) -> tuple[dict, int] | None:
    """Return a living entry as the wire has it, and its revision; None where there is none."""
    entries = ENTRY_MODELS[kind].objects.of(backup).alive().filter(uuid=id)
    rows = rows_of(TYPES.index(kind), entries)
    return (shown(backup, rows, now)[kind][0], rows[0].revision) if rows else None
