"""Units in clear on their way to paper: read back from what was shown once, compared, printed."""

import csv
import io
from collections.abc import Iterable, Sequence
from itertools import islice

from django.db import transaction
from django.utils.translation import gettext as _
from fpdf import FPDF

from accounts.models import User
from devices import audit, hashes, labels, serials
from devices.inventory import Unit
from devices.labels import Label, Sheet
from devices.models import Device

MOST = 5_000
MOST_LABELS = 500
"""Lines that are read at once, and labels that are drawn at once: a QR code takes milliseconds."""

POINT = 25.4 / 72


def read(text: str) -> list[Unit]:
    """Return the units of a CSV text with the columns serial, code and, if it is there, key.

    ValueError, in people's words and with the line, where it is none or a code is not known to be
    the unit's: whoever has lost a code makes a new one.
    """
    rows = csv.DictReader(io.StringIO(text.strip()))
    try:
        if not {"serial", "code"} <= set(rows.fieldnames or ()):
            raise ValueError(_("The first line names the columns: serial,code or serial,code,key."))
        units = [_unit(row, rows.line_num) for row in islice(rows, MOST + 1)]
    except csv.Error:
        raise ValueError(_("This is not CSV.")) from None
    if len(units) > MOST:
        raise ValueError(_("At most %d units at once.") % MOST)
    _check_known(units)
    return units


@transaction.atomic
def note(units: Iterable[Unit], *, by: User, sheet: str, reason: str) -> None:
    """Write down that the labels of these units were printed."""
    devices = Device.objects.filter(serial__in=[unit.serial for unit in units])
    audit.record_each("print", devices, by=by, after={"sheet": sheet}, reason=reason)


def pdf(sheet: Sheet, pages: Iterable[Sequence[Label]], *, cut_marks: bool) -> bytes:
    """Return a PDF with a page for each sheet of labels."""
    made = FPDF(unit="mm", format=sheet.page)
    made.set_auto_page_break(False)
    made.set_line_width(0.1)
    for page in pages:
        made.add_page()
        for label in page:
            _draw(made, label, cut_marks)
    return bytes(made.output())


def _draw(made: FPDF, label: Label, cut_marks: bool) -> None:
    picture = io.BytesIO()
    labels.qr(label.link).save(picture, kind="png", scale=6, border=0)
    made.image(picture, label.qr_x, label.qr_y, label.side, label.side)
    made.set_font("Courier", "B", label.size / POINT)
    made.text(label.text_x, label.serial_y, label.serial)
    made.text(label.text_x, label.code_y, label.code)
    for line in label.corners if cut_marks else ():
        made.line(*line)


def _unit(row: dict[str, str | None], line: int) -> Unit:
    try:
        serial = serials.read_serial(row.get("serial") or "")
        code = serials.printed_code(serials.read_code(row.get("code") or ""))
        key = row.get("key") or ""
        if key:
            serials.read_key(key)
    except ValueError as error:
        raise ValueError(_("Line %(line)d: %(why)s") % {"line": line, "why": error}) from None
    return Unit(serial, code, key)


def _check_known(units: list[Unit]) -> None:
    stored = Device.objects.in_bulk([unit.serial for unit in units], field_name="serial")
    unknown = [unit.serial for unit in units if not _is_known(unit, stored.get(unit.serial))]
    if unknown:
        text = _("These codes are not the units' any more: re-issue them first. %s")
        raise ValueError(text % ", ".join(unknown[:5]))


def _is_known(unit: Unit, device: Device | None) -> bool:
    code = serials.read_code(unit.code)
    return device is not None and hashes.is_code(
        unit.serial, code, pepper_id=device.pepper_id, stored=device.code_hash
    )
