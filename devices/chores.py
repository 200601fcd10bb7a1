"""What becomes of personal tokens and of notes when they are over."""

from devices import attempts, personal_tokens
from planner.chores import DAY, chore


@chore("ended-personal-tokens", every=DAY)
def sweep_personal_tokens() -> int:
    """Forget the personal tokens whose time was over long ago."""
    return personal_tokens.sweep()


@chore("old-claim-attempts", every=DAY)
def sweep_attempts() -> int:
    """Forget who tried to claim what three months ago."""
    return attempts.sweep()
