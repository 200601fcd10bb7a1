"""What staff write down about units: where they lie, and a note; one by one, or many by CSV.

A file is tried first, in a transaction that is taken back, so that staff see each change before it
is made; nothing of it is kept. The library does the trying: https://django-import-export.readthedocs.io
"""

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.instance_loaders import CachedInstanceLoader
from import_export.resources import ModelResource
from import_export.results import Result
from import_export.widgets import CharWidget
from tablib import Dataset

from accounts.models import User
from devices import audit, lifecycle, serials
from devices.models import Device
from planner.sheets import plain

MOST = 5_000
FIELDS = ("location", "note")
TOLD = ("batch", "state", "people", "made", "last_seen", "firmware", "battery")
"""Columns of the exported list that a file may have, and that are not read."""


class Change(NamedTuple):
    """One field of one unit, before and after."""

    field: str
    before: str
    after: str


@dataclass
class Report:
    """What a file changes, by serial number, or by line why it changes nothing."""

    changes: dict[str, list[Change]] = field(default_factory=dict)
    same: int = 0
    unread: list[str] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """The same for the same changes: what is confirmed is what was shown."""
        return hashlib.sha256(repr(sorted(self.changes.items())).encode()).hexdigest()


@transaction.atomic
def describe(device: Device, *, by: User, **written: str) -> None:
    """Write down a unit's `location` or `note`."""
    row = lifecycle.locked(device)
    before = {name: getattr(row, name) for name in written}
    changed = {name: text for name, text in written.items() if text != before[name]}
    if changed:
        Device.objects.filter(pk=row.pk).update(**changed)
        old = {name: before[name] for name in changed}
        audit.record("describe", by=by, device=row, before=old, after=changed)


def update(text: str, *, by: User, reason: str = "", shown: str | None = None) -> Report:
    """Report what a CSV file changes, or what is wrong with it.

    With the digest of what was `shown`, change just that, all or none: where the file would change
    something else by now, nothing is done.
    """
    report = Report()
    rows, lines = _read(text, report)
    if report.faults:
        return report
    with transaction.atomic():
        result = _Units().import_data(
            Dataset(*(row.values() for row in rows), headers=list(rows[0])),
            dry_run=shown is None,
            use_transactions=True,
            rollback_on_validation_errors=True,
            by=by,
            reason=reason,
        )
        report.faults = sorted(_faults(result, lines))
        if not report.faults:
            report.changes = {row.instance.serial: row.diff for row in result.rows}
            report.same = result.totals["skip"]
        # Only now the units are locked, and what is changed is sure.
        if report.digest != shown:
            transaction.set_rollback(True)
    return report


def _read(text: str, report: Report) -> tuple[list[dict[str, str]], list[int]]:
    """Return the rows of a file, cut to the columns that are read, and the line that each is in."""
    table = csv.DictReader(io.StringIO(text.strip()), strict=True)
    rows: list[dict[str, str]] = []
    lines: dict[str, int] = {}
    try:
        if fault := _header_fault(table.fieldnames or []):
            report.faults.append((1, fault))
            return [], []
        report.unread = [name for name in table.fieldnames if name in TOLD]
        for row in islice(table, MOST + 1):
            rows.append(_row(row, table.line_num, lines, report))
    except csv.Error:
        report.faults.append((table.reader.line_num, _("This is not CSV.")))
    if len(rows) > MOST:
        report.faults.append((table.line_num, _("At most %d units at once.") % MOST))
    if not rows and not report.faults:
        report.faults.append((1, _("There is no unit in this file.")))
    return rows, list(lines.values())


def _header_fault(header: list[str]) -> str:
    unknown = [name for name in header if name not in ("serial", *FIELDS, *TOLD)]
    if unknown:
        text = _("The column %s is not known: there are serial, location and note.")
        return text % (unknown[0][:40] or "“”")
    if len(set(header)) < len(header) or "serial" not in header or not {*FIELDS} & {*header}:
        return _("The first line names serial, and location or note, each once.")
    return ""


def _row(row: dict, line: int, lines: dict[str, int], report: Report) -> dict[str, str]:
    try:
        if None in row or None in row.values():
            raise ValueError(_("This line has more or fewer cells than the first."))
        serial = serials.read_serial(plain(row["serial"]))
        if serial in lines:
            text = _("%(serial)s stands in line %(line)d already.")
            raise ValueError(text % {"serial": serial, "line": lines[serial]})
    except ValueError as error:
        report.faults.append((line, str(error)))
        return {}
    lines[serial] = line
    return {"serial": serial} | {name: plain(row[name]) for name in FIELDS if name in row}


def _faults(result: Result, lines: list[int]) -> Iterator[tuple[int, str]]:
    for row in result.invalid_rows:
        for name, texts in row.error_dict.items():
            yield lines[row.number - 1], f"{name}: {texts[0]}"
    for row in result.error_rows:
        yield lines[row.number - 1], str(row.errors[0].error)
    for error in result.base_errors:
        yield 1, str(error.error)


class _Text(CharWidget):
    """Text of one line, as long as the table holds it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.most = Device._meta.get_field(name).max_length

    def clean(self, value: str, row: dict | None = None, **options: Any) -> str:
        text = value.strip()
        if not text.isprintable():
            raise ValueError(_("This is more than one line of plain text."))
        if len(text) > self.most:
            raise ValueError(_("This is too long: %d characters at most.") % self.most)
        return text


class _Diff:
    """What changes of one unit, as values: the library's own is HTML with styles in it."""

    def __init__(self, resource: ModelResource, instance: Device, new: bool) -> None:
        self.before = instance

    def compare_with(self, resource: ModelResource, instance: Device) -> None:
        pairs = {name: (getattr(self.before, name), getattr(instance, name)) for name in FIELDS}
        self.changes = [Change(name, *pair) for name, pair in pairs.items() if pair[0] != pair[1]]

    def as_html(self) -> list[Change]:
        return self.changes


class _Units(ModelResource):
    """The units of a file, locked, changed together and written down."""

    location = Field("location", "location", widget=_Text("location"))
    note = Field("note", "note", widget=_Text("note"))

    class Meta:
        model = Device
        fields = ("serial", *FIELDS)
        import_id_fields = ("serial",)
        instance_loader_class = CachedInstanceLoader
        use_bulk = True
        batch_size = audit.ROWS_AT_ONCE
        skip_unchanged = True
        report_skipped = False
        store_instance = True

    @classmethod
    def get_diff_class(cls) -> type[_Diff]:
        return _Diff

    def get_queryset(self) -> Any:
        return Device.objects.select_for_update(no_key=True).order_by("pk")

    def get_or_init_instance(self, loader: CachedInstanceLoader, row: dict) -> tuple[Device, bool]:
        found = self.get_instance(loader, row)
        if found is None:
            raise ValidationError({"serial": _("There is no such unit.")})
        return found, False

    def after_import(self, dataset: Dataset, result: Result, **options: Any) -> None:
        if options.get("dry_run") or result.has_errors() or result.has_validation_errors():
            return
        changes = ((row.instance, *_sides(row.diff)) for row in result.rows)
        audit.record_many("describe", changes, by=options["by"], reason=options["reason"])


def _sides(diff: list[Change]) -> tuple[dict[str, str], dict[str, str]]:
    return {one.field: one.before for one in diff}, {one.field: one.after for one in diff}
