"""What a device's screen shows, by its own rules, of what it has confirmed."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from backups.models import Confirmation
from backups.screens import Event, Habit, Task
from planner.times import day_seconds
from tests.backups.pages.plan import at, event, habit, put, task

MONDAY, WEDNESDAY = 0x20, 0x08


def look(browser, device):
    return browser.get(reverse("backups:screen", args=[device.pk]))


def confirm(backup):
    backup.refresh_from_db()
    row = {"revision": backup.revision, "confirmed_at": timezone.now()}
    Confirmation.objects.update_or_create(backup=backup, defaults=row)


def test_the_screen_of_a_device_that_never_synced_is_empty(browser, device, backup):
    put(backup, task("Rent", at("2026-10-14 12:00")))

    response = look(browser, device)

    assert "It has never synced: its lists are empty." in response.content.decode()
    assert response.context["screen"].tasks == []


def test_the_screen_shows_what_the_device_confirmed_in_its_own_order(browser, device, backup):
    put(
        backup,
        task("Later but urgent", at("2026-10-14 20:00"), priority=3),
        task("Sooner", at("2026-10-14 12:00")),
        task("Done", at("2026-10-14 08:00"), completion=1),
        task("Some day"),
        event("Now", at("2026-10-14 09:30")),
        event("Tomorrow", at("2026-10-15 09:30")),
        habit("Run", WEDNESDAY, {day_seconds(date(2026, 10, 14)): True}),
        habit("Not today", MONDAY),
        habit("Never", 0),
    )
    confirm(backup)
    put(backup, task("Not brought yet", at("2026-10-14 12:00")))

    screen = look(browser, device).context["screen"]

    assert screen.tasks == [
        Task("Later but urgent", 3, False, at("2026-10-14 20:00")),
        Task("Sooner", 1, False, at("2026-10-14 12:00")),
        Task("Some day", 1, False, None),
        Task("Done", 1, True, at("2026-10-14 08:00")),
    ]
    assert screen.events == [Event("Now", at("2026-10-14 09:30"), True)]
    assert screen.habits == [Habit("Run", "done")]
    assert (screen.unshown, screen.long, screen.below) == (["Never"], [], 0)


def test_the_screen_names_what_does_not_fit_into_a_line_and_counts_what_is_below(
    browser, device, backup
):
    put(backup, task("Long", description="ä" * 500), *(task(f"T{n}") for n in range(19)))
    confirm(backup)

    screen = look(browser, device).context["screen"]

    assert (len(screen.tasks), screen.below, screen.long) == (12, 8, ["Long"])


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"hour_format": 12, "date_order": "MDY"}, ["10:00 AM", "Wednesday, October 14, 2026"]),
        ({"show_seconds": True, "theme": "dark", "text_size": "l"}, ["10:00:00", "is-dark is-l"]),
    ],
    ids=["american", "dark"],
)
def test_the_screen_is_drawn_as_the_device_is_set(browser, device, settings, words):
    device.settings = device.settings | settings
    device.save(update_fields=["settings"])

    content = look(browser, device).content.decode()

    assert [word for word in words if word not in content] == []


@pytest.mark.parametrize("count", [1, 300])
def test_the_screen_costs_the_same_for_any_number_of_entries(
    browser, device, backup, django_assert_num_queries, count
):
    put(backup, *(task(f"T{n}") for n in range(count)))
    confirm(backup)

    with django_assert_num_queries(8):
        look(browser, device)
