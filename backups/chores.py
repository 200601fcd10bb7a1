"""What plans need from time to time."""

from backups import (
    checks,
    kept,
    points,
    repeats,
    reports,
    retention,
    slow_syncs,
    tidying,
    waiting_imports,
    weekly,
)
from planner.chores import DAY, HOUR, chore


@chore("kept-pushes", every=DAY)
def sweep_kept_pushes() -> int:
    """Forget the pushes that nobody sends again."""
    return repeats.sweep()


@chore("slow-syncs", every=HOUR)
def count_slow_syncs() -> int:
    """Count the slow syncs of the last day, for the staff's front page."""
    return slow_syncs.keep()


@chore("sync-reports", every=HOUR)
def thin_sync_reports() -> int:
    """Forget all but the newest reports of each plan."""
    return reports.thin()


@chore("restore-points", every=DAY)
def pin_changed_plans() -> int:
    """Pin every plan that was changed since its last restore point."""
    return points.pin_changed()


@chore("restore-points-checked", every=DAY)
def check_restore_points() -> int:
    """Read a sample of the restore points again."""
    return checks.check_sample()


@chore("old-history", every=DAY)
def forget_old_history() -> int:
    """Thin the restore points, compact the log between them, erase the texts of the dead."""
    return retention.forget_old_history()


@chore("closed-plans", every=HOUR)
def settle_closed_plans() -> int:
    """Pin or erase the plans of devices that staff took back."""
    return kept.settle_closed()


@chore("released-plans", every=DAY)
def forget_released_plans() -> int:
    """Forget the plans of devices that were released 30 days ago."""
    return retention.forget_released()


@chore("waiting-imports", every=HOUR)
def sweep_waiting_imports() -> int:
    """Forget the files that were looked at and not taken in."""
    return waiting_imports.sweep()


@chore("finished-tasks", every=HOUR)
def tidy_finished_tasks() -> int:
    """Delete the finished tasks whose devices want them gone by now."""
    return tidying.tidy()


@chore("weekly-mails", every=HOUR)
def tell_of_the_week() -> int:
    """Write to those who want a mail on the first morning of their week."""
    return weekly.tell()
