"""POST /api/sync/: what a device changed goes up, and the answer says what became of it."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection

from backups import ledger
from backups.items import Item
from backups.models import Backup, Change, Commit, HabitDay, Overruled, Task
from planner.times import DAY, now
from tests.backups.api import Api, entries, event, habit, outcomes, task
from tests.factories import make_device

TESTS = Path(__file__).resolve().parents[1]
# What real devices speak is kept beside the project; a clone that lies alone has a copy.
SOURCE, COPY = TESTS.parents[1] / "shared" / "wire", TESTS / "wire"
WIRE = SOURCE if SOURCE.is_dir() else COPY
NOTHING = {"task": [], "event": [], "habit": []}


def test_a_push_creates_entries_and_acknowledges_each_item_in_its_order(device_api):
    bins, dentist, run = task(), event(), habit()

    answer = device_api.push(task=[bins], event=[dentist], habit=[run])

    assert answer["ack"] == 1
    assert answer["results"] == [
        {"type": "task", "id": bins["id"], "outcome": "applied"},
        {"type": "event", "id": dentist["id"], "outcome": "applied"},
        {"type": "habit", "id": run["id"], "outcome": "applied"},
    ]
    assert entries(device_api.pull()) == {
        "task": [bins],
        "event": [dentist | {"deleted": 0}],
        "habit": [run | {"completed": [], "deleted": 0}],
    }


def test_results_stand_in_the_order_of_the_body(device_api):
    run, bins, dentist = habit(), task(), event()

    answer = device_api.push(habit=[run], task=[bins, {"id": "x"}], event=[dentist])

    assert [(one["type"], one["id"]) for one in answer["results"]] == [
        ("habit", run["id"]),
        ("task", bins["id"]),
        ("task", "x"),
        ("event", dentist["id"]),
    ]


def test_a_push_without_a_cursor_answers_no_cursor_and_no_news(device_api, alice_api):
    alice_api.push(task=[task("Of Alice")])

    answer = device_api.push(task=[task("Of the tablet")])

    assert entries(answer) == NOTHING
    assert "cursor" not in answer
    assert "more" not in answer


def test_a_push_with_a_cursor_brings_news_without_its_own_echo(device_api, alice_api):
    since = device_api.pull()["cursor"]
    of_alice = task("Of Alice")
    alice_api.push(task=[of_alice])

    answer = device_api.push(since=since, task=[task("Of the tablet")])

    assert entries(answer) == NOTHING | {"task": [of_alice]}
    assert entries(device_api.pull(answer["cursor"])) == NOTHING


def test_an_entry_that_somebody_else_changed_too_comes_back_whole(device_api, alice_api):
    bins = task()
    since = device_api.push(task=[bins], since=device_api.pull()["cursor"])["cursor"]
    alice_api.push(task=[{"id": bins["id"], "name": "Bins out"}])

    answer = device_api.push(since=since, task=[{"id": bins["id"], "completion": 1}])

    assert outcomes(answer) == ["applied"]
    assert answer["task"] == [bins | {"name": "Bins out", "completion": 1}]


def test_an_item_that_was_superseded_brings_the_present_state_without_a_cursor(
    device_api, alice_api
):
    bins = task()
    device_api.push(task=[bins])
    alice_api.push(task=[{"id": bins["id"], "completion": 2}])

    answer = device_api.push(task=[{"id": bins["id"], "completion": 1}])

    assert answer["results"] == [
        {"type": "task", "id": bins["id"], "outcome": "superseded", "detail": "deleted"}
    ]
    assert answer["task"] == [bins | {"completion": 2}]


def test_a_completion_after_a_deletion_in_one_push_does_not_revive_the_task(device_api):
    bins = task()
    device_api.push(task=[bins])
    gone, tick = {"id": bins["id"], "completion": 2}, {"id": bins["id"], "completion": 1}

    answer = device_api.push(task=[gone, tick])

    assert outcomes(answer) == ["applied", "superseded"]
    assert entries(device_api.pull()) == NOTHING


def test_a_tick_and_its_undoing_in_one_push_end_undone(device_api):
    """E7"""
    bins = task()
    device_api.push(task=[bins])

    device_api.push(task=[{"id": bins["id"], "completion": 1}, {"id": bins["id"], "completion": 0}])

    assert device_api.pull()["task"] == [bins]


def test_a_push_sent_again_with_its_times_changes_nothing(device_api, backup):
    first, second = now() - 20, now() - 10
    bins = task(at=first)
    body = {"now": now(), "task": [bins, {"id": bins["id"], "completion": 1, "at": second}]}
    device_api.push(**body)
    before = Backup.objects.values().get(pk=backup.pk)

    answer = device_api.push(**body)

    assert outcomes(answer) == ["superseded", "unchanged"]
    assert Backup.objects.values().get(pk=backup.pk) == before


def test_a_bad_item_is_reported_and_its_neighbours_are_applied(device_api):
    good, bad = task(), task(priority=4, name="x" * 128)

    answer = device_api.push(task=[bad, good])

    assert answer["results"] == [
        {
            "type": "task",
            "id": bad["id"],
            "outcome": "rejected",
            "errors": [
                {
                    "pointer": "/task/0/name",
                    "code": "too-long",
                    "detail": "The text is longer than the device can hold.",
                },
                {
                    "pointer": "/task/0/priority",
                    "code": "out-of-range",
                    "detail": "This must be between 1 and 3.",
                },
            ],
        },
        {"type": "task", "id": good["id"], "outcome": "applied"},
    ]
    assert device_api.pull()["task"] == [good]


@pytest.mark.parametrize(
    ("kind", "item"),
    [
        ("task", {"completion": 1}),
        ("task", {"name": "Half a task"}),
        ("event", {"name": "Half an event"}),
        ("habit", {"date": 1_794_096_000, "action": "add"}),
    ],
)
def test_a_change_of_an_unknown_entry_is_rejected(device_api, backup, kind, item):
    answer = device_api.push(**{kind: [{"id": str(uuid4())} | item]})

    assert outcomes(answer) == ["rejected"]
    error = answer["results"][0]["errors"][0]
    assert (error["pointer"], error["code"]) == (f"/{kind}/0/id", "unknown-entry")
    assert Backup.objects.get(pk=backup.pk).revision == backup.revision


def test_what_nobody_sees_does_not_change_a_tombstone(device_api):
    bins = task()
    since = device_api.pull()["cursor"]
    device_api.push(task=[bins, {"id": bins["id"], "completion": 2}])
    path = f"/api/sync/?since={since}"
    before = device_api.get(path)

    device_api.push(task=[{"id": bins["id"], "name": "Changed after death"}])

    after = device_api.get(path)
    assert after["ETag"] == before["ETag"]
    assert after.json()["task"] == before.json()["task"] == [bins | {"completion": 2}]


def test_a_deletion_of_an_unknown_entry_leaves_a_tombstone_that_beats_its_create(device_api):
    bins = task()
    since = device_api.pull()["cursor"]

    gone = device_api.push(task=[{"id": bins["id"], "completion": 2}])
    late = device_api.push(task=[bins])

    assert outcomes(gone) + outcomes(late) == ["applied", "superseded"]
    [tombstone] = device_api.pull(since)["task"]
    assert (tombstone["id"], tombstone["completion"], tombstone["name"]) == (bins["id"], 2, "")


def test_a_tombstone_of_which_nothing_is_known_is_sent_with_every_field_a_device_checks(device_api):
    since, id = device_api.pull()["cursor"], task()["id"]

    device_api.push(task=[{"id": id, "completion": 2}])

    assert device_api.pull(since)["task"] == [
        {
            "id": id,
            "name": "",
            "description": "",
            "completion": 2,
            "priority": 1,
            "duedate": 2_147_483_647,
        }
    ]


def test_a_habit_day_is_cut_to_its_utc_day_and_ticked_once(device_api, backup):
    run = habit(completed=[1_794_009_600])
    device_api.push(habit=[run])
    tick = {"id": run["id"], "date": 1_794_241_311, "action": "add"}

    answer = device_api.push(habit=[tick, tick, {**tick, "date": 1_794_009_600, "action": "del"}])

    assert outcomes(answer) == ["applied", "unchanged", "applied"]
    assert device_api.pull()["habit"][0]["completed"] == [1_794_182_400]
    assert HabitDay.objects.of(backup).count() == 2


def test_completed_days_in_a_pushed_habit_only_add(device_api):
    run = habit(completed=[1_794_009_600])
    device_api.push(habit=[run])

    device_api.push(habit=[run | {"completed": [1_794_096_000]}])

    assert device_api.pull()["habit"][0]["completed"] == [1_794_009_600, 1_794_096_000]


def test_a_second_living_habit_of_the_same_name_is_rejected(device_api):
    first, second = habit("Run"), habit("Run")

    answer = device_api.push(habit=[first, second])
    device_api.push(habit=[{"id": first["id"], "deleted": 1}])
    freed = device_api.push(habit=[second])

    assert answer["results"][1]["errors"] == [
        {"pointer": "/habit/1/name", "code": "name-taken", "detail": "Another habit has this name."}
    ]
    assert outcomes(freed) == ["applied"]


def test_a_push_writes_one_commit_and_one_log_row_for_each_entry(device_api, backup, device):
    bins, run = task(), habit()

    device_api.push(task=[bins, {"id": bins["id"], "completion": 1}], habit=[run])

    commit = Commit.objects.get(backup=backup, revision=backup.revision + 1)
    assert (commit.source, commit.person_id, commit.by) == ("device", None, device.name)
    logged = Change.objects.filter(backup=backup).order_by("type")
    assert list(logged.values_list("revision", "type", "day", "entry")) == [
        (1, "habit", -1, {"name": "Run", "goal": 42, "alive": True}),
        (
            1,
            "task",
            -1,
            {key: bins[key] for key in ("name", "description", "priority", "duedate")}
            | {"completion": 1, "alive": True},
        ),
    ]


def test_what_loses_is_kept_once_however_often_it_is_sent(device_api, alice_api, backup):
    bins = task(at=now() - 90)
    device_api.push(now=now(), task=[bins])
    alice_api.push(task=[{"id": bins["id"], "name": "Bins out"}])
    late = {"id": bins["id"], "name": "Bin", "at": now() - 60}

    for _again in range(2):
        device_api.push(now=now(), task=[late])

    lost = Overruled.objects.get(backup=backup)
    assert (lost.field, lost.value, lost.reason, lost.source) == ("name", "Bin", "newer", "device")


def test_of_what_loses_so_much_is_kept_and_no_more(device_api, backup, monkeypatch):
    monkeypatch.setattr("backups.ledger.MAX_LOST", 3)
    gone = task()
    device_api.push(task=[gone, {"id": gone["id"], "completion": 2}])

    answers = [
        device_api.push(task=[{"id": gone["id"], "completion": 1, "priority": 2}])
        for _time in range(3)
    ]

    assert [outcomes(answer) for answer in answers] == [["superseded"]] * 3
    assert Overruled.objects.filter(backup=backup).count() == 3


def test_a_push_cannot_reach_an_entry_of_another_device(device_api, bob, backup):
    bins = task()
    device_api.push(task=[bins])
    other = make_device(bob)

    Api.of_person(bob, other).push(task=[bins | {"name": "Overwritten"}])

    names = dict(Task.objects.values_list("backup", "name"))
    assert names == {backup.pk: "Bins", Backup.objects.of(other).pk: "Overwritten"}


def test_more_than_a_thousand_items_are_refused_and_none_is_applied(device_api, backup):
    """E10"""
    answer = device_api.post("/api/sync/", {"task": [task() for _number in range(1_001)]})

    assert (answer.status_code, answer.json()["code"]) == (413, "too-many-items")
    assert not Task.objects.of(backup).exists()


def test_a_cursor_of_another_claim_applies_nothing(device_api, bob, backup):
    foreign = Api.of_person(bob, make_device(bob)).pull()["cursor"]

    for since in (foreign, "nonsense", "", "AAAA"):
        answer = device_api.post("/api/sync/", {"since": since, "task": [task()]})

        assert (answer.status_code, answer.json()["code"]) == (410, "cursor-expired")
    assert not Task.objects.of(backup).exists()


def test_a_cursor_of_a_lost_history_applies_nothing(device_api, backup):
    since = device_api.push(task=[task()], since=device_api.pull()["cursor"])["cursor"]
    Commit.objects.filter(backup=backup, revision=1).delete()
    Backup.objects.filter(pk=backup.pk).update(revision=0, fingerprint=backup.fingerprint)

    answer = device_api.post("/api/sync/", {"since": since, "task": [task()]})

    assert (answer.status_code, answer.json()["code"]) == (409, "history-changed")
    assert Task.objects.of(backup).count() == 1


def test_the_copies_of_the_messages_are_the_messages():
    """Where the messages themselves lie beside the project."""
    assert {each.name: each.read_bytes() for each in WIRE.glob("*.json")} == {
        each.name: each.read_bytes() for each in COPY.glob("*.json")
    }


@pytest.mark.parametrize("name", ["push_task_status", "push_event_deleted", "push_habit_days"])
def test_messages_of_old_firmware_are_acknowledged(device_api, name):
    plan = json.loads((WIRE / "entries.json").read_text())
    device_api.push(**plan)
    message = json.loads((WIRE / f"{name}.json").read_text())

    answer = device_api.push(**message)

    assert (answer["id"], answer["action"], answer["ack"]) == ("server", "ack", 1)
    assert set(outcomes(answer)) <= {"applied", "unchanged"}


def test_the_messages_of_old_firmware_do_what_they_say(device_api):
    plan = json.loads((WIRE / "entries.json").read_text())
    device_api.push(**plan)
    for name in ("push_task_status", "push_event_deleted", "push_habit_days"):
        device_api.push(**json.loads((WIRE / f"{name}.json").read_text()))

    pulled = device_api.pull()

    lab, _colis, cello, _chore = plan["task"]
    night = plan["event"][1]
    water, stretch = plan["habit"]
    assert sorted(pulled["task"], key=lambda entry: entry["id"]) == [lab | {"completion": 1}, cello]
    assert pulled["event"] == [night]
    assert sorted(pulled["habit"], key=lambda entry: entry["id"]) == [
        water | {"completed": [*water["completed"], 1_794_182_400]},
        stretch,
    ]


def test_an_old_refresh_is_the_ordinary_answer_and_takes_items_too(device_api):
    bins = task()

    answer = device_api.push(action="refresh", type="task", task=[bins])

    assert (answer["ack"], outcomes(answer), answer["task"]) == (1, ["applied"], [bins])
    assert answer.keys() >= {"server_time", "next_poll", "days_since", "length"}


@pytest.mark.parametrize("kind", ["task", "event", "habit"])
def test_an_old_refresh_brings_the_living_entries_of_its_type(device_api, kind):
    plan = json.loads((WIRE / "entries.json").read_text())
    device_api.push(**plan)

    answer = device_api.push(id="c72572d0", action="refresh", type=kind)

    living = [entry for entry in plan[kind] if entry.get("completion") != 2]
    assert (answer["id"], answer["action"], answer["length"]) == ("server", "response", len(living))
    assert sorted(answer[kind], key=lambda entry: entry["id"]) == living


def test_the_plan_holds_what_it_may_and_refuses_what_would_add(device_api, backup, monkeypatch):
    """E10"""
    monkeypatch.setattr("backups.changes.MAX_LIVE", 2)
    kept, other, third = task(), task(), task()
    device_api.push(task=[kept, other])

    answer = device_api.push(task=[third, {"id": kept["id"], "completion": 2}, third])

    assert outcomes(answer) == ["rejected", "applied", "applied"]
    assert answer["results"][0]["errors"][0]["code"] == "quota-exceeded"
    held = Backup.objects.get(pk=backup.pk)
    assert (held.live_count, held.dead_count) == (2, 1)


def test_what_shrinks_or_keeps_the_size_goes_through_where_there_is_no_room(
    device_api, backup, monkeypatch
):
    """E10"""
    kept, other = task("Bins", description="x" * 20), task()
    device_api.push(task=[kept, other])
    size = Backup.objects.get(pk=backup.pk).live_bytes
    monkeypatch.setattr("backups.changes.MAX_BYTES", size)

    full = device_api.push(
        task=[
            {"id": kept["id"], "name": "Tins"},
            {"id": kept["id"], "description": "x" * 21},
            {"id": kept["id"], "description": "x" * 19},
            {"id": other["id"], "description": "y"},
            {"id": other["id"], "description": "yy"},
            task(),
            {"id": other["id"], "completion": 2},
            task(),
        ]
    )
    made = device_api.post("/api/tasks/", task("Longer than the one that went"))

    assert outcomes(full) == [
        *("applied", "rejected", "applied", "applied", "rejected", "rejected", "applied"),
        "applied",
    ]
    assert Backup.objects.get(pk=backup.pk).live_bytes == size - 1
    assert (made.status_code, made.json()["code"]) == (403, "quota-exceeded")


def test_beyond_so_many_dead_ids_no_unknown_one_is_taken_and_known_ones_still_go(
    device_api, backup, monkeypatch
):
    monkeypatch.setattr("backups.changes.MAX_DEAD", 2)
    kept, gone, late = task("Bins"), task("Tins"), task("Late")
    dead = [{"id": each["id"], "completion": 2} for each in (gone, late, kept)]

    first = device_api.push(task=[kept, gone, *dead[:2]])
    full = device_api.push(task=[task(), late, {"id": task()["id"], "completion": 2}])
    shrunk = device_api.push(task=[{"id": kept["id"], "name": "Pins"}, dead[2], dead[2]])

    assert outcomes(first) == ["applied"] * 4
    assert outcomes(full) == ["rejected", "superseded", "rejected"]
    assert {full["results"][at]["errors"][0]["code"] for at in (0, 2)} == {"quota-exceeded"}
    assert outcomes(shrunk) == ["applied", "applied", "unchanged"]
    assert Backup.objects.get(pk=backup.pk).dead_count == 3


def test_days_that_are_cleared_or_of_deleted_habits_take_room_too(device_api, backup, monkeypatch):
    """Their registers are kept for ever: without a bound a plan could grow without end."""
    monkeypatch.setattr("backups.changes.MAX_DAYS", 3)
    run, swim = habit("Run", completed=[DAY, 2 * DAY]), habit("Swim")

    def days(of: dict, **ticks: str) -> list[dict]:
        at = {"one": DAY, "two": 2 * DAY, "three": 3 * DAY, "four": 4 * DAY}
        return [{"id": of["id"], "date": at[day], "action": ticks[day]} for day in ticks]

    made = device_api.push(habit=[run, swim, *days(run, three="del"), *days(run, four="add")])
    gone = device_api.push(habit=[{"id": run["id"], "deleted": 1}])
    full = device_api.push(
        habit=[*days(swim, one="add", two="del"), *days(run, one="del", two="add", four="add")]
    )

    assert outcomes(made) == ["applied", "applied", "unchanged", "rejected"]
    assert outcomes(gone) == ["applied"]
    assert outcomes(full) == ["rejected", "rejected", "superseded", "superseded", "rejected"]
    assert {full["results"][at]["errors"][0]["code"] for at in (0, 1, 4)} == {"quota-exceeded"}
    assert Backup.objects.get(pk=backup.pk).day_count == HabitDay.objects.of(backup).count() == 3


def test_the_room_taken_is_counted_as_the_lines_that_devices_store(device_api, backup):
    bins, run = task("Déposer 📦"), habit(completed=[1_794_009_600])
    device_api.push(task=[bins], habit=[run])

    lines = [{"task": bins}, {"habit": run | {"deleted": 0}}]
    exact = sum(
        len(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode()) + 1
        for line in lines
    )
    assert exact <= Backup.objects.get(pk=backup.pk).live_bytes <= exact + 1


@pytest.mark.parametrize(
    ("item", "good"),
    [
        (task(duedate=0), True),
        (task(duedate=2**31 - 1), True),
        (task(duedate=-1), False),
        (task(duedate=2**31), False),
        (task(duedate=253_402_300_800), False),
        (event(starttime=0, duration=0), True),
        (event(duration=-1), False),
        (event(starttime=2**31 - 1, duration=2**31 - 1), True),
        (event(duration=2**31), False),
        (habit(completed=[2**31 - 1, 0, DAY, 0, DAY + 1]), True),
        (habit(completed=[0, -1]), False),
        (habit(completed=[2**31]), False),
        (habit() | {"date": -1, "action": "add"}, False),
    ],
)
def test_times_end_with_the_32_bits_of_devices(device_api, item, good):
    """E11"""
    kind = "task" if "duedate" in item else "event" if "starttime" in item else "habit"

    answer = device_api.push(**{kind: [item]})

    assert outcomes(answer) == ["applied" if good else "rejected"]
    assert len(device_api.pull()[kind]) == good


def test_a_habit_may_bring_tens_of_thousands_of_days_in_any_order(device_api):
    """E11"""
    today = now() // DAY * DAY
    days = [today - (number * 7919 % 20_000) * DAY for number in range(60_000)]

    answer = device_api.push(habit=[habit(completed=days)])

    assert outcomes(answer) == ["applied"]
    [shown] = device_api.pull()["habit"]
    assert shown["completed"] == [today - number * DAY for number in range(400, -1, -1)]


class Counting:
    """A cursor that remembers how many rows were read of it."""

    def __init__(self, cursor) -> None:
        self.cursor, self.rows = cursor, 0

    def __getattr__(self, name):
        return getattr(self.cursor, name)

    def fetchall(self) -> list:
        rows = self.cursor.fetchall()
        self.rows += len(rows)
        return rows


def test_a_push_reads_of_a_habit_only_the_days_that_it_names(device_api, backup):
    """E11: whoever stores the days of 68 years makes no push costly."""
    run, read = (
        habit(name=name, completed=[*range(0, 500 * DAY, DAY)]) for name in ("Run", "Read")
    )
    device_api.push(habit=[run, read])
    items = [Item("habit", run["id"], {}, {0: False, 499 * DAY: False, 500 * DAY: True})]

    with connection.cursor() as cursor:
        counting = Counting(cursor)
        [held] = ledger.load(counting, backup, items).values()

    assert counting.rows == 3
    assert {day: done for day, (_stamp, done) in held.state.days.items()} == {
        0: True,
        499 * DAY: True,
    }
