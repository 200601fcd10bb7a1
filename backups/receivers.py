"""What plans do when the inventory changes: the only way a lower package reaches this one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.dispatch import receiver

from backups import changes, kept, points, reports
from backups.models import Backup, Commit, SyncReport
from devices.models import Device
from devices.signals import (
    device_changed,
    device_claimed,
    device_handed_over,
    device_inspected,
    device_released,
    devices_shown,
)
from planner.times import microseconds

SHOWN = 20
"""So many syncs tell staff how a device is."""


@receiver(device_claimed)
def open_backup(device: Device, user: AbstractBaseUser, claim: UUID, **_signal: Any) -> None:
    """Begin an empty plan in an epoch of its own; its revision 0 has a fingerprint too."""
    backup = Backup.objects.create(claim=claim, device_id=device.pk, opened_stamp=microseconds())
    Commit.objects.create(
        backup=backup,
        revision=0,
        fingerprint=backup.fingerprint,
        source=Commit.Source.PERSON,
        person_id=user.pk,
        by=str(user),
    )


@receiver(device_released)
def close_backup(device: Device, claim: UUID, owner: AbstractBaseUser | None, **told: Any) -> None:
    """Keep the plan for the former owner, or erase it."""
    kept.close(device, claim, owner=owner, name=told["name"], keep=told["keep"])


@receiver(device_handed_over)
def pin_backup(device: Device, user: AbstractBaseUser, **_signal: Any) -> None:
    """Keep the plan as the former owner left it."""
    for backup in Backup.objects.filter(claim=device.claim):
        points.pin(backup, points.Reason.HAND_OVER, by=str(user), person_id=user.pk)


@receiver(device_changed)
def tell_device(device: Device, **_signal: Any) -> None:
    """Make an empty commit, so that a claimed device notices at its next poll."""
    for backup in Backup.objects.filter(claim=device.claim):
        changes.touch(backup, by=str(device))


@receiver(device_inspected)
def tell_syncs(device: Device, **_signal: Any) -> list[SyncReport]:
    """Return the last syncs of the present claim: times and numbers, nothing of the plan."""
    return list(reports.of(device)[:SHOWN])


@receiver(devices_shown)
def count_pending(devices: Sequence[Device], **_signal: Any) -> None:
    """Set on each device how many entries of its plan it has not confirmed."""
    waiting = reports.count_waiting(devices)
    for device in devices:
        device.pending_changes = waiting.get(device.pk)
