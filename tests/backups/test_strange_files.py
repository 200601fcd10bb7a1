"""Files that nobody made by accident: they are refused, or told, within bounds."""

import io
import json
import tracemalloc
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from backups import changes, databases, documents, imports, naming
from backups.foreign import text, todoist
from backups.imports import MERGE, Found
from backups.items import Refused, read
from backups.stills import Still
from tests.backups.api import habit, task
from tests.backups.pages.plan import planned
from tests.backups.present import present
from tests.backups.test_files import a_database, send


def test_an_id_that_no_text_may_hold_is_told_on_the_page(backup, alice, device):
    """Of a database: PostgreSQL keeps no NUL, not in JSON either."""
    browser = planned(alice, device)
    content = a_database(
        databases.SCHEMA
        + "INSERT INTO tasks VALUES('a' || char(0) || 'b', 'Bins', 1, 1, 0, '');"
        + "INSERT INTO tasks VALUES(replace(hex(zeroblob(20000)), '0', 'x'), 'Bins', 1, 1, 0, '');"
    )
    file = SimpleUploadedFile("plan.db", content)

    page = browser.post("/import/", {"file": file, "mode": "merge"}, follow=True)

    text = page.content.decode()
    assert page.status_code == 200
    assert "2 not understood" in text
    assert "<b>task 1</b>" in text
    assert "<b>task 2</b>" in text
    assert len(text) < 20_000


@pytest.mark.parametrize(
    "tables",
    [
        # A view could compute for hours, and fill the disk while it sorts.
        databases.SCHEMA.replace("habit_entries(", "day_rows(")
        + "CREATE VIEW habit_entries AS SELECT * FROM day_rows;",
        "CREATE VIEW tasks AS SELECT '' AS id, '' AS name, '' AS description, 0 AS completed, "
        "1 AS priority, 1 AS datetime;" + databases.SCHEMA.replace("TABLE tasks", "TABLE others"),
        # A column could make itself a gigabyte long when it is read.
        databases.SCHEMA.replace("name TEXT, datetime", "name AS (hex(zeroblob(100000))), datetime")
        + "INSERT INTO tasks VALUES('x', 1, 1, 0, '');",
    ],
    ids=["days", "tasks", "column"],
)
def test_a_database_that_computes_what_it_holds_is_refused(alice_api, tables):
    answer = send(alice_api, a_database(tables + "INSERT INTO habits VALUES('x', 'Run', 1);"))

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_of_wrong_days_the_first_alone_is_told():
    """F1: a list of a million wrong days makes one error, not a gigabyte of them."""
    raw = habit("Run") | {"completed": [0, "", *[None] * 100_000]}

    tracemalloc.start()
    refused = read("habit", raw, "/habit/0")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert isinstance(refused, Refused)
    assert [error["pointer"] for error in refused.errors] == ["/habit/0/completed/1"]
    assert peak < 1_000_000


def test_entries_are_counted_before_they_are_read(alice_api, backup, monkeypatch):
    monkeypatch.setattr(changes, "MAX_LIVE", 2)
    document = {"format": "planner", "version": 1, "task": [task(), {}, {}]}

    answer = send(alice_api, json.dumps(document).encode())

    assert answer.json()["code"] == "invalid"
    assert present(backup) == {}


def test_habits_of_one_name_are_numbered_without_trying_each_number_again(backup, monkeypatch):
    tried = []
    numbered = naming.numbered
    monkeypatch.setattr(naming, "numbered", lambda *of: tried.append(of) or numbered(*of))
    stills = [Still("habit", str(uuid4()), {"name": "Run", "goal": 1}) for _ in range(20)]

    made = imports.preview(backup, Found({still.key: still for still in stills}), MERGE)

    names = sorted(one.then.values["name"] for one in made)
    assert names == sorted(["Run", *(f"Run ({number})" for number in range(2, 21))])
    assert len(tried) == 19


@pytest.mark.parametrize("second", ["merge", "replace"])
def test_habits_of_one_name_are_the_same_when_the_file_comes_again(backup, alice_api, second):
    ids = sorted((str(uuid4()) for _ in range(2)), reverse=True)
    document = {"format": "planner", "version": 1, "habit": [habit("Run") | {"id": i} for i in ids]}
    content = json.dumps(document).encode()

    send(alice_api, content, mode="replace")
    before = present(backup)
    again = send(alice_api, content, mode=second)

    assert again.status_code == 200
    assert again.json()["counts"] == {"new": 0, "changed": 0, "gone": 0, "same": 2, "bad": 0}
    assert present(backup) == before


def test_a_database_of_text_that_is_no_text_is_refused(alice_api):
    content = a_database(
        databases.SCHEMA + "INSERT INTO tasks VALUES(CAST(x'ff' AS TEXT), '', 1, 1, 0, '');"
    )

    answer = send(alice_api, content)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_a_text_without_an_end_is_passed_over_once():
    """F1: else a megabyte of quotation marks would take an hour."""
    raw = b'{"' + rb"\"" * 1_000

    assert [part.span() for part in documents.PARTS.finditer(raw)] == [(0, 1), (1, len(raw))]


def test_of_a_long_name_of_a_zone_only_its_end_is_looked_up(monkeypatch):
    """F1: else the slashes of one line would take minutes."""
    asked = []

    class Names(dict):
        def get(self, name, default):
            asked.append(name)
            return default

    monkeypatch.setattr(text, "WINDOWS_TO_OLSON", Names())

    assert text.zone_named("/a" * 1_000 + "/America/Argentina/Ushuaia").key.endswith("Ushuaia")
    assert text.zone_named("/a" * 1_000) is None
    assert asked == ["America/Argentina/Ushuaia", "a/a/a", "a/a", "a"]


def test_the_ids_of_subtasks_do_not_hash_all_of_the_long_names_above_them():
    """F1: else 16,000 short subtasks of long ones would take minutes."""
    long = "x" * todoist.LONGEST_KNOWN
    rows = ["TYPE,CONTENT,INDENT", f"task,{long}a,1", "task,Sub,2", f"task,{long}b,1"]

    found = todoist.read_todoist(io.BytesIO("\n".join(rows).encode()), ZoneInfo("UTC"))

    names = (["", long, "#1"], ["", long, "Sub", "#1"], ["", long, "#2"])
    assert [id for _kind, id in found.plan] == [text.own_id("todoist", *name) for name in names]
