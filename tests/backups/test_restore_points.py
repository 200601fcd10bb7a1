"""Restore points keep what they show, and what nobody needs any more goes."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from backups import changes, checks, history, points, retention, stills
from backups.items import Item
from backups.models import Backup, Change, Commit, Habit, Overruled, RestorePoint, Task
from devices import members
from devices.models import Membership
from planner.problems import RuleError
from planner.times import now
from tests.backups.api import NOW
from tests.backups.test_any_order import WEB, apply, bounded, histories, new_plan
from tests.backups.test_history import BINS, push
from tests.factories import make_device
from tests.snapshot import snapshot

DAY = 86_400
Reason = RestorePoint.Reason


def age(backup: Backup, **ago: int) -> None:
    """Let everything that has happened so far have happened so much earlier."""
    before = datetime.fromtimestamp(NOW, UTC) - timedelta(**ago)
    Commit.objects.filter(backup=backup).update(created_at=before)


def document(answer) -> dict:
    """Return the JSON of an answer that comes in pieces."""
    return json.loads(b"".join(answer))


def made_at(backup: Backup, moment: datetime, reason: str = Reason.DAILY) -> RestorePoint:
    point = points.pin(backup, reason, name="kept" if reason == Reason.NAMED else "")
    RestorePoint.objects.filter(pk=point.pk).update(created_at=moment)
    return point


# --- Pinned --------------------------------------------------------------------------------


def test_a_point_has_counts_and_a_checksum_of_its_lines(backup):
    id = "0d2a7c1e-5b0e-4a53-9a61-0a9a3f1f6a01"
    push(backup, Item("task", id, BINS), Item("habit", id, {"name": "Run", "goal": 1}, {0: True}))

    point = points.pin(backup, Reason.DAILY)

    lines = (
        f'{{"habit":{{"id":"{id}","name":"Run","goal":1,"completed":[0],"deleted":0}}}}\n'
        f'{{"task":{{"id":"{id}","name":"Bins","description":"","completion":0,"priority":1,'
        f'"duedate":{NOW}}}}}\n'
    )
    assert point.counts == {"task": 1, "event": 0, "habit": 1}
    assert point.checksum == hashlib.sha256(lines.encode()).hexdigest()


def test_changed_plans_alone_are_pinned_and_once(backup, bob):
    quiet = Backup.objects.of(make_device(bob))
    changes.touch(quiet, "the device was renamed")
    push(backup, Item("task", str(uuid4()), BINS))

    assert [points.pin_changed(), points.pin_changed()] == [1, 0]

    [point] = RestorePoint.objects.all()
    assert (point.backup, point.reason, point.revision) == (backup, Reason.DAILY, 1)


def test_a_plan_is_pinned_when_its_device_is_handed_over(backup, device, alice, bob):
    push(backup, Item("task", str(uuid4()), BINS))
    editor = Membership.objects.create(device=device, user=bob, role=Membership.Role.EDITOR)
    members.offer(device, editor.pk, by=alice)

    members.take_over(device, by=bob)

    [point] = RestorePoint.objects.all()
    assert (point.backup, point.reason, point.revision) == (backup, Reason.HAND_OVER, 1)
    assert (point.counts["task"], point.by, point.person_id) == (1, str(bob), bob.pk)


def test_a_plan_has_a_hundred_named_points_at_most(backup, monkeypatch):
    monkeypatch.setattr(points, "MAX_NAMED", 1)
    points.pin_named(backup, "One", WEB)

    with pytest.raises(RuleError, match="100 named"):
        points.pin_named(backup, "Two", WEB)

    points.pin(backup, Reason.RESTORE)


def test_a_plan_that_cannot_be_read_keeps_no_other_from_its_daily_point(alice, caplog):
    for name in ("Kitchen", "Hall"):
        push(Backup.objects.of(make_device(alice, name=name)), Item("task", str(uuid4()), BINS))
    Change.objects.filter(backup=Backup.objects.earliest("pk")).update(entry={})

    with pytest.raises(KeyError):
        points.pin_changed()

    assert [point.backup for point in RestorePoint.objects.all()] == [Backup.objects.latest("pk")]


# --- Thinned -------------------------------------------------------------------------------


def test_points_are_thinned_to_days_weeks_and_months_counted_from_the_newest(backup):
    newest = datetime(2026, 11, 22, 12, tzinfo=UTC)
    for days in range(500):
        made_at(backup, newest - timedelta(days=days))
    twice = made_at(backup, newest - timedelta(hours=1))
    named = made_at(backup, newest - timedelta(days=900), Reason.NAMED)

    points.thin(backup)

    left = set(backup.points.values_list("created_at", flat=True))
    weeks = [datetime(2026, 11, day, 12, tzinfo=UTC) for day in (22, 15, 8, 1)]
    months = [datetime(2026, month, 1, 12, tzinfo=UTC) for month in range(1, 12)]
    month_ends = [month - timedelta(days=1) for month in months]
    days_kept = {newest - timedelta(days=day) for day in range(7)}
    assert left == days_kept | set(weeks) | set(month_ends) | {newest - timedelta(days=900)}
    assert not RestorePoint.objects.filter(pk=twice.pk).exists()
    assert RestorePoint.objects.filter(pk=named.pk).exists()


# --- Compacted -----------------------------------------------------------------------------


def shown(backup: Backup, revision: int) -> str:
    return "".join(still.wire for still in history.stills(backup, revision))


def check_compaction(batches: list, pinned: set[int], old: int) -> None:
    """Compact a random history and compare every kept point, and every young moment."""
    with time_machine.travel(NOW, tick=False):
        backup = new_plan(0)
        for batch in batches:
            apply(backup, batch, 0)
        backup.refresh_from_db()
        kept = {revision for revision in pinned if revision <= backup.revision}
        for revision in kept:
            point = points.pin(backup, Reason.NAMED, name="kept")
            summary = stills.summed(history.stills(backup, revision))
            RestorePoint.objects.filter(pk=point.pk).update(
                revision=revision, counts=summary.counts, checksum=summary.checksum
            )
        Commit.objects.filter(backup=backup, revision__lte=old).update(
            created_at=datetime.fromtimestamp(NOW - 32 * DAY, UTC)
        )
        kept |= set(range(min(old, backup.revision), backup.revision + 1))
        before = {revision: shown(backup, revision) for revision in kept}
        rows = Change.objects.filter(backup=backup).count()

        gone = retention.compact(backup)
        retention.erase_texts(backup)

        assert {revision: shown(backup, revision) for revision in kept} == before
        assert Change.objects.filter(backup=backup).count() == rows - gone
        assert checks.broken(backup.points.all()) == []
        assert retention.compact(backup) == 0


pins = st.sets(st.integers(0, 8), max_size=3)


@pytest.mark.django_db
@given(histories(), pins, st.integers(0, 10))
@settings(max_examples=40, **bounded)
def test_compaction_changes_no_kept_point_by_a_byte(history, pinned, old):
    check_compaction(history[1], pinned, old)


@pytest.mark.nightly
@pytest.mark.django_db
@given(histories(), pins, st.integers(0, 10))
@settings(max_examples=500, **bounded)
def test_compaction_changes_no_kept_point_by_a_byte_in_many_histories(history, pinned, old):
    check_compaction(history[1], pinned, old)


def test_compaction_leaves_what_is_needed_and_nothing_else(backup):
    id = str(uuid4())
    with time_machine.travel(NOW, tick=False):
        push(backup, Item("task", id, BINS))
        for name in ("a", "b", "c", "d"):
            push(backup, Item("task", id, {"name": name}))
        point = points.pin(backup, Reason.NAMED, name="Kept")
        RestorePoint.objects.filter(pk=point.pk).update(revision=2)
        age(backup, days=32)
        push(backup, Item("task", id, {"name": "e"}))

        assert retention.compact(backup) == 3

    left = Change.objects.filter(backup=backup).order_by("revision")
    assert list(left.values_list("revision", flat=True)) == [2, 5, 6]


def test_what_is_not_kept_is_a_404_that_names_the_nearest_points(backup, device_api):
    push(backup, Item("task", str(uuid4()), BINS))
    push(backup, Item("task", str(uuid4()), BINS))
    log = Commit.objects.filter(backup=backup)
    log.update(created_at=datetime.now(UTC) - timedelta(days=40))
    log.filter(revision=0).update(created_at=datetime.now(UTC) - timedelta(days=50))
    point = made_at(backup, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))

    # What was 45 days ago ended before the 30 days began; what was 39 days ago did not.
    before, between, young = (
        device_api.get(f"/api/backups/state/?at={now() - days * DAY}") for days in (60, 45, 39)
    )

    for answer in (before, between):
        told = f"The nearest restore points: {point.pk} (2026-01-02T03:04:05Z)."
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
        assert told in answer.json()["detail"]
    assert document(young)["counts"] == {"task": 2, "event": 0, "habit": 0}


def test_texts_of_what_was_deleted_long_ago_are_erased_and_points_keep_theirs(backup, device_api):
    with time_machine.travel(NOW, tick=False):
        secret = {"name": "secret", "description": "secret", "priority": 3, "duedate": NOW}
        ids = [str(uuid4()) for _ in range(2)]
        push(backup, *(Item("task", id, secret) for id in ids))
        push(backup, Item("habit", ids[0], {"name": "secret", "goal": 1}, {0: True}))
        push(backup, Item("task", ids[0], deleted=True), Item("habit", ids[0], deleted=True))
        push(backup, Item("task", ids[0], {"name": "secret too"}))
        age(backup, days=32)
        Overruled.objects.update(created_at=datetime.fromtimestamp(NOW - 32 * DAY, UTC))
        push(backup, Item("task", ids[1], deleted=True))
        retention.forget_old_history()

    dead = Task.objects.of(backup).get(uuid=ids[0])
    assert (dead.name, dead.description, dead.priority) == ("", "", 1)
    assert "secret" not in dead.wire
    assert json.loads(dead.wire)["completion"] == 2
    assert Habit.objects.of(backup).get(uuid=ids[0]).name == ""
    assert Task.objects.of(backup).get(uuid=ids[1]).name == "secret"
    assert not Overruled.objects.exists()
    logged = Change.objects.filter(backup=backup, uuid=ids[0]).values_list("entry", flat=True)
    assert "secret" not in json.dumps(list(logged))
    [result] = changes.push(backup, [Item("task", ids[0], restored=True)], WEB).results
    assert (result.outcome, result.errors[0]["code"]) == ("rejected", "unknown-entry")


def test_a_text_that_came_late_to_a_deleted_entry_is_erased_too(backup):
    with time_machine.travel(NOW, tick=False):
        id = str(uuid4())
        push(backup, Item("task", id, deleted=True))
        age(backup, days=32)
        push(backup, Item("task", id, {"description": "secret"}))
        push(backup, Item("task", str(uuid4()), BINS))
        retention.forget_old_history()
        again = retention.erase_texts(backup)

    assert Task.objects.of(backup).get(uuid=id).description == ""
    assert again == 0


def test_a_point_that_was_tampered_with_is_told(backup, capsys):
    push(backup, Item("task", str(uuid4()), BINS))
    point = points.pin(backup, Reason.DAILY)
    call_command("check_backups")
    assert capsys.readouterr().out == "1 restore points are whole.\n"
    row = Change.objects.get(backup=backup)
    row.entry |= {"name": "Bims"}
    row.save(update_fields=["entry"])

    with pytest.raises(CommandError, match=f"not whole: {point.pk}"):
        call_command("check_backups", "--all")
    with pytest.raises(RuleError):
        checks.check_sample()


def test_a_row_of_no_plan_is_told(backup, device):
    push(backup, Item("task", str(uuid4()), BINS))
    call_command("check_backups", "--all")

    Change.objects.filter(backup=backup).update(backup=backup.pk + 1)

    with pytest.raises(CommandError, match="rows of no plan: backups_change"):
        call_command("check_backups", "--all")


def test_a_plan_is_forgotten_thirty_days_after_its_release(backup, bob):
    other = Backup.objects.of(make_device(bob))
    for plan in (backup, other):
        habit = Item("habit", str(uuid4()), {"name": "Run", "goal": 1}, {0: True})
        push(plan, Item("task", str(uuid4()), BINS), habit)
        points.pin(plan, Reason.RELEASE)
    month = timedelta(days=30)
    Backup.objects.filter(pk=backup.pk).update(closed_at=datetime.now(UTC) - month)
    before = of_plan(other)

    assert retention.forget_released() == 1

    assert not Backup.objects.filter(pk=backup.pk).exists()
    assert not any(of_plan(backup).values())
    assert of_plan(other) == before


def of_plan(backup: Backup) -> dict[str, list[dict]]:
    """Return every row, of any table, that belongs to a plan."""
    return {
        name: [row for row in rows if row.get("backup_id") == backup.pk]
        for name, rows in snapshot().items()
    }
