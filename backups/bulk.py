"""One action for many chosen entries of a plan: one commit, which one Undo takes back.

The pages on which people select entries call `apply`, and hand `Done.revision` to the message's
Undo (`views.plans.tell`), behind which `restore.undo` stands.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from backups import changes, moving, points
from backups.actors import Actor
from backups.calendars import FIRST_YEAR, LAST_MINUTE, LAST_YEAR, WallClock
from backups.items import Item
from backups.kinds import KINDS, TYPES
from backups.models import ENTRY_MODELS, Backup, Entry, Event, RestorePoint, Task
from planner.problems import RuleError
from planner.times import FOREVER

BATCH = 500
MANY = 2
"""From so many deleted entries on, the plan is pinned before."""


class Action(NamedTuple):
    """What is done to each chosen entry of these kinds: its new fields, or None to delete it."""

    kinds: tuple[str, ...]
    fields: Callable[[Entry], Mapping[str, int]] | None


class Done(NamedTuple):
    """What a bulk change did: its commit, how many entries changed, and how many did not.

    Unchanged are those that were so already, and what is no longer there or of another kind.
    """

    revision: int
    changed: int
    unchanged: int
    pinned: RestorePoint | None


TICK = Action(("task",), lambda _entry: {"completion": Task.Completion.COMPLETE.value})
UNTICK = Action(("task",), lambda _entry: {"completion": Task.Completion.INCOMPLETE.value})
DELETE = Action(TYPES, None)


def priority(level: int) -> Action:
    """Return the action that gives tasks a priority; raises RuleError `invalid` unless 1 to 3."""
    if KINDS["task"].fault("priority", level):
        raise RuleError("invalid", _("A priority is 1, 2 or 3."))
    return Action(("task",), lambda _entry: {"priority": level})


def to_day(day: date | None, clock: WallClock) -> Action:
    """Return the action that moves tasks and events to a day, at their own time of day.

    A task without a date becomes due in the day's last minute; without a day, tasks lose theirs.
    A time that a clock change skips comes as much later. Raises RuleError `invalid` for a day that
    devices cannot show; and so does the action, for an event that would end on one.
    """
    if day is None:
        return Action(("task",), lambda _entry: {"duedate": FOREVER})
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise RuleError("invalid", _("Devices show the years 1970 to 2037."))
    return Action(("task", "event"), lambda entry: _moved(entry, day, clock))


def apply(
    backup: Backup, chosen: Iterable[tuple[str, str | UUID]], action: Action, actor: Actor
) -> Done:
    """Do one thing to all chosen entries, each a (type, id), in one transaction through one push.

    A deletion of many is preceded by a restore point. Raises RuleError `quota-exceeded` when the
    changed entries have no room: then nothing has happened; and what `changes.push` raises.
    """
    keys = {(kind, str(id)) for kind, id in chosen}
    with transaction.atomic():
        locked = changes.lock(backup, actor)
        items = [_item(entry, action) for entry in _living(locked, keys, action.kinds)]
        if not items:
            return Done(locked.revision, 0, len(keys), None)
        pinned = None
        if action.fields is None and len(items) >= MANY:
            pinned = points.pin(locked, RestorePoint.Reason.DELETE, **actor.who)
        pushed = changes.push(locked, items, actor, whole=True)
        changed = sum(result.outcome == "applied" for result in pushed.results)
        return Done(pushed.revision, changed, len(keys) - changed, pinned)


def _living(
    backup: Backup, keys: Iterable[tuple[str, str]], kinds: Iterable[str]
) -> Iterator[Entry]:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, id in sorted(keys):
        by_kind[kind].append(id)
    for kind in kinds:
        ids, living = by_kind[kind], ENTRY_MODELS[kind].objects.of(backup).alive()
        for begin in range(0, len(ids), BATCH):
            yield from living.filter(uuid__in=ids[begin : begin + BATCH]).order_by("uuid")


def _item(entry: Entry, action: Action) -> Item:
    kind, id = entry.kind.name, str(entry.uuid)
    if action.fields is None:
        return Item(kind, id, deleted=True)
    return Item(kind, id, action.fields(entry))


def _moved(entry: Task | Event, day: date, clock: WallClock) -> dict[str, int]:
    if isinstance(entry, Event):
        return moving.fields_of(entry, clock, days=(day - clock.day(entry.starttime)).days)
    if not entry.has_date:
        return {"duedate": clock.nearest(day, LAST_MINUTE)}
    due = clock.local(entry.duedate)
    # Of an hour that comes twice only the moment itself tells which of both it is.
    moved = entry.duedate if due.date() == day else clock.nearest(day, due.time())
    return {"duedate": moved}
