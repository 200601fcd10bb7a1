"""A plan as the tables of entries have it now, in the form in which the log gives it."""

from collections import defaultdict

from backups.kinds import KINDS
from backups.models import ENTRY_MODELS, Backup, HabitDay
from backups.stills import Entries, Still


def present(backup: Backup) -> Entries:
    """Return the living entries with all their done days."""
    days = defaultdict(list)
    for habit, day in (
        HabitDay.objects.of(backup).done().order_by("day").values_list("habit_uuid", "day")
    ):
        days[str(habit)].append(day)
    plan = {}
    for kind, model in ENTRY_MODELS.items():
        for row in model.objects.of(backup).alive():
            values = {name: getattr(row, name) for name in KINDS[kind].checks}
            still = Still(kind, str(row.uuid), values, tuple(days[str(row.uuid)]))
            plan[still.key] = still
    return plan
