"""Today: what is due, what goes on, and what comes."""

import re
from datetime import date

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts import profile
from devices.models import LastSeen
from planner.times import day_seconds
from tests.backups.pages.plan import at, event, habit, names, put, task

TODAY = reverse("backups:today")


def test_an_empty_day_says_so(browser):
    content = browser.get(TODAY).content.decode()

    assert "Wednesday, <span>14 October</span>" in content
    assert "Nothing due." in content
    assert "Nothing planned." in content
    assert "No habit is due." in content


def test_an_empty_plan_begins_with_one_press(browser, backup):
    content = browser.get(TODAY).content.decode()
    assert content.count('<button class="button" name="name"') == 3

    browser.post(reverse("backups:quick"), {"name": "Call grandma", "day": "2026-10-14"})

    response = browser.get(TODAY)
    assert names(response) == ["Call grandma"]
    assert 'name="name" value=' not in response.content.decode()


def test_today_holds_what_touches_the_day_of_the_device(browser, backup):
    put(
        backup,
        task("late", at("2026-10-13 23:59")),
        task("late but done", at("2026-10-13 12:00"), completion=1),
        task("first minute", at("2026-10-14 00:00")),
        task("last minute", at("2026-10-14 23:59")),
        task("done", at("2026-10-14 08:00"), completion=1),
        task("tomorrow", at("2026-10-15 00:00")),
        task("some day"),
        event("since Monday", at("2026-10-12 09:00"), 3 * 86_400),
        event("until midnight", at("2026-10-13 23:00"), 3600),
        event("at night", at("2026-10-14 23:30"), 7200),
        event("on Thursday", at("2026-10-15 00:00")),
        habit("on Wednesdays", 0x08),
        habit("on Tuesdays", 0x10),
        habit("on Tuesdays, done today", 0x10, {day_seconds(date(2026, 10, 14)): True}),
    )

    assert names(browser.get(TODAY)) == [
        "late",
        "first minute",
        "last minute",
        "done",
        "since Monday",
        "at night",
        "on Tuesdays, done today",
        "on Wednesdays",
    ]


@pytest.mark.parametrize(
    ("zone", "names_today"), [("Europe/Berlin", []), ("Pacific/Auckland", ["early"])]
)
def test_the_zone_of_the_device_decides_what_is_today(browser, backup, device, zone, names_today):
    device.settings = {"time_zone": zone}
    device.save(update_fields=["settings"])
    put(backup, task("early", at("2026-10-15 00:30")))

    with time_machine.travel(at("2026-10-14 14:00"), tick=False):
        assert names(browser.get(TODAY)) == names_today


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("2026-10-14 09:30", "Now, until 10:30"),
        ("2026-10-14 10:20", "In 20 minutes"),
        ("2026-10-14 17:00", "Next at 17:00"),
        ("2026-10-15 09:00", "Tomorrow 09:00"),
        ("2026-10-20 09:00", "Tue 20 Oct 09:00"),
        ("2027-10-20 09:00", "Wed 20 Oct 2027 09:00"),
    ],
)
def test_the_next_event_is_named_in_words(browser, backup, start, words):
    put(backup, event("Choir", at(start)))

    assert f"<span>{words}</span>" in browser.get(TODAY).content.decode()


def test_a_journey_stands_back_behind_what_else_today_has(browser, backup):
    put(backup, event("Journey", at("2026-10-12 00:00"), 7 * 86_400))
    assert "Now, until Mon 19 Oct, 00:00" in browser.get(TODAY).content.decode()

    put(backup, event("Next week", at("2026-10-15 09:00")))
    assert "Now, until Mon 19 Oct, 00:00" in browser.get(TODAY).content.decode()

    put(backup, event("Choir", at("2026-10-14 17:00")))
    assert "<span>Next at 17:00</span>" in browser.get(TODAY).content.decode()


def test_a_reader_with_a_twelve_hour_clock_sees_so(browser, backup, alice):
    profile.change(alice, preferences={"hour_format": 12})
    put(backup, task("Tea", at("2026-10-14 17:00")))

    assert "5:00 PM" in browser.get(TODAY).content.decode()


def test_the_header_says_when_the_device_was_last_there(browser, device):
    assert "not synced yet" in browser.get(TODAY).content.decode()

    LastSeen.objects.create(device=device, seen_at=timezone.now() - timezone.timedelta(minutes=2))

    assert re.search(r"synced <time [^>]*>2 min ago<", browser.get(TODAY).content.decode())


def test_the_level_of_a_task_without_a_time_stands_where_the_times_end(browser, backup):
    put(backup, task("all day", at("2026-10-14 23:59"), priority=3))

    content = browser.get(TODAY).content.decode()

    assert '<span class="level p3">High</span>' in content
    assert 'class="when' not in content
