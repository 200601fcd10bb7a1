"""The pages of a plan in a browser without JavaScript: tasks, habits, events."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from simulator.entries import FOREVER, day_seconds

pytestmark = pytest.mark.e2e
DAY = datetime.timedelta(days=1)


@pytest.fixture
def berliner(person, unit, device_of):
    """Somebody in Berlin with a device, and that device."""
    anna = person("anna", time_zone="Europe/Berlin")
    anna.claim(unit)
    device = device_of(unit)
    device.sync()
    return anna, device


def only(device, kind):
    device.sync()
    entries = device.plan()[kind]
    assert len(entries) == 1
    return entries[0]


@pytest.mark.parametrize(
    ("day", "time", "utc_offset"),
    [
        ("2027-03-28", "01:59", 1),
        ("2027-03-28", "03:00", 2),
        ("2027-10-31", "01:59", 2),
        ("2027-10-31", "02:30", 2),
        ("2027-10-31", "03:00", 1),
    ],
)
def test_a_due_date_is_the_local_time_of_the_device(berliner, day, time, utc_offset):
    """A19"""
    anna, device = berliner

    anna.add_task("Bins", undated=None, day=day, time=time, priority="3")

    zone = datetime.timezone(datetime.timedelta(hours=utc_offset))
    due = datetime.datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=zone)
    task = only(device, "task")
    assert task | {"id": ""} == {
        "id": "",
        "name": "Bins",
        "description": "",
        "completion": 0,
        "priority": 3,
        "duedate": int(due.timestamp()),
    }
    form = anna.get(f"/tasks/{task['id']}/").form("day")
    shown = {one["name"]: one["value"] for one in form.all("input")}
    assert (shown["day"], shown["time"]) == (day, time)


def test_a_time_that_a_clock_change_skips_is_refused_in_words(berliner):
    """A19"""
    anna, _ = berliner

    refused = anna.add_task("Bins", undated=None, day="2027-03-28", time="02:30")

    assert refused.path == "/tasks/new/"
    assert "02:30 does not exist that day" in refused.text
    assert anna.names("/tasks/") == []


@pytest.mark.parametrize("priority", ["0", "4", "x", ""])
def test_a_priority_is_one_of_three(alice, priority):
    """A19"""
    refused = alice.add_task("Bins", priority=priority)

    assert refused.path == "/tasks/new/"
    assert alice.names("/tasks/") == []


def test_a_task_s_page_shows_and_changes_all_its_fields(alice, device):
    """A19"""
    alice.add_task("Lab report", description="Two\nlines", priority="2")
    id = only(device, "task")["id"]

    form = alice.get(f"/tasks/{id}/").form("priority")
    assert form.first("textarea").raw.strip() == "Two\nlines"
    alice.submit(form, name="Report", description="One", priority="1")

    assert only(device, "task") == {
        "id": id,
        "name": "Report",
        "description": "One",
        "completion": 0,
        "priority": 1,
        "duedate": FOREVER,
    }


def test_tasks_stand_in_the_device_s_order_and_done_ones_last(alice, device):
    """A19"""
    alice.add_task("Later, urgent", undated=None, day="2030-01-02", time="10:00", priority="3")
    alice.add_task("Earlier", undated=None, day="2030-01-02", time="00:00", priority="1")
    alice.add_task("Done", undated=None, day="2030-01-01", time="00:00")
    alice.add_task("Cello")
    alice.press_row("/tasks/", "Done", "as done")
    device.sync()

    on_device = [task["name"] for task in device.plan()["task"]]
    assert on_device == ["Done", "Later, urgent", "Earlier", "Cello"]
    assert alice.names("/tasks/") == ["Later, urgent", "Earlier", "Cello", "Done"]


def test_a_deleted_task_is_hidden_and_undo_brings_it_back(alice, device):
    """A19"""
    alice.add_task("Bins")
    id = only(device, "task")["id"]

    deleted = alice.press_row("/tasks/", "Bins", "Delete")

    assert list(deleted.rows) == []
    device.sync()
    assert device.plan()["task"] == []
    alice.press(deleted.root.button("Undo"))
    assert only(device, "task")["id"] == id


@pytest.mark.parametrize(
    ("days", "goal"),
    [(("Tue", "Thu"), 20), (("Sun",), 64), (("Sat",), 1)],
    ids=["Tuesday and Thursday", "Sunday", "Saturday"],
)
def test_the_days_of_a_habit_are_the_device_s_mask(alice, device, days, goal):
    """A20"""
    form = alice.get("/habits/new/").form("goal")
    boxes = {one["id"]: one["value"] for one in form.all("input") if one["name"] == "goal"}
    named = {one.text: boxes[one["for"]] for one in form.all("label") if one["for"] in boxes}

    alice.submit(form, name="Run", goal=[named[day] for day in days])

    assert only(device, "habit")["goal"] == goal


def test_a_habit_needs_a_day_and_a_name_of_its_own(alice):
    """A20, product.md"""
    assert "Choose at least one day" in alice.add_habit("Run", 0).text
    alice.add_habit("Run", 1)

    refused = alice.add_habit("Run", 2)

    assert "Another habit has this name." in refused.text
    assert alice.names("/habits/") == ["Run"]


def test_ticking_twice_is_one_tick_and_clearing_removes_that_day_alone(alice, device):
    """A20"""
    alice.add_habit("Run", 0x7F)
    habit, today = only(device, "habit")["id"], device.today()
    device.mark_day(habit, today - DAY)
    device.sync()
    page = alice.get("/today/")
    tick = page.rows["Run"].button("Run")

    alice.press(tick)
    alice.press(tick)
    assert only(device, "habit")["completed"] == [day_seconds(today - DAY), day_seconds(today)]

    alice.press(alice.get("/today/").rows["Run"].button("Run"))
    assert only(device, "habit")["completed"] == [day_seconds(today - DAY)]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Niue"])
def test_today_is_the_day_of_the_device_s_zone(person, stock, device_of, zone):
    """A20: these two zones never have the same date"""
    anna, unit = person("anna", time_zone=zone), stock()
    anna.claim(unit)
    anna.add_habit("Run", 0x7F)
    before = datetime.datetime.now(ZoneInfo(zone)).date()

    page = anna.get("/habits/?view=last")

    after = datetime.datetime.now(ZoneInfo(zone)).date()
    column = next(one for one in page.root.all("th") if one["aria-current"] == "date")
    assert column.first("b").text in (str(before.day), str(after.day))
    columns = [one for one in page.root.first("thead").all("th") if one.first("b")]
    assert len(columns) == 7
    assert columns[-1] is column
    anna.press(page.rows["Run"].button(": due today"))
    device = device_of(unit)
    assert only(device, "habit")["completed"] in ([day_seconds(before)], [day_seconds(after)])


def _told(cell):
    """What a reader hears of a cell: a button's label, or its words."""
    button = cell.first("button")
    return button["aria-label"] if button else cell.text


