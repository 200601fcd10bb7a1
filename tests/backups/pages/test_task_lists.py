"""The list of tasks: groups, filters and order in the address, and changing many at once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backups.items import Item
from backups.models import Task
from planner.times import FOREVER
from tests.backups.pages.plan import at, names, put, task
from tests.shown import toasts

LIST, CHANGE = reverse("backups:tasks"), reverse("backups:tasks_change")
TASKS = {
    "Rent": {"duedate": at("2026-10-13 12:00"), "priority": 3},
    "Bread": {"duedate": at("2026-10-14 17:00")},
    "Doctor": {"duedate": at("2026-10-21 23:59"), "description": "Ask about the RENT"},
    "Train": {"duedate": at("2026-10-22 00:00"), "priority": 2},
    "Cello": {},
    "Lease": {"duedate": at("2026-10-12 12:00"), "completion": 1},
}


@pytest.fixture
def tasks(backup):
    """A plan with a task in each group."""
    put(backup, *(task(name, **fields) for name, fields in TASKS.items()))


def ids(*wanted):
    return [str(Task.objects.get(name=name).uuid) for name in wanted]


def test_tasks_stand_under_when_they_are_due(browser, tasks):
    groups = browser.get(LIST).context["groups"]

    assert [(group.key, [one.name for one in group.items], group.count) for group in groups] == [
        ("past", ["Rent"], 1),
        ("today", ["Bread"], 1),
        ("week", ["Doctor"], 1),
        ("later", ["Train"], 1),
        ("undated", ["Cello"], 1),
        ("done", ["Lease"], 1),
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=rent", ["Rent", "Doctor"]),
        ("q=ask+rent", ["Doctor"]),
        ("q=%25", []),
        ("show=open", ["Rent", "Bread", "Doctor", "Train", "Cello"]),
        ("show=done", ["Lease"]),
        ("priority=3", ["Rent"]),
        ("since=2026-10-14&until=2026-10-21", ["Bread", "Doctor"]),
        ("until=2026-10-13", ["Rent", "Lease"]),
        ("since=2026-10-22", ["Train"]),
        ("undated=on", ["Cello"]),
        ("undated=on&since=2026-10-22", ["Cello"]),
        ("sort=name", ["Bread", "Cello", "Doctor", "Lease", "Rent", "Train"]),
        ("sort=priority", ["Rent", "Train", "Lease", "Bread", "Doctor", "Cello"]),
        ("sort=due&show=open", ["Rent", "Bread", "Doctor", "Train", "Cello"]),
    ],
)
def test_the_address_says_what_is_listed_and_how(browser, tasks, query, found):
    """E13"""
    assert names(browser.get(f"{LIST}?{query}")) == found


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("priority=9", "priority"),
        ("show=x", "show"),
        ("since=2026-02-30", "since"),
        ("sort=secret", "sort"),
        ("q=" + "x" * 128, "q"),
        ("q=%00", "q"),
    ],
)
def test_a_filter_that_is_wrong_says_so_and_filters_nothing(browser, tasks, query, field):
    """E1"""
    response = browser.get(f"{LIST}?{query}")

    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert len(names(response)) == len(TASKS)


def test_a_filter_without_a_match_offers_to_clear_it(browser, tasks):
    content = browser.get(f"{LIST}?q=zebra").content.decode()

    assert "No match." in content
    assert '<a class="button" href="/tasks/">Clear the filter</a>' in content


def test_the_pages_of_a_long_list_keep_its_filter(browser, backup):
    put(backup, *(task(f"Task {number:03}", at("2026-10-14 12:00")) for number in range(201)))

    first = browser.get(f"{LIST}?q=Task")

    assert 'href="?q=Task&amp;page=2"' in first.content.decode()
    assert [group.count for group in first.context["groups"]] == [201]
    assert names(browser.get(f"{LIST}?q=Task&page=3"))[-1] == "Task 200"


@pytest.mark.parametrize(
    ("act", "more", "field", "values"),
    [
        ("tick", {}, "completion", [1, 1]),
        ("untick", {}, "completion", [0, 0]),
        ("3", {}, "priority", [3, 3]),
        ("1", {}, "priority", [1, 1]),
        ("today", {}, "duedate", [at("2026-10-14 12:00"), at("2026-10-14 23:59")]),
        ("tomorrow", {}, "duedate", [at("2026-10-15 12:00"), at("2026-10-15 23:59")]),
        ("week", {}, "duedate", [at("2026-10-19 12:00"), at("2026-10-19 23:59")]),
        ("day", {"day": "2027-01-02"}, "duedate", [at("2027-01-02 12:00"), at("2027-01-02 23:59")]),
        ("undated", {}, "duedate", [FOREVER, FOREVER]),
    ],
)
def test_the_bar_changes_all_selected_tasks(browser, tasks, act, more, field, values):
    chosen = ids("Lease", "Cello") if act == "untick" else ids("Rent", "Cello")

    browser.post(CHANGE, {"entry": chosen, "act": act, **more})

    found = {str(one.uuid): getattr(one, field) for one in Task.objects.all()}
    assert [found[id] for id in chosen] == values


def test_one_undo_takes_back_what_was_done_to_many(browser, tasks, backup):
    chosen = ids("Rent", "Cello")

    response = browser.post(CHANGE, {"entry": chosen, "act": "delete"}, follow=True)
    assert toasts(response) == ["2 tasks are deleted."]
    assert Task.objects.alive().count() == len(TASKS) - 2

    backup.refresh_from_db()
    browser.post(reverse("backups:history_undo", args=[backup.revision]))
    assert Task.objects.alive().count() == len(TASKS)
    assert not Task.objects.filter(revision=1, alive=False).exists()


def test_a_whole_group_is_changed_as_the_list_is_filtered(browser, backup, tasks):
    put(backup, *(task(f"Task {number}", at("2026-10-14 12:00")) for number in range(120)))

    response = browser.post(
        CHANGE, {"group": ["today"], "listed": "q=Task", "act": "tick"}, follow=True
    )

    assert toasts(response) == ["120 tasks are changed."]
    assert Task.objects.get(name="Bread").completion == 0


def test_a_whole_group_is_looked_up_once(browser, tasks):
    with CaptureQueriesContext(connection) as queries:
        browser.post(CHANGE, {"group": ["today"], "act": "tick"})

    found = [query["sql"] for query in queries]
    assert sum(sql.startswith('SELECT "backups_task"."uuid" ') for sql in found) == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"act": "tick"}, "Select at least one task."),
        ({"act": "tick", "entry": ["x", "\0"], "group": ["x"]}, "Select at least one task."),
        ({"entry": ["x"]}, "Choose what to do with them."),
        ({"act": "burn", "entry": ["x"]}, "This cannot be done to them."),
        ({"act": "day", "entry": ["x"]}, "Choose a day."),
        ({"act": "day", "day": "2026-02-30", "entry": ["x"]}, "Enter a valid date."),
        ({"act": "tick", "entry": [str(Item)]}, "Select at least one task."),
    ],
)
def test_what_cannot_be_done_says_so_and_changes_nothing(browser, tasks, backup, typed, words):
    """E3, E4"""
    backup.refresh_from_db()
    revision = backup.revision

    response = browser.post(CHANGE, typed, follow=True)

    backup.refresh_from_db()
    assert (toasts(response), backup.revision) == ([words], revision)


def test_a_day_that_devices_cannot_show_is_refused(browser, tasks):
    response = browser.post(
        CHANGE, {"act": "day", "day": "2040-01-01", "entry": ids("Rent")}, follow=True
    )

    assert toasts(response) == ["Devices show the years 1970 to 2037."]


def test_what_is_gone_or_so_already_is_told(browser, tasks):
    response = browser.post(CHANGE, {"act": "tick", "entry": ids("Lease")}, follow=True)

    assert toasts(response) == ["Nothing changed: they were so already, or are gone."]
