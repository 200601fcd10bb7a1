"""The one door for writes: pages, API, imports and devices change plans here and nowhere else.

Lock, merge, quota, revision, log: each once. docs/decisions/063 has the order of locks.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from backups import ledger, naming, news, repeats
from backups.actors import Actor
from backups.clocks import Clock, steady_offset
from backups.held import DAY_BYTES, Held, Standing
from backups.items import Item, Refused, is_id
from backups.merge import Change, Merged, merge
from backups.models import Backup, fingerprint
from backups.outcomes import Pushed, Result
from planner.joined import Joined, fields
from planner.prepared import Batch, Prepared
from planner.problems import RuleError, field_error
from planner.times import MICRO, microseconds

MAX_LIVE = 16_000
MAX_BYTES = 32 * 1024 * 1024
MAX_DEAD = 160_000
MAX_DAYS = MAX_BYTES // DAY_BYTES
ROOM = ("live_count", "live_bytes", "day_count")
ROWS = Joined(plan=fields(Backup))
FOUND = f"""SELECT {ROWS.columns} FROM devices_device AS device
JOIN backups_backup AS plan ON plan.claim = device.claim
WHERE device.id = %s AND device.token_generation = %s AND plan.id = %s"""  # noqa: S608 - names of our own
# SQLite locks the whole file when a transaction begins.
LOCK = Prepared(f"{FOUND} FOR NO KEY UPDATE", sqlite=FOUND)


def push(
    backup: Backup,
    items: Sequence[Item | Refused],
    actor: Actor,
    *,
    reported: int | None = None,
    expected: set[int] | None = None,
    key: str | None = None,
    whole: bool = False,
) -> Pushed:
    """Merge items into a plan in one transaction and return what became of each.

    `reported` is the sender's clock in unix seconds; `expected` are the revisions that the entries
    may have; a push with a `key` that was answered before is answered the same, and applied no
    second time. With `whole` all items are applied or none: names and room need to be right when
    the last one is, and what one needs another may free.

    Raises RuleError `token-revoked` when the device was released or its tokens were ended
    meanwhile, `precondition-failed` for another revision, and with `whole` `quota-exceeded` or
    `conflict`: then nothing has happened.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        locked = _lock(cursor, backup, actor)
        kept = repeats.find(locked, actor.caller, key, items) if key else None
        if kept is not None:
            return Pushed.again(locked, kept.answer)
        pushed = _Push(cursor, locked, actor, reported, whole=whole).run(items, expected)
        if key:
            repeats.keep(locked, actor.caller, key, items, pushed.kept())
        return pushed


def touch(backup: Backup, by: str) -> None:
    """Make an empty commit, so that the next poll finds news about the device itself."""
    actor = Actor.server(by)
    with transaction.atomic(), connection.cursor() as cursor:
        locked = _lock(cursor, backup, actor)
        _step(locked)
        _save(locked, actor, Batch(cursor))


def lock(backup: Backup, actor: Actor) -> Backup:
    """Lock a plan until the transaction ends, and return it as it is now.

    Raises RuleError `token-revoked` when the device was released or its tokens were ended.
    """
    with connection.cursor() as cursor:
        return _lock(cursor, backup, actor)


def _lock(cursor: CursorWrapper, backup: Backup, actor: Actor) -> Backup:
    if actor.generation is None:
        return Backup.objects.select_for_update(no_key=True).get(pk=backup.pk)
    # Both rows, the device's first, so that a release waits for this push or is seen by it.
    LOCK.run(cursor, [actor.device_id, actor.generation, backup.pk])
    row = cursor.fetchone()
    if row is None:
        raise RuleError("token-revoked", _("The device's tokens were ended meanwhile."))
    return ROWS.build(row)[0]


def _step(backup: Backup) -> None:
    """Begin the revision under which what is written now is known."""
    backup.revision += 1
    backup.fingerprint = fingerprint()


