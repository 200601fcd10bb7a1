"""What becomes of log-ins and mails when they are over."""

from django.contrib.sessions.backends.db import SessionStore

from accounts import closing, outbox, sessions
from planner.chores import DAY, HOUR, chore


@chore("ended-log-ins", every=DAY)
def sweep_log_ins() -> int:
    """Forget the log-ins that ended long ago."""
    return sessions.sweep()


@chore("old-mails", every=DAY)
def forget_mails() -> int:
    """Forget the mails of last month."""
    return outbox.forget_old()


@chore("closed-accounts", every=HOUR)
def close_accounts() -> int:
    """Erase the people who closed their account three days ago."""
    return closing.close_due()


@chore("half-done-log-ins", every=DAY)
def forget_half_done() -> None:
    """Forget the log-ins whose second factor never came."""
    SessionStore.clear_expired()
