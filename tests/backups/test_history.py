"""The plan at any moment is what was there then, whatever has happened since."""

from uuid import uuid4

import pytest
import time_machine
from hypothesis import given, settings

from backups import changes, history
from backups.items import Item
from backups.models import Backup, Commit, HabitDay
from backups.stills import Entries, Still
from tests.backups.api import NOW
from tests.backups.present import present
from tests.backups.test_any_order import (
    CREATES,
    DAY,
    IDS,
    WEB,
    apply,
    bounded,
    histories,
    new_plan,
    skews,
)

BINS = {"name": "Bins", "priority": 1, "duedate": NOW}


def push(backup: Backup, *items: Item) -> int:
    """Change the plan as the web does, and return its revision."""
    return changes.push(backup, list(items), WEB).revision


def whole(backup: Backup, revision: int) -> Entries:
    """Return the plan of a revision, read both ways."""
    plan = history.plan(backup, revision)
    assert list(plan.values()) == list(history.stills(backup, revision))
    return plan


def check(batches: list, skew: int) -> None:
    with time_machine.travel(NOW, tick=False):
        backup = new_plan(skew)
        seen = {1: present(backup)}
        for batch in batches:
            apply(backup, batch, skew)
            revision = Backup.objects.get(pk=backup.pk).revision
            seen[revision] = present(backup)

        assert {revision: history.plan(backup, revision) for revision in seen} == seen


@pytest.mark.django_db
@given(histories(), skews)
@settings(max_examples=40, **bounded)
def test_each_revision_shows_what_was_there_then(history, skew):
    check(history[1], skew)


@pytest.mark.nightly
@pytest.mark.django_db
@given(histories(), skews)
@settings(max_examples=500, **bounded)
def test_each_revision_shows_what_was_there_then_in_many_histories(history, skew):
    check(history[1], skew)


def test_days_that_changed_while_a_habit_was_deleted_are_there_when_it_is_back(backup):
    id = IDS["habit"]
    habit = Item("habit", id, CREATES["habit"], days={0: True, DAY: True})
    before = push(backup, habit)
    push(backup, Item("habit", id, deleted=True))
    push(backup, Item("habit", id, days={DAY: False, 2 * DAY: True}))

    after = push(backup, Item("habit", id, restored=True))

    key = ("habit", id)
    assert whole(backup, before) == {key: Still(*key, CREATES["habit"], (0, DAY))}
    assert whole(backup, after) == {key: Still(*key, CREATES["habit"], (0, 2 * DAY))}
    assert HabitDay.objects.of(backup).count() == 3


def test_a_plan_of_many_chunks_is_read_whole(backup, monkeypatch):
    monkeypatch.setattr(history, "CHUNK", 3)
    days = dict.fromkeys(range(0, 7 * DAY, DAY), True)
    items = [Item("habit", IDS["habit"], CREATES["habit"], days)]
    items += [Item("task", str(uuid4()), BINS) for _ in range(7)]

    revision = push(backup, *items)

    assert len(whole(backup, revision)) == 8


@pytest.mark.parametrize("count", [1, 30])
def test_a_plan_at_a_moment_is_one_query(backup, count, django_assert_num_queries):
    revision = push(backup, *(Item("task", str(uuid4()), BINS) for _ in range(count)))

    with django_assert_num_queries(1):
        assert len(history.plan(backup, revision)) == count


def test_only_what_was_touched_is_read_when_that_is_asked_for(backup):
    old, new = (Item("task", str(uuid4()), BINS) for _ in range(2))
    first = push(backup, old)
    second = push(backup, new)
    third = push(backup, Item("task", new.id, {"completion": 1}))

    def touched(revision: int, *between: int) -> list[str]:
        return [id for _kind, id in history.plan(backup, revision, touched=between)]

    assert touched(third, second, third) == [new.id]
    assert touched(second, third, third) == [new.id]
    assert touched(first, second, third) == []
    assert touched(third, first, first) == [old.id]


def test_a_moment_is_the_last_revision_of_its_second(backup):
    with time_machine.travel(NOW, tick=False) as clock:
        Commit.objects.filter(backup=backup).update(created_at="2000-01-01T00:00:00Z")
        first = push(backup, Item("task", str(uuid4()), BINS))
        second = push(backup, Item("task", str(uuid4()), BINS))
        clock.shift(10)
        third = push(backup, Item("task", str(uuid4()), BINS))

    moments = (0, NOW - 1, NOW, NOW + 9, NOW + 10, NOW + 10**6)
    assert (first, [history.revision_at(backup, moment) for moment in moments]) == (
        1,
        [None, 0, second, second, third, third],
    )
