"""Merging: what an entry becomes when a change meets it. Pure; sync.md is its specification.

Every field is a last-writer-wins register with a time stamp of its own, every day of a habit is
one too, and being deleted is one between deletions and restores that no edit can touch. So
applying changes is commutative, associative and idempotent: a join of registers in the sense of
Shapiro et al., "Conflict-free replicated data types" (2011).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

Value = int | str
NOTHING: Mapping = MappingProxyType({})


@dataclass(slots=True)
class State:
    """An entry as its registers stand; stamps are unix microseconds, 0 where nothing was set."""

    values: dict[str, Value]
    stamps: dict[str, int] = field(default_factory=dict)
    deleted: int = 0
    restored: int = 0
    days: dict[int, tuple[int, bool]] = field(default_factory=dict)
    """The days of a habit that are at hand: day → (stamp, done)."""

    @property
    def alive(self) -> bool:
        """Dead while the newest deletion is not older than the newest restore."""
        return self.deleted == 0 or self.restored > self.deleted

    def copy(self) -> "State":
        """Return a state that can be changed without changing this one."""
        return State(
            dict(self.values), dict(self.stamps), self.deleted, self.restored, dict(self.days)
        )


class Change(NamedTuple):
    """What somebody did to one entry at one moment: `stamp` is in unix microseconds."""

    stamp: int
    fields: Mapping[str, Value] = NOTHING
    days: Mapping[int, bool] = NOTHING
    deleted: bool = False
    restored: bool = False


class Merged(NamedTuple):
    """What a change did.

    `seen` tells that people see a difference (a revision is due), `stored` that registers moved
    (the row is due), `lost` names what a newer state beat.
    """

    outcome: str
    seen: bool
    stored: bool
    lost: Mapping[str, Value] = NOTHING
    detail: str = ""


def merge(state: State, change: Change) -> Merged:
    """Apply a change to the state in place and return what came of it."""
    was_alive, life = state.alive, (state.deleted, state.restored)
    lost: dict[str, Value] = {}
    moved, changed = _write_fields(state, change, lost)
    if change.days:
        days_moved, days_changed = _write_days(state, change, lost)
        moved, changed = moved or days_moved, changed or days_changed
    if change.deleted:
        state.deleted = max(state.deleted, change.stamp)
    if change.restored:
        state.restored = max(state.restored, change.stamp)
    alive = state.alive
    seen = alive != was_alive or (alive and changed)
    stored = seen or moved or (state.deleted, state.restored) != life
    if change.deleted:
        return _deletion(state, was_alive, seen, stored)
    if not alive:
        given = {**change.fields, **_day_fields(change)}
        return Merged("superseded", seen, stored, given, "deleted")
    if lost:
        return Merged("superseded", seen, stored, lost, "newer")
    return Merged("applied" if seen else "unchanged", seen, stored)


def wins(stamp: int, value: Value, held_stamp: int, held: Value) -> bool:
    """Return whether a stamped value beats the held one: the later, and of equals the greater."""
    if stamp != held_stamp:
        return stamp > held_stamp
    return _rank(value) > _rank(held)


def _write_fields(state: State, change: Change, lost: dict[str, Value]) -> tuple[bool, bool]:
    """Write the registers that a change wins; return whether any moved and any value changed."""
    stamp, values, stamps = change.stamp, state.values, state.stamps
    moved = changed = False
    for name, value in change.fields.items():
        held = values[name]
        if wins(stamp, value, stamps.get(name, 0), held):
            values[name], stamps[name] = value, stamp
            moved = True
            changed = changed or value != held
        elif value != held:
            lost[name] = value
    return moved, changed


def _write_days(state: State, change: Change, lost: dict[str, Value]) -> tuple[bool, bool]:
    moved = changed = False
    for day, done in change.days.items():
        held_stamp, held = state.days.get(day, (0, False))
        if wins(change.stamp, done, held_stamp, held):
            state.days[day] = (change.stamp, done)
            moved = True
            changed = changed or done != held
        elif done != held:
            lost[day_field(day)] = int(done)
    return moved, changed


def day_field(day: int) -> str:
    """Return the name under which a habit's day stands among fields."""
    return f"days/{day}"


def day_named(name: str) -> int | None:
    """Return the day of a habit that a field's name stands for; None for any other field."""
    head, _slash, day = name.partition("/")
    return int(day) if head == "days" else None


def _deletion(state: State, was_alive: bool, seen: bool, stored: bool) -> Merged:
    if state.alive:
        return Merged("superseded", seen, stored, {"deleted": 1}, "restored")
    return Merged("applied" if was_alive else "unchanged", seen, stored)


def _day_fields(change: Change) -> dict[str, Value]:
    return {day_field(day): int(done) for day, done in change.days.items()}


def _rank(value: Value) -> int | bytes:
    return value.encode() if isinstance(value, str) else value
