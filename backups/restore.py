"""Bringing a plan back to what it was, as ordinary changes through the one door."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext as _

from backups import changes, history, naming, points
from backups.actors import Actor
from backups.items import Item
from backups.models import Backup, Commit, HabitDay, RestorePoint
from backups.stills import Difference, differences, undone
from planner.problems import RuleError

BATCH = 500


@dataclass(frozen=True)
class Restored:
    """What a restore did: where the plan was pinned before it, and the revision it ended at."""

    pinned: RestorePoint | None
    revision: int
    differences: list[Difference]


def preview(backup: Backup, revision: int) -> list[Difference]:
    """Return what bringing a revision back would change, entry by entry."""
    touched = (revision + 1, backup.revision)
    now = history.plan(backup, backup.revision, touched=touched)
    return differences(now, history.plan(backup, revision, touched=touched))


def restore(
    backup: Backup, revision: int, actor: Actor, *, expected: int | None = None
) -> Restored:
    """Bring the plan of a revision back in one transaction, after pinning the present one.

    Raises RuleError `precondition-failed` when the plan is not at the revision `expected` any more,
    `not-found` when it is not kept as it was at that revision, and `quota-exceeded` when not all of
    it has room: then nothing has happened.
    """
    with transaction.atomic():
        locked = changes.lock(backup, actor)
        check_revision(locked, expected)
        points.check_kept(locked, revision)
        found = preview(locked, revision)
        return bring(locked, found, actor, RestorePoint.Reason.RESTORE)


def check_revision(locked: Backup, expected: int | None) -> None:
    """Check that a locked plan is at the revision of its preview, where one is named.

    Raises RuleError `precondition-failed`.
    """
    if expected not in (None, locked.revision):
        raise RuleError("precondition-failed", _("The plan was changed meanwhile. Look again."))


def undo(backup: Backup, revision: int, actor: Actor) -> Restored:
    """Take back what one commit did, field by field, where nobody has changed it again since.

    Raises RuleError `not-found` when it is not kept how the plan was before and after.
    """
    with transaction.atomic():
        locked = changes.lock(backup, actor)
        points.check_kept(locked, revision - 1)
        points.check_kept(locked, revision)
        only = (revision, revision)
        now = history.plan(locked, locked.revision, touched=only)
        after = history.plan(locked, revision, touched=only)
        before = history.plan(locked, revision - 1, touched=only)
        return bring(locked, differences(now, undone(now, after, before)), actor)


def bring(
    backup: Backup,
    found: Sequence[Difference],
    actor: Actor,
    reason: str | None = None,
    source: str = Commit.Source.RESTORE,
) -> Restored:
    """Write differences into a locked plan, all or none; with a reason, pin it first.

    A habit whose name another has taken since gets it with a number.
    """
    found = naming.named(found, naming.living(backup))
    if not found:
        return Restored(None, backup.revision, [])
    pinned = points.pin(backup, reason, **actor.who) if reason else None
    doer = replace(actor, source=source, sets_clock=False)
    pushed = changes.push(backup, list(_items(backup, found)), doer, whole=True)
    return Restored(pinned, pushed.revision, found)


def _items(backup: Backup, found: Sequence[Difference]) -> Iterator[Item]:
    """Yield what makes the differences."""
    ticked = _ticked_while_dead(backup, found)
    for one in found:
        if one.then is None:
            yield Item(*one.key, deleted=True)
        elif one.now:
            fields = {name: then for name, (_now, then) in one.fields.items()}
            yield Item(*one.key, fields, one.days)
        else:
            days = dict.fromkeys(ticked.get(one.key[1], ()), False) | one.days
            yield Item(*one.key, one.then.values, days, restored=True)


def _ticked_while_dead(backup: Backup, found: Sequence[Difference]) -> dict[str, list[int]]:
    """Return the done days that the registers of habits hold that are to come back."""
    dead = [one.key[1] for one in found if one.now is None and one.key[0] == "habit"]
    ticked: dict[str, list[int]] = {}
    for begin in range(0, len(dead), BATCH):
        rows = HabitDay.objects.of(backup).done().filter(habit_uuid__in=dead[begin : begin + BATCH])
        for uuid, day in rows.values_list("habit_uuid", "day"):
            ticked.setdefault(str(uuid), []).append(day)
    return ticked
