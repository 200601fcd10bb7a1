"""Many writers at once, with real connections: no reader misses a change, no count is wrong."""

import random
import time
from contextlib import suppress
from datetime import timedelta
from functools import partial
from threading import Event as Signal
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from backups import changes, checks, cursors, points, restore, retention, sync, waiting_imports
from backups.changes import Actor
from backups.imports import MERGE, Found
from backups.items import Item
from backups.models import Backup, Change, Commit, Task, WaitingImport
from devices import lifecycle
from devices.callers import Caller
from planner.problems import RuleError
from planner.times import now
from tests.factories import make_device
from tests.races import at_once, meanwhile

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

SECONDS = 20
WRITERS = 6
ROUNDS = 8


def new_task(name: str) -> Item:
    """A task that needs no more."""
    return Item("task", str(uuid4()), {"name": name, "priority": 1, "duedate": now()})


def push(backup: Backup, item: Item) -> str:
    """Push one item, and return its outcome."""
    return changes.push(backup, [item], Actor.server("test")).results[0].outcome


def test_an_incremental_reader_under_six_writers_misses_nothing(backup):
    """F2r: a cursor on a sequence or a time stamp would miss some percent here."""
    until = time.monotonic() + SECONDS
    done = Signal()
    running = [WRITERS]
    ids = [str(uuid4()) for _number in range(40)]

    def write() -> int:
        actor, pushes = Actor.server("writer"), 0
        while time.monotonic() < until:
            known = Item("task", random.choice(ids), dict(new_task(str(pushes)).fields))
            changes.push(backup, [new_task("New"), known], actor)
            pushes += 1
        running[0] -= 1
        if not running[0]:
            done.set()
        return pushes

    def read() -> tuple[dict, set[int]]:
        held: dict[UUID, str] = {}
        seen: set[int] = set()
        cursor = cursors.present(backup)
        while True:
            last_round = done.is_set()
            page = sync.pull(Backup.objects.get(pk=backup.pk), cursor, limit=7, now=now())
            held |= {row.uuid: row.wire for row in page.rows}
            seen.add(page.cursor.revision)
            cursor = page.cursor
            if last_round and not page.more:
                return held, seen

    *pushes, (held, _seen) = at_once([write] * WRITERS + [read])

    whole = sync.pull(Backup.objects.get(pk=backup.pk), None, limit=10**9, now=now())
    assert held == {row.uuid: row.wire for row in whole.rows}
    total = Backup.objects.get(pk=backup.pk)
    assert total.revision == sum(pushes)
    assert total.live_count == Task.objects.of(total).alive().count() == len(held)
    revisions = Commit.objects.filter(backup=total).order_by("revision")
    assert list(revisions.values_list("revision", flat=True)) == list(range(sum(pushes) + 1))


@pytest.mark.parametrize("rounds", [20, pytest.param(200, marks=pytest.mark.nightly)])
def test_a_push_in_flight_is_wholly_before_a_release_or_not_at_all(alice, rounds):
    """B9: nothing is written once the release was committed."""
    for number in range(rounds):
        device = make_device(alice, name=f"Tablet {number}")
        caller = Caller(device, by_key=True)
        backup = Backup.objects.of(device)

        def push_on(caller=caller, backup=backup) -> int:
            pushed = 0
            while True:
                try:
                    changes.push(backup, [new_task("A"), new_task("B")], Actor.of(caller))
                except RuleError:
                    return pushed
                pushed += 1

        def release(device=device, backup=backup) -> int:
            time.sleep(random.random() / 50)
            lifecycle.release(device, by=alice)
            return Task.objects.of(backup).count()

        first, second, at_release = at_once([push_on, push_on, release])

        assert Task.objects.of(backup).count() == at_release == 2 * (first + second)


def test_a_tick_and_a_deletion_at_once_end_in_the_deletion(backup):
    for _round in range(30):
        item = new_task("Bins")
        push(backup, item)
        tick = Item("task", item.id, {"completion": 1})
        gone = Item("task", item.id, deleted=True)

        at_once([partial(push, backup, tick), partial(push, backup, gone)])

        task = Task.objects.get(backup=backup, uuid=item.id)
        assert (task.alive, task.completion) == (False, 1)
        deaths = Change.objects.filter(backup=backup, uuid=UUID(item.id), entry__alive=False)
        assert deaths.count() == 1


def test_the_same_new_habit_from_two_sides_is_taken_once(backup):
    for number in range(20):
        pair = [
            Item("habit", str(uuid4()), {"name": f"Run {number}", "goal": 1}) for _side in range(2)
        ]

        results = at_once([partial(push, backup, item) for item in pair])

        assert sorted(results) == ["applied", "rejected"]


def test_points_that_are_named_at_once_pass_no_limit(backup, monkeypatch):
    monkeypatch.setattr(points, "MAX_NAMED", 2)
    actor = Actor.server("test")

    at_once([partial(points.pin_named, backup, f"Point {number}", actor) for number in range(8)])

    assert backup.points.count() == 2


def test_a_restore_reads_no_point_of_which_the_log_is_gone_at_that_moment(backup):
    first, second = new_task("First"), new_task("Second")
    push(backup, first)
    point = points.pin(backup, points.Reason.NAMED, name="Spring")
    push(backup, Item("task", first.id, {"name": "Renamed"}))
    push(backup, second)
    ago = timezone.now() - timedelta(days=40)
    Commit.objects.filter(backup=backup).update(created_at=ago)

    def go() -> None:
        points.remove(point)
        retention.compact(backup)

    with (
        meanwhile(go, before="FOR NO KEY UPDATE"),
        pytest.raises(RuleError, match="not kept any more"),
    ):
        restore.restore(backup, point.revision, Actor.server("test"))

    living = Task.objects.of(backup).alive().values_list("name", flat=True)
    assert sorted(living) == ["Renamed", "Second"]


def test_a_plan_that_is_forgotten_by_several_at_once_is_gone_without_an_error(alice):
    for number in range(ROUNDS):
        backup = Backup.objects.of(make_device(alice, name=f"Tablet {number}"))
        same = [Backup.objects.get(pk=backup.pk) for _ in range(3)]
        at_once([partial(retention.forget, one) for one in same])

    assert not Backup.objects.exists()


def test_a_push_while_a_plan_is_forgotten_leaves_no_row_behind(alice):
    def push_if_there(backup: Backup) -> None:
        with suppress(Backup.DoesNotExist):
            push(backup, new_task("Late"))

    for number in range(ROUNDS):
        backup = Backup.objects.of(make_device(alice, name=f"Tablet {number}"))
        at_once([partial(push_if_there, backup), partial(retention.forget, backup)])

    assert checks.strays() == []
    assert not Task.objects.exists()


def test_of_files_of_one_person_that_come_at_once_one_waits(backup, alice):
    """Else each of many at once would be kept for a day."""
    keep = partial(waiting_imports.keep, backup, Actor("person", "Alice", alice.pk), MERGE, Found())

    at_once([keep] * WRITERS)

    assert WaitingImport.objects.filter(backup=backup, person_id=alice.pk).count() == 1
