"""Plans as files: out, in again, and the same bytes after the round trip."""

import csv
import io
import json
import sqlite3
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from hypothesis import given, settings

from backups import (
    changes,
    databases,
    documents,
    exports,
    files,
    history,
    imports,
    logs,
    points,
    restore,
    tables,
)
from backups.imports import MERGE, REPLACE
from backups.items import Item
from backups.models import Backup, Commit, RestorePoint, WaitingImport
from backups.stills import Still
from planner.times import now
from simulator.device import Device
from tests.backups.api import NOW, Api, event, habit, task
from tests.backups.pages.plan import planned
from tests.backups.present import present
from tests.backups.replicas import InProcess
from tests.backups.test_any_order import WEB, apply, bounded, histories, new_plan
from tests.backups.test_history import push

ID = uuid4()
DAY = 86_400
YESTERDAY = now() // DAY * DAY - DAY
AWKWARD = ["=1+1", "+1", "-1", "@a", "\tb", 'q"uo,te', "né\nw", "a|b", "😀"]


@pytest.fixture
def filled(backup) -> Backup:
    """A plan with names that files must not trip over."""
    items = [
        Item(
            "task", str(uuid4()), {"name": name, "description": name, "priority": 1, "duedate": NOW}
        )
        for name in AWKWARD
    ]
    items += [
        Item("event", str(uuid4()), {"name": "Dentist", "starttime": NOW, "duration": 60}),
        Item("habit", str(uuid4()), {"name": "Run", "goal": 42}, {YESTERDAY: True}),
    ]
    push(backup, *items)
    backup.refresh_from_db()
    return backup


def as_json(backup: Backup) -> bytes:
    revision = Backup.objects.get(pk=backup.pk).revision
    return b"".join(exports.as_json(history.stills(backup, revision)))


def exported(api: Api, form: str) -> HttpResponse:
    """Return the file of a new restore point."""
    point = api.post("/api/backups/", {"name": "Now"}).json()["id"]
    answer = api.get(f"/api/backups/{point}/export/?format={form}")
    assert answer.status_code == 200
    return answer


def send(api: Api, content: bytes, **fields: str) -> HttpResponse:
    """Send a file as a form with a file does."""
    file = SimpleUploadedFile("plan", content)
    return api.client.post("/api/backups/import/", {"file": file, **fields}, headers=api.headers)


def check_round_trip(batches: list) -> None:
    one, other = new_plan(0), new_plan(0)
    for batch in batches:
        apply(one, batch, 0)
    first = as_json(one)
    database = b"".join(
        databases.as_sqlite(history.stills(one, Backup.objects.get(pk=one.pk).revision))
    )
    for content in (first, database):
        found = files.read_file(io.BytesIO(content), ZoneInfo("UTC"))
        assert found.faults == []
        imports.import_plan(other, found, REPLACE, WEB)
        assert as_json(other) == first
        assert imports.preview(Backup.objects.get(pk=other.pk), found, MERGE) == []


@pytest.mark.django_db
@given(histories())
@settings(max_examples=15, **bounded)
def test_a_plan_is_the_same_to_the_byte_after_a_round_trip(history):
    check_round_trip(history[1])


@pytest.mark.nightly
@pytest.mark.django_db
@given(histories())
@settings(max_examples=300, **bounded)
def test_many_plans_are_the_same_to_the_byte_after_a_round_trip(history):
    check_round_trip(history[1])


def test_a_point_is_a_json_file_that_brings_everything_back(filled, alice_api):
    answer = exported(alice_api, "json")
    content = b"".join(answer)
    then = present(filled)
    assert answer["Content-Disposition"].startswith('attachment; filename="plan-20')
    assert content == as_json(filled)
    push(filled, *(Item(*key, deleted=True) for key in then))

    done = send(alice_api, content).json()

    assert done["counts"] == {"new": 11, "changed": 0, "gone": 0, "same": 0, "bad": 0}
    assert present(filled) == then
    assert done["pinned"]["reason"] == "import"
    assert Commit.objects.order_by("pk").last().source == "import"
    again = send(alice_api, content).json()
    assert again["counts"] == {"new": 0, "changed": 0, "gone": 0, "same": 11, "bad": 0}
    assert (again["revision"], again["pinned"]) == (done["revision"], None)
    restore.undo(filled, done["revision"], WEB)
    assert present(filled) == {}


