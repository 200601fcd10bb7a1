"""An entry in memory while a push changes it. Pure; `backups.changes` and `ledger` use it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

from backups.kinds import KINDS, entry
from backups.merge import NOTHING, State

Key = tuple[str, str]
"""An entry within a backup: its type and its id."""

LINE_BYTES = {kind: len(f'{{"{kind}":}}\n') for kind in KINDS}
"""What stands around an entry in the line in which a device stores it."""

DAY_BYTES = 11
"""What one completed day takes in a habit's line: ten digits and a comma."""


class Standing(NamedTuple):
    """How an entry stood before a change.

    `size` is what its line takes of the device, `days` how many of its days are loaded.
    """

    known: bool
    lives: bool
    dead: bool
    size: int
    days: int
    name: str


UNKNOWN = Standing(known=False, lives=False, dead=False, size=0, days=0, name="")


@dataclass(slots=True)
class Held:
    """An entry in memory: its registers, its row's revision, and what is to be written.

    `known` tells that the backup has its id, `is_new` that its row is not there yet, `days_done`
    how many days of a habit are ticked, `revived` that it was deleted and came back. `raw` keeps
    the JSON of `wire` once it was read: who changes the registers does it before.
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
    loaded_days: Mapping[int, tuple[int, bool]] = field(default_factory=lambda: NOTHING)
    raw: bytes = field(default=b"", init=False)

    @classmethod
    def blank(cls, key: Key) -> "Held":
        """Return an entry of which nothing is known."""
        return cls(key, State(dict(KINDS[key[0]].blank)))

    def trial(self) -> "Held":
        """Return a copy that can be merged into and thrown away; nobody misses a blank itself."""
        if not self.known:
            return self
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
    def standing(self) -> Standing:
        """Where the entry stands, as it is now."""
        if not self.known:
            return UNKNOWN
        lives = self.state.alive
        days, name = len(self.state.days), self.state.values["name"]
        return Standing(True, lives, not lives, self.size, days, name)

    @property
    def wire(self) -> str:
        """The entry as it stands on the wire, a habit without its days."""
        return self._json().decode()

    @property
    def size(self) -> int:
        """How many bytes its line takes of the device's room."""
        if not self.lives:
            return 0
        return len(self._json()) + LINE_BYTES[self.key[0]] + DAY_BYTES * self.days_after

    def grown(self, was: Standing) -> tuple[int, int, int]:
        """By how many entries, bytes and days the plan has grown with this one since then."""
        return self.lives - was.lives, self.size - was.size, len(self.state.days) - was.days

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

    def _json(self) -> bytes:
        if not self.raw:
            kind, id = self.key
            made = entry(kind, id, self.state.values, alive=self.state.alive)
            self.raw = orjson.dumps(made)
        return self.raw
