"""What happened to a plan, commit by commit and entry by entry, from its log. Reads only."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

import orjson
from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Cast

from backups import history
from backups.models import ENTRY_MODELS, ITSELF, Backup, Change, Commit, Entry, Overruled
from backups.points import horizon
from backups.stills import Difference, Still, listed

Key = tuple[str, UUID]
STEPS = 100
"""So many of an entry's newest changes are shown."""


@dataclass(frozen=True)
class LoggedCommit:
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
    days: set[int] = field(default_factory=set)

    def apply(self, day: int, text: str) -> None:
        """Take one row of the log, whose entry is JSON."""
        logged = orjson.loads(text)
        if day == ITSELF:
            self.alive, self.values = logged.pop("alive"), logged
        elif logged["done"]:
            self.days.add(day)
        else:
            self.days.discard(day)

    @property
    def still(self) -> Still | None:
        days = tuple(sorted(self.days))
        return Still(self.kind, self.id, self.values, days) if self.alive else None


def commits(backup: Backup, *, before: int | None = None, most: int = 20) -> list[LoggedCommit]:
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
    before_them = history.newest_of_touched(backup, first - 1, (first, last))
    running = _stood((row.type, UUID(row.uuid), row.day, row.entry) for row in before_them)
    return _told(backup, _rows(touched), running)


def of_entry(backup: Backup, kind: str, uuid: UUID) -> list[LoggedCommit]:
    """Return what happened to one entry in the last 30 days, the newest first."""
    since = horizon(backup)
    log = Change.objects.filter(backup=backup, type=kind, uuid=uuid)
    running = _stood(row[1:] for row in _rows(log.filter(revision__lte=since)))
    return _told(backup, _rows(log.filter(revision__gt=since)), running)[:STEPS]


def lost_of(backup: Backup, kind: str, uuid: UUID) -> QuerySet[Overruled]:
    """Return what was tried on an entry and lost to a newer state, the newest first."""
    return Overruled.objects.filter(backup=backup, type=kind, uuid=uuid).order_by("-stamp", "-pk")


def deleted(backup: Backup) -> QuerySet[Entry, dict[str, Any]]:
    """Return what was deleted in the last 30 days and can come back, the newest first.

    Each is a dict of `kind`, `uuid`, `name` and `revision`; a slice reads what it holds alone.
    """
    since = horizon(backup)
    first, *others = (
        model.objects.of(backup)
        .filter(alive=False, revision__gt=since)
        .exclude(name="")
        .values("uuid", "name", "revision", kind=Value(kind, TextField()))
        for kind, model in ENTRY_MODELS.items()
    )
    return first.union(*others, all=True).order_by("-revision", "name", "uuid")


def commits_at(backup: Backup, revisions: Iterable[int]) -> dict[int, Commit]:
    """Return the commits that made some revisions."""
    found = Commit.objects.filter(backup=backup, revision__in=list(revisions))
    return {commit.revision: commit for commit in found}


def _stood(log: Iterable[tuple[str, UUID, int, str]]) -> dict[Key, _Running]:
    """Return the entries as they stand after rows of the log: type, id, day and JSON of each."""
    running: dict[Key, _Running] = {}
    for kind, uuid, day, text in log:
        running.setdefault((kind, uuid), _Running(kind, str(uuid))).apply(day, text)
    return running


def _told(backup: Backup, rows: list[tuple], running: dict[Key, _Running]) -> list[LoggedCommit]:
    by_revision: dict[int, list[Difference]] = {}
    for revision, difference in _followed(rows, running):
        by_revision.setdefault(revision, []).append(difference)
    commits = commits_at(backup, by_revision)
    return [
        LoggedCommit(commits[one], listed(by_revision[one]))
        for one in sorted(by_revision, reverse=True)
    ]


def _followed(rows: list[tuple], running: dict[Key, _Running]) -> Iterator[tuple[int, Difference]]:
    """Follow log rows in their order; yield the difference that each revision made to an entry."""
    for (revision, kind, uuid), group in groupby(rows, key=lambda row: row[:3]):
        entry = running.setdefault((kind, uuid), _Running(kind, str(uuid)))
        before = entry.still
        for *_key, day, text in group:
            entry.apply(day, text)
        after = entry.still
        if after != before:
            yield revision, Difference(before, after)


def _rows(log: QuerySet[Change]) -> list[tuple]:
    ordered = log.order_by("revision", "type", "uuid", "day")
    text = Cast("entry", TextField())
    return list(ordered.values_list("revision", "type", "uuid", "day", text))