def test_the_history_is_told_with_a_plan_when_it_is_asked_for(alice, unit, device):
    tablet, alice_api = Api.of_device(unit), Api.of_person(alice, device)
    run = habit("Run")
    tablet.push(habit=[run, {"id": run["id"], "date": YESTERDAY, "action": "add"}])
    alice_api.post("/api/tasks/", {"id": str(ID), "name": "Tea", "priority": 1, "duedate": NOW})
    alice_api.send("DELETE", f"/api/tasks/{ID}/")
    tablet.push(habit=[{"id": run["id"], "date": YESTERDAY, "action": "del"}])
    whole = json.loads(b"".join(exported(alice_api, "json&history=true")))
    plain = json.loads(b"".join(exported(alice_api, "json")))

    told = whole.pop("history")

    assert whole == plain
    assert [(one["source"], one["by"]) for one in told] == [
        ("device", "Kitchen tablet"),
        *[("person", "Alice Ash")] * 2,
        ("device", "Kitchen tablet"),
    ]
    assert all(type(one["at"]) is int for one in told)
    of_run, tea = {"type": "habit", "id": run["id"]}, {"type": "task", "id": str(ID)}
    whole_run = of_run | {"deleted": 0, "goal": run["goal"], "name": "Run"}
    tea |= {"completion": 0, "description": "", "duedate": NOW, "name": "Tea", "priority": 1}
    assert [one["changes"] for one in told] == [
        [whole_run, of_run | {"date": YESTERDAY, "action": "add"}],
        [tea | {"deleted": 0}],
        [tea | {"deleted": 1}],
        [whole_run, of_run | {"date": YESTERDAY, "action": "del"}],
    ]


def test_a_history_stops_at_its_point(filled, alice_api):
    point = points.pin(filled, points.Reason.NAMED, name="Then")
    push(filled, Item("task", str(ID), {"name": "New", "priority": 1, "duedate": NOW}))

    path = f"/api/backups/{point.pk}/export/?format=json&history=1"

    assert b"New" not in b"".join(alice_api.get(path))


def test_an_import_passes_over_the_history(filled, alice_api, monkeypatch):
    content = b"".join(exported(alice_api, "json&history=true"))
    spread = json.dumps(json.loads(content), indent=1).encode()
    assert len(json.loads(content)["history"][0]["changes"]) == len(AWKWARD) + 3
    push(filled, *(Item(*key, deleted=True) for key in present(filled)))
    plain = as_json(filled)
    # Of the plan alone there are fewer parts than this.
    monkeypatch.setattr(documents, "MOST_CONTAINERS", 20)

    done = [send(alice_api, one).json()["counts"] for one in (content, spread)]

    assert [(one["new"], one["same"], one["bad"]) for one in done] == [(11, 0, 0), (0, 11, 0)]
    assert plain != as_json(filled)


def test_a_history_is_told_in_chunks_as_it_is_in_one(filled, monkeypatch):
    push(filled, *(Item(*key, deleted=True) for key in present(filled)))
    revision = Backup.objects.get(pk=filled.pk).revision
    whole = b"".join(logs.as_json(filled, revision))

    monkeypatch.setattr(logs, "CHUNK", 3)
    monkeypatch.setattr(logs, "PIECES", 2)

    assert b"".join(logs.as_json(filled, revision)) == whole
    assert len(json.loads(whole)) == 2


@pytest.mark.parametrize("query", ["format=csv&history=1", "format=json&history=x"])
def test_only_json_holds_a_history(filled, alice_api, query):
    point = points.pin(filled, points.Reason.DAILY)

    answer = alice_api.get(f"/api/backups/{point.pk}/export/?{query}")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert answer.json()["errors"][0]["pointer"] == "/history"


