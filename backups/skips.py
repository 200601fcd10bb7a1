"""Days on which a habit is excused: notes of the server for people, which no device hears of.

They lie on the habit's row, beside its registers: whoever writes them holds the plan's lock, no
revision is taken, and what is ticked all the same counts as done.
"""

from collections.abc import Set
from datetime import date, timedelta
from uuid import UUID

import orjson
from django.db import transaction
from django.utils.translation import gettext as _

from backups import changes
from backups.actors import Actor
from backups.models import Backup, Habit
from planner.problems import RuleError
from planner.times import day_seconds, seconds_day

MOST = 3_660
A_YEAR = timedelta(days=366)


def of(habit: Habit) -> Set[date]:
    """Return the days on which a habit is skipped."""
    return frozenset(map(seconds_day, habit.skipped))


def are_noted(backup: Backup) -> bool:
    """Return whether a plan has a living habit with skipped days."""
    return Habit.objects.of(backup).alive().exclude(skipped=[]).exists()


@transaction.atomic
def skip(backup: Backup, uuid: UUID, first: date, last: date, actor: Actor, *, on: bool) -> int:
    """Skip the days of a habit from first to last, or count them again; return how many changed.

    Raises RuleError `invalid` for more days than a year has at once, or ten years in all.
    """
    if last - first > A_YEAR:
        raise RuleError("invalid", _("At most a year at once."))
    changes.lock(backup, actor)
    habit = Habit.objects.of(backup).get(uuid=uuid)
    days = {
        day_seconds(first + timedelta(days=number)) for number in range((last - first).days + 1)
    }
    before = set(habit.skipped)
    after = before | days if on else before - days
    if len(after) > MOST:
        raise RuleError("invalid", _("So many days cannot be skipped."))
    Habit.objects.filter(pk=habit.pk).update(skipped=sorted(after))
    return len(before ^ after)


def forget(backup: Backup, revision: int) -> None:
    """Forget the days of habits that were deleted at a revision or before it."""
    dead = Habit.objects.of(backup).filter(alive=False, revision__lte=revision)
    dead.exclude(skipped=[]).update(skipped=[])


def take_over(old: Backup, new: Backup) -> None:
    """Give habits that were copied from one plan to another the skipped days that they had."""
    noted = {habit.uuid: habit for habit in Habit.objects.of(old).exclude(skipped=[])}
    for habit in Habit.objects.of(new).filter(uuid__in=noted):
        both = sorted({*habit.skipped, *noted[habit.uuid].skipped})[-MOST:]
        Habit.objects.filter(pk=habit.pk).update(skipped=both)


def as_json(backup: Backup) -> bytes:
    """Return the skipped days of a plan by the ids of its habits, as ISO dates."""
    noted = Habit.objects.of(backup).exclude(skipped=[]).order_by("uuid")
    days = {str(habit.uuid): [str(day) for day in sorted(of(habit))] for habit in noted}
    return orjson.dumps(days)
