"""What devices confirmed and how their syncs went: kept by the API, shown by the pages.

None of it is worth a request, nor a wait for the disk: what is lost in a crash is a line of a
report, and a confirmation that the next sync repeats.
"""

import logging
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import DatabaseError, IntegrityError, InterfaceError, connection
from django.db.models import Case, F, IntegerField, OuterRef, QuerySet, Subquery, When, Window
from django.db.models.functions import Least, RowNumber
from django.utils import timezone

from backups import metrics
from backups.cursors import Cursor, Inside, Refresh, present
from backups.models import ENTRY_MODELS, Backup, Confirmation, SyncReport
from backups.outcomes import Result
from devices.models import Device
from planner.later import Later
from planner.logging import kind_of
from planner.upserts import insert

KEPT = 200
MOST_COUNTED = 1_000
CONFIRMED = ("backup_id", "revision", "confirmed_at")
LINE = (
    "backup_id",
    "at",
    "milliseconds",
    "up",
    "down",
    "overruled",
    "rejected",
    "revision",
    "result",
)

log = logging.getLogger("planner.reports")


@dataclass(frozen=True)
class Carried:
    """What a sync carried: the outcomes of what came up, how many entries went down, how far."""

    results: Sequence[Result] = ()
    down: int = 0
    cursor: Cursor | None = None
    result: str = SyncReport.DONE

    @property
    def is_worth_a_line(self) -> bool:
        """A quiet poll is not."""
        return bool(self.results or self.down or self.result != SyncReport.DONE)


def confirm(backup: Backup, known: int | None, cursor: Cursor) -> None:
    """Note what a device has read, by the cursor it sent, unless that much is `known` already."""
    revision = _whole(cursor)
    if revision is not None and (known is None or known < revision):
        confirmations.add((backup.pk, revision, _moment()))


def keep(backup: Backup, carried: Carried, milliseconds: int) -> None:
    """Count a sync, and keep a line about it, if it is worth one."""
    metrics.count(carried.result, [result.outcome for result in carried.results], carried.down)
    if not carried.is_worth_a_line:
        return
    outcomes = [result.outcome for result in carried.results]
    revision = carried.cursor and _whole(carried.cursor)
    counts = (len(outcomes), carried.down, outcomes.count("superseded"), outcomes.count("rejected"))
    lines.add((backup.pk, _moment(), milliseconds, *counts, revision, carried.result))


def of(device: Device) -> QuerySet[SyncReport]:
    """The reports of a device's present claim, the newest first."""
    return SyncReport.objects.filter(backup__claim=device.claim).order_by("-pk")


def confirmed(backup: Backup) -> Confirmation | None:
    """Return what the device has confirmed of its plan; None before it ever did."""
    return Confirmation.objects.filter(backup=backup).first()


@dataclass(frozen=True)
class Delivery:
    """Which entries a device has, and since when: asked by an entry's revision.

    `brought` holds how far the plan was brought by the syncs that are still known, with their
    times, oldest first.
    """

    confirmation: Confirmation | None
    brought: Sequence[tuple[int, datetime]]

    def is_waiting(self, revision: int) -> bool:
        """Return whether the device has not confirmed this revision yet."""
        return self.confirmation is None or self.confirmation.revision < revision

    def since(self, revision: int) -> datetime | None:
        """Return when this revision came to the device, or None where it waits."""
        if self.is_waiting(revision):
            return None
        place = bisect_left(self.brought, revision, key=lambda sync: sync[0])
        if place < len(self.brought):
            return self.brought[place][1]
        return self.confirmation.confirmed_at


def delivery(backup: Backup) -> Delivery:
    """Return what tells of each entry of a plan whether it waits or is on the device."""
    syncs = SyncReport.objects.filter(backup=backup, result=SyncReport.DONE).exclude(revision=None)
    brought: list[tuple[int, datetime]] = []
    for revision, at in syncs.order_by("pk").values_list("revision", "at"):
        if not brought or revision > brought[-1][0]:
            brought.append((revision, at))
    return Delivery(confirmed(backup), brought)


def standing(backup: Backup, read: Confirmation | None) -> str:
    """Return, as JSON, where a plan stands and what the device has `read` of it."""
    where = {"cursor": present(backup).encode(), "confirmed": read.revision if read else None}
    return orjson.dumps(where).decode()


class _Newer(Subquery):
    """How many entries of one type the device has not confirmed, counted to MOST_COUNTED."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS newer)"
    output_field = IntegerField()


def count_waiting(devices: Sequence[Device]) -> dict[int, int]:
    """Return how many entries, living or dead, each device has not confirmed; 1,000 at most.

    A device that has confirmed nothing waits for a full refresh, which brings the living ones.
    Devices without a plan are left out.
    """
    newer = sum(_newer(kind) for kind in ENTRY_MODELS)
    waiting = Case(When(confirmation=None, then=F("live_count")), default=newer)
    backups = Backup.objects.filter(claim__in=[device.claim for device in devices])
    return dict(
        backups.annotate(waiting=Least(waiting, MOST_COUNTED)).values_list("device_id", "waiting")
    )


def thin() -> int:
    """Delete all but the newest 200 reports of each plan; return how many went."""
    newest = Window(RowNumber(), partition_by="backup", order_by="-pk")
    old = SyncReport.objects.annotate(place=newest).filter(place__gt=KEPT).values("pk")
    return SyncReport.objects.filter(pk__in=old).delete()[0]


def _newer(kind: str) -> _Newer:
    rows = ENTRY_MODELS[kind].objects.filter(
        backup=OuterRef("pk"), revision__gt=OuterRef("confirmation__revision")
    )
    return _Newer(rows.values("pk")[:MOST_COUNTED])


def _whole(cursor: Cursor) -> int | None:
    """Return the revision up to which nothing is missing behind a cursor."""
    if isinstance(cursor.position, Refresh):
        return None
    return cursor.revision - isinstance(cursor.position, Inside)


def _moment() -> Any:
    return connection.ops.adapt_datetimefield_value(timezone.now())


def _confirm(rows: list[tuple]) -> None:
    # Of a plan that was confirmed again and again meanwhile, the furthest counts. All workers
    # write in the order of the plans, so that none waits for another that waits for it.
    furthest = {plan: (plan, *rest) for plan, *rest in sorted(rows)}
    sent = list(furthest.values())
    insert(Confirmation, CONFIRMED, sent, on=CONFIRMED[:1], update=True, rises="revision")


def _report(rows: list[tuple]) -> None:
    insert(SyncReport, LINE, rows)


def _careful(write: Callable[[list[tuple]], None]) -> Callable[[list[tuple]], None]:
    """Let a writer lose what it cannot write, with a word in the log."""

    def write_what_can_be(rows: list[tuple]) -> None:
        try:
            write(rows)
        except (DatabaseError, InterfaceError) as error:
            if len(rows) > 1 and isinstance(error, IntegrityError):
                # One of the plans is gone: the others' rows count still.
                for row in rows:
                    write_what_can_be([row])
                return
            log.warning("could not note a sync: %s", kind_of(error))

    return write_what_can_be


confirmations, lines = Later(_careful(_confirm)), Later(_careful(_report))
