"""Days begin and end where the clocks of each zone say so, both clock changes included."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import times

ZONES = sorted(available_timezones())
zones = st.sampled_from(ZONES).map(ZoneInfo)
days = st.dates(date(1975, 1, 1), date(2105, 1, 1))
moments = st.integers(0, times.FOREVER)


def utc(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())


@given(day=days, zone=zones)
def test_a_day_begins_at_its_first_second(day, zone):
    start = times.midnight(day, zone)

    assert times.local_day(start, zone) >= day
    assert times.local_day(start - 1, zone) < day


@pytest.mark.parametrize("name", ZONES)
def test_a_day_begins_at_its_first_second_around_every_clock_change_of_a_year(name):
    zone = ZoneInfo(name)
    year = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    offsets = [datetime(day.year, day.month, day.day, tzinfo=zone).utcoffset() for day in year]
    changes = [day for day, a, b in zip(year, offsets, offsets[1:], strict=False) if a != b]

    for change in changes:
        for day in (change - timedelta(days=1), change, change + timedelta(days=1)):
            start = times.midnight(day, zone)
            assert times.local_day(start, zone) == day
            assert times.local_day(start - 1, zone) == day - timedelta(days=1)


@given(day=days, zone=zones)
def test_a_day_ends_where_the_next_one_begins(day, zone):
    end = times.next_midnight(day, zone)

    assert end == times.midnight(day + timedelta(days=1), zone)
    assert times.local_day(end - 1, zone) <= day < times.local_day(end, zone)


@given(moment=moments, zone=zones)
def test_every_moment_is_within_its_local_day(moment, zone):
    day = times.local_day(moment, zone)

    assert times.midnight(day, zone) <= moment < times.next_midnight(day, zone)
    assert times.local(moment, zone).timestamp() == moment


@given(day=st.dates(date(1970, 1, 1), date(2105, 1, 1)))
def test_a_day_on_the_wire_is_its_midnight_in_utc_and_reads_back(day):
    seconds = times.day_seconds(day)

    assert seconds == times.midnight(day, ZoneInfo("UTC"))
    assert seconds % times.DAY == 0
    assert times.seconds_day(seconds) == times.seconds_day(seconds + times.DAY - 1) == day


@given(monday=days.map(lambda day: day - timedelta(days=day.weekday())))
def test_the_masks_of_a_week_are_seven_bits_from_sunday_down_to_saturday(monday):
    sunday = monday - timedelta(days=1)

    masks = [times.weekday_mask(sunday + timedelta(days=number)) for number in range(7)]

    assert masks == [0x40, 0x20, 0x10, 0x08, 0x04, 0x02, 0x01]


@pytest.mark.parametrize(
    ("zone", "day", "start", "hours"),
    [
        pytest.param("Europe/Berlin", date(2026, 3, 29), (2026, 3, 28, 23), 23, id="spring"),
        pytest.param("Europe/Berlin", date(2026, 10, 25), (2026, 10, 24, 22), 25, id="autumn"),
        pytest.param("America/Santiago", date(2026, 9, 6), (2026, 9, 6, 4), 23, id="no 00:00"),
        pytest.param("America/Havana", date(2026, 11, 1), (2026, 11, 1, 4), 25, id="two 00:00"),
        pytest.param("Australia/Lord_Howe", date(2026, 10, 4), (2026, 10, 3, 13, 30), 23.5),
        pytest.param("Asia/Kathmandu", date(2026, 5, 5), (2026, 5, 4, 18, 15), 24),
        pytest.param("Pacific/Kiritimati", date(2026, 1, 1), (2025, 12, 31, 10), 24),
        pytest.param("Pacific/Apia", date(2011, 12, 30), (2011, 12, 30, 10), 0, id="no day"),
    ],
)
def test_a_day_is_as_long_as_its_clocks_make_it(zone, day, start, hours):
    begin, end = times.midnight(day, ZoneInfo(zone)), times.next_midnight(day, ZoneInfo(zone))

    assert begin == utc(*start)
    assert (end - begin) / 3600 == hours


def test_the_present_is_told_in_both_units():
    before = datetime.now(UTC).timestamp()
    seconds, fine = times.now(), times.microseconds()
    after = datetime.now(UTC).timestamp()

    assert int(before) <= seconds <= after
    assert before - 0.001 <= fine / 1_000_000 <= after + 0.001
