"""What plans need from time to time."""

from backups import repeats
from planner.chores import DAY, chore


@chore("kept-pushes", every=DAY)
def sweep_kept_pushes() -> int:
    """Forget the pushes that nobody sends again."""
    return repeats.sweep()
