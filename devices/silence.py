"""Devices that stay away longer than is their habit: noticed once a day, told once.

What is usual for a device is its longest absence of late; older ones count less day by day. A
tablet that sleeps every night is missed after three days, one from a drawer after months.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import mails
from devices import lifecycle, roles
from devices.models import Device, Rhythm
from planner.chores import each

DAY = timedelta(days=1)
TIMES = 3
FADING = 0.98
"""What is left of an absence's weight after another day: half of it after a month."""
BATCH = 500


def patience(device: Device) -> timedelta:
    """Return how long a device may stay away: three times what is usual, three days at least."""
    rhythm = getattr(device, "rhythm", None)
    return TIMES * max(DAY, timedelta(seconds=rhythm.longest if rhythm else 0))


def is_too_long(device: Device) -> bool:
    """Return whether a claimed device is silent for longer than is its habit."""
    seen_at = device.seen_at
    if seen_at is None or not device.is_claimed:
        return False
    return timezone.now() - seen_at > patience(device)


def look() -> int:
    """Learn how often devices are heard of, and tell the owners of those that are missed.

    Return how many owners were told. It is meant to be called once a day.
    """
    _begin()
    _learn()
    return sum(each(_missed(), _tell))


def _begin() -> None:
    new = Device.objects.filter(rhythm=None, last_seen__isnull=False).select_related("last_seen")
    while devices := list(new[:BATCH]):
        rows = [Rhythm(device=device, seen_at=device.seen_at) for device in devices]
        Rhythm.objects.bulk_create(rows, ignore_conflicts=True)


def _learn() -> None:
    heard_at = F("device__last_seen__seen_at")
    back = Rhythm.objects.annotate(heard_at=heard_at).filter(heard_at__gt=F("seen_at"))
    while rows := list(back[:BATCH]):
        for rhythm in rows:
            absence = rhythm.heard_at - rhythm.seen_at
            faded = rhythm.longest * FADING ** (absence / DAY)
            rhythm.longest = int(max(absence.total_seconds(), faded))
            rhythm.seen_at, rhythm.told_at = rhythm.heard_at, None
        Rhythm.objects.bulk_update(rows, ["seen_at", "longest", "told_at"])


def _missed() -> list[Device]:
    long_ago = timezone.now() - TIMES * DAY
    silent = Device.objects.filter(
        state=Device.State.CLAIMED, last_seen__seen_at__lt=long_ago, rhythm__told_at=None
    )
    found = silent.select_related("last_seen", "rhythm").iterator(BATCH)
    return [device for device in found if is_too_long(device)]


@transaction.atomic
def _tell(missed: Device) -> bool:
    """Tell the owner, unless another run has, or the owner does not want to know."""
    now = timezone.now()
    # Read anew and locked: it may have called since, or be somebody else's under another name.
    device = lifecycle.locked(missed)
    untold = Rhythm.objects.filter(device=device, told_at=None)
    if not is_too_long(device) or not untold.update(told_at=now):
        return False
    owners = device.memberships.select_related("user__preferences")
    owner = owners.filter(role=roles.OWNER).first()
    if owner is None or not owner.user.preferences.notice_silence:
        return False
    facts = {
        "device": device.name,
        "days": (now - device.seen_at).days,
        "path": f"/devices/{device.pk}/",
    }
    mails.post("silent-device", to=owner.user, facts=facts)
    return True
