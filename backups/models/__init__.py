"""Plans in the database: entries as they are, and the log of how they became so."""

from backups.models.entries import (
    ENTRY_MODELS,
    Backup,
    Entry,
    EntryQuerySet,
    Event,
    EventQuerySet,
    Habit,
    HabitDay,
    HabitDayQuerySet,
    Task,
    TaskQuerySet,
    fingerprint,
)
from backups.models.history import ITSELF, Change, Commit, KeptPush, Overruled
from backups.models.imports import WaitingImport
from backups.models.kept import KeptPlan
from backups.models.points import RestorePoint
from backups.models.syncs import Confirmation, SyncReport

__all__ = (
    "ENTRY_MODELS",
    "ITSELF",
    "Backup",
    "Change",
    "Commit",
    "Confirmation",
    "Entry",
    "EntryQuerySet",
    "Event",
    "EventQuerySet",
    "Habit",
    "HabitDay",
    "HabitDayQuerySet",
    "KeptPlan",
    "KeptPush",
    "Overruled",
    "RestorePoint",
    "SyncReport",
    "Task",
    "TaskQuerySet",
    "WaitingImport",
    "fingerprint",
)
