"""Plans as files: the forms in which one is taken along, and those that can be taken in again."""

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, NamedTuple
from zoneinfo import ZoneInfo

from django.core.files import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backups.databases import HEAD as DATABASE_HEAD
from backups.databases import as_sqlite, read_database
from backups.documents import read_json
from backups.exports import as_json
from backups.foreign.ics import HEAD as ICS_HEAD
from backups.foreign.ics import read_ics
from backups.foreign.text import BOM
from backups.foreign.todoist import read_todoist
from backups.ics import as_ics
from backups.imports import Found
from backups.stills import Still
from backups.tables import as_one_csv
from planner import times
from planner.problems import RuleError

MOST_BYTES = 64 * 1024 * 1024
HEAD_BYTES = 1024
Stills = Iterable[Still]


class Form(NamedTuple):
    """A form of file: what it is called, its media type and ending, and what writes it."""

    words: str
    media: str
    ending: str
    write: Callable[[Stills, ZoneInfo], Iterator[bytes]]


def check_size(file: File) -> None:
    """Check that a file is no larger than a plan may be; RuleError `body-too-large`."""
    if file.size > MOST_BYTES:
        raise RuleError("body-too-large", _("A file may hold 64 MiB at most."))


def read_file(file: BinaryIO, zone: ZoneInfo) -> Found:
    """Read a plan from a file that this server or a device wrote, or what another program wrote.

    JSON and SQLite are plans; calendars (ICS) and the CSV of Todoist are known by how they begin.
    Times without a zone are on the clocks of `zone`. Raises RuleError `invalid` for a file of
    another kind, or that holds more than a device.
    """
    head = file.read(HEAD_BYTES)
    file.seek(0)
    if head.startswith(DATABASE_HEAD):
        return read_database(file)
    text = head.removeprefix(BOM).lstrip()
    if text.startswith((b"{", b"[")):
        # Without its end a file is read in parts, and is in memory twice while they are joined.
        return read_json(file.read(MOST_BYTES))
    if text[: len(ICS_HEAD)].upper() == ICS_HEAD:
        return read_ics(file, zone)
    return read_todoist(file, zone)


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
"""JSON and SQLite bring a whole plan back; calendars have no habits, and tables are for reading."""

WITH_HISTORY = "json"
"""The one form that can hold the log as well."""
