"""Hours as rows, boxes in lanes, and what stands where on the days of a week."""

from datetime import date, timedelta
from itertools import combinations
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.zones import ZONES
from backups import calendars, hours, lanes, timetable
from backups.calendars import WallClock
from backups.hours import Run
from backups.kinds import KINDS
from planner.times import midnight, next_midnight
from tests.backups.pages.plan import BERLIN, at

SPRING, AUTUMN, PLAIN = date(2026, 3, 29), date(2026, 10, 25), date(2026, 10, 14)
WEEK_OF_AUTUMN = calendars.week(AUTUMN, 0)
DAYS = st.dates(date(1970, 1, 1), date(2037, 12, 31))
RUNS = st.lists(st.builds(Run, st.integers(0, 95), st.integers(1, 12)), max_size=25).map(sorted)


def labels(days, zone=BERLIN):
    found = hours.axis(days, zone).hours(zone)
    return [(row, moment.hour, moment.fold) for row, moment in found.items()]


def entry(kind, **fields):
    return SimpleNamespace(kind=KINDS[kind], uuid=object(), **fields)


def event(start, duration=3600):
    return entry("event", starttime=at(start), duration=duration)


def task(due):
    return entry("task", duedate=at(due))


def laid_out(entries, most=timetable.DAY, now="2026-10-14 10:00"):
    clock = WallClock(at(now), BERLIN)
    return timetable.timetable(entries, clock, most)


def places(table):
    return [(box.y, box.h, *box.wide) for box in table.columns[0].boxes]


@pytest.mark.parametrize(
    ("day", "shape"), [(PLAIN, (0, 0)), (SPRING, (8, -4)), (AUTUMN, (12, 4))], ids=str
)
def test_a_day_has_as_many_quarters_as_its_clock(day, shape):
    found = hours.stretch(day, BERLIN)

    assert (found.turn, found.shift) == shape
    assert found.quarters * hours.QUARTER == found.end - found.begin


def test_a_day_of_23_hours_leaves_the_skipped_one_out():
    assert labels([SPRING])[:4] == [(0, 0, 0), (4, 1, 0), (8, 3, 0), (12, 4, 0)]
    assert hours.axis([SPRING], BERLIN).rows == 92


def test_a_day_of_25_hours_shows_one_twice():
    assert labels([AUTUMN])[1:5] == [(4, 1, 0), (8, 2, 0), (12, 2, 1), (16, 3, 0)]
    assert hours.axis([AUTUMN], BERLIN).rows == 100


def test_in_a_week_the_hour_that_comes_twice_is_empty_on_the_other_days():
    axis = hours.axis(WEEK_OF_AUTUMN, BERLIN)

    assert axis.rows == 100
    assert [axis.gaps(day) for day in axis.days] == [[Run(12, 4)]] * 6 + [[]]


def test_in_a_week_the_skipped_hour_is_empty_on_its_day_alone():
    axis = hours.axis(calendars.week(SPRING, 0), BERLIN)

    assert axis.rows == 96
    assert [axis.gaps(day) for day in axis.days] == [[]] * 6 + [[Run(8, 4)]]


def test_a_change_of_half_an_hour_and_one_at_midnight_have_their_rows():
    half = hours.axis([date(2026, 4, 5)], ZoneInfo("Australia/Lord_Howe"))
    begins_late = hours.stretch(date(2017, 10, 15), ZoneInfo("America/Sao_Paulo"))

    assert half.rows == 98
    assert (begins_late.turn, begins_late.shift) == (0, -4)


def test_a_day_that_a_zone_skipped_is_one_gap():
    apia = ZoneInfo("Pacific/Apia")
    axis = hours.axis([date(2011, 12, 29), date(2011, 12, 30)], apia)

    assert [axis.gaps(day) for day in axis.days] == [[], [Run(0, 96)]]


@given(DAYS, st.sampled_from(sorted(ZONES)))
def test_every_moment_of_a_week_has_a_row_of_its_own_in_their_order(day, zone):
    axis = hours.axis(calendars.week(day, 0), ZoneInfo(zone))

    for one in axis.days:
        rows = [axis.row(one, quarter) for quarter in range(one.quarters)]
        assert rows == sorted(set(rows))
        assert all(0 <= row < axis.rows for row in rows)
        assert len(rows) + sum(gap.rows for gap in axis.gaps(one)) == axis.rows


@given(DAYS, st.sampled_from(sorted(ZONES)))
def test_the_days_of_a_zone_follow_one_another_without_a_gap(day, zone):
    found = ZoneInfo(zone)

    assert next_midnight(day, found) == midnight(day + timedelta(days=1), found)
    assert hours.stretch(day, found).quarters >= 0


def overlap(one, other):
    return one.first < sum(other) and other.first < sum(one)


@given(RUNS, st.integers(1, 6))
def test_boxes_never_cover_one_another_and_reach_as_far_as_they_can(runs, most):
    found = lanes.side_by_side(runs, most)

    for one, other in combinations(found, 2):
        if overlap(one.run, other.run):
            assert one.of == other.of
            assert one.lane + one.wide <= other.lane or other.lane + other.wide <= one.lane
    for one in found:
        beside = [other for other in found if overlap(one.run, other.run) and other.lane > one.lane]
        assert one.lane + one.wide == min((other.lane for other in beside), default=one.of) <= most


