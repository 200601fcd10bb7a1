"""Makes units. Their codes and keys are returned once, in clear, and stored as hashes only."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from devices import audit, hashes, serials
from devices.models import Batch, Device
from planner.problems import RuleError

MAX_COUNT = 5_000
STEP = 500
"""Units that are stored at once."""


class Unit(NamedTuple):
    """What the factory prints (serial and code) and flashes (serial and key)."""

    serial: str
    code: str
    key: str


def make_batch(
    *, name: str, prefix: str, count: int, created_by: AbstractBaseUser | None = None, **how: bool
) -> tuple[Batch, list[Unit]]:
    """Make a batch and its units, or nothing; `how` are its `confirm_on_device`, `must_rekey`."""
    *_before, made = make_batch_in_steps(
        name=name, prefix=prefix, count=count, created_by=created_by, **how
    )
    return made


def make_batch_in_steps(
    *, name: str, prefix: str, count: int, created_by: AbstractBaseUser | None = None, **how: bool
) -> Iterator[tuple[Batch, list[Unit]]]:
    """Make a batch as `make_batch` does; yield it after each step, with the units made so far.

    Whoever asks for the next step drives it: it is one transaction, and ends with the generator.
    Raises RuleError `conflict` when there is a batch of this name.
    """
    made: list[Unit] = []
    with transaction.atomic():
        try:
            batch = Batch.objects.create(name=name, prefix=prefix, created_by=created_by, **how)
        except IntegrityError:
            words = _("There is a batch of this name by now: nothing was made.")
            raise RuleError("conflict", words) from None
        for units in _make(batch, count, created_by):
            made += units
            if len(made) < count:
                yield batch, made
    # Nobody gets a code of a unit that is not stored.
    yield batch, made


@transaction.atomic
def make(batch: Batch, count: int, *, by: AbstractBaseUser | None = None) -> list[Unit]:
    """Make `count` units of a batch, or none; the units in clear are never seen again."""
    return [unit for units in _make(batch, count, by) for unit in units]


def _make(batch: Batch, count: int, by: AbstractBaseUser | None) -> Iterator[list[Unit]]:
    if not 1 <= count <= MAX_COUNT:
        raise ValueError(f"A batch grows by 1 to {MAX_COUNT} units at a time.")
    free = _free_serials(batch.prefix, count)
    for start in range(0, count, STEP):
        piece = free[start : start + STEP]
        units = [Unit(serial, serials.new_code(), serials.new_key()) for serial in piece]
        store(batch, units, action="make", by=by)
        yield units


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
