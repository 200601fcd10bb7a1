"""Days, weeks, months and clock changes."""

import calendar
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from backups import calendars
from backups.calendars import WallClock
from tests.backups.pages.plan import BERLIN, at

SUNDAY, MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY = (0x40 >> n for n in range(7))
# 1 January 1970 was a Thursday; a weekday moves on by the length of each month.
THE_FIRST = 3


def clock(zone: ZoneInfo = BERLIN) -> WallClock:
    return WallClock(at("2026-10-14 10:00"), zone)


def test_every_month_from_1970_to_2037_has_the_right_first_weekday_and_length():
    """A22"""
    weekday = THE_FIRST
    for year in range(1970, 2038):
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        lengths = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
        for month, length in enumerate(lengths, 1):
            days = [day for week in calendars.month_weeks(year, month, 0) for day in week]
            own = [day for day in days if day.month == month]
            assert len(own) == length
            assert days.index(own[0]) == weekday
            weekday = (weekday + length) % 7


@pytest.mark.parametrize("first", [0, 5, 6])
def test_a_month_is_whole_weeks_that_begin_on_the_chosen_day(first):
    weeks = calendars.month_weeks(2026, 2, first)

    assert {len(week) for week in weeks} == {7}
    assert {week[0].weekday() for week in weeks} == {first}


@pytest.mark.parametrize(
    ("day", "first", "start"),
    [
        (date(2026, 10, 14), calendar.MONDAY, date(2026, 10, 12)),
        (date(2026, 10, 12), calendar.MONDAY, date(2026, 10, 12)),
        (date(2026, 10, 18), calendar.MONDAY, date(2026, 10, 12)),
        (date(2026, 10, 18), calendar.SUNDAY, date(2026, 10, 18)),
        (date(2026, 10, 16), calendar.SATURDAY, date(2026, 10, 10)),
    ],
)
def test_a_week_begins_on_the_chosen_day(day, first, start):
    assert calendars.week(day, first) == [start + timedelta(days=n) for n in range(7)]


@pytest.mark.parametrize(
    ("year", "month", "nearest"),
    [
        (2026, 10, date(2026, 10, 1)),
        (2026, 13, date(2026, 12, 1)),
        (2026, 0, date(2026, 1, 1)),
        (1969, 12, date(1970, 1, 1)),
        (0, 0, date(1970, 1, 1)),
        (2038, 1, date(2037, 12, 1)),
        (99999, 99, date(2037, 12, 1)),
    ],
)
def test_a_month_that_cannot_be_shown_leads_to_the_nearest(year, month, nearest):
    assert calendars.nearest_month(year, month) == nearest


def test_months_follow_one_another_across_years_and_end_with_the_clock():
    assert calendars.month_after(date(2026, 12, 1)) == date(2027, 1, 1)
    assert calendars.month_after(date(2026, 1, 1), -1) == date(2025, 12, 1)
    assert calendars.month_after(date(1970, 1, 1), -1) is None
    assert calendars.month_after(date(2037, 12, 1)) is None


@pytest.mark.parametrize("text", ["", "2026-02-30", "20261014", "2026-W42-3", "1969-12-31", "x"])
def test_a_text_that_names_no_day_is_none(text):
    assert calendars.shown_day(text) is None


def test_a_time_that_the_clocks_skip_does_not_exist():
    gap = date(2027, 3, 28)

    assert clock().seconds(gap, time(1, 59)) == at("2027-03-28 01:59")
    assert clock().seconds(gap, time(2, 30)) is None
    assert clock().seconds(gap, time(3, 0)) == at("2027-03-28 01:59") + 60


def test_of_a_time_that_comes_twice_the_first_is_meant():
    assert clock().seconds(date(2026, 10, 25), time(2, 30)) == at("2026-10-25 00:30") + 2 * 3600


@pytest.mark.parametrize(
    ("minutes_before_three", "meant"), [(90, 0), (50, 0), (20, 60), (-20, 60), (-40, 0), (-90, 0)]
)
def test_of_a_time_that_comes_twice_the_next_one_is_meant_while_it_is_to_come(
    minutes_before_three, meant
):
    """Before three for the first time, when the clocks go back to two."""
    day, first = date(2026, 10, 25), at("2026-10-25 02:30")
    now = first + 30 * 60 - minutes_before_three * 60

    assert WallClock(now, BERLIN).nearest(day, time(2, 30)) == first + meant * 60


def test_the_day_changes_at_the_midnight_of_the_device():
    late = WallClock(at("2026-10-14 23:59"), BERLIN)
    early = WallClock(at("2026-10-15 00:01"), BERLIN)

    assert (late.today, early.today) == (date(2026, 10, 14), date(2026, 10, 15))


def test_an_event_that_ends_at_midnight_does_not_touch_the_next_day():
    start = at("2026-10-14 22:00")

    assert calendars.last_day(start, 2 * 3600, BERLIN) == date(2026, 10, 14)
    assert calendars.last_day(start, 2 * 3600 + 1, BERLIN) == date(2026, 10, 15)
    assert calendars.last_day(start, 0, BERLIN) == date(2026, 10, 14)


def test_items_of_several_days_stand_on_each_that_is_shown():
    days = [date(2026, 10, 14), date(2026, 10, 15)]
    spans = {"trip": (date(2026, 10, 1), date(2026, 10, 14)), "fair": (days[0], days[1])}

    found = calendars.by_day(spans, spans.get, days)

    assert found == {days[0]: ["trip", "fair"], days[1]: ["fair"]}


@pytest.mark.parametrize(
    ("day", "done", "state"),
    [
        (date(2026, 10, 13), True, "done"),
        (date(2026, 10, 13), False, "missed"),
        (date(2026, 10, 14), False, "off"),
        (date(2026, 10, 14), True, "extra"),
        (date(2026, 10, 15), False, "ahead"),
        (date(2026, 10, 16), False, "ahead-off"),
    ],
)
def test_a_day_of_a_habit_for_tuesdays_and_thursdays(day, done, state):
    goal = TUESDAY | THURSDAY

    assert goal == 20
    assert calendars.habit_state(goal, day, date(2026, 10, 14), done=done) == state


def test_a_due_habit_is_due_today():
    assert calendars.habit_state(WEDNESDAY, date(2026, 10, 14), date(2026, 10, 14), done=False) == (
        "due"
    )
