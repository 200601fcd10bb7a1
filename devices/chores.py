"""What becomes of personal tokens when they are over."""

from devices import personal_tokens
from planner.chores import DAY, chore


@chore("ended-personal-tokens", every=DAY)
def sweep_personal_tokens() -> int:
    """Forget the personal tokens whose time was over long ago."""
    return personal_tokens.sweep()
