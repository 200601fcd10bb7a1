"""The device's own database as a file: a plan written into its tables, and read from them."""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from typing import BinaryIO

from django.utils.translation import gettext as _

from backups.changes import MAX_LIVE
from backups.imports import Found
from backups.kinds import TYPES
from backups.stills import Still
from planner.problems import RuleError
from planner.times import seconds_day

HEAD = b"SQLite format 3\0"
CHUNK = 64 * 1024
BATCH = 500
STEPS = 100_000_000
"""So many instructions a foreign database may take to be read: a full plan needs a tenth."""
MOST_VALUE_BYTES = 64 * 1024
"""No value of a device is as long, and a foreign one can make itself as long as memory is."""
ALLOWED = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION)
SCHEMA = """
CREATE TABLE tasks(id TEXT PRIMARY KEY, name TEXT, datetime INTEGER, priority INTEGER,
    completed INTEGER, description TEXT);
CREATE TABLE events(id TEXT PRIMARY KEY, name TEXT, starttime INTEGER, duration INTEGER,
    description TEXT);
CREATE TABLE habits(id TEXT PRIMARY KEY, name TEXT UNIQUE, day_goals INTEGER);
CREATE TABLE habit_entries(habit_id TEXT, date TEXT, PRIMARY KEY(habit_id, date));
"""
INSERT = {
    "task": "INSERT INTO tasks VALUES(:id, :name, :duedate, :priority, :completion, :description)",
    "event": "INSERT INTO events VALUES(:id, :name, :starttime, :duration, :description)",
    "habit": "INSERT INTO habits VALUES(:id, :name, :goal)",
}
DAY = "INSERT INTO habit_entries VALUES(?, ?)"
READ = {
    "task": "SELECT id, name, description, completed AS completion, priority, "
    "datetime AS duedate FROM tasks",
    "event": "SELECT id, name, description, starttime, duration FROM events",
    "habit": "SELECT id, name, day_goals AS goal FROM habits",
}
READ_DAYS = """SELECT CAST(strftime('%s', date) AS INTEGER) FROM habit_entries
WHERE habit_id = ? ORDER BY date"""


def as_sqlite(stills: Iterable[Still]) -> Iterator[bytes]:
    """Yield a plan as the file of a device's database, from a temporary file."""
    with tempfile.NamedTemporaryFile(suffix=".db") as file:
        with closing(sqlite3.connect(file.name, isolation_level=None)) as database:
            # A file that nobody else sees until it is whole needs no journal.
            database.executescript(f"PRAGMA journal_mode = OFF; {SCHEMA} BEGIN;")
            rest = iter(stills)
            while batch := list(islice(rest, BATCH)):
                _write(database, batch)
            database.execute("COMMIT")
        yield from iter(lambda: file.read(CHUNK), b"")


def read_database(file: BinaryIO) -> Found:
    """Read a plan from a device's database; raises RuleError `invalid` for a file that is none."""
    with tempfile.NamedTemporaryFile(suffix=".db") as copy:
        while chunk := file.read(CHUNK):
            copy.write(chunk)
        copy.flush()
        try:
            return _read_database(copy.name)
        except sqlite3.Error:
            raise RuleError("invalid", _("The file is no device's database.")) from None


def _read_database(path: str) -> Found:
    address = f"file:{path}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as database:
        # The file is a stranger's: only its tables are read, what its schema names is not called,
        # and it ends in time.
        database.execute("PRAGMA trusted_schema = OFF")
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_VALUE_BYTES)
        database.set_authorizer(_authorized)
        database.set_progress_handler(lambda: 1, STEPS)
        database.row_factory = sqlite3.Row
        found = Found()
        for kind in TYPES:
            rows = database.execute(f"{READ[kind]} LIMIT {MAX_LIVE + 1}")
            for number, raw in enumerate(map(dict, rows), start=1):
                if kind == "habit":
                    raw["completed"] = [day for (day,) in database.execute(READ_DAYS, [raw["id"]])]
                # Its id may be anything, and as long as it likes.
                found.take(kind, raw, f"{kind} {number}")
        return found


def _authorized(action: int, *names: str | None) -> int:
    """Allow to read tables; the last name is of the view or trigger that asks."""
    is_direct = names[-1] is None
    return sqlite3.SQLITE_OK if action in ALLOWED and is_direct else sqlite3.SQLITE_DENY


def _write(database: sqlite3.Connection, batch: list[Still]) -> None:
    for kind in TYPES:
        rows = [{"id": one.id, **one.values} for one in batch if one.kind == kind]
        database.executemany(INSERT[kind], rows)
    days = ((one.id, str(seconds_day(day))) for one in batch for day in one.days)
    database.executemany(DAY, days)
