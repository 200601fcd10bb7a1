"""A page costs the same number of queries whatever it shows."""

from datetime import date

import pytest
from django.urls import reverse

from planner.times import day_seconds
from tests.backups.pages.plan import at, event, habit, put, task

# The log-in, the person's membership of the device, the plan itself, and what the device has of it.
FIXED = 5
PAGES = {
    "today": 6,
    "tasks": 2,
    "events": 3,
    "habits": 3,
    "calendar": 2,
    "calendar_this_week": 4,
    "calendar_agenda": 2,
}


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_costs_the_same_for_any_number_of_entries(
    browser, backup, django_assert_num_queries, name, count
):
    items, done = [], {day_seconds(date(2026, 10, 13)): True}
    for number in range(count):
        items += [
            task(f"Task {number}", at("2026-10-14 12:00")),
            task(f"Late {number}", at("2026-10-12 12:00")),
            event(f"Event {number}", at("2026-10-14 12:00")),
            event(f"Past {number}", at("2026-10-12 12:00")),
            habit(f"Habit {number}", 127, done),
        ]
    put(backup, *items)

    with django_assert_num_queries(FIXED + PAGES[name]):
        response = browser.get(reverse(f"backups:{name}"))

    assert response.status_code == 200
