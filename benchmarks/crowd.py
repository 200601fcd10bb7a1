"""Claimed devices, ten a person, made in Django by the product's own rules: `manage.py shell`."""

import secrets

from accounts.models import User
from benchmarks.servers import HOST
from devices import claims, inventory, members
from devices.models import Device
from devices.tokens import DeviceAccess


def print_tokens(count: int) -> None:
    """Make `count` devices and print a token of each, one a line."""
    name = secrets.token_hex(4)
    units = inventory.make_batch(name=name, prefix="BM", count=count)[1]
    for number, unit in enumerate(units):
        if number % members.MAX_DEVICES == 0:
            person = User.objects.create_user(f"person-{name}-{number}")
        place = f"Tablet {number}"
        claims.claim(person, serial=unit.serial, code=unit.code, name=place, address=HOST)
        print(DeviceAccess.of(Device.objects.get(serial=unit.serial)).written().access)