@given(RUNS, st.integers(1, 6))
def test_every_box_stands_once_by_itself_or_is_counted_where_it_would_be(runs, most):
    found = lanes.side_by_side(runs, most)

    assert sorted(number for place in found for number in place.held) == list(range(len(runs)))
    for place in found:
        held = [runs[number] for number in place.held]
        assert place.run.first == min(run.first for run in held)
        assert sum(place.run) == max(map(sum, held))
        assert len(held) == 1 or place.lane == most - 1


@given(RUNS)
def test_nothing_is_only_counted_where_there_are_lanes_enough(runs):
    at_once = max(
        (sum(run.first <= row < sum(run) for run in runs) for row in range(108)), default=0
    )

    found = lanes.side_by_side(runs, max(at_once, 1))

    assert [place.held for place in found] == [(number,) for number in range(len(runs))]


def test_overlapping_events_stand_side_by_side():
    table = laid_out(
        {
            PLAIN: [
                event("2026-10-14 09:00", 7200),
                event("2026-10-14 10:00"),
                task("2026-10-14 12:00"),
            ]
        }
    )

    assert table.rows == 56
    assert places(table) == [(8, 8, 0, 30), (12, 4, 30, 30), (20, 2, 0, 60)]


def test_what_is_short_or_ends_at_midnight_keeps_two_rows():
    table = laid_out({PLAIN: [event("2026-10-14 23:55", 300)]})

    assert places(table) == [(66, 2, 0, 60)]
    assert table.rows == 68


def test_the_night_is_shown_when_it_is_used_or_a_clock_changes():
    assert [hour.at.hour for hour in laid_out({PLAIN: []}).hours] == list(range(7, 21))
    assert laid_out({PLAIN: [event("2026-10-14 03:30")]}).hours[0].at.hour == 3
    assert laid_out({AUTUMN: []}).rows == 100


def test_an_event_in_the_hour_that_comes_twice_stands_at_the_right_one():
    first, second = at("2026-10-25 00:30") + 2 * 3600, at("2026-10-25 00:30") + 3 * 3600
    entries = [entry("event", starttime=start, duration=1800) for start in (first, second)]

    assert [place[0] for place in places(laid_out({AUTUMN: entries}))] == [10, 14]


def test_events_of_whole_days_are_bars_over_their_days():
    trip = event("2026-10-13 15:00", 2 * 86_400)
    days = calendars.week(PLAIN, 0)
    table = laid_out(
        {day: [trip] if 1 <= day.weekday() <= 3 else [] for day in days}, timetable.WEEK
    )

    assert [(bar.first, bar.days, bar.begins, bar.ends) for bar in table.bars] == [
        (2, 3, True, True)
    ]
    assert [column.boxes for column in table.columns] == [[]] * 7


def test_a_day_of_25_hours_from_midnight_to_midnight_is_a_whole_day():
    clock = WallClock(at("2026-10-25 10:00"), BERLIN)

    assert timetable.is_of_days(event("2026-10-25 00:00", 25 * 3600), clock)
    assert timetable.is_of_days(event("2026-03-29 00:00", 23 * 3600), clock)
    assert not timetable.is_of_days(event("2026-10-14 00:00", 23 * 3600), clock)


@pytest.mark.parametrize(
    ("at_once", "wide", "narrow"),
    [
        (2, [(1, 0, 30), (1, 30, 30)], [(1, 0, 30), (1, 30, 30)]),
        (3, [(1, 0, 20), (1, 20, 20), (1, 40, 20)], [(1, 0, 30), (2, 30, 30)]),
        (20, [(1, 0, 20), (1, 20, 20), (18, 40, 20)], [(1, 0, 30), (19, 30, 30)]),
    ],
)
def test_what_would_stand_too_narrow_is_counted_at_its_hours(at_once, wide, narrow):
    many = [event("2026-10-14 09:00") for _number in range(at_once)]

    boxes = laid_out({PLAIN: many}, timetable.WEEK).columns[0].boxes

    assert [(box.count, *box.wide) for box in boxes if box.wide] == wide
    assert [(box.count, *box.narrow) for box in boxes if box.narrow] == narrow
    assert {(box.y, box.h) for box in boxes} == {(8, 4)}
    assert [box.entry for box in boxes if box.count == 1] == many[: 2 if at_once > 3 else at_once]


def test_what_there_is_no_room_for_is_counted_above_the_hours():
    many = [event("2026-10-14 09:00") for _number in range(22)]
    many += [task("2026-10-14 23:59") for _number in range(5)]
    column = laid_out({PLAIN: many}, timetable.WEEK).columns[0]

    assert (len(column.tasks), column.more) == (3, 4)


@pytest.mark.parametrize(
    ("now", "line"), [("2026-10-14 10:07", (12, 1, 37)), ("2026-10-15 10:07", None)]
)
def test_the_line_of_the_present_stands_on_today_alone(now, line):
    found = laid_out({PLAIN: []}, now=now).columns[0].now

    assert (found and (*found, found.fives)) == line
