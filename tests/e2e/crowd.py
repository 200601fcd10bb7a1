"""Many claimed devices at once, for a server's own `manage.py shell`."""

import json
import sys
from uuid import uuid4

from django.db import transaction

from accounts.models import User
from devices import inventory
from devices.models import Device, Membership
from devices.signals import device_claimed
from devices.tokens import DeviceAccess

DEVICES_OF_ONE = 10


def print_tokens(count: int) -> None:
    """Make the devices and their people, and print an access token of each device."""
    devices, _units = _claimed(count)
    sys.stdout.write(json.dumps([DeviceAccess.of(device).written().access for device in devices]))


def print_units(count: int) -> None:
    """The same, but print serial and key of each device."""
    _devices, units = _claimed(count)
    sys.stdout.write(json.dumps([(unit.serial, unit.key) for unit in units]))


@transaction.atomic
def _claimed(count: int) -> tuple[list[Device], list[inventory.Unit]]:
    batch, units = inventory.make_batch(name=str(uuid4()), prefix="SC", count=count)
    people = [User(username=uuid4().hex[:30]) for _ in range(-(-count // DEVICES_OF_ONE))]
    people = User.objects.bulk_create(people)
    devices = list(batch.devices.order_by("pk"))
    for number, device in enumerate(devices):
        device.state, device.claim, device.name = Device.State.CLAIMED, uuid4(), "Tablet"
        device_claimed.send(
            Device, device=device, user=people[number // DEVICES_OF_ONE], claim=device.claim
        )
    Device.objects.bulk_update(devices, ["state", "claim", "name"], batch_size=100)
    Membership.objects.bulk_create(
        Membership(device=device, user=people[number // DEVICES_OF_ONE], role=Membership.Role.OWNER)
        for number, device in enumerate(devices)
    )
    return devices, units
