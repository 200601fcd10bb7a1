"""Plans as files: the forms in which one is taken along, and those that can be taken in again."""

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, NamedTuple
from zoneinfo import ZoneInfo

import orjson
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backups.changes import MAX_LIVE
from backups.databases import HEAD, as_sqlite, read_database
from backups.exports import FORMAT, as_json
from backups.ics import as_ics
from backups.imports import Found
from backups.kinds import TYPES
from backups.stills import Still
from backups.tables import as_one_csv
from planner import times
from planner.problems import RuleError

MOST_BYTES = 64 * 1024 * 1024
Stills = Iterable[Still]


class Form(NamedTuple):
    """A form of file: what it is called, its media type and ending, and what writes it."""

    words: str
    media: str
    ending: str
    write: Callable[[Stills, ZoneInfo], Iterator[bytes]]


def read_file(file: BinaryIO) -> Found:
    """Read a plan from a file that this server or a device wrote: JSON or SQLite.

    Raises RuleError `invalid` for a file that is neither, or that holds more than a device.
    """
    head = file.read(len(HEAD))
    file.seek(0)
    found = read_database(file) if head == HEAD else _from_json(file.read())
    _check_count(len(found.plan))
    return found


def _from_json(raw: bytes) -> Found:
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        detail = _("The file is neither JSON nor SQLite: line %d.") % error.lineno
        raise RuleError("invalid", detail) from None
    is_ours = isinstance(document, dict) and document.get("format") == FORMAT["format"]
    if not is_ours or document.get("version") != FORMAT["version"]:
        raise RuleError("invalid", _("The file is no export of a plan."))
    found = Found()
    for kind in TYPES:
        entries = document.get(kind)
        if not isinstance(entries, list):
            continue
        _check_count(len(entries))
        for number, raw_entry in enumerate(entries):
            found.take(kind, raw_entry, f"/{kind}/{number}")
    return found


def _check_count(entries: int) -> None:
    if entries > MAX_LIVE:
        raise RuleError("invalid", _("The file holds more than 16,000 entries."))


FORMS = {
    "json": Form(
        gettext_lazy("JSON"), "application/json", "json", lambda stills, _zone: as_json(stills)
    ),
    "sqlite": Form(
        gettext_lazy("SQLite"),
        "application/vnd.sqlite3",
        "db",
        lambda stills, _zone: as_sqlite(stills),
    ),
    "csv": Form(gettext_lazy("CSV"), "text/csv", "csv", as_one_csv),
    "ics": Form(
        gettext_lazy("Calendar"),
        "text/calendar",
        "ics",
        lambda stills, _zone: as_ics(stills, made_at=times.now()),
    ),
}
"""JSON and SQLite can be taken in again."""
