"""Many chosen entries are changed as one commit, and one Undo brings back exactly what was."""

from datetime import UTC, date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from backups import bulk, changes, restore
from backups.actors import Actor
from backups.calendars import WallClock
from backups.items import Item
from backups.models import Commit, Event, RestorePoint, Task
from planner.problems import RuleError
from planner.times import FOREVER
from tests.backups.api import NOW
from tests.backups.present import present
from tests.backups.test_any_order import WEB
from tests.backups.test_history import BINS, push

DAY = 86_400
BERLIN = WallClock(NOW, ZoneInfo("Europe/Berlin"))
DENTIST = {"name": "Dentist", "description": "", "starttime": NOW, "duration": 600}
TOMORROW = date(2026, 11, 10)


@pytest.fixture
def chosen(backup) -> list[tuple[str, str]]:
    """A task with a date, one without, an event and a habit."""
    items = [
        Item("task", str(uuid4()), BINS | {"duedate": NOW}),
        Item("task", str(uuid4()), BINS | {"duedate": FOREVER}),
        Item("event", str(uuid4()), DENTIST),
        Item("habit", str(uuid4()), {"name": "Run", "goal": 1}, {0: True, DAY: True}),
    ]
    push(backup, *items)
    return [(item.type, item.id) for item in items]


def field(backup, chosen: list, name: str) -> list:
    plan = present(backup)
    return [plan[key].values.get(name) for key in chosen]


@pytest.mark.parametrize(
    ("action", "name", "after", "changed"),
    [
        pytest.param(bulk.TICK, "completion", [1, 1, None, None], 2, id="tick"),
        pytest.param(bulk.UNTICK, "completion", [0, 0, None, None], 0, id="untick"),
        pytest.param(bulk.priority(3), "priority", [3, 3, None, None], 2, id="priority"),
        pytest.param(
            bulk.to_day(None, BERLIN), "duedate", [FOREVER, FOREVER, None, None], 1, id="no day"
        ),
        pytest.param(
            bulk.to_day(TOMORROW, BERLIN),
            "duedate",
            [NOW + DAY, 1_794_351_540, None, None],
            3,
            id="day of tasks",
        ),
        pytest.param(
            bulk.to_day(TOMORROW, BERLIN),
            "starttime",
            [None, None, NOW + DAY, None],
            3,
            id="day of events",
        ),
    ],
)
def test_an_action_changes_what_it_is_about_and_its_undo_brings_all_back(
    backup, chosen, action, name, after, changed
):
    before = present(backup)

    done = bulk.apply(backup, chosen, action, WEB)

    assert field(backup, chosen, name) == after
    assert (done.changed, done.unchanged, done.pinned) == (changed, 4 - changed, None)
    if changed:
        restore.undo(backup, done.revision, WEB)
    assert present(backup) == before


def test_a_deletion_of_many_is_one_commit_with_a_restore_point_before_it(backup, chosen, alice):
    before, commits = present(backup), Commit.objects.count()

    done = bulk.apply(backup, chosen, bulk.DELETE, Actor("person", "Alice", alice.pk))

    assert present(backup) == {}
    assert (done.changed, done.unchanged) == (4, 0)
    assert Commit.objects.count() == commits + 1
    point = RestorePoint.objects.get()
    assert (point, point.reason, point.by, point.person_id, point.revision) == (
        *(done.pinned, "delete", "Alice", alice.pk),
        done.revision - 1,
    )
    restore.undo(backup, done.revision, WEB)
    assert present(backup) == before


def test_one_deleted_entry_makes_no_restore_point(backup, chosen):
    done = bulk.apply(backup, chosen[:1], bulk.DELETE, WEB)

    assert (done.changed, done.pinned, RestorePoint.objects.count()) == (1, None, 0)


def test_what_is_gone_unknown_or_chosen_twice_is_passed_over(backup, chosen):
    push(backup, Item(*chosen[0], deleted=True))
    backup.refresh_from_db()
    gone = [chosen[0], chosen[0], ("task", str(uuid4()))]

    done = bulk.apply(backup, gone, bulk.TICK, WEB)

    assert done == (backup.revision, 0, 2, None)
    assert bulk.apply(backup, [], bulk.DELETE, WEB).changed == 0


