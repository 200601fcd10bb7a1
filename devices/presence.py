"""When a device was last heard of, and what it tells of itself; it never fails a request."""

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.db import DatabaseError, transaction
from django.utils import timezone

from devices.models import Device, LastSeen
from devices.signals import devices_shown
from planner.lately import is_lately
from planner.logging import kind_of

EVERY = timedelta(minutes=1)

log = logging.getLogger("planner.presence")


def seen(device: Device) -> None:
    """Note that the device called; at most one write a minute, and none that could fail it."""
    now = timezone.now()
    if is_lately(device.seen_at, EVERY, now):
        return
    try:
        with transaction.atomic():
            _write(device, seen_at=now)
    except DatabaseError as error:
        log.warning("could not note that a device called: %s", kind_of(error))


def report(device: Device, facts: dict[str, object]) -> None:
    """Keep what the device says about its firmware and its battery."""
    _write(device, seen_at=timezone.now(), **facts)


def with_pending(devices: Iterable[Device]) -> list[Device]:
    """Return the devices, each with `pending_changes`: what it has not fetched of its plan."""
    shown = list(devices)
    devices_shown.send(sender=Device, devices=shown)
    return shown


def _write(device: Device, **columns: object) -> None:
    row = LastSeen(device=device, **columns)
    LastSeen.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["device"], update_fields=list(columns)
    )
    device.last_seen = row
