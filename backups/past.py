"""What happened to a plan, commit by commit and entry by entry, from its log. Reads only."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from backups import history
from backups.models import ENTRY_MODELS, ITSELF, Backup, Change, Commit, Entry, Overruled
from backups.points import horizon
from backups.stills import Difference, Still, listed

Key = tuple[str, UUID]
STEPS = 100
"""So many of an entry's newest changes are shown."""


@dataclass(frozen=True)
class Told:
    """What one commit did: of each entry how it was before (`now`) and after (`then`)."""

    commit: Commit
    differences: list[Difference]


@dataclass
class _Running:
    """An entry while the log is followed."""

    kind: str
    id: str
    values: dict[str, Any] = field(default_factory=dict)
    alive: bool = False
    days: frozenset[int] = frozenset()

    def apply(self, day: int, entry: dict[str, Any]) -> None:
        if day != ITSELF:
            self.days = self.days | {day} if entry["done"] else self.days - {day}
            return
        self.alive = entry["alive"]
        self.values = {name: value for name, value in entry.items() if name != "alive"}

    @property
    def still(self) -> Still | None:
        days = tuple(sorted(self.days))
        return Still(self.kind, self.id, self.values, days) if self.alive else None


def commits(backup: Backup, *, before: int | None = None, most: int = 20) -> list[Told]:
    """Return the newest commits that changed an entry, those before a revision when it is given.

    None is older than 30 days: the log before is compacted, and would tell of them wrongly.
    """
    log = Change.objects.filter(backup=backup, revision__gt=horizon(backup))
    if before is not None:
        log = log.filter(revision__lt=before)
    newest = log.order_by("-revision").values_list("revision", flat=True).distinct()[:most]
    revisions = list(newest)
    if not revisions:
        return []
    first, last = revisions[-1], revisions[0]
    touched = Change.objects.filter(backup=backup, revision__range=(first, last))
    running: dict[Key, _Running] = {}
    for row in history.newest_of_touched(backup, first - 1, (first, last)):
        key = row.type, UUID(row.uuid)
        entry = running.setdefault(key, _Running(row.type, str(key[1])))
        entry.apply(row.day, orjson.loads(row.entry))
    return _told(backup, _rows(touched), running)


def of_entry(backup: Backup, kind: str, uuid: UUID) -> list[Told]:
    """Return what happened to one entry in the last 30 days, the newest first."""
    since = horizon(backup)
    log = Change.objects.filter(backup=backup, type=kind, uuid=uuid)
    running = _stood(log.filter(revision__lte=since))
    return _told(backup, _rows(log.filter(revision__gt=since)), running)[:STEPS]


def lost_of(backup: Backup, kind: str, uuid: UUID) -> QuerySet[Overruled]:
    """Return what was tried on an entry and lost to a newer state, the newest first."""
    return Overruled.objects.filter(backup=backup, type=kind, uuid=uuid).order_by("-stamp", "-pk")


def deleted(backup: Backup) -> list[Entry]:
    """Return what was deleted in the last 30 days and can come back, the newest first.

    Each entry has the `commit` that deleted it.
    """
    since = horizon(backup)
    found: list[Entry] = []
    for model in ENTRY_MODELS.values():
        dead = model.objects.of(backup).filter(alive=False, revision__gt=since).exclude(name="")
        found += dead.only("uuid", "name", "revision", "backup_id")
    commits = _commits(backup, {entry.revision for entry in found})
    for entry in found:
        entry.commit = commits[entry.revision]
    return sorted(found, key=lambda entry: (-entry.revision, entry.name))


def _stood(log: QuerySet[Change]) -> dict[Key, _Running]:
    """Return the entries as they stand after these rows of the log."""
    running: dict[Key, _Running] = {}
    for _difference in _followed(_rows(log), running):
        pass
    return running


def _told(backup: Backup, rows: list[tuple], running: dict[Key, _Running]) -> list[Told]:
    by_revision: dict[int, list[Difference]] = {}
    for revision, difference in _followed(rows, running):
        by_revision.setdefault(revision, []).append(difference)
    commits = _commits(backup, by_revision)
    return [
        Told(commits[one], listed(by_revision[one])) for one in sorted(by_revision, reverse=True)
    ]


def _followed(rows: list[tuple], running: dict[Key, _Running]) -> Iterator[tuple[int, Difference]]:
    """Follow log rows in their order; yield the difference that each revision made to an entry."""
    begin = 0
    while begin < len(rows):
        revision, kind, uuid = rows[begin][:3]
        entry = running.setdefault((kind, uuid), _Running(kind, str(uuid)))
        before = entry.still
        while begin < len(rows) and rows[begin][:3] == (revision, kind, uuid):
            day, text = rows[begin][3:]
            entry.apply(day, orjson.loads(text))
            begin += 1
        after = entry.still
        if after != before:
            yield revision, Difference(before, after)


def _rows(log: QuerySet[Change]) -> list[tuple]:
    ordered = log.order_by("revision", "type", "uuid", "day")
    text = Cast("entry", TextField())
    return list(ordered.values_list("revision", "type", "uuid", "day", text))


def _commits(backup: Backup, revisions: Iterable[int]) -> dict[int, Commit]:
    found = Commit.objects.filter(backup=backup, revision__in=list(revisions))
    return {commit.revision: commit for commit in found}