def test_the_entries_of_another_plan_are_not_reached(backup, chosen, alice):
    other = Actor.server("nobody")
    stranger = type(backup).objects.create(claim=uuid4(), device_id=0, opened_stamp=0)
    before = present(backup)

    done = bulk.apply(stranger, chosen, bulk.DELETE, other)

    assert (done.changed, present(backup)) == (0, before)


def test_undo_leaves_what_was_changed_again_and_takes_back_the_rest(backup, chosen):
    """Field by field, as everywhere: the tick came from the tablet after the bulk change."""
    first, second = chosen[:2]
    done = bulk.apply(backup, [first, second], bulk.priority(3), WEB)
    push(backup, Item(*first, {"completion": 1}), Item(*second, {"priority": 2}))

    restore.undo(backup, done.revision, WEB)

    rows = {str(row.uuid): (row.priority, row.completion) for row in Task.objects.of(backup)}
    assert rows == {first[1]: (1, 1), second[1]: (2, 0)}


def test_an_hour_that_a_clock_change_skips_comes_as_much_later(backup):
    """E11."""
    half_past_two = 1_774_488_600  # Thursday 26 March 2026, 02:30 in Berlin
    id = str(uuid4())
    push(backup, Item("task", id, BINS | {"duedate": half_past_two}))

    bulk.apply(backup, [("task", id)], bulk.to_day(date(2026, 3, 29), BERLIN), WEB)

    half_past_three = 1_774_747_800
    assert Task.objects.get(uuid=id).duedate == half_past_three


def test_a_task_of_that_day_stays_in_the_second_of_two_hours(backup):
    id, second = str(uuid4()), int(datetime(2026, 10, 25, 1, 30, tzinfo=UTC).timestamp())
    push(backup, Item("task", id, BINS | {"duedate": second}))
    clock = WallClock(second - DAY, BERLIN.zone)

    done = bulk.apply(backup, [("task", id)], bulk.to_day(date(2026, 10, 25), clock), WEB)

    assert (Task.objects.get().duedate, done.changed) == (second, 0)


def test_whole_days_stay_whole_where_the_clocks_change(backup):
    """E11: Sunday 29 March 2026 has 23 hours in Berlin."""
    id, saturday = str(uuid4()), 1_774_652_400
    push(backup, Item("event", id, DENTIST | {"starttime": saturday, "duration": DAY}))

    bulk.apply(backup, [("event", id)], bulk.to_day(date(2026, 3, 29), BERLIN), WEB)

    moved = Event.objects.get(uuid=id)
    assert (moved.starttime, moved.duration) == (saturday + DAY, DAY - 3600)


def test_the_first_day_that_devices_know_is_within_their_reach(backup, chosen):
    """East of Greenwich it begins before the count of seconds does."""
    auckland = WallClock(NOW, ZoneInfo("Pacific/Kiritimati"))
    push(backup, Item("task", chosen[0][1], {"duedate": 8 * 3600}))

    bulk.apply(backup, chosen[:1], bulk.to_day(date(1970, 1, 1), auckland), WEB)

    assert Task.objects.get(uuid=chosen[0][1]).duedate >= 0


def test_a_level_or_a_day_that_devices_do_not_know_is_refused():
    """E4, E11."""
    for level in (0, 4, -1):
        with pytest.raises(RuleError, match="1, 2 or 3"):
            bulk.priority(level)
    for year in (1, 1969, 2038, 9999):
        with pytest.raises(RuleError, match="1970 to 2037"):
            bulk.to_day(date(year, 1, 1), BERLIN)


def test_a_change_that_has_no_room_changes_nothing(backup, chosen, monkeypatch):
    """E10: a date of more digits makes the line longer."""
    push(backup, Item(*chosen[0], {"duedate": 1}))
    before = present(backup)
    monkeypatch.setattr(changes, "MAX_BYTES", 0)

    with pytest.raises(RuleError) as refused:
        bulk.apply(backup, chosen[:2], bulk.to_day(TOMORROW, BERLIN), WEB)

    assert (refused.value.slug, present(backup)) == ("quota-exceeded", before)


@pytest.mark.parametrize("count", [2, 30])
def test_a_bulk_change_asks_as_much_for_many_as_for_few(
    backup, django_assert_max_num_queries, count
):
    """G7."""
    items = [Item("task", str(uuid4()), BINS) for _ in range(count)]
    push(backup, *items)
    keys = [(item.type, item.id) for item in items]

    with django_assert_max_num_queries(12):
        bulk.apply(backup, keys, bulk.TICK, WEB)
