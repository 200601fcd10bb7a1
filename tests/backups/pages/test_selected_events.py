"""Changing many events at once, from their list."""

import pytest
from django.urls import reverse

from backups.models import Event, Task
from planner.times import DAY
from tests.backups.pages.plan import at, event, put, task
from tests.shown import toasts

LIST, CHANGE = reverse("backups:events"), reverse("backups:events_change")
HOUR = 3600
EVENTS = {
    "Choir": (at("2026-10-20 19:30"), HOUR),
    "Dentist": (at("2026-10-22 10:00"), 45 * 60),
    "Fair": (at("2026-10-23 00:00"), 2 * DAY),
    "Opera": (at("2026-10-01 20:00"), 3 * HOUR),
}


@pytest.fixture
def events(backup):
    """A plan with events of hours, of whole days, and one that is over."""
    put(backup, *(event(name, *times) for name, times in EVENTS.items()))


def ids(*wanted):
    return [str(Event.objects.get(name=name).uuid) for name in wanted]


def starts(*names):
    return [Event.objects.get(name=name).starttime for name in names]


def test_each_row_has_a_box_for_who_may_write(browser, events):
    assert browser.get(LIST).content.decode().count("data-select ") == len(EVENTS)


@pytest.mark.parametrize(
    ("act", "more", "day"),
    [
        ("today", {}, "2026-10-14"),
        ("tomorrow", {}, "2026-10-15"),
        ("week", {}, "2026-10-19"),
        ("day", {"day": "2027-01-02"}, "2027-01-02"),
    ],
)
def test_the_bar_moves_all_selected_events_to_a_day_at_their_own_times(
    browser, events, act, more, day
):
    response = browser.post(
        CHANGE, {"entry": ids("Choir", "Fair", "Opera"), "act": act, **more}, follow=True
    )

    assert toasts(response) == ["3 events are moved."]
    assert starts("Choir", "Fair", "Opera") == [
        at(f"{day} 19:30"),
        at(f"{day} 00:00"),
        at(f"{day} 20:00"),
    ]
    assert starts("Dentist") == [EVENTS["Dentist"][0]]


def test_one_undo_takes_back_what_was_done_to_many(browser, events, backup):
    response = browser.post(
        CHANGE, {"entry": ids("Choir", "Dentist"), "act": "delete"}, follow=True
    )
    assert toasts(response) == ["2 events are deleted."]
    assert set(Event.objects.alive().values_list("name", flat=True)) == {"Fair", "Opera"}

    backup.refresh_from_db()
    browser.post(reverse("backups:history_undo", args=[backup.revision]))

    assert Event.objects.alive().count() == len(EVENTS)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"act": "delete"}, "Select at least one event."),
        ({"act": "delete", "group": "today"}, "Select at least one event."),
        ({"act": "tick", "entry": "x"}, "This cannot be done to them."),
        (
            {"act": "day", "day": "2038-01-01", "entry": "4a1f2c3d-0000-4000-8000-000000000001"},
            "Devices show the years 1970 to 2037.",
        ),
    ],
)
def test_what_cannot_be_done_says_so_and_changes_nothing(browser, events, backup, typed, words):
    """E3, E4"""
    backup.refresh_from_db()
    revision = backup.revision

    response = browser.post(CHANGE, typed, follow=True)

    backup.refresh_from_db()
    assert (toasts(response), backup.revision) == ([words], revision)


def test_a_task_is_no_event(browser, backup, events):
    put(backup, task("Bins"))
    chosen = [str(Task.objects.get().uuid)]

    response = browser.post(CHANGE, {"entry": chosen, "act": "delete"}, follow=True)

    assert toasts(response) == ["Nothing changed: they were so already, or are gone."]
