"""`manage.py demo`: a person with a device and a plan to look at, and a unit to claim."""

import json
import secrets
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from backups import changes, samples
from backups.changes import Actor
from backups.models import Backup
from devices import claims, inventory, roles
from devices.authentication import Caller
from devices.device_settings import is_zone
from devices.inventory import Unit
from devices.models import Batch, Device
from planner.times import local_day, now

USERNAME = "demo"
BATCH = "Demonstration"
DEVICE_NAME = "Kitchen tablet"
ZONE_OF_MACHINE = Path("/etc/localtime")


class Command(BaseCommand):
    help = (
        "Make a person with a device and a plan, and a unit to claim, if they are not there yet; "
        "write the log-in, the serials and the code as JSON."
    )

    def handle(self, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("DEBUG is off: demo data has no place on a real server.")
        path = settings.LOCAL_DIR / "demo.json"
        known = json.loads(path.read_text()) if path.exists() else {}
        if not Device.objects.filter(serial=known.get("serial")).exists():
            known = _person_with_device()
        if not _is_in_stock(known.get("spare_serial")):
            spare = _new_unit()
            known |= {"spare_serial": spare.serial, "spare_code": spare.code}
        _write_private(path, json.dumps(known, indent=1))
        self.stdout.write(path.read_text())


def _person_with_device() -> dict[str, str]:
    """Make what the demonstration shows; a person left over from another database stays."""
    zone = _zone_of_machine()
    password = secrets.token_urlsafe(9)
    user = User.objects.named(USERNAME).first() or User.objects.create_user(
        USERNAME, full_name="Robin Demo", time_zone=zone
    )
    user.set_password(password)
    user.save(update_fields=["password"])
    unit = _new_unit()
    claims.claim(user, serial=unit.serial, code=unit.code, name=DEVICE_NAME, address="127.0.0.1")
    _plan(Device.objects.get(serial=unit.serial), user)
    key_file = settings.LOCAL_DIR / f"{unit.serial}.key"
    _write_private(key_file, unit.key)
    return {
        "username": USERNAME,
        "password": password,
        "serial": unit.serial,
        "key_file": str(key_file),
    }


def _new_unit() -> Unit:
    batch, _ = Batch.objects.get_or_create(name=BATCH, defaults={"prefix": "SC"})
    return inventory.make(batch, 1)[0]


def _is_in_stock(serial: str | None) -> bool:
    return Device.objects.filter(serial=serial, state=Device.State.IN_STOCK).exists()


def _plan(device: Device, user: User) -> None:
    zone = ZoneInfo(device.time_zone)
    caller = Caller(device, user, roles.OWNER)
    items = list(samples.items(local_day(now(), zone), zone))
    changes.push(Backup.objects.of(device), items, Actor.of(caller))


def _zone_of_machine() -> str:
    name = str(ZONE_OF_MACHINE.resolve()).partition("zoneinfo/")[2]
    return name if is_zone(name) else "UTC"


def _write_private(path: Path, text: str) -> None:
    """Write a file that only this account can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text)
