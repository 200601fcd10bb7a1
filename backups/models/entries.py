"""Plans in the database. `backups/changes.py` alone writes these tables; sync.md says why so.

Every table carries the backup and every index begins with it, so that no query can reach the plan
of another device. People and devices stand here as plain ids: nothing cascades into a plan.
"""

import secrets
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backups.kinds import DESCRIPTION_BYTES, KINDS, NAME_BYTES, PRIORITY_SECONDS
from devices.models import Device
from planner.problems import RuleError
from planner.times import FOREVER


def fingerprint() -> bytes:
    """Return the eight random bytes that tell one history's revision from another's."""
    return secrets.token_bytes(8)


class BackupQuerySet(models.QuerySet):
    def of(self, device: Device) -> "Backup":
        """Return the backup of the device's present claim.

        Raises RuleError `token-revoked` where it ended since the device was read.
        """
        found = self.filter(claim=device.claim).first()
        if found is None:
            detail = str(_("The device was released, blocked or claimed meanwhile."))
            raise RuleError("token-revoked", detail)
        return found


class Backup(models.Model):
    """The plan of one device during one claim: its revision counter, and what it holds.

    Stamps are unix microseconds; `clock_offset` is the server's time minus the device's, in
    seconds; `live_bytes` counts the entries as the lines in which devices store them, `day_count`
    the registers of days, cleared ones and those of deleted habits included.
    """

    claim = models.UUIDField(unique=True)
    device_id = models.BigIntegerField(db_index=True)
    revision = models.BigIntegerField(default=0)
    fingerprint = models.BinaryField(max_length=8, default=fingerprint)
    opened_stamp = models.BigIntegerField()
    newest_stamp = models.BigIntegerField(default=0)
    clock_offset = models.BigIntegerField(default=0)
    live_count = models.PositiveIntegerField(default=0)
    live_bytes = models.PositiveBigIntegerField(default=0)
    dead_count = models.PositiveIntegerField(default=0)
    day_count = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)

    objects = BackupQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.claim)

    @property
    def epoch(self) -> bytes:
        """Eight bytes that differ with every claim; cursors carry them."""
        return self.claim.bytes[:8]


def part_of_plan(*, constrained: bool = True) -> models.ForeignKey:
    """Return the field that ties a row to its plan; the table's own indexes all begin with it.

    Where the database would check a thousand rows of one push, one by one, it is not asked to: they
    are written under the plan's lock, and a plan goes with all its rows (docs/decisions/025).
    """
    return models.ForeignKey(
        Backup, models.PROTECT, related_name="+", db_index=False, db_constraint=constrained
    )


class EntryQuerySet(models.QuerySet):
    def of(self, backup: Backup) -> Self:
        """The entries of one plan, dead ones included."""
        return self.filter(backup=backup)

    def alive(self) -> Self:
        """Without the deleted ones."""
        return self.filter(alive=True)

    def shown(self) -> Self:
        """The living ones, without the columns that only the sync reads."""
        return self.alive().defer("wire", "stamps")


class EventQuerySet(EntryQuerySet):
    def by_start(self) -> Self:
        """In the order of their start."""
        return self.order_by("starttime", "name", "uuid")

    def from_moment(self, moment: int) -> Self:
        """Those that go on at a moment of unix time or begin then or later."""
        return self.filter(Q(starttime__gt=moment - F("duration")) | Q(starttime__gte=moment))


class TaskQuerySet(EntryQuerySet):
    def dated(self) -> Self:
        """Those that are due some day."""
        return self.exclude(duedate=FOREVER)

    def device_order(self) -> Self:
        """As the tablet shows them: done ones last, then by date and priority."""
        return self.order_by(
            "completion", F("duedate") - F("priority") * PRIORITY_SECONDS, "name", "uuid"
        )


