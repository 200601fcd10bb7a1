"""Merging: what an entry becomes when a change meets it. Pure; sync.md is its specification.

Every field is a last-writer-wins register with a time stamp of its own, every day of a habit is
one too, and being deleted is one between deletions and restores that no edit can touch. So
applying changes is commutative, associative and idempotent: a join of registers in the sense of
Shapiro et al., "Conflict-free replicated data types" (2011).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = int | str


@dataclass
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


@dataclass(frozen=True)
class Change:
    """What somebody did to one entry at one moment: `stamp` is in unix microseconds."""

    stamp: int
    fields: Mapping[str, Value] = field(default_factory=dict)
    days: Mapping[int, bool] = field(default_factory=dict)
    deleted: bool = False
    restored: bool = False


@dataclass(frozen=True)
class Merged:
    """What a change did.

    `seen` tells that people see a difference (a revision is due), `stored` that registers moved
    (the row is due), `lost` names what a newer state beat.
    """

    outcome: str
    seen: bool
    stored: bool
    lost: Mapping[str, Value] = field(default_factory=dict)
    detail: str = ""


def merge(state: State, change: Change) -> Merged:
    """Apply a change to the state in place and say what came of it."""
    was_alive, before = state.alive, state.copy()
    lost = _write_fields(state, change) | _write_days(state, change)
    if change.deleted:
        state.deleted = max(state.deleted, change.stamp)
    if change.restored:
        state.restored = max(state.restored, change.stamp)
    seen = state.alive != was_alive or (state.alive and _shown(state) != _shown(before))
    stored = seen or state != before
    if change.deleted:
        return _deletion(state, was_alive, seen, stored)
    if not state.alive:
        given = {**change.fields, **_day_fields(change)}
        return Merged("superseded", seen, stored, given, "deleted")
    if lost:
        return Merged("superseded", seen, stored, lost, "newer")
    return Merged("applied" if seen else "unchanged", seen, stored)


def wins(new: tuple[int, Value], old: tuple[int, Value]) -> bool:
    """Tell whether a stamped value beats another: the later one, and of equals the greater."""
    return (new[0], _rank(new[1])) > (old[0], _rank(old[1]))


def _write_fields(state: State, change: Change) -> dict[str, Value]:
    lost = {}
    for name, value in change.fields.items():
        held = (state.stamps.get(name, 0), state.values[name])
        if wins((change.stamp, value), held):
            state.values[name], state.stamps[name] = value, change.stamp
        elif value != held[1]:
            lost[name] = value
    return lost


def _write_days(state: State, change: Change) -> dict[str, Value]:
    lost = {}
    for day, done in change.days.items():
        held = state.days.get(day, (0, False))
        if wins((change.stamp, done), held):
            state.days[day] = (change.stamp, done)
        elif done != held[1]:
            lost[day_field(day)] = int(done)
    return lost


def day_field(day: int) -> str:
    """Return the name under which a habit's day stands among fields."""
    return f"days/{day}"


def _deletion(state: State, was_alive: bool, seen: bool, stored: bool) -> Merged:
    if state.alive:
        return Merged("superseded", seen, stored, {"deleted": 1}, "restored")
    return Merged("applied" if was_alive else "unchanged", seen, stored)


def _day_fields(change: Change) -> dict[str, Value]:
    return {day_field(day): int(done) for day, done in change.days.items()}


def _shown(state: State) -> tuple[dict, dict]:
    return state.values, {day: done for day, (_stamp, done) in state.days.items() if done}


def _rank(value: Value) -> int | bytes:
    return value.encode() if isinstance(value, str) else value
