"""The week, the agenda, and the weight of a calendar's pages."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from tests.backups.pages.plan import at, event, put, task

WEEK = reverse("backups:calendar_this_week")
AGENDA = reverse("backups:calendar_agenda")
HEADING = re.compile(r'<h2 id="a-([\d-]+)"')
WHAT = re.compile(r'<span class="what">(.*?)</span>')


def listed(response):
    return WHAT.findall(response.content.decode())


def test_the_week_holds_its_entries_hour_by_hour_and_as_a_list(browser, backup):
    put(
        backup,
        event("Choir", at("2026-10-15 19:30"), 5400),
        task("Rent", at("2026-10-16 23:59")),
        event("Next week", at("2026-10-19 08:00")),
    )

    response = browser.get(WEEK)

    table = response.context["table"]
    assert [[box.entry.name for box in column.boxes] for column in table.columns[3:5]] == [
        ["Choir"],
        [],
    ]
    assert [[one.name for one in column.tasks] for column in table.columns[3:5]] == [[], ["Rent"]]
    assert [len(box.entries) for box in response.context["boxes"]] == [0, 0, 0, 1, 1, 0, 0]


def test_a_list_of_a_day_follows_the_clock_and_tells_what_began_before(browser, backup):
    put(
        backup,
        event("Choir", at("2026-10-15 19:30"), 5400),
        task("Rent", at("2026-10-15 17:00"), priority=3),
        event("Fair", at("2026-10-14 20:00"), 86_400),
        event("Holiday", at("2026-10-15 00:00"), 86_400),
    )

    response = browser.get(WEEK)

    names = [entry.name for entry in response.context["boxes"][3].entries]
    assert names == ["Fair", "Holiday", "Rent", "Choir"]
    told = re.findall(r'<span class="at">([^<]+)</span>', response.content.decode())
    assert told == ["20:00", "Until 20:00", "All day", "19:30"]


def test_the_place_in_the_plan_is_marked_on_the_pages_below_it_too(browser):
    marked = re.compile(r'<a href="(.*?)" aria-current="(\w+)">')
    month = reverse("backups:calendar")

    assert marked.findall(browser.get(month).content.decode())[0] == (month, "page")
    assert marked.findall(browser.get(WEEK).content.decode())[0] == (month, "true")


def test_a_week_begins_where_the_reader_begins_it_and_leads_on(browser):
    content = browser.get(reverse("backups:calendar_week", args=["2026-10-14"])).content.decode()

    assert '<a class="date d1" href="/calendar/2026-10-12/"' in content
    assert re.findall(r'class="button square" href="([^"]+)"', content) == [
        "/calendar/week/2026-10-07/",
        "/calendar/week/2026-10-21/",
    ]


@pytest.mark.parametrize("day", ["1970-01-01", "2037-12-31", "2026-03-29", "2026-10-25"])
def test_weeks_at_the_ends_of_time_and_at_changes_of_clocks_open(browser, day):
    assert browser.get(reverse("backups:calendar_week", args=[day])).status_code == 200
    assert browser.get(reverse("backups:calendar_day", args=[day])).status_code == 200


def test_the_agenda_starts_now_and_mixes_tasks_with_events(browser, backup):
    put(
        backup,
        event("Over", at("2026-10-14 08:00")),
        event("Going on", at("2026-10-13 22:00"), 86_400),
        task("Done", at("2026-10-15 12:00"), completion=1),
        task("Call", at("2026-10-15 12:00")),
        event("Lunch", at("2026-10-15 12:30")),
        task("Some day"),
        event("Far", at("2030-01-01 12:00")),
    )

    response = browser.get(AGENDA)

    assert listed(response) == ["Going on", "Call", "Lunch", "Far"]
    assert HEADING.findall(response.content.decode()) == ["2026-10-14", "2026-10-15", "2030-01-01"]


def test_a_long_agenda_goes_on_with_another_day(browser, backup):
    put(
        backup,
        *(task(f"T{number}", at("2026-10-20 12:00")) for number in range(60)),
        *(task(f"U{number}", at("2026-10-22 12:00")) for number in range(60)),
    )

    first = browser.get(AGENDA)
    second = browser.get(AGENDA, {"from": "2026-10-22"})

    assert b'href="?from=2026-10-22"' in first.content
    assert (len(listed(first)), len(listed(second))) == (60, 60)


@pytest.mark.nightly
@pytest.mark.parametrize("year", range(1970, 2038))
def test_every_month_and_every_week_of_every_year_opens(browser, year):
    """A22"""
    for number in range(1, 13):
        assert browser.get(f"/calendar/{year}/{number}/").status_code == 200
    for number in range(53):
        day = date(year, 1, 1) + timedelta(weeks=number)
        assert browser.get(f"/calendar/week/{day}/").status_code == 200
