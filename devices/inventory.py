"""Makes units. Their codes and keys are returned once, in clear, and stored as hashes only."""

import csv
import io
from collections.abc import Iterable
from typing import NamedTuple

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import F

from devices import audit, hashes, serials
from devices.models import Batch, Device

MAX_COUNT = 5_000


class Unit(NamedTuple):
    """What the factory prints (serial and code) and flashes (serial and key)."""

    serial: str
    code: str
    key: str


@transaction.atomic
def make_batch(
    *,
    name: str,
    prefix: str,
    count: int,
    confirm_on_device: bool = False,
    must_rekey: bool = False,
    created_by: AbstractBaseUser | None = None,
) -> tuple[Batch, list[Unit]]:
    """Make a batch and its units, or nothing at all."""
    batch = Batch.objects.create(
        name=name,
        prefix=prefix,
        confirm_on_device=confirm_on_device,
        must_rekey=must_rekey,
        created_by=created_by,
    )
    return batch, make(batch, count, by=created_by)


@transaction.atomic
def make(batch: Batch, count: int, *, by: AbstractBaseUser | None = None) -> list[Unit]:
    """Make `count` units of a batch, or none; the units in clear are never seen again."""
    if not 1 <= count <= MAX_COUNT:
        raise ValueError(f"A batch grows by 1 to {MAX_COUNT} units at a time.")
    units = [
        Unit(serial, serials.new_code(), serials.new_key())
        for serial in _free_serials(batch.prefix, count)
    ]
    store(batch, units, action="make", by=by)
    return units


def store(batch: Batch, units: Iterable[Unit], *, action: str, by: AbstractBaseUser | None) -> None:
    """Add units to a batch inside the caller's transaction, and write down who did."""
    devices = (_row(batch, unit) for unit in units)
    made = Device.objects.bulk_create(devices, batch_size=audit.ROWS_AT_ONCE)
    Batch.objects.filter(pk=batch.pk).update(size=F("size") + len(made))
    audit.record_each(action, made, by=by, after={"batch": batch.name})


def as_csv(units: Iterable[Unit]) -> str:
    """Return the units as CSV with a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Unit._fields)
    writer.writerows(units)
    return text.getvalue()


def _free_serials(prefix: str, count: int) -> list[str]:
    found: set[str] = set()
    while len(found) < count:
        made = {serials.new_serial(prefix) for _ in range(count - len(found))}
        taken = Device.objects.filter(serial__in=made).values_list("serial", flat=True)
        found |= made - set(taken)
    return sorted(found)


def _row(batch: Batch, unit: Unit) -> Device:
    pepper_id = hashes.newest_pepper()
    code = serials.read_code(unit.code)
    return Device(
        batch=batch,
        serial=unit.serial,
        pepper_id=pepper_id,
        code_hash=hashes.code_hash(unit.serial, code, pepper_id),
        key_hash=hashes.key_hash(serials.read_key(unit.key)),
    )
