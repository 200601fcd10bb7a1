"""Times and dates as their reader likes them."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.utils import timezone

from planner import formats
from planner.formats import Style

DAY = date(2026, 10, 14)
AT = datetime(2026, 10, 14, 15, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (
            "DMY",
            ["14 Oct", "14 Oct 2026", "14 October", "14 October 2026", "Wed 14 Oct"],
        ),
        (
            "MDY",
            ["Oct 14", "Oct 14, 2026", "October 14", "October 14, 2026", "Wed Oct 14"],
        ),
        ("YMD", [*["2026-10-14"] * 4, "Wed 2026-10-14"]),
    ],
)
def test_a_day_is_written_in_the_order_that_was_chosen(order, words):
    with formats.override(Style(date_order=order)):
        found = [formats.written(DAY, kind) for kind in formats.PATTERNS[order]]
        found.append(formats.short_day(DAY))

    assert found == words


@pytest.mark.parametrize(
    ("style", "clock", "exact"),
    [
        (Style(), "17:05", "17:05"),
        (Style(12), "5:05 PM", "5:05 PM"),
        (Style(24, True), "17:05", "17:05:09"),
        (Style(12, True), "5:05 PM", "5:05:09 PM"),
    ],
)
def test_a_time_is_told_by_the_clock_that_was_chosen(style, clock, exact):
    at = AT.replace(hour=17)

    with formats.override(style):
        assert (formats.clock(at), formats.exact_clock(at)) == (clock, exact)


@pytest.mark.parametrize(
    ("now", "words"),
    [("2026-12-31", "Thu 15 Oct, 00:05"), ("2027-01-01", "Thu 15 Oct 2026, 00:05")],
)
def test_a_moment_is_told_in_the_reader_s_zone_with_a_distant_year(now, words):
    with time_machine.travel(now), timezone.override("Asia/Tokyo"):
        assert formats.moment(AT) == words


@pytest.mark.parametrize(("start", "first"), [("monday", 0), ("saturday", 5), ("sunday", 6)])
def test_a_week_begins_where_the_reader_likes(start, first):
    with formats.override(Style(week_start=start)):
        assert formats.first_weekday() == first
    assert formats.first_weekday() == 0
