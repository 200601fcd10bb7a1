"""Units that a factory brings as CSV: read line by line, then stored all or none.

Codes and keys are in the file or made here; they are in memory only, and stored as hashes.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from devices import audit, hashes, inventory, serials
from devices.inventory import Unit
from devices.models import Batch, Device

COLUMNS = ("serial", "code", "key")
MOST = 100_000
AT_ONCE = 5_000
FORMULA = ("=", "+", "@", "-", "\t")


class Progress(NamedTuple):
    """How far an import is."""

    words: str
    done: int
    total: int


@dataclass
class Report:
    """What became of a file; with `faults`, pairs of a line and a text, nothing was stored."""

    batch: str
    made: int = 0
    known: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    """Units of which a code or a key was made here: it is known to nobody else."""


@dataclass
class _File:
    """The lines of a file as units, with the numbers of their lines."""

    report: Report
    units: dict[str, Unit] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def fault(self, line: int, text: str) -> None:
        self.report.faults.append((line, text))


def bring_in(
    text: str, *, name: str, by: User | None = None, **of_new_batch: bool
) -> Iterator[Progress | Report]:
    """Store the units of a CSV file in a new batch, or in the one of this name; report at the end.

    A new batch gets its `confirm_on_device` and `must_rekey`; one that is there keeps its own.
    Whoever asks for the next step drives it: it is one transaction, and ends with the generator.
    """
    file = _File(Report(name))
    yield from _read(file, text)
    if not file.report.faults:
        yield from _sort_out(file)
    if not file.report.faults and file.units:
        yield from _store(file, of_new_batch, by)
    if file.report.faults:
        file.report.units, file.report.made = [], 0
    if not file.report.made:
        _note(file.report, by)
    yield file.report


def _note(report: Report, by: User | None) -> None:
    told = {"batch": report.batch, "made": report.made, "known": report.known}
    audit.record("import-file", by=by, after=told | {"faults": len(report.faults)})


def _read(file: _File, text: str) -> Iterator[Progress]:
    rows = csv.DictReader(io.StringIO(text), strict=True)
    try:
        if fault := _header_fault(rows.fieldnames or []):
            return file.fault(1, fault)
        for row in islice(rows, MOST + 1):
            _take(file, row, rows.line_num)
            if rows.line_num % AT_ONCE == 0:
                yield Progress(_("Reading"), rows.line_num, 0)
    except csv.Error:
        file.fault(rows.reader.line_num, _("This is not CSV."))
    if len(file.lines) > MOST:
        file.fault(rows.line_num, _("A file has at most %d units: split it.") % MOST)
    if not file.lines and not file.report.faults:
        file.fault(1, _("There is no unit in this file."))


def _header_fault(header: list[str]) -> str:
    unknown = [name for name in header if name not in COLUMNS]
    if unknown:
        return _("The column %s is not known: there are serial, code and key.") % unknown[0][:40]
    if "serial" not in header or len(set(header)) < len(header):
        return _("The first line names each column once, and serial is one of them.")
    return ""


def _take(file: _File, row: dict[str, str], line: int) -> None:
    try:
        unit = _unit(row)
        first = file.lines.setdefault(unit.serial, line)
        if first != line:
            text = _("%(serial)s stands in line %(line)d already.")
            raise ValueError(text % {"serial": unit.serial, "line": first})
    except ValueError as error:
        file.fault(line, str(error))
    else:
        file.units[unit.serial] = unit


def _unit(row: dict[str, str]) -> Unit:
    if None in row or None in row.values():
        raise ValueError(_("This line has more or fewer cells than the first."))
    for name, cell in row.items():
        if cell.startswith(FORMULA):
            raise ValueError(_("The cell %s begins like a formula.") % name)
    code, key = row.get("code", ""), row.get("key", "")
    if key:
        serials.read_key(key)
    return Unit(
        serials.read_serial(row["serial"]),
        serials.printed_code(serials.read_code(code)) if code else "",
        key,
    )


def _sort_out(file: _File) -> Iterator[Progress]:
    """Take out what is stored already, and make the codes and keys that are missing."""
    total = len(file.units)
    for done, serials_ in _pieces(list(file.units)):
        for device in Device.objects.filter(serial__in=serials_).select_related("batch"):
            _compare(file, device, file.units.pop(device.serial))
        yield Progress(_("Comparing"), done, total)
    _check_prefix(file, Batch.objects.filter(name=file.report.batch).first())
    incomplete = [unit for unit in file.units.values() if not unit.code or not unit.key]
    if len(incomplete) > inventory.MAX_COUNT:
        text = _("Codes and keys are made for at most %d units at once: split the file.")
        return file.fault(1, text % inventory.MAX_COUNT)
    for unit in incomplete:
        code, key = unit.code or serials.new_code(), unit.key or serials.new_key()
        file.units[unit.serial] = Unit(unit.serial, code, key)
        file.report.units.append(file.units[unit.serial])


def _check_prefix(file: _File, batch: Batch | None) -> None:
    prefixes = {serial.partition("-")[0] for serial in file.units}
    if len(prefixes | ({batch.prefix} if batch else set())) > 1:
        file.fault(1, _("All serial numbers of a batch begin alike; these do not."))


def _compare(file: _File, device: Device, unit: Unit) -> None:
    line = file.lines[unit.serial]
    if device.batch.name != file.report.batch:
        text = _("%(serial)s is stored already, in the batch %(batch)s.")
        file.fault(line, text % {"serial": unit.serial, "batch": device.batch})
    elif not _is_same(device, unit):
        file.fault(line, _("%s is stored already, with another code or key.") % unit.serial)
    else:
        file.report.known += 1


def _is_same(device: Device, unit: Unit) -> bool:
    code = not unit.code or hashes.is_code(
        unit.serial,
        serials.read_code(unit.code),
        pepper_id=device.pepper_id,
        stored=device.code_hash,
    )
    key = not unit.key or hashes.is_key(serials.read_key(unit.key), stored=device.key_hash)
    return code and key


def _store(file: _File, of_new_batch: dict[str, bool], by: User | None) -> Iterator[Progress]:
    units = list(file.units.values())
    try:
        with transaction.atomic():
            batch, _is_new = Batch.objects.get_or_create(
                name=file.report.batch,
                defaults={
                    "prefix": units[0].serial.partition("-")[0],
                    "created_by": by,
                    **of_new_batch,
                },
            )
            # Somebody else may have made the batch meanwhile.
            _check_prefix(file, batch)
            if file.report.faults:
                return
            for done, piece in _pieces(units):
                inventory.store(batch, piece, action="import", by=by)
                file.report.made = done
                yield Progress(_("Storing"), done, len(units))
            _note(file.report, by)
    except IntegrityError:
        file.fault(1, _("Somebody stored such units meanwhile. Send the file again."))


def _pieces(rows: list) -> Iterator[tuple[int, list]]:
    for start in range(0, len(rows), AT_ONCE):
        piece = rows[start : start + AT_ONCE]
        yield start + len(piece), piece
