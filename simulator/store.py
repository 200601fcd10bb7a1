"""The device's SQLite file: the firmware's tables of the plan, and what a sync must remember."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulator.entries import TYPES, day_seconds, day_text, deletes, free_name

SCHEMA = """
CREATE TABLE IF NOT EXISTS tasks(
    id TEXT PRIMARY KEY, name TEXT, datetime INTEGER, priority INTEGER, completed INTEGER,
    description TEXT);
CREATE TABLE IF NOT EXISTS events(
    id TEXT PRIMARY KEY, name TEXT, starttime INTEGER, duration INTEGER, description TEXT);
CREATE TABLE IF NOT EXISTS habits(id TEXT PRIMARY KEY, name TEXT UNIQUE, day_goals INTEGER);
CREATE TABLE IF NOT EXISTS habit_entries(
    habit_id TEXT, date TEXT, PRIMARY KEY(habit_id, date));
CREATE TABLE IF NOT EXISTS sync_state(name TEXT PRIMARY KEY, value);
CREATE TABLE IF NOT EXISTS sync_seen(type TEXT, id TEXT, PRIMARY KEY(type, id));
CREATE TABLE IF NOT EXISTS sync_marks(type TEXT, id TEXT, at INTEGER, PRIMARY KEY(type, id));
CREATE TABLE IF NOT EXISTS sync_queue(
    position INTEGER PRIMARY KEY, type TEXT NOT NULL, id TEXT NOT NULL, change TEXT NOT NULL,
    at INTEGER NOT NULL, held INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS sync_sealed(position INTEGER PRIMARY KEY, key TEXT NOT NULL);
"""
READ = {
    "task": """
        SELECT id, name, description, completed AS completion, priority, datetime AS duedate
        FROM tasks WHERE id = coalesce(:id, id) ORDER BY datetime - priority * 21600, id""",
    "event": """
        SELECT id, name, description, starttime, duration
        FROM events WHERE id = coalesce(:id, id) ORDER BY starttime, id""",
    "habit": """
        SELECT id, name, day_goals AS goal
        FROM habits WHERE id = coalesce(:id, id) ORDER BY name, id""",
}
WRITE = {
    "task": """
        REPLACE INTO tasks(id, name, description, completed, priority, datetime)
        VALUES(:id, :name, :description, :completion, :priority, :duedate)""",
    "event": """
        REPLACE INTO events(id, name, description, starttime, duration)
        VALUES(:id, :name, :description, :starttime, :duration)""",
    "habit": """
        INSERT INTO habits(id, name, day_goals) VALUES(:id, :name, :goal)
        ON CONFLICT(id) DO UPDATE SET name = excluded.name, day_goals = excluded.day_goals""",
}
REMOVE = {
    "task": "DELETE FROM tasks WHERE id = ?",
    "event": "DELETE FROM events WHERE id = ?",
    "habit": "DELETE FROM habits WHERE id = ?",
}
# What a new owner's device keeps of the old one is its clock, and the keys that it made itself.
ERASE = (
    "DELETE FROM tasks",
    "DELETE FROM events",
    "DELETE FROM habits",
    "DELETE FROM habit_entries",
    "DELETE FROM sync_seen",
    "DELETE FROM sync_marks",
    "DELETE FROM sync_queue",
    "DELETE FROM sync_sealed",
    "DELETE FROM sync_state WHERE name NOT IN ('clock_offset', 'own_key', 'next_key')",
)


class Store:
    """One device's file; used by one thread at a time."""

    def __init__(self, path: str | Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.connection.row_factory = sqlite3.Row
        self.connection.executescript(SCHEMA)

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, also on a power cut; inside another one it is part of that."""
        if self.connection.in_transaction:
            yield
            return
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    # What a sync remembers

    def recall(self, name: str) -> str | int | None:
        row = self.connection.execute(
            "SELECT value FROM sync_state WHERE name = ?", [name]
        ).fetchone()
        return row and row["value"]

    def remember(self, **values: str | int | None) -> None:
        self.connection.executemany("REPLACE INTO sync_state VALUES(?, ?)", values.items())

    def take_settings(self, device: dict) -> None:
        """Keep the name and the settings, unless newer ones are known: answers may overtake."""
        revision = device["settings_revision"]
        if revision >= (self.recall("settings_revision") or 0):
            self.remember(
                settings_revision=revision,
                settings=json.dumps(device["settings"]),
                name=device["name"],
            )

    def see(self, kind: str, id: str) -> None:
        """Note that the running full refresh has brought this entry."""
        self.connection.execute("INSERT OR IGNORE INTO sync_seen VALUES(?, ?)", [kind, id])

    def forget_seen(self) -> None:
        self.connection.execute("DELETE FROM sync_seen")

    def unseen(self) -> list[tuple[str, str]]:
        """Return type and id of what the full refresh did not bring."""
        seen = {tuple(row) for row in self.connection.execute("SELECT type, id FROM sync_seen")}
        keys = [(kind, entry["id"]) for kind, entries in self.plan().items() for entry in entries]
        return [key for key in keys if key not in seen]

    def erase(self, claim: str | None) -> None:
        """Become the empty device of this claim, in one step."""
        with self.transaction():
            for statement in ERASE:
                self.connection.execute(statement)
            self.remember(claim=claim)

    # The plan

    def plan(self) -> dict[str, list[dict]]:
        """Return all entries as they are on the wire, in the order of the device's lists."""
        return {kind: [*self._entries(kind)] for kind in TYPES}

    def find(self, id: str) -> tuple[str, dict] | None:
        """Return the type of an entry and the entry."""
        for kind in TYPES:
            for entry in self._entries(kind, id):
                return kind, entry
        return None

    def put(self, kind: str, entry: dict, days_since: int = 0) -> None:
        """Write a whole entry as the server sends it; a habit's days before `days_since` stay."""
        if kind == "habit":
            self._make_room(entry["id"], entry["name"])
        self._write(kind, entry)
        if kind == "habit":
            self.connection.execute(
                "DELETE FROM habit_entries WHERE habit_id = ? AND date >= ?",
                [entry["id"], day_text(days_since)],
            )
            self._add_days(entry["id"], entry.get("completed", []))

    def patch(self, kind: str, id: str, change: dict) -> None:
        """Apply a change of the person who holds the device, new entries included."""
        if deletes(kind, change):
            self.remove(kind, id)
        elif change.get("action") == "del":
            self.connection.execute(
                "DELETE FROM habit_entries WHERE habit_id = ? AND date = ?",
                [id, day_text(change["date"])],
            )
        elif "action" in change:
            self._add_days(id, [change["date"]])
        else:
            old = next(self._entries(kind, id), {})
            self._write(kind, old | change | {"id": id})
            self._add_days(id, change.get("completed", []))

    def remove(self, kind: str, id: str) -> None:
        self.connection.execute(REMOVE[kind], [id])
        self.connection.execute("DELETE FROM habit_entries WHERE habit_id = ?", [id])

    def name_habit(self, id: str, name: str) -> None:
        """Give a habit the name that the server has for it, whichever other habit has it here."""
        self._make_room(id, name)
        self.connection.execute("UPDATE habits SET name = ? WHERE id = ?", [name, id])

    def free_habit_name(self, name: str) -> str:
        """Return a name like this one that no habit of the device has."""
        names = self.connection.execute("SELECT name FROM habits")
        return free_name(name, {row["name"] for row in names})

    def _entries(self, kind: str, id: str | None = None) -> Iterator[dict]:
        for row in self.connection.execute(READ[kind], {"id": id}).fetchall():
            if kind == "task":
                yield dict(row)
            elif kind == "event":
                yield dict(row) | {"deleted": 0}
            else:
                yield dict(row) | {"completed": self._days(row["id"]), "deleted": 0}

    def _write(self, kind: str, entry: dict) -> None:
        self.connection.execute(WRITE[kind], entry)

    def _make_room(self, id: str, name: str) -> None:
        # The name is unique here. Whoever has it is about to be renamed or removed by the rest of
        # the answer, or is a habit of this device that the server will refuse by that name.
        self.connection.execute(
            "UPDATE habits SET name = ? WHERE name = ? AND id != ?",
            [self.free_habit_name(name), name, id],
        )

    def _days(self, habit_id: str) -> list[int]:
        rows = self.connection.execute(
            "SELECT date FROM habit_entries WHERE habit_id = ? ORDER BY date", [habit_id]
        )
        return [day_seconds(row["date"]) for row in rows]

    def _add_days(self, habit_id: str, days: list[int]) -> None:
        self.connection.executemany(
            "INSERT OR IGNORE INTO habit_entries VALUES(?, ?)",
            [(habit_id, day_text(day)) for day in days],
        )
