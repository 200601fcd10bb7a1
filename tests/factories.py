"""Builders of people and devices, for tests of every package."""

from accounts.models import User
from devices import claims, inventory
from devices.inventory import Unit
from devices.models import Batch, Device

PASSWORD = "a lamp beside nine books"


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
    return Device.objects.get(serial=unit.serial)


def make_device(owner: User, *, name: str = "Kitchen tablet") -> Device:
    """Make a device that this person owns."""
    return claim_unit(make_unit(), owner, name=name)
