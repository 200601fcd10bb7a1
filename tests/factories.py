"""Builders of people and devices, for tests of every package."""

from datetime import UTC, datetime

from accounts.models import User
from devices import claims, inventory
from devices.inventory import Unit
from devices.models import Batch, Device

PASSWORD = "a lamp beside nine books"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""When the fixture `clock` stands."""


def make_user(username: str, *, password: str = PASSWORD, **fields: object) -> User:
    """Make a person who can log in with the password."""
    return User.objects.create_user(username, password=password, **fields)


def make_unit(*, confirm_on_device: bool = False, must_rekey: bool = False) -> Unit:
    """Make a device in stock; its serial, code and key are returned in clear."""
    batch, _ = Batch.objects.get_or_create(
        name=f"Tests {confirm_on_device=} {must_rekey=}",
        defaults={
            "prefix": "SC",
            "confirm_on_device": confirm_on_device,
            "must_rekey": must_rekey,
        },
    )
    return inventory.make(batch, 1)[0]


def claim_unit(unit: Unit, owner: User, *, name: str = "Kitchen tablet") -> Device:
    """Let a person claim a new unit, and return the device as the database has it then."""
    claims.claim(owner, serial=unit.serial, code=unit.code, name=name, address="127.0.0.1")
    return row(unit)


def make_device(owner: User, *, name: str = "Kitchen tablet") -> Device:
    """Make a device that this person owns."""
    return claim_unit(make_unit(), owner, name=name)


def row(unit: Unit) -> Device:
    """Return a unit's device as the database has it now."""
    return Device.objects.get(serial=unit.serial)


def roles_of(device: Device) -> dict[str, str]:
    """Return the people of a device, each with their role."""
    return dict(device.memberships.values_list("user__username", "role"))
