"""Notes the tries to claim a device, for staff: who tried what, from where, and what came of it."""

from contextlib import suppress
from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.networks import address_block
from devices.metrics import CLAIMS
from devices.models import ClaimAttempt, Device
from planner import keyed
from planner.lately import lately

KEPT = timedelta(days=90)
HASH_LENGTH = 16
QUIET = timedelta(minutes=10)
"""One row tells enough of somebody who keeps trying although it is too much."""


def note(user: AbstractBaseUser, *, serial: str, address: str, result: str) -> None:
    """Add a row for one try; outside the claim's transaction, which a refusal takes back."""
    CLAIMS.labels(result).inc()
    now = timezone.now()
    own = ClaimAttempt.objects.filter(lately("at", QUIET, now), user=user, result=result)
    if result == ClaimAttempt.Result.THROTTLED and own.exists():
        return
    # Of an account that ends at this very moment nothing is noted.
    with suppress(IntegrityError), transaction.atomic():
        ClaimAttempt.objects.create(
            at=now,
            user=user,
            device=Device.objects.filter(serial=serial).only("pk").first(),
            serial_hash=serial_hashes(serial)[0],
            network=address_block(address),
            result=result,
        )


def serial_hashes(serial: str) -> list[str]:
    """Return the hashes as which a serial is noted: the notes tell nobody the serial.

    The first one is written now; under a former SECRET_KEY it was another.
    """
    return [one[:HASH_LENGTH] for one in keyed.digests("devices.attempts", serial)]


def sweep() -> int:
    """Forget the tries of the last season; return how many."""
    return ClaimAttempt.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
