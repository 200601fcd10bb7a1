"""What plans need from time to time."""

from backups import repeats, reports
from planner.chores import DAY, HOUR, chore


@chore("kept-pushes", every=DAY)
def sweep_kept_pushes() -> int:
    """Forget the pushes that nobody sends again."""
    return repeats.sweep()


@chore("sync-reports", every=HOUR)
def thin_sync_reports() -> int:
    """Forget all but the newest reports of each plan."""
    return reports.thin()