class Entry(models.Model):
    """What the three kinds share. `stamps` holds the time stamp of each register by its name.

    `wire` is the entry as JSON, made when it is written, so that a pull only copies it; of a habit
    it lacks the completed days.
    """

    backup = part_of_plan(constrained=False)
    uuid = models.UUIDField(_("id"))
    name = models.CharField(_("name"), max_length=NAME_BYTES, blank=True)
    alive = models.BooleanField(default=True)
    revision = models.BigIntegerField()
    wire = models.TextField()
    stamps = models.JSONField(default=dict)
    deleted_stamp = models.BigIntegerField(default=0)
    restored_stamp = models.BigIntegerField(default=0)

    class Meta:
        abstract = True
        constraints = (
            models.UniqueConstraint(fields=["backup", "uuid"], name="%(class)s_id_once_a_backup"),
        )
        indexes = (models.Index(fields=["backup", "revision"], name="%(class)s_revision"),)

    def __str__(self) -> str:
        return self.name


class Task(Entry):
    class Completion(models.IntegerChoices):
        INCOMPLETE = 0, _("To do")
        COMPLETE = 1, _("Done")

    class Priority(models.IntegerChoices):
        HIGH = 3, _("High")
        MEDIUM = 2, _("Medium")
        LOW = 1, _("Low")

    kind = KINDS["task"]

    description = models.CharField(_("description"), max_length=DESCRIPTION_BYTES, blank=True)
    completion = models.PositiveSmallIntegerField(choices=Completion, default=Completion.INCOMPLETE)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.LOW)
    duedate = models.BigIntegerField(default=FOREVER)

    objects = TaskQuerySet.as_manager()

    class Meta(Entry.Meta):
        constraints = (
            *Entry.Meta.constraints,
            models.CheckConstraint(condition=Q(priority__range=(1, 3)), name="task_priority"),
            models.CheckConstraint(condition=Q(completion__in=(0, 1)), name="task_completion"),
            models.CheckConstraint(condition=Q(duedate__range=(0, FOREVER)), name="task_duedate"),
        )

    @property
    def has_date(self) -> bool:
        """A task without a date is what devices call a hobby."""
        return self.duedate != FOREVER


class Event(Entry):
    kind = KINDS["event"]

    description = models.CharField(_("description"), max_length=DESCRIPTION_BYTES, blank=True)
    starttime = models.BigIntegerField()
    duration = models.BigIntegerField()

    objects = EventQuerySet.as_manager()

    class Meta(Entry.Meta):
        constraints = (
            *Entry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(starttime__range=(0, FOREVER), duration__range=(0, FOREVER)),
                name="event_times",
            ),
        )

    @property
    def endtime(self) -> int:
        """The first second after it, in unix seconds."""
        return self.starttime + self.duration


class Habit(Entry):
    """`skipped` are days that count for nothing, as seconds like those of ticks: a note for people.

    It is no register, has no revision and never travels (docs/decisions/048).
    """

    kind = KINDS["habit"]

    goal = models.PositiveSmallIntegerField(default=0)
    days_done = models.PositiveIntegerField(default=0)
    skipped = models.JSONField(default=list, db_default=[])

    objects = EntryQuerySet.as_manager()

    class Meta(Entry.Meta):
        constraints = (
            *Entry.Meta.constraints,
            models.CheckConstraint(condition=Q(goal__range=(0, 127)), name="habit_goal"),
        )
        indexes = (
            *Entry.Meta.indexes,
            models.Index(fields=["backup", "name"], name="habit_name"),
        )


class HabitDayQuerySet(models.QuerySet):
    def of(self, backup: Backup) -> Self:
        """The days of every habit of one plan, cleared ones included."""
        return self.filter(backup=backup)

    def done(self) -> Self:
        """Only the days that are ticked."""
        return self.filter(done=True)


class HabitDay(models.Model):
    """One day of one habit: a register of its own. `day` is the unix time of its 00:00 UTC."""

    backup = part_of_plan(constrained=False)
    habit_uuid = models.UUIDField()
    day = models.BigIntegerField()
    done = models.BooleanField()
    stamp = models.BigIntegerField()

    objects = HabitDayQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["backup", "habit_uuid", "day"], name="habit_day_once_a_backup"
            ),
        )

    def __str__(self) -> str:
        return f"{self.habit_uuid} {self.day}"


ENTRY_MODELS: dict[str, type[Entry]] = {"task": Task, "event": Event, "habit": Habit}
