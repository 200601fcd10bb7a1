"""The month and the day of the calendar."""

import re

import pytest
import time_machine
from django.urls import reverse

from tests.backups.pages.plan import at, chips, event, names, planned, put, task

DAY = 86_400


def month(year, month):
    return reverse("backups:calendar_month", args=[year, month])


def day(text):
    return reverse("backups:calendar_day", args=[text])


def test_the_calendar_opens_at_the_month_of_the_device(alice, device):
    with time_machine.travel(at("2026-11-01 00:30"), tick=False):
        response = planned(alice, device).get(reverse("backups:calendar"))

    assert b"November <span" in response.content
    assert b"Nothing this month." in response.content


def test_entries_stand_on_each_day_they_touch(browser, backup):
    put(
        backup,
        event("Fair", at("2026-10-20 20:00"), 2 * DAY),
        event("Until midnight", at("2026-10-23 23:00"), 3600),
        task("Rent", at("2026-10-25 23:59")),
        task("Some day"),
        task("Next month", at("2026-11-02 00:00")),
    )

    assert chips(browser.get(month(2026, 10))) == ["Fair"] * 3 + ["Until midnight", "Rent"]


def test_what_there_is_no_room_for_is_counted(browser, backup):
    put(backup, *(task(f"T{number}", at("2026-10-20 12:00")) for number in range(7)))

    response = browser.get(month(2026, 10))

    assert chips(response) == ["T0", "T1", "T2"]
    assert "+4 more" in response.content.decode()


def test_three_entries_have_room(browser, backup):
    put(backup, *(task(f"T{number}", at("2026-10-20 12:00")) for number in range(3)))

    assert not re.search(r"\+\d+ more", browser.get(month(2026, 10)).content.decode())


@pytest.mark.parametrize(
    ("asked", "neighbours"),
    [
        ((2026, 12), [(2026, 11), (2027, 1)]),
        ((2026, 1), [(2025, 12), (2026, 2)]),
        ((1970, 1), [(1970, 2)]),
        ((2037, 12), [(2037, 11)]),
    ],
)
def test_the_neighbours_of_a_month_are_a_step_away(browser, asked, neighbours):
    content = browser.get(month(*asked)).content.decode()

    links = re.findall(r'class="button square" href="([^"]+)"', content)
    assert links == [month(*neighbour) for neighbour in neighbours]


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        ((2026, 13), (2026, 12)),
        ((2026, 0), (2026, 1)),
        ((1812, 5), (1970, 1)),
        ((9999, 1), (2037, 12)),
    ],
)
def test_a_month_that_does_not_exist_leads_to_the_nearest(browser, asked, nearest):
    response = browser.get(month(*asked))

    assert (response.status_code, response.url) == (302, month(*nearest))


@pytest.mark.parametrize("name", ["calendar_day", "calendar_week"])
@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        ("2026-02-30", "2026-02-28"),
        ("2026-13-05", "2026-12-05"),
        ("2026-2-3", "2026-02-03"),
        ("1812-05-05", "1970-01-01"),
        ("2038-01-01", "2037-12-31"),
        ("nonsense", "2026-10-14"),
    ],
)
def test_a_day_that_does_not_exist_leads_to_the_nearest(browser, name, asked, nearest):
    response = browser.get(reverse(f"backups:{name}", args=[asked]))

    wanted = reverse(f"backups:{name}", args=[nearest])
    assert (response.status_code, response.url) == (302, wanted)


@pytest.mark.parametrize("year", [1970, 2026, 2037])
def test_every_month_of_a_year_opens(browser, year):
    statuses = {browser.get(month(year, number)).status_code for number in range(1, 13)}

    assert statuses == {200}


def test_a_day_holds_exactly_what_touches_it(browser, backup):
    put(
        backup,
        task("before", at("2026-10-24 23:59")),
        task("first", at("2026-10-25 00:00")),
        task("last", at("2026-10-25 23:59") + 59),
        task("after", at("2026-10-26 00:00")),
        event("over night", at("2026-10-24 23:00"), 7200),
        event("until midnight", at("2026-10-24 22:00"), 7200),
        event("the last hour", at("2026-10-25 23:00"), 3600),
        event("after midnight", at("2026-10-26 00:00"), 3600),
    )

    response = browser.get(day("2026-10-25"))

    assert names(response) == ["first", "last", "over night", "the last hour"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [("2026-10-20", "From 20:00"), ("2026-10-21", "All day"), ("2026-10-22", "Until 20:00")],
)
def test_a_day_says_which_part_of_an_event_it_holds(browser, backup, asked, words):
    put(backup, event("Fair", at("2026-10-20 20:00"), 2 * DAY))

    assert f">{words}</time>" in browser.get(day(asked)).content.decode()


def test_the_days_at_the_ends_of_time_have_one_neighbour(browser):
    for asked in ("1970-01-01", "2037-12-31"):
        content = browser.get(day(asked)).content.decode()
        assert content.count('class="button square"') == 1