def test_a_point_is_the_database_of_the_device(filled, alice, device, unit, tmp_path):
    tablet = Device("http://t", unit.serial, unit.key, tmp_path / "d.db", transport=InProcess())
    tablet.sync()
    tablet.close()
    # At its first contact it made a key of its own, which ended all tokens of before.
    alice_api = Api.of_person(alice, device)
    (tmp_path / "e.db").write_bytes(b"".join(exported(alice_api, "sqlite")))

    def contents(name: str) -> dict[str, list]:
        with sqlite3.connect(tmp_path / name) as database:
            return {
                table: sorted(database.execute(f"SELECT * FROM {table}"), key=str)
                for table in ("tasks", "events", "habits", "habit_entries")
            }

    assert contents("e.db") == contents("d.db")
    assert len(contents("e.db")["tasks"]) == len(AWKWARD)


def test_the_table_for_spreadsheets_holds_no_formula(filled, alice_api):
    text = b"".join(exported(alice_api, "csv")).decode()

    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert tuple(header) == tables.COLUMNS
    assert len(rows) == 11
    names = {row[2] for row in rows}
    assert {"'=1+1", "'+1", "'-1", "'@a", "'\tb", 'q"uo,te', "né\nw", "a|b", "Run"} <= names
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row)


def test_the_calendar_has_the_tasks_and_events(filled, alice_api):
    text = b"".join(exported(alice_api, "ics")).decode()

    assert text.count("BEGIN:VTODO") == len(AWKWARD)
    assert text.count("BEGIN:VEVENT") == 1


def test_a_merge_adds_and_updates_and_takes_nothing_away(backup, alice_api):
    kept, run = task("Kept"), habit("Run") | {"completed": [0]}
    alice_api.push(task=[kept], habit=[run])
    other = habit("Run") | {"completed": [DAY]}
    document = {
        "format": "planner",
        "version": 1,
        "task": [task("New"), {"id": "x"}],
        "event": [event() | {"deleted": 1}],
        "habit": [run | {"completed": [DAY], "goal": 1}, other],
    }

    looked = send(alice_api, json.dumps(document).encode(), preview="true").json()
    done = send(alice_api, json.dumps(document).encode()).json()

    assert done["counts"] == {"new": 2, "changed": 1, "gone": 0, "same": 0, "bad": 1}
    assert (looked["counts"], looked["pinned"]) == (done["counts"], None)
    assert done["errors"][0]["place"] == "/task/1"
    names = sorted(still.values["name"] for still in present(backup).values())
    assert names == ["Kept", "New", "Run", "Run (2)"]
    assert present(backup)["habit", run["id"]] == Still(
        "habit", run["id"], {"name": "Run", "goal": 1}, (0, DAY)
    )
    again = send(alice_api, json.dumps(document).encode()).json()
    assert again["revision"] == done["revision"]


def test_a_replacement_takes_away_what_the_file_has_not(backup, alice_api):
    alice_api.push(task=[task("Gone")])
    document = {"format": "planner", "version": 1, "task": [task("New")]}

    done = send(alice_api, json.dumps(document).encode(), mode="replace").json()

    assert done["counts"] == {"new": 1, "changed": 0, "gone": 1, "same": 0, "bad": 0}
    assert [still.values["name"] for still in present(backup).values()] == ["New"]


def a_database(statements: str) -> bytes:
    database = sqlite3.connect(":memory:")
    database.executescript(statements)
    return database.serialize()


