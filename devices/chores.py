"""What is to be done for devices from time to time."""

from devices import attempts, figures, invitations, personal_tokens, rekeying, silence
from planner.chores import DAY, HOUR, chore


@chore("device-figures", every=HOUR)
def count_devices() -> None:
    """Count what the staff's front page shows of all devices."""
    figures.keep()


@chore("old-invitations", every=DAY)
def sweep_invitations() -> int:
    """Forget the invitations that nobody accepted in time."""
    return invitations.sweep()


@chore("ended-personal-tokens", every=DAY)
def sweep_personal_tokens() -> int:
    """Forget the personal tokens whose time was over long ago."""
    return personal_tokens.sweep()


@chore("old-claim-attempts", every=DAY)
def sweep_attempts() -> int:
    """Forget who tried to claim what three months ago."""
    return attempts.sweep()


@chore("old-rekey-requests", every=DAY)
def sweep_rekey_requests() -> int:
    """Forget the new keys that no owner allowed in time."""
    return rekeying.sweep()


@chore("silent-devices", every=DAY)
def look_for_silent_devices() -> int:
    """Tell owners of devices that stay away longer than is their habit."""
    return silence.look()
