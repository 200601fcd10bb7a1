"""Tasks from the CSV files that Todoist writes, with its headers or with a spreadsheet's commas."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import BinaryIO, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from backups.calendars import FIRST_YEAR, LAST_YEAR, shown_day
from backups.foreign.text import fitted, lines, moment, own_id, zone_named
from backups.imports import Found
from backups.kinds import DESCRIPTION_BYTES, NAME_BYTES
from planner.problems import RuleError
from planner.times import FOREVER

NEEDED = {"TYPE", "CONTENT"}
MOST_ROW_BYTES = 1024 * 1024
LONGEST_KNOWN = 1_000
"""By so many of its characters a task or section is known: subtasks carry the names above them."""
UNSAID = ("completion", "priority")
"""The file holds open tasks only, and devices would sort by Todoist's priorities."""
TIMES = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z")
DAYS = ("%d %b %Y", "%b %d %Y", "%d %B %Y", "%B %d %Y")


class Row(NamedTuple):
    """A row and the number of the line that it begins at; its cells by the names of the header."""

    line: int
    cells: dict[str, str]

    def cell(self, name: str) -> str:
        """Return a cell without the blanks around it, empty where there is none."""
        return self.cells.get(name, "").strip()


class _Reader:
    """Follows the rows of a file: its sections, tasks, their subtasks and comments."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.found, self.zone = Found(unsaid=UNSAID), zone
        self.path: list[str] = [""]
        self.seen: Counter[tuple[str, ...]] = Counter()
        self.task: dict | None = None
        self.line = 0

    def read(self, row: Row) -> None:
        kind, content = row.cell("TYPE").lower(), row.cell("CONTENT")
        if kind == "note":
            if self.task is not None and len(self.task["description"]) < DESCRIPTION_BYTES:
                self.task["description"] += f"\n{content}"
            return
        self.end_task()
        if kind == "section":
            self.path = [content[:LONGEST_KNOWN]]
        elif kind == "task":
            self._begin_task(row, content.removeprefix("* "))
        elif kind not in ("", "meta"):
            self.found.fail(_("line %d") % row.line, _("The TYPE is no task, section or note."))

    def end_task(self) -> None:
        """Take the task in whose comments are over."""
        if self.task:
            text = self.task["description"].strip()
            self.task["description"] = fitted(text, DESCRIPTION_BYTES, self.found)
            self.found.take("task", self.task, _("line %d") % self.line)
        self.task = None

    def _begin_task(self, row: Row, content: str) -> None:
        if not content:
            self.found.fail(_("line %d") % row.line, _("A task needs a name (CONTENT)."))
            return
        indent = row.cell("INDENT")
        depth = int(indent) if indent in ("1", "2", "3", "4", "5") else 1
        self.path = [*self.path[:depth], content[:LONGEST_KNOWN]]
        # Of tasks alike, each is known by its number: the file has no ids.
        names = tuple(self.path)
        self.seen[names] += 1
        self.line = row.line
        self.task = {
            "id": own_id("todoist", *names, f"#{self.seen[names]}"),
            "name": fitted(content, NAME_BYTES, self.found),
            "description": row.cell("DESCRIPTION"),
            "priority": 1,
            "duedate": self._due(row),
        }

    def _due(self, row: Row) -> int:
        text = row.cell("DATE")
        if not text:
            return FOREVER
        when = _when(text)
        if when is None:
            detail = _("“%s” is no date: the task is taken in without one.")
            self.found.fail(_("line %d") % row.line, detail % text[:40])
            return FOREVER
        zone = zone_named(row.cell("TIMEZONE"))
        if isinstance(when, datetime) and when.tzinfo is None and zone is None:
            self.found.notes["zoneless"] += 1
        return moment(when, zone or self.zone, ends_day=True)


def read_todoist(file: BinaryIO, zone: ZoneInfo) -> Found:
    """Read the tasks of a file; times without a zone are on the clocks of `zone`.

    Raises RuleError `invalid` for a table without the columns of Todoist, and for what is no CSV
    in UTF-8.
    """
    reader = _Reader(zone)
    for row in _rows(file):
        reader.read(row)
    reader.end_task()
    return reader.found


def _rows(file: BinaryIO) -> Iterator[Row]:
    texts = _Texts(file)
    first = next(texts, "")
    delimiter = ";" if first.count(";") > first.count(",") else ","
    header = [name.strip().upper() for name in next(csv.reader([first], delimiter=delimiter), [])]
    if not NEEDED.issubset(header):
        raise _no_export()
    reader = csv.reader(texts, delimiter=delimiter)
    while True:
        line, texts.row_bytes = texts.line + 1, 0
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise RuleError("invalid", _no_csv(line)) from None
        yield Row(line, dict(zip(header, cells, strict=False)))


class _Texts:
    """The lines of a file as text, as long as a row does not take more than any row may."""

    def __init__(self, file: BinaryIO) -> None:
        self._lines = lines(file)
        self.line = self.row_bytes = 0

    def __iter__(self) -> "_Texts":
        return self

    def __next__(self) -> str:
        self.line, raw = next(self._lines)
        self.row_bytes += len(raw)
        if self.row_bytes > MOST_ROW_BYTES:
            raise RuleError("invalid", _no_csv(self.line))
        try:
            return raw.decode()
        except UnicodeDecodeError:
            if self.line == 1:
                raise _no_export() from None
            detail = _("The file is not written in UTF-8: line %d.") % self.line
            raise RuleError("invalid", detail) from None


def _no_export() -> RuleError:
    return RuleError("invalid", _("The file is no plan, calendar or export of Todoist: line 1."))


def _no_csv(line: int) -> str:
    return _("The file is no CSV: line %d.") % line


def _when(text: str) -> date | None:
    """Return the day, or the day and time, that a text names in full; None for any other."""
    if day := shown_day(text):
        return day
    for form in (*TIMES, *DAYS):
        try:
            when = datetime.strptime(text.replace(",", ""), form)  # noqa: DTZ007 - as it is written
        except ValueError:
            continue
        if FIRST_YEAR <= when.year <= LAST_YEAR:
            return when if form in TIMES else when.date()
    return None
