"""What a person prefers holds on every page of the plan, and for nobody else."""

import re

import pytest
from django.utils import timezone

from accounts import profile
from devices.models import LastSeen
from tests.backups.pages.plan import at, event, habit, planned, put, task
from tests.logins import logged_in

CHOSEN = {
    "hour_format": 12,
    "show_seconds": True,
    "date_order": "MDY",
    "week_start": "sunday",
    "time_zone": "Asia/Tokyo",
    "theme": "dark",
    "text_size": "l",
}
SUNDAY_FIRST = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
WEEKDAYS = re.compile(r'<th scope="col">(\w+)</th>')


@pytest.fixture
def content(backup, device, alice):
    """Return what a page of Alice's says, who chose everything otherwise."""
    put(
        backup,
        task("Tea", at("2026-10-14 17:00")),
        event("Choir", at("2026-10-20 19:30")),
        habit("Run"),
    )
    LastSeen.objects.create(device=device, seen_at=timezone.now())
    profile.change(alice, preferences=CHOSEN)
    client = planned(alice, device)
    return lambda path: client.get(path).content.decode()


def test_every_page_has_the_theme_and_the_text_size(content):
    for path in ("/today/", "/tasks/", "/calendar/", "/devices/", "/account/"):
        assert '<html lang="en" data-theme="dark" data-text="l">' in content(path)


def test_times_and_dates_are_written_so_on_every_page(content, device):
    assert "5:00 PM" in content("/today/")
    assert "<span>October 14</span>" in content("/today/")
    assert "Wednesday, October 14, 2026, 5:00 PM" in content("/tasks/")
    assert "Tue Oct 20" in content("/events/")
    assert "October 14, 2026" in content("/calendar/2026-10-14/")
    assert "Oct 11 – Oct 17, 2026" in content("/habits/")
    # 10:00 in Berlin, where the plan is, is 17:00 in Tokyo, where its reader is.
    assert 'title="Wed Oct 14, 5:00:00 PM"' in content(f"/devices/{device.pk}/")


def test_the_calendar_begins_on_the_chosen_day(content):
    assert WEEKDAYS.findall(content("/calendar/")) == SUNDAY_FIRST


def test_the_days_of_the_plan_stay_in_the_zone_of_the_device(content):
    # In Tokyo it would be half past two in the night of the next day.
    assert "Tue Oct 20" in content("/events/")
    assert "7:30 PM" in content("/events/")


def test_nobody_else_sees_any_of_it(content, bob):
    assert 'data-theme="auto" data-text="m"' in logged_in(bob).get("/account/").content.decode()


def test_a_change_shows_on_the_very_next_page(browser, backup, alice):
    put(backup, task("Tea", at("2026-10-14 17:00")))
    before = browser.get("/today/").content.decode()

    profile.change(alice, preferences={"hour_format": 12})

    assert ("17:00" in before, "5:00 PM" in browser.get("/today/").content.decode()) == (True, True)
