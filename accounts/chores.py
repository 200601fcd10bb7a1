"""What becomes of log-ins when they are over."""

from accounts import sessions
from planner.chores import DAY, chore


@chore("ended-log-ins", every=DAY)
def sweep_log_ins() -> int:
    """Forget the log-ins that ended long ago."""
    return sessions.sweep()