def _save(backup: Backup, actor: Actor | None, batch: Batch) -> None:
    """Write the counters, with an actor the commit that the revision is, and what waits."""
    ledger.count(backup, batch)
    if actor is not None:
        ledger.commit(backup, actor, batch)
        news.announce(backup.pk)
    batch.send()


class _Push:
    """One push under the lock: entries are loaded once, changed in memory, written once."""

    def __init__(
        self,
        cursor: CursorWrapper,
        backup: Backup,
        actor: Actor,
        reported: int | None,
        *,
        whole: bool,
    ) -> None:
        self.cursor, self.backup, self.actor, self.whole = cursor, backup, actor, whole
        self.pushed = Pushed(backup)
        now = microseconds()
        if actor.sets_clock:
            backup.clock_offset = steady_offset(backup.clock_offset, reported, now // MICRO)
        self.clock = Clock(
            now,
            backup.newest_stamp,
            backup.opened_stamp,
            backup.clock_offset if actor.sets_clock else 0,
            reported,
        )
        self.lost: list[dict] = []

    def run(self, items: Sequence[Item | Refused], expected: set[int] | None) -> Pushed:
        """Judge the items one by one, then write what they changed."""
        good = [item for item in items if isinstance(item, Item)]
        self.entries = ledger.load(self.cursor, self.backup, good)
        self.names = ledger.live_habit_names(self.backup, good)
        before = dict.fromkeys((item[:2] for item in good), 0)
        before |= {key: held.revision for key, held in self.entries.items()}
        if expected is not None and not expected.issuperset(before.values()):
            raise RuleError("precondition-failed", _("Somebody changed this entry meanwhile."))
        room = _taken(self.backup)
        owners = dict(self.names)
        for number, item in enumerate(items):
            errors = self._judge(number, item)
            if errors:
                self._answer(item, "rejected", errors=errors)
        if self.whole:
            self._check_whole(room, owners)
        self._write()
        self.pushed.revision = self.backup.revision
        self.pushed.whole = {key: before[key] for key in before if key not in self.pushed.partly}
        return self.pushed

    def _judge(self, number: int, item: Item | Refused) -> list[dict]:
        """Merge one item into its entry; return what is wrong with it: then nothing changed."""
        if isinstance(item, Refused):
            return item.errors
        stamp = self.clock.stamp(item.at, number)
        held = self.entries.get(item[:2]) or Held.blank(item[:2])
        if errors := self._refusal(item, held):
            return errors
        was, trial = held.standing, held.trial()
        trial.known = True
        merged = merge(
            trial.state, Change(stamp, item.fields, item.days, item.deleted, item.restored)
        )
        if item.restored and not self.whole:
            self._free_name(trial, stamp)
        taken = _taken(self.backup, trial.grown(was))
        if not self.whole and (errors := self._conflicts(item, was, trial, taken)):
            return errors
        self._keep(was, trial, merged, stamp, taken)
        self._answer(item, merged.outcome, detail=merged.detail)
        if merged.lost:
            self._overrule(item, merged, stamp)
        return []

    def _refusal(self, item: Item, held: Held) -> list[dict]:
        # Of an entry that was only ever deleted, or long ago, there is nothing to bring back.
        nameless = item.restored and not held.state.values["name"]
        if held.known and not nameless:
            return []
        if not item.creates and not item.deleted:
            return [_error(item, "/id", "unknown-entry", _("No entry has this id."))]
        # New ones too: each is a dead one some day, and what is known may always be deleted.
        if not held.known and self.backup.dead_count >= MAX_DEAD:
            return [_error(item, "/id", "quota-exceeded", _("Too many deleted entries."))]
        return []

    def _conflicts(self, item: Item, was: Standing, trial: Held, taken: list[int]) -> list[dict]:
        """Return why a merged entry cannot be kept: its name is taken, or there is no room."""
        if trial.key[0] == "habit" and trial.state.alive:
            name = trial.state.values["name"]
            owner = self.names.get(name, trial.key[1])
            renamed = name != was.name or not was.lives
            if owner != trial.key[1] and renamed:
                return [_error(item, "/name", "name-taken", _("Another habit has this name."))]
        if _is_over(_taken(self.backup), taken):
            return [_error(item, "", "quota-exceeded", _("The device's plan is full."))]
        return []

    def _check_whole(self, room: Sequence[int], owners: dict[str, str]) -> None:
        """Refuse a whole push that ends with no room, or with two habits of one name."""
        refused = {error["code"] for result in self.pushed.results for error in result.errors}
        if "quota-exceeded" in refused:
            raise RuleError("quota-exceeded", _("Too many deleted entries."))
        if refused:
            raise RuleError("conflict", _("One of the entries is not known any more."))
        if _is_over(room, _taken(self.backup)):
            raise RuleError("quota-exceeded", _("The device's plan is full."))
        habits = (one for key, one in self.entries.items() if key[0] == "habit" and one.lives)
        names = [one.state.values["name"] for one in habits]
        names += (name for name, id in owners.items() if ("habit", id) not in self.entries)
        if len(names) > len(set(names)):
            raise RuleError("conflict", _("Another habit has this name."))

    def _free_name(self, trial: Held, stamp: int) -> None:
        """Give a habit that comes back a free name, when another took its own meanwhile."""
        if trial.key[0] != "habit" or not trial.state.alive:
            return
        name = trial.state.values["name"]
        taken = {other for other, id in self.names.items() if id != trial.key[1]}
        free = naming.free(name, taken, Counter())
        if free != name:
            trial.state.values["name"], trial.state.stamps["name"] = free, stamp

    def _keep(
        self, was: Standing, trial: Held, merged: Merged, stamp: int, taken: list[int]
    ) -> None:
        backup = self.backup
        for name, count in zip(ROOM, taken, strict=True):
            setattr(backup, name, count)
        backup.dead_count += trial.dead - was.dead
        backup.newest_stamp = max(backup.newest_stamp, stamp)
        if trial.key[0] == "habit":
            if was.lives:
                self.names.pop(was.name, None)
            if trial.lives:
                self.names[trial.state.values["name"]] = trial.key[1]
        trial.stored |= merged.stored or not was.known
        trial.seen |= merged.seen or not was.known
        trial.revived |= was.dead and trial.lives
        self.entries[trial.key] = trial

    def _overrule(self, item: Item, merged: Merged, stamp: int) -> None:
        for name, value in merged.lost.items():
            self.lost.append(
                {
                    "type": item.type,
                    "uuid": item.id,
                    "field": name,
                    "value": value,
                    "stamp": stamp,
                    "reason": merged.detail,
                    "source": self.actor.source,
                    "by": self.actor.by,
                }
            )

    def _answer(self, item: Item | Refused, outcome: str, **more: Any) -> None:
        self.pushed.results.append(Result(item.type, item.id, outcome, **more))
        if outcome not in ("applied", "unchanged") and is_id(item.id):
            self.pushed.partly.add((item.type, item.id))

    def _write(self) -> None:
        changed = [held for held in self.entries.values() if held.stored]
        is_seen = any(held.seen for held in changed)
        if is_seen:
            _step(self.backup)
        batch = Batch(self.cursor)
        ledger.write(self.backup, changed, batch)
        ledger.overrule(self.backup, self.lost)
        _save(self.backup, self.actor if is_seen else None, batch)


def _taken(backup: Backup, more: Sequence[int] = (0, 0, 0)) -> list[int]:
    return [getattr(backup, name) + grown for name, grown in zip(ROOM, more, strict=True)]


def _is_over(before: Sequence[int], after: Sequence[int]) -> bool:
    rooms = zip(before, after, (MAX_LIVE, MAX_BYTES, MAX_DAYS), strict=True)
    return any(most < now > then for then, now, most in rooms)


def _error(item: Item, field: str, code: str, detail: str) -> dict:
    return field_error(f"{item.pointer}{field}", code, detail)
