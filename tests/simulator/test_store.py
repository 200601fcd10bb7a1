"""The device's file: what it shows after changes and answers, and what a power cut leaves."""

import sqlite3

import pytest

from simulator.store import Store

TASK = {
    "id": "t1",
    "name": "Bins",
    "description": "",
    "completion": 0,
    "priority": 1,
    "duedate": 1794272400,
}
EVENT = {
    "id": "e1",
    "name": "Dentist",
    "description": "Card",
    "starttime": 1794301200,
    "duration": 2700,
    "deleted": 0,
}
HABIT = {"id": "h1", "name": "Run", "goal": 127, "completed": [1794009600], "deleted": 0}


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "calendar.db")
    yield store
    store.close()


def test_the_plan_comes_back_as_it_was_stored(store):
    for kind, entry in (("task", TASK), ("event", EVENT), ("habit", HABIT)):
        store.put(kind, entry)

    assert store.plan() == {"task": [TASK], "event": [EVENT], "habit": [HABIT]}
    assert store.find("e1") == ("event", EVENT)
    assert store.find("nobody") is None


def test_a_point_of_priority_is_worth_a_quarter_of_a_day(store):
    store.put("task", TASK | {"id": "later", "duedate": TASK["duedate"] + 21599, "priority": 2})
    store.put("task", TASK)

    assert [task["id"] for task in store.plan()["task"]] == ["later", "t1"]


def test_the_file_has_the_tables_of_the_firmware(store):
    store.put("task", TASK)
    store.put("habit", HABIT)

    rows = sqlite3.connect(store.connection.execute("PRAGMA database_list").fetchone()["file"])
    assert rows.execute("SELECT * FROM tasks").fetchall() == [("t1", "Bins", 1794272400, 1, 0, "")]
    assert rows.execute("SELECT * FROM habits").fetchall() == [("h1", "Run", 127)]
    assert rows.execute("SELECT * FROM habit_entries").fetchall() == [("h1", "2026-11-07")]
    rows.close()


def test_a_change_touches_only_its_fields(store):
    store.put("task", TASK)

    store.patch("task", "t1", {"completion": 1})

    assert store.plan()["task"] == [TASK | {"completion": 1}]


@pytest.mark.parametrize(
    ("kind", "entry", "change"),
    [
        ("task", TASK, {"completion": 2}),
        ("event", EVENT, {"deleted": 1}),
        ("habit", HABIT, {"deleted": 1}),
    ],
)
def test_a_deletion_removes_the_row(store, kind, entry, change):
    store.put(kind, entry)

    store.patch(kind, entry["id"], change)

    assert store.plan() == {"task": [], "event": [], "habit": []}


def test_a_day_is_added_once_and_removed_alone(store):
    store.put("habit", HABIT)

    store.patch("habit", "h1", {"date": 1794182400, "action": "add"})
    store.patch("habit", "h1", {"date": 1794182401, "action": "add"})
    assert store.plan()["habit"][0]["completed"] == [1794009600, 1794182400]

    store.patch("habit", "h1", {"date": 1794009600, "action": "del"})
    assert store.plan()["habit"][0]["completed"] == [1794182400]


def test_days_before_the_window_of_an_answer_stay(store):
    store.put("habit", HABIT)

    store.put("habit", HABIT | {"completed": [1794182400]}, days_since=1794096000)

    assert store.plan()["habit"][0]["completed"] == [1794009600, 1794182400]


def test_two_habits_can_swap_their_names(store):
    store.put("habit", HABIT)
    store.put("habit", HABIT | {"id": "h2", "name": "Read"})

    store.put("habit", HABIT | {"name": "Read"})
    store.put("habit", HABIT | {"id": "h2", "name": "Run"})

    assert [(habit["id"], habit["name"]) for habit in store.plan()["habit"]] == [
        ("h1", "Read"),
        ("h2", "Run"),
    ]


def test_the_device_refuses_a_second_habit_of_a_name(store):
    store.put("habit", HABIT)

    with pytest.raises(sqlite3.IntegrityError):
        store.patch("habit", "h2", {"name": "Run", "goal": 1})


def test_a_step_that_is_cut_off_leaves_nothing(store):
    def cut_off():
        with store.transaction():
            store.put("task", TASK)
            store.remember(cursor="c")
            raise OSError("power")

    with pytest.raises(OSError, match="power"):
        cut_off()

    assert store.plan()["task"] == []
    assert store.recall("cursor") is None


def test_a_new_claim_erases_all_but_the_clock(store):
    store.put("task", TASK)
    store.put("habit", HABIT)
    store.see("task", "t1")
    store.remember(claim="old", cursor="c", clock_offset=5, last_answer=9)

    store.erase("new")

    assert store.plan() == {"task": [], "event": [], "habit": []}
    assert store.unseen() == []
    names = ("claim", "cursor", "clock_offset", "last_answer")
    assert [store.recall(name) for name in names] == ["new", None, 5, None]


def test_what_a_refresh_did_not_bring_is_known(store):
    store.put("task", TASK)
    store.put("task", TASK | {"id": "t2"})
    store.put("event", EVENT)
    store.see("task", "t1")
    store.see("habit", "e1")

    assert store.unseen() == [("task", "t2"), ("event", "e1")]