@pytest.mark.parametrize(
    "content",
    [
        b"x",
        b"[]",
        b"{}",
        b'{"format": "planner", "version": 2}',
        b'{"format": "planner"',
        b"\xff\xfe",
        b"[" * 100_000,
        databases.HEAD + b"x" * 1000,
        a_database("CREATE TABLE tasks(id)"),
        a_database(databases.SCHEMA.replace("name TEXT, datetime", "datetime")),
        a_database(
            "CREATE VIEW tasks AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            "SELECT i AS id, i AS name, i AS description, i AS completed, i AS priority, "
            "i AS datetime FROM n ORDER BY random()"
        ),
    ],
    ids=range(11),
)
def test_a_file_that_is_no_plan_is_refused_and_changes_nothing(
    filled, alice_api, content, monkeypatch
):
    monkeypatch.setattr(databases, "STEPS", 1_000_000)
    before = present(filled)

    answer = send(alice_api, content)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert present(filled) == before


@pytest.mark.parametrize("raw", [1, None, [], {"id": 1}, {"name": "a" * 200}])
def test_entries_that_are_not_right_are_told_with_their_place(alice_api, raw):
    document = {"format": "planner", "version": 1, "task": [raw], "event": 5, "habit": {}}

    done = send(alice_api, json.dumps(document).encode()).json()

    assert done["counts"]["bad"] == 1
    assert done["errors"][0]["place"] == "/task/0"


def test_more_than_a_device_holds_is_refused_whole(alice_api, monkeypatch):
    monkeypatch.setattr(changes, "MAX_LIVE", 2)
    document = {"format": "planner", "version": 1, "task": [task() for _ in range(3)]}

    answer = send(alice_api, json.dumps(document).encode())

    assert answer.json()["code"] == "invalid"


@pytest.mark.parametrize(
    ("fields", "code"),
    [({}, "invalid"), ({"file": "text"}, "invalid"), ({"mode": "x"}, "invalid")],
)
def test_a_form_that_is_not_right_is_refused(alice_api, fields, code):
    answer = alice_api.client.post("/api/backups/import/", fields, headers=alice_api.headers)

    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize("form", ["", "xml", "json\0"])
def test_a_form_of_file_that_is_not_known_is_refused(alice_api, backup, form):
    point = points.pin(backup, points.Reason.DAILY)

    answer = alice_api.get(
        f"/api/backups/{point.pk}/export/",
    )
    wrong = alice_api.client.get(
        f"/api/backups/{point.pk}/export/", {"format": form}, headers=alice_api.headers
    )

    assert [answer.status_code, wrong.status_code] == [400, 400]


# --- The page ------------------------------------------------------------------------------


def test_a_file_is_previewed_taken_in_and_undone_on_the_page(backup, alice, device):
    browser = planned(alice, device)
    document = {"format": "planner", "version": 1, "task": [task("New"), {"id": "x"}]}
    file = SimpleUploadedFile("plan.json", json.dumps(document).encode())

    page = browser.post("/import/", {"file": file, "mode": "merge"}, follow=True)
    address = page.redirect_chain[-1][0]
    text = page.content.decode()
    assert "1 new, 1 not understood" in text
    assert "/task/1" in text
    assert present(backup) == {}
    done = browser.post(address, follow=True)

    assert "1 entry is taken in." in done.content.decode()
    assert len(present(backup)) == 1
    assert not WaitingImport.objects.exists()
    assert RestorePoint.objects.get().reason == "import"
    revision = Backup.objects.get(pk=backup.pk).revision
    browser.post(f"/history/{revision}/undo/")
    assert present(backup) == {}


def test_the_page_says_what_is_wrong_with_a_file(alice, device):
    browser = planned(alice, device)

    for file in (SimpleUploadedFile("a", b"x"), SimpleUploadedFile("a", b""), ""):
        page = browser.post("/import/", {"file": file, "mode": "merge"})

        assert page.status_code == 200
        assert 'class="error"' in page.content.decode()


def test_a_file_that_waits_is_its_persons_own_and_goes_after_a_day(backup, alice, bob, device):
    browser = planned(alice, device)
    other = WaitingImport.objects.create(
        backup=backup, person_id=bob.pk, mode="merge", content=b"", faults=[]
    )

    assert browser.get(f"/import/{other.pk}/").status_code == 404
