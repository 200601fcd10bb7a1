"""The main job, from the box to the plan: sign up, claim, plan on the web, sync, tick."""

import datetime

import pytest

from simulator.entries import FOREVER, day_seconds

pytestmark = pytest.mark.e2e


def test_a_new_person_plans_and_the_device_has_exactly_that(person, unit, device_of):
    """A6"""
    alice = person("alice", time_zone="Europe/Berlin")
    assert alice.entered.path == "/devices/"
    assert alice.claim(unit, "Kitchen tablet").path.startswith("/devices/")
    alice.add_task("Bins", undated=None, day="2027-01-15", time="18:30", priority="3")
    alice.add_event("Dentist", day="2027-01-16", start="09:00", length="45", description="Card")
    alice.add_habit("Run", 0x10 | 0x04)

    device = device_of(unit)
    device.sync()

    task, event, habit = (device.plan()[kind][0] for kind in ("task", "event", "habit"))
    assert device.plan() == {
        "task": [
            {
                "id": task["id"],
                "name": "Bins",
                "description": "",
                "completion": 0,
                "priority": 3,
                "duedate": 1800034200,
            }
        ],
        "event": [
            {
                "id": event["id"],
                "name": "Dentist",
                "description": "Card",
                "starttime": 1800086400,
                "duration": 2700,
                "deleted": 0,
            }
        ],
        "habit": [{"id": habit["id"], "name": "Run", "goal": 20, "completed": [], "deleted": 0}],
    }
    assert device.settings["time_zone"] == "Europe/Berlin"


def test_a_tick_on_the_device_shows_on_the_web_and_touches_nothing_else(alice, device):
    """A1"""
    for name in ("Bins", "Plants", "Letters"):
        alice.add_task(name)
    device.sync()
    before = {task["name"]: task for task in device.plan()["task"]}
    revisions = revisions_of(alice, before)

    device.tick(before["Bins"]["id"])
    report = device.sync()

    assert report.outcomes == {"applied": 1}
    alice.get("/tasks/").rows["Bins"].button("Mark “Bins” as to do")
    alice.get("/tasks/").rows["Plants"].button("Mark “Plants” as done")
    assert {task["name"]: task for task in device.plan()["task"]} == before | {
        "Bins": before["Bins"] | {"completion": 1}
    }
    changed = dict(revisions.items() ^ revisions_of(alice, before).items())
    assert list(changed) == ["Bins"]
    assert device.sync().received == 0


def revisions_of(person, tasks):
    """Return the revision of each task, as the API's ETag has it."""
    found = {name: person.get(f"/api/tasks/{task['id']}/") for name, task in tasks.items()}
    return {name: answer.headers["ETag"] for name, answer in found.items()}


def test_a_change_of_an_unknown_entry_is_reported_and_changes_nothing(alice, device):
    """A1"""
    alice.add_task("Bins")
    device.sync()
    before = device.plan()

    id = "0d2a7c1e-5b0e-4a53-9a61-0a9a3f1f6a01"
    device.outbox.add("task", id, {"completion": 1}, device.clock.now())
    report = device.sync()

    assert report.outcomes == {"rejected": 1}
    assert device.plan() == before
    assert alice.names("/tasks/") == ["Bins"]
    assert len(device.outbox) == 0


def test_what_is_made_on_the_device_is_on_the_web(alice, device):
    """A1, the other way round"""
    device.add_task("Déposer le colis 📦", priority=2)
    device.add_event("Night shift", 1900000000, 36000)
    habit = device.add_habit("Stretch", 127)
    device.mark_day(habit, device.today())
    device.sync()

    assert alice.names("/tasks/") == ["Déposer le colis 📦"]
    assert alice.names("/events/") == ["Night shift"]
    assert alice.names("/habits/") == ["Stretch"]
    assert alice.get("/habits/").rows["Stretch"].button(": done")["aria-pressed"] == "true"


def test_what_is_deleted_on_the_device_leaves_every_page(alice, device):
    """A15"""
    today = str(device.today())
    alice.add_event("Dentist", day=today, start="00:00", length="1439")
    device.sync()
    pages = ("/today/", "/events/", f"/calendar/{today}/")
    assert [alice.names(page) for page in pages] == [["Dentist"]] * 3

    device.delete(device.plan()["event"][0]["id"])
    device.sync()

    assert [alice.names(page) for page in pages] == [[]] * 3
    assert "Dentist" not in alice.get("/calendar/").text


def test_what_is_done_on_the_device_is_shown_as_done(alice, device):
    """A15"""
    today = str(device.today())
    alice.add_task("Bins", undated=None, day=today)
    device.sync()

    device.tick(device.plan()["task"][0]["id"])
    device.sync()

    for path in ("/today/", "/tasks/", f"/calendar/{today}/"):
        assert "(done)" in alice.get(path).rows["Bins"].text


def test_edits_on_both_sides_survive_field_by_field(alice, device):
    """sync.md, merging, 2"""
    alice.add_task("Bins")
    device.sync()
    id = device.plan()["task"][0]["id"]

    device.tick(id)
    form = alice.get(f"/tasks/{id}/").form("priority")
    alice.submit(form, name="Bins out", priority="2")
    device.sync()

    assert device.plan()["task"] == [
        {
            "id": id,
            "name": "Bins out",
            "description": "",
            "completion": 1,
            "priority": 2,
            "duedate": FOREVER,
        }
    ]


def test_habit_days_of_both_sides_come_together(alice, device):
    """sync.md, merging"""
    alice.add_habit("Run", 0x7F)
    device.sync()
    habit = device.plan()["habit"][0]["id"]
    yesterday = device.today() - datetime.timedelta(days=1)

    device.mark_day(habit, yesterday)
    alice.press_row("/today/", "Run", "Run")
    device.sync()

    assert device.plan()["habit"][0]["completed"] == [
        day_seconds(yesterday),
        day_seconds(device.today()),
    ]