def test_the_grid_tells_due_done_and_not_due_apart(alice, device):
    """A20"""
    today = device.today()
    mask = 0x40 >> today.isoweekday() % 7
    alice.add_habit("Weekly", mask)
    device.sync()

    def states():
        row = alice.get("/habits/?view=last").rows["Weekly"]
        return [_told(cell).rpartition(": ")[2] for cell in row.all("td")][:7]

    assert states() == ["not due"] * 6 + ["due today"]
    device.mark_day(device.plan()["habit"][0]["id"], today)
    device.sync()
    assert states() == ["not due"] * 6 + ["done"]


def test_an_event_is_on_now_from_its_start_to_its_end(alice, device):
    """A21"""
    now = device.clock.now()
    device.add_event("Begun", now, 3600)
    device.add_event("Over", now - 3600, 3600)
    device.add_event("Ahead", now + 3600, 60)
    device.sync()

    page = alice.get("/events/")

    folded = {row for fold in page.root.all("details") for row in fold.all("li")}
    assert {name: row in folded for name, row in page.rows.items()} == {
        "Begun": False,
        "Ahead": False,
        "Over": True,
    }
    assert ["Now" in page.rows[name].text.split() for name in ("Begun", "Ahead", "Over")] == [
        True,
        False,
        False,
    ]


def test_an_event_of_several_days_stands_on_each_of_them(berliner):
    """A21"""
    anna, device = berliner
    anna.add_event("Trip", day="2027-05-01", start="22:00", end="00:00", end_day="2027-05-04")

    assert only(device, "event")["duration"] == (2 + 48) * 3600
    days = [f"2027-{day}" for day in ("04-30", "05-01", "05-02", "05-03", "05-04")]
    shown = {day: anna.names(f"/calendar/{day}/") for day in days}
    assert shown == {
        "2027-04-30": [],
        "2027-05-01": ["Trip"],
        "2027-05-02": ["Trip"],
        "2027-05-03": ["Trip"],
        "2027-05-04": [],
    }


def test_an_event_that_ends_before_it_starts_is_refused(alice):
    """A21"""
    refused = alice.add_event("Dentist", day="2027-05-01", start="10:00", end="09:00", length="")

    assert refused.path == "/events/new/"
    assert "It would end before it starts." in refused.text


def test_a_deleted_event_never_returns(alice, device):
    """A21"""
    alice.add_event("Dentist", day="2030-05-01", start="10:00", length="30")
    id = only(device, "event")["id"]
    alice.press_row("/events/", "Dentist", "Delete")

    device.edit(id, name="Dentist again")
    device.sync()
    device.sync()

    assert device.plan()["event"] == []
    assert alice.names("/events/") == []
    assert alice.names("/calendar/2030-05-01/") == []
