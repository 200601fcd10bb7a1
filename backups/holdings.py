"""The plans of a person: taken along as files, and without the name of who has left."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.utils.text import slugify

from accounts.holdings import File, gathers
from accounts.models import User
from backups import exports, history
from backups.ics import as_ics
from backups.models import Backup
from backups.tables import TABLES, as_csv
from devices.models import Device
from planner import times


@gathers
def gather(user: User) -> Iterator[File]:
    """Yield the plans of all devices that the person may look at."""
    for device in Device.objects.of(user).order_by("pk"):
        for backup in Backup.objects.filter(claim=device.claim):
            yield from _plan(device, backup)


def _plan(device: Device, backup: Backup) -> Iterator[File]:
    """Yield one plan in four forms, each read anew at the same revision."""
    folder = f"plans/{device.pk}-{slugify(device.name) or 'device'}"
    zone, revision, now = ZoneInfo(device.time_zone), backup.revision, times.now()
    yield File(f"{folder}/plan.json", exports.as_json(history.stills(backup, revision)))
    yield File(f"{folder}/plan.ics", as_ics(history.stills(backup, revision), made_at=now))
    for name, table in TABLES.items():
        stills = history.stills(backup, revision)
        yield File(f"{folder}/{name}.csv", as_csv(table, stills, zone))
