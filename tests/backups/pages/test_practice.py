"""Streaks, strength, rates and the map of a year: calendar days alone."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.zones import ZONES
from backups import calendars, practice
from backups.calendars import WallClock
from backups.practice import Rate
from planner.times import day_seconds, midnight, next_midnight, seconds_day, weekday_mask

TODAY = date(2026, 10, 14)
SUNDAY, MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY = (0x40 >> n for n in range(7))
DAYS = st.dates(date(1971, 1, 1), date(2037, 12, 30))
GOALS = st.integers(1, 127)
DONE = st.sets(st.integers(0, 60).map(lambda back: TODAY - timedelta(days=back)))


def october(*days):
    return {date(2026, 10, day) for day in days}


def every(goal, first, last=TODAY):
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return {day for day in days if goal & weekday_mask(day)}


@pytest.mark.parametrize(
    ("goal", "done", "now", "best"),
    [
        (127, (14, 13, 12), 3, 3),
        (127, (13, 12), 2, 2),
        (127, (14, 12), 1, 1),
        (127, (14, 11, 10, 9, 8), 1, 4),
        (TUESDAY | THURSDAY, (13, 8, 6), 3, 3),
        (TUESDAY | THURSDAY, (13, 9, 8), 2, 2),
        (TUESDAY | THURSDAY, (13, 6), 1, 1),
        (127, (), 0, 0),
        (0, (14,), 0, 0),
    ],
)
def test_a_streak_counts_due_days_in_a_row(goal, done, now, best):
    assert practice.streak(goal, october(*done), TODAY) == now
    assert practice.best_streak(goal, october(*done), TODAY) == best


@given(GOALS, DONE)
def test_no_streak_is_longer_than_the_best_and_one_tick_more_never_shortens_it(goal, done):
    now, best = practice.streak(goal, done, TODAY), practice.best_streak(goal, done, TODAY)

    assert now <= best
    assert practice.best_streak(goal, done | {TODAY}, TODAY) >= best


def test_thirteen_days_without_it_halve_a_daily_habit():
    done = every(127, date(2020, 1, 1), TODAY - timedelta(days=13))

    before = practice.strength(127, done, TODAY - timedelta(days=13))
    after = practice.strength(127, done, TODAY + timedelta(days=1))

    assert (before, after) == (pytest.approx(1), pytest.approx(0.5))


def test_a_weekly_habit_is_halved_by_fewer_but_longer_weeks():
    weekly = every(WEDNESDAY, date(2020, 1, 1))
    month_later = TODAY + timedelta(weeks=5)

    left = practice.strength(WEDNESDAY, weekly, month_later - timedelta(days=1))

    assert left == pytest.approx(0.5 ** (4 * 7**0.5 / 13), abs=1e-6)


@given(GOALS, DONE)
def test_strength_is_a_share_and_a_tick_of_today_raises_it(goal, done):
    before = practice.strength(goal, done - {TODAY}, TODAY)
    after = practice.strength(goal, done | {TODAY}, TODAY)

    assert 0 <= before <= 1
    assert after > before if goal & weekday_mask(TODAY) else True


def test_a_day_that_is_not_due_changes_neither_streak_nor_strength():
    done = october(13, 8, 6)
    extra = done | october(10, 11, 12)

    for figure in (practice.streak, practice.best_streak, practice.strength):
        assert figure(TUESDAY | THURSDAY, extra, TODAY) == figure(TUESDAY | THURSDAY, done, TODAY)


FIGURES = (practice.streak, practice.best_streak, practice.strength)


@given(GOALS, DONE, DONE)
def test_to_skip_a_day_never_harms_and_only_undone_due_days_matter(goal, done, skipped):
    due = {day for day in skipped if goal & weekday_mask(day)}
    for figure in FIGURES:
        excused = figure(goal, done, TODAY, skipped)

        assert excused >= figure(goal, done, TODAY)
        assert excused == figure(goal, done, TODAY, due - done)


@given(GOALS, DONE)
def test_who_skips_all_that_was_missed_has_done_everything_in_a_row(goal, done):
    missed = every(goal, min(done, default=TODAY)) - done
    due_done = sum(bool(goal & weekday_mask(day)) for day in done)

    assert practice.streak(goal, done, TODAY, missed) == due_done
    assert practice.best_streak(goal, done, TODAY, missed) == due_done
    for rate in practice.months(goal, done, TODAY, missed):
        assert rate.rate.done == rate.rate.due


def test_skipped_days_are_told_in_stretches_and_the_last_missed_one_is_offered():
    assert practice.spans(october(1, 2, 3, 5, 7, 8)) == [
        (date(2026, 10, 7), date(2026, 10, 8)),
        (date(2026, 10, 5), date(2026, 10, 5)),
        (date(2026, 10, 1), date(2026, 10, 3)),
    ]
    assert practice.last_missed(127, october(9, 11), TODAY, october(13)) == date(2026, 10, 12)
    assert practice.last_missed(127, october(13), TODAY, set()) == TODAY


def test_rates_speak_of_the_days_since_the_first_tick():
    rates = practice.weekday_rates(MONDAY | TUESDAY, october(5, 6, 13), TODAY, 0)

    assert [rate for _day, rate in rates] == [Rate(1, 2), Rate(2, 2), *[Rate()] * 5]
    assert [rate.percent for _day, rate in rates[:3]] == [50, 100, None]


def test_the_months_of_a_year_count_due_days_and_extra_ones():
    done = every(MONDAY, date(2026, 9, 7)) | october(10)
    found = practice.months(MONDAY, done, TODAY)

    assert [(month.first, month.rate, month.extra) for month in found[:3]] == [
        (date(2026, 10, 1), Rate(2, 2), 1),
        (date(2026, 9, 1), Rate(4, 4), 0),
        (date(2026, 8, 1), Rate(0, 0), 0),
    ]
    assert len(found) == 12


def test_the_map_of_a_year_ends_with_this_week():
    weeks = practice.year_weeks(TODAY, 6)

    assert (len(weeks), weeks[0][0], weeks[-1][-1]) == (53, date(2025, 10, 12), date(2026, 10, 17))


@settings(max_examples=10)
@given(DAYS, st.floats(0, 1, exclude_max=True))
def test_in_no_zone_a_tick_or_a_streak_moves_with_the_clock(day, share):
    """Whatever the hour: a tick is of its day, and a streak is the same all day long."""
    back = {day - timedelta(days=number) for number in range(5)}
    stored = {seconds_day(day_seconds(one)) for one in back}
    assert stored == back
    for zone in map(ZoneInfo, ZONES):
        begin, end = midnight(day, zone), next_midnight(day, zone)
        today = WallClock(begin + int((end - begin) * share), zone).today

        # Where a clock goes back over midnight, its first minutes are those of the day before.
        assert today in (day, day - timedelta(days=1)) or begin == end
        assert practice.streak(127, stored, today) == (5 if today >= day else 4)
        assert calendars.habit_state(127, today, today, done=today in stored) == "done"
        assert calendars.habit_state(127, today + timedelta(days=1), today, done=False) == "ahead"
