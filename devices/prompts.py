"""Claims that wait for a yes: of the device, or of the owner where somebody asks to join."""

import math
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from devices import lifecycle
from devices.models import Claim, Device
from devices.signals import device_changed
from planner.lately import lately
from planner.problems import RuleError

ON_SCREEN = timedelta(minutes=10)
"""How long a device asks; a request to join waits longer, for its owner."""
FOR_OWNER = timedelta(days=1)
HOUR = timedelta(hours=1)
PROMPTS = 3
OF_ONE_PERSON = 2
"""Of the prompts of an hour one is always left for somebody else: whoever knows the code of a
released device cannot use them all up."""


def ask(device: Device, person: AbstractBaseUser, name: str, *, joins: bool = False) -> Claim:
    """Let the locked device ask whether this person may have it, or with `joins` its owner too.

    Asking again while it waits is the same claim. Raises RuleError `throttled` after three prompts
    of the device, or two of the person, within an hour.
    """
    waiting = device.claims.waiting().filter(user=person).first()
    if waiting:
        return waiting
    now = timezone.now()
    over = device.claims.filter(Q(expires_at__lte=now) | Q(user=None), state=Claim.State.PENDING)
    over.update(state=Claim.State.EXPIRED, decided_at=F("expires_at"))
    _check_prompts(device, person, now)
    claim = Claim.objects.create(
        device=device,
        user=person,
        name=name,
        joins=joins,
        number=10 + secrets.randbelow(90),
        state=Claim.State.PENDING,
        created_at=now,
        expires_at=now + (FOR_OWNER if joins else ON_SCREEN),
    )
    device_changed.send(sender=Device, device=device)
    return claim


def on_screen(device: Device) -> Claim | None:
    """Return the claim that the device asks about now: the newest of the last ten minutes."""
    asked = device.claims.waiting().filter(created_at__gt=timezone.now() - ON_SCREEN)
    return asked.select_related("user").order_by("-created_at").first()


def close(device: Device, claim: Claim, state: str) -> Claim:
    """End the wait of a claim of the locked device."""
    lifecycle.move(claim, state)
    claim.decided_at = timezone.now()
    claim.save(update_fields=["state", "decided_at"])
    device_changed.send(sender=Device, device=device)
    return claim


def _check_prompts(device: Device, person: AbstractBaseUser, now: datetime) -> None:
    with_this_code = device.claims.filter(created_at__gte=device.code_made_at)
    asked = with_this_code.filter(lately("created_at", HOUR, now), expires_at__isnull=False)
    for most, prompts in ((PROMPTS, asked), (OF_ONE_PERSON, asked.filter(user=person))):
        times = list(prompts.order_by("-created_at").values_list("created_at", flat=True)[:most])
        if len(times) == most:
            raise RuleError(
                "throttled",
                _("The device was asked too often within an hour."),
                retry_after=max(1, math.ceil((times[-1] + HOUR - now).total_seconds())),
            )
