"""A restore brings back exactly what was there, in one transaction, and can be undone."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from backups import changes, history, points, restore, retention, tidying
from backups.actors import Actor
from backups.items import Item
from backups.models import Backup, Commit, RestorePoint, Task
from planner.problems import RuleError
from planner.times import now
from simulator.device import Device
from tests.backups.api import NOW, Api, entries, event, habit, task
from tests.backups.present import present
from tests.backups.replicas import InProcess
from tests.backups.test_any_order import WEB, apply, bounded, histories, new_plan
from tests.backups.test_history import BINS, push

DAY = 86_400


def counts(found: list) -> dict[str, int]:
    return {what: sum(one.what == what for one in found) for what in ("back", "changes", "goes")}


def check_restores(batches: list, wanted: int) -> None:
    with time_machine.travel(NOW, tick=False):
        backup = new_plan(0)
        seen = {1: present(backup)}
        for batch in batches:
            apply(backup, batch, 0)
            backup.refresh_from_db()
            seen[backup.revision] = present(backup)
        revision = max(one for one in seen if one <= wanted)
        before = present(backup)

        done = restore.restore(backup, revision, WEB)

        assert present(backup) == seen[revision]
        backup.refresh_from_db()
        assert history.plan(backup, backup.revision) == seen[revision]
        if done.pinned:
            restore.undo(backup, done.revision, WEB)
        assert present(backup) == before


@pytest.mark.django_db
@given(histories(), st.integers(1, 8))
@settings(max_examples=40, **bounded)
def test_a_restore_brings_back_what_was_there_and_its_undo_what_was_before(history, wanted):
    check_restores(history[1], wanted)


@pytest.mark.nightly
@pytest.mark.django_db
@given(histories(), st.integers(1, 8))
@settings(max_examples=500, **bounded)
def test_restores_and_their_undos_are_exact_in_many_histories(history, wanted):
    check_restores(history[1], wanted)


def test_habits_that_swapped_and_took_names_come_back_with_their_own(backup):
    ids = [str(uuid4()) for _ in range(4)]
    names = ("Run", "Read", "Swim")
    first = push(
        backup,
        *(Item("habit", id, {"name": n, "goal": 1}) for id, n in zip(ids, names, strict=False)),
    )
    then = present(backup)
    push(backup, Item("habit", ids[0], {"name": "x"}))
    push(backup, Item("habit", ids[1], {"name": "Run"}), Item("habit", ids[0], {"name": "Read"}))
    push(backup, Item("habit", ids[2], deleted=True))
    push(backup, Item("habit", ids[3], {"name": "Swim", "goal": 1}))

    restore.restore(backup, first, WEB)

    assert present(backup) == then


def test_a_restore_that_fits_is_never_refused_for_what_stands_in_its_way(backup, monkeypatch):
    """E10: the plan was full to the byte; on the way back it is never larger."""
    ids = [f"00000000-0000-4000-8000-00000000000{n}" for n in range(6)]
    short, long = {"description": ""}, {"description": "x" * 900}
    tasks = [Item("task", ids[0], BINS | long), Item("task", ids[1], BINS | short)]
    gone = Item("task", ids[2], BINS | long)
    habits = [
        Item("habit", id, {"name": n, "goal": 1}) for id, n in zip(ids[3:5], "ab", strict=True)
    ]
    full = push(backup, *tasks, gone, *habits)
    then = present(backup)
    backup.refresh_from_db()
    monkeypatch.setattr(changes, "MAX_BYTES", backup.live_bytes)
    monkeypatch.setattr(changes, "MAX_LIVE", backup.live_count)
    push(backup, Item("task", ids[0], short), Item("task", ids[2], deleted=True))
    push(backup, Item("task", ids[1], long), Item("task", ids[5], BINS | long))
    push(backup, *(Item("habit", id, {"name": n}) for id, n in zip(ids[3:5], "cd", strict=True)))
    push(backup, *(Item("habit", id, {"name": n}) for id, n in zip(ids[3:5], "ba", strict=True)))

    restore.restore(backup, full, WEB)

    assert present(backup) == then


@pytest.mark.parametrize("name", ["Run", "é" * 63])
def test_a_habit_that_comes_back_to_a_name_taken_since_gets_a_number(backup, name):
    one, other, gone = (str(uuid4()) for _ in range(3))
    first = Item("habit", one, {"name": name, "goal": 1})
    push(backup, first, Item("habit", gone, {"name": "Swim", "goal": 1}))
    renamed = push(backup, Item("habit", one, {"name": "Jog"}), Item("habit", gone, deleted=True))
    push(backup, Item("habit", other, {"name": name, "goal": 1}))
    push(backup, Item("habit", other, {"name": "Swim"}), Item("habit", other, {"name": name}))

    done = restore.undo(backup, renamed, WEB)

    names = {key[1]: still.values["name"] for key, still in present(backup).items()}
    free = names[one]
    assert names == {one: free, other: name, gone: "Swim"}
    assert free.startswith(name[:-2])
    assert free.endswith(" (2)")
    assert len(free.encode()) <= 127
    assert {found.then.values["name"] for found in done.differences} == {free, "Swim"}


def test_a_whole_push_is_refused_for_two_habits_of_one_name(backup):
    """The importer and the restores number names before; whoever forgets changes nothing."""
    push(backup, Item("habit", str(uuid4()), {"name": "Run", "goal": 1}))
    before = present(backup)

    for names in (("Run",), ("Swim", "Swim")):
        items = [Item("habit", str(uuid4()), {"name": name, "goal": 1}) for name in names]
        with pytest.raises(RuleError) as refused:
            changes.push(backup, items, WEB, whole=True)
        assert refused.value.slug == "conflict"
    with pytest.raises(RuleError, match="not known"):
        changes.push(backup, [Item("task", str(uuid4()), {"completion": 1})], WEB, whole=True)

    assert present(backup) == before


def test_a_restore_that_has_no_room_changes_nothing(backup, monkeypatch):
    old = [Item("task", str(uuid4()), BINS) for _ in range(3)]
    first = push(backup, *old)
    push(backup, *(Item("task", item.id, deleted=True) for item in old))
    before = (present(backup), RestorePoint.objects.count(), Commit.objects.count())
    monkeypatch.setattr(changes, "MAX_LIVE", 2)

    with pytest.raises(RuleError) as refused:
        restore.restore(backup, first, WEB)

    assert refused.value.slug == "quota-exceeded"
    assert (present(backup), RestorePoint.objects.count(), Commit.objects.count()) == before


def test_the_api_pins_lists_shows_compares_restores_and_removes(device_api, alice_api, alice):
    bins, dentist, run = task("Bins"), event(), habit()
    device_api.push(task=[bins], event=[dentist], habit=[run | {"completed": [0, DAY]}])
    made = alice_api.post("/api/backups/", {"name": "Before the move"})
    point = made.json()
    assert (made.status_code, made["Location"]) == (201, f"/api/backups/{made.json()['id']}/")
    assert device_api.get("/api/backups/").json() == [point]
    assert point == {
        "id": point["id"],
        "name": "Before the move",
        "reason": "named",
        "by": str(alice),
        "created_at": point["created_at"],
        "revision": 1,
        "counts": {"task": 1, "event": 1, "habit": 1},
        "checksum": point["checksum"],
    }
    path = f"/api/backups/{point['id']}/"
    whole = json.loads(b"".join(device_api.get(path)))
    assert whole == point | {
        "task": [bins],
        "event": [dentist | {"deleted": 0}],
        "habit": [run | {"completed": [0, DAY], "deleted": 0}],
    }
    moment = json.loads(b"".join(device_api.get(f"/api/backups/state/?at={now()}")))
    assert entries(moment) == entries(whole)
    assert moment["checksum"] == point["checksum"]

    late = task("Late")
    device_api.push(
        task=[{"id": bins["id"], "completion": 2}, late],
        event=[{"id": dentist["id"], "duration": 60}],
        habit=[{"id": run["id"], "date": 0, "action": "del"}],
    )
    told = device_api.get(f"{path}diff/").json()
    difference = {"type": "task", "id": bins["id"], "what": "back", "name": "Bins"}
    assert told["counts"] == {"back": 1, "changes": 2, "goes": 1}
    assert sorted(told["differences"], key=lambda one: one["name"]) == [
        difference,
        {
            "type": "event",
            "id": dentist["id"],
            "what": "changes",
            "name": "Dentist",
            "fields": {"duration": [60, 3600]},
        },
        {"type": "task", "id": late["id"], "what": "goes", "name": "Late"},
        {
            "type": "habit",
            "id": run["id"],
            "what": "changes",
            "name": "Run",
            "fields": {},
            "days": {"add": [0], "del": []},
        },
    ]

    stale = alice_api.post(f"{path}restore/", {"expected": told["revision"] - 1})
    done = alice_api.post(f"{path}restore/", {"expected": told["revision"]})

    assert (stale.status_code, stale.json()["code"]) == (412, "precondition-failed")
    assert done.json()["counts"] == told["counts"]
    assert done.json()["pinned"]["reason"] == "restore"
    again = json.loads(b"".join(device_api.get(f"/api/backups/state/?at={now()}")))
    assert (entries(again), again["checksum"]) == (entries(whole), point["checksum"])
    last = Commit.objects.order_by("pk").last()
    assert (last.source, last.by, last.person_id) == ("restore", str(alice), alice.pk)
    assert alice_api.post(f"{path}restore/", {}).json()["pinned"] is None
    assert alice_api.send("POST", f"{path}restore/", b"").json()["pinned"] is None

    pinned = f"/api/backups/{done.json()['pinned']['id']}/"
    assert alice_api.send("DELETE", pinned).json()["code"] == "conflict"
    assert alice_api.send("DELETE", path).status_code == 204
    assert alice_api.get(path).status_code == 404


def test_a_moment_is_brought_back(backup, alice_api):
    push(backup, Item("task", str(uuid4()), BINS))
    Commit.objects.filter(backup=backup).update(created_at=timezone.now() - timedelta(hours=1))
    then = present(backup)
    push(backup, *(Item("task", id, deleted=True) for _kind, id in then))

    answer = alice_api.post("/api/backups/restore/", {"at": now() - 60})

    assert answer.json()["counts"] == {"back": 1, "changes": 0, "goes": 0}
    assert present(backup) == then
    future = alice_api.post("/api/backups/restore/", {"at": now() + 1000})
    assert (future.status_code, future.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/backups/", {}),
        ("/api/backups/", {"name": ""}),
        ("/api/backups/", {"name": "a", "more": 1}),
        ("/api/backups/restore/", {}),
        ("/api/backups/restore/", {"at": True}),
        ("/api/backups/restore/", {"at": -1}),
        ("/api/backups/restore/", {"at": 1, "expected": "1"}),
    ],
)
def test_a_body_that_is_not_right_is_refused_by_its_field(alice_api, path, body):
    answer = alice_api.post(path, body)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert answer.json()["errors"]


@pytest.mark.parametrize("at", ["", "1.5", "-1", "x", "9" * 30])
def test_a_moment_that_is_none_is_refused(alice_api, at):
    answer = alice_api.get(f"/api/backups/state/?at={at}")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_the_points_of_another_plan_are_not_there(backup, alice_api, bob):
    other = Backup.objects.create(claim=uuid4(), device_id=0, opened_stamp=0)
    point = points.pin(other, points.Reason.DAILY)

    answers = [
        alice_api.get(f"/api/backups/{point.pk}/"),
        alice_api.get(f"/api/backups/{point.pk}/diff/"),
        alice_api.post(f"/api/backups/{point.pk}/restore/", {}),
        alice_api.send("DELETE", f"/api/backups/{point.pk}/"),
        alice_api.get(f"/api/backups/{10**30}/"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5


def test_the_device_follows_by_an_ordinary_sync_and_has_the_plan_of_the_preview(
    alice, device, unit
):
    tablet = Device("http://t", unit.serial, unit.key, ":memory:", transport=InProcess())
    # At its first contact it makes a key of its own, which ends all tokens of before.
    tablet.sync()
    alice_api = Api.of_person(alice, device)
    bins, run = task("Bins"), habit() | {"completed": [0, DAY]}
    alice_api.push(task=[bins, task("Mop")], event=[event()], habit=[run])
    tablet.sync()
    then = tablet.plan()
    point = alice_api.post("/api/backups/", {"name": "Then"}).json()
    alice_api.push(
        task=[{"id": bins["id"], "completion": 2}, task("Late")],
        event=[event("New")],
        habit=[{"id": run["id"], "deleted": 1}],
    )
    tablet.sync()
    assert tablet.plan() != then

    alice_api.post(f"/api/backups/{point['id']}/restore/", {})
    tablet.sync()

    preview = json.loads(b"".join(alice_api.get(f"/api/backups/{point['id']}/")))
    assert tablet.plan() == then
    assert {kind: sorted(one["id"] for one in rows) for kind, rows in tablet.plan().items()} == {
        kind: [one["id"] for one in preview[kind]] for kind in ("task", "event", "habit")
    }
    tablet.close()


def test_undo_takes_one_commit_back_but_not_what_was_changed_again_since(backup):
    one, two = (str(uuid4()) for _ in range(2))
    push(backup, Item("task", one, BINS), Item("task", two, BINS))
    ticked = push(backup, *(Item("task", id, {"completion": 1}) for id in (one, two)))
    push(backup, Item("task", two, {"completion": 0, "name": "Changed again"}))
    push(backup, Item("task", two, {"completion": 1}))
    push(backup, Item("task", one, {"name": "Changed too"}))

    done = restore.undo(backup, ticked, WEB)

    states = {str(row.uuid): (row.name, row.completion) for row in Task.objects.of(backup)}
    assert states == {one: ("Changed too", 0), two: ("Changed again", 0)}
    assert done.pinned is None


def test_a_commit_is_not_undone_in_part_when_only_the_moment_before_it_is_kept(backup):
    one, two = (str(uuid4()) for _ in range(2))
    push(backup, Item("task", one, BINS), Item("task", two, BINS))
    points.pin(backup, RestorePoint.Reason.DELETE)
    ticked = push(backup, *(Item("task", id, {"completion": 1}) for id in (one, two)))
    push(backup, Item("task", two, {"name": "Changed again"}))
    Commit.objects.filter(backup=backup).update(created_at=timezone.now() - timedelta(days=40))
    retention.compact(backup)

    with pytest.raises(RuleError) as refused:
        restore.undo(backup, ticked, WEB)

    states = Task.objects.of(backup).values_list("completion", flat=True)
    assert (refused.value.slug, list(states)) == ("not-found", [1, 1])


def test_finished_tasks_go_when_their_device_wants_them_gone(backup, device):
    """A24"""
    device.settings = {"keep_completed": 3 * 3600 * 4}
    device.save(update_fields=["settings"])
    old, young, todo = (str(uuid4()) for _ in range(3))
    at = now()
    push(backup, *(Item("task", id, BINS, at=at - DAY) for id in (old, young, todo)))
    Backup.objects.filter(pk=backup.pk).update(opened_stamp=0)
    push(backup, Item("task", old, {"completion": 1}, at=at - 13 * 3600))
    push(backup, Item("task", young, {"completion": 1}, at=at - 11 * 3600))

    assert [tidying.tidy(), tidying.tidy()] == [1, 0]

    assert set(present(backup)) == {("task", young), ("task", todo)}
    assert Commit.objects.order_by("pk").last().by == "tidying"


def test_an_actor_of_a_restore_is_who_asked_for_it(backup, alice):
    first = push(backup, Item("task", str(uuid4()), BINS))
    push(backup, Item("task", str(uuid4()), BINS))

    done = restore.restore(backup, first, Actor("person", "Alice", alice.pk))

    assert (done.pinned.by, done.pinned.person_id) == ("Alice", alice.pk)
