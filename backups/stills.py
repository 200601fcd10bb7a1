"""Whole plans as they stood at a moment: their canonical form, and how two of them differ. Pure."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import orjson

from backups.kinds import KINDS, TYPES, entry
from backups.lines import line

Value = int | str


class Still(NamedTuple):
    """A living entry as it stood: its fields, and of a habit all done days, oldest first."""

    kind: str
    id: str
    values: Mapping[str, Value]
    days: tuple[int, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """Its type and its id."""
        return self.kind, self.id

    @property
    def wire(self) -> str:
        """The entry as JSON, in the order of the fields on the wire."""
        values = {name: self.values[name] for name in KINDS[self.kind].checks}
        shown = entry(self.kind, self.id, values, alive=True, days=list(self.days))
        return orjson.dumps(shown).decode()


WHATS = ("back", "changes", "goes")

Entries = dict[tuple[str, str], Still]
"""The living entries of a plan by type and id."""


@dataclass(frozen=True)
class Summary:
    """How many entries of each type a plan has, and the checksum of its canonical form."""

    counts: dict[str, int]
    checksum: str


class Summing:
    """Sums a plan up while its entries pass by, in the canonical order: by type, then by id.

    The checksum is the SHA-256 of the entries' lines, as devices store them.
    """

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._sum = hashlib.sha256()

    def passing(self, stills: Iterable[Still]) -> Iterator[tuple[str, str]]:
        """Sum the entries up and yield the type and the JSON of each."""
        for still in stills:
            wire = still.wire
            self._counts[still.kind] += 1
            self._sum.update(line(still.kind, wire).encode())
            yield still.kind, wire

    @property
    def summary(self) -> Summary:
        """What has passed by so far."""
        return Summary({kind: self._counts[kind] for kind in TYPES}, self._sum.hexdigest())


def summed(stills: Iterable[Still]) -> Summary:
    """Return the summary of a plan whose entries come in the canonical order."""
    summing = Summing()
    for _passed in summing.passing(stills):
        pass
    return summing.summary


@dataclass(frozen=True)
class Difference:
    """What becomes of one entry when a plan is to be as it stood `then`: None where it is not."""

    now: Still | None
    then: Still | None

    @property
    def key(self) -> tuple[str, str]:
        """The type and the id of the entry."""
        return (self.then or self.now).key

    @property
    def what(self) -> str:
        """Whether the entry comes `back`, `changes` or `goes`."""
        if self.now is None:
            return "back"
        return "goes" if self.then is None else "changes"

    @property
    def fields(self) -> dict[str, tuple[Value, Value]]:
        """The fields of an entry that changes: name → (now, then)."""
        if self.now is None or self.then is None:
            return {}
        now, then = self.now.values, self.then.values
        names = KINDS[self.key[0]].checks
        return {name: (now[name], then[name]) for name in names if now[name] != then[name]}

    @property
    def days(self) -> dict[int, bool]:
        """The days of a habit that differ: day → whether it was done then."""
        now = set(self.now.days if self.now else ())
        then = set(self.then.days if self.then else ())
        return {day: day in then for day in sorted(now ^ then)}


def differences(now: Entries, then: Entries) -> list[Difference]:
    """Return what differs, in the canonical order."""
    keys = sorted(now.keys() | then.keys())
    pairs = ((now.get(key), then.get(key)) for key in keys)
    return [Difference(*pair) for pair in pairs if pair[0] != pair[1]]


def tally(found: Iterable[Difference]) -> dict[str, int]:
    """Return how many entries come back, change and go."""
    counts = Counter(one.what for one in found)
    return {what: counts[what] for what in WHATS}


def listed(found: Iterable[Difference]) -> list[Difference]:
    """Return differences as people look for them: by kind, then by name."""
    return sorted(found, key=lambda one: (one.key[0], (one.then or one.now).values["name"].lower()))


def undone(now: Entries, after: Entries, before: Entries) -> Entries:
    """Return the plan of now without what led from `before` to `after`.

    What was changed again since stays, field by field and day by day; so does an entry that was
    deleted or brought back since.
    """
    keys = now.keys() | after.keys() | before.keys()
    made = {key: _undone(now.get(key), after.get(key), before.get(key)) for key in keys}
    return {key: still for key, still in made.items() if still}


def _undone(now: Still | None, after: Still | None, before: Still | None) -> Still | None:
    if now == after:
        return before
    if now is None or after is None or before is None:
        return now
    values = {
        name: before.values[name] if value == after.values[name] else value
        for name, value in now.values.items()
    }
    # A day that the change ticked or cleared is as it left it, or was turned back already.
    turned = set(before.days) ^ set(after.days)
    days = {*now.days} - turned | {*before.days} & turned
    return now._replace(values=values, days=tuple(sorted(days)))
