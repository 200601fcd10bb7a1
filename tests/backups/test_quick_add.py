"""Lines of plain words, as people type them on Wednesday, 18 November 2026, at 10:30 in Berlin."""

from datetime import date, datetime
from datetime import time as clock_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backups.calendars import WallClock
from backups.grammars import GRAMMARS
from backups.quick_add import SEPARATORS, Reader, Reading, read

BERLIN = ZoneInfo("Europe/Berlin")
CLOCK = WallClock(int(datetime(2026, 11, 18, 10, 30, tzinfo=BERLIN).timestamp()), BERLIN)
ENGLISH, GERMAN = Reader(CLOCK), Reader(CLOCK, "de")


def said(reading: Reading) -> str:
    """Return what a line says beside its name, in one line."""
    span = reading.time and f"{reading.time:%H:%M}"
    ends = reading.ends and f"-{reading.ends:%H:%M}"
    minutes = reading.minutes and f"{reading.minutes} min"
    level = reading.priority and f"!{reading.priority}"
    day = reading.day and reading.day.isoformat()
    return " ".join(part for part in (day, (span or "") + (ends or ""), minutes, level) if part)


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("tomorrow 17:00 !3", "2026-11-19 17:00 !3"),
        ("today", "2026-11-18"),
        ("tmrw", "2026-11-19"),
        ("day after tomorrow", "2026-11-20"),
        ("friday", "2026-11-20"),
        ("on Friday", "2026-11-20"),
        ("by fri", "2026-11-20"),
        ("wednesday", "2026-11-25"),
        ("next friday", "2026-11-27"),
        ("Sun", "2026-11-22"),
        ("in 3 days", "2026-11-21"),
        ("in a week", "2026-11-25"),
        ("in two weeks", ""),
        ("in 2 weeks", "2026-12-02"),
        ("in 3 months", "2027-02-18"),
        ("in 2 hours", "2026-11-18 12:30"),
        ("in 45 min", "2026-11-18 11:15"),
        ("next week", "2026-11-23"),
        ("next month", "2026-12-01"),
        ("14 Oct", "2027-10-14"),
        ("14th of October", "2027-10-14"),
        ("Oct 14, 2028", "2028-10-14"),
        ("Dec 1st", "2026-12-01"),
        ("18 Nov", "2026-11-18"),
        ("Tue 24 Nov", "2026-11-24"),
        ("14.10.", "2027-10-14"),
        ("14.10.2028", "2028-10-14"),
        ("14.10.28", "2028-10-14"),
        ("2026-12-14", "2026-12-14"),
        ("24/12", "2026-12-24"),
        ("24/12/27", "2027-12-24"),
        ("29 Feb", "2028-02-29"),
        ("5pm", "17:00"),
        ("5:30 pm", "17:30"),
        ("at 5 pm", "17:00"),
        ("12am", "00:00"),
        ("12pm", "12:00"),
        ("at noon", "12:00"),
        ("7 o'clock", "07:00"),
        ("09:05, tomorrow,", "2026-11-19 09:05"),
        ("5pm tomorrow", "2026-11-19 17:00"),
        ("12:00-13:00 friday", "2026-11-20 12:00-13:00"),
        ("friday from 12:00 to 13:00", "2026-11-20 12:00-13:00"),
        ("10-11am", "10:00-11:00"),
        ("11-1pm", "11:00-13:00"),
        ("1-2pm", "13:00-14:00"),
        ("22:00 – 01:00", "22:00-01:00"),
        ("18:00 for 30 min", "18:00 30 min"),
        ("18:00 for 1.5 hours", "18:00 90 min"),
        ("18:00 for 1h30", "18:00 90 min"),
        ("18:00 for an hour", "18:00 60 min"),
        ("!high", "!3"),
        ("!1 today", "2026-11-18 !1"),
        ("heute", "2026-11-18"),
        ("übermorgen 17 Uhr", "2026-11-20 17:00"),
        ("in 3 Tagen", "2026-11-21"),
    ],
)
def test_the_end_of_a_line_says_when(words, meaning):
    reading = read(f"Call Ada {words}", ENGLISH)

    assert (reading.name if meaning else "Call Ada", said(reading)) == ("Call Ada", meaning)


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("morgen um 17 Uhr !hoch", "2026-11-19 17:00 !3"),
        ("morgen, 17:30 Uhr", "2026-11-19 17:30"),
        ("um 8", "08:00"),
        ("17.30 Uhr", "17:30"),
        ("am Freitag", "2026-11-20"),
        ("bis Fr", "2026-11-20"),
        ("nächsten Freitag", "2026-11-27"),
        ("Do 9:00", "2026-11-19 09:00"),
        ("nächste Woche", "2026-11-23"),
        ("nächsten Monat", "2026-12-01"),
        ("in einer Woche", "2026-11-25"),
        ("in 2 Stunden", "2026-11-18 12:30"),
        ("am 14. Oktober", "2027-10-14"),
        ("Di, 24.11.", "2026-11-24"),
        ("14. März 2027", "2027-03-14"),
        ("12-13 Uhr Freitag", "2026-11-20 12:00-13:00"),
        ("von 12:00 bis 13:00", "12:00-13:00"),
        ("18 Uhr für 30 Minuten", "18:00 30 min"),
        ("18 Uhr für 1,5 Stunden !mittel", "18:00 90 min !2"),
        ("tomorrow", "2026-11-19"),
    ],
)
def test_a_german_reader_says_it_in_german(words, meaning):
    reading = read(f"Ada anrufen {words}", GERMAN)

    assert (reading.name, said(reading)) == ("Ada anrufen", meaning)


@pytest.mark.parametrize(
    "line",
    [
        "Bins every Monday",
        "Müll jeden Montag",
        "The 5th Wave",
        "The 9/11 Report",
        "Read Tomorrow's paper",
        "Renovation - 2nd Floor Bath",
        "Things To Do",
        "Get some sun",
        "Where the cat sat",
        "Buy 12",
        "Pages 12-13",
        "Ask at 5",
        "Run for 3 days",
        "Pay 31.2.",
        "Party 30 Feb",
        "Meet at 25:00",
        "Meet at 13pm",
        "In 900 months",
        "Delete mails up to “January 30th”",
        'Watch "Next Friday"',
        "Wow !!! !4 !x",
        "See 2069-01-01",
        "x  y",
        "٣ in ٣ days",
    ],
)
def test_what_is_not_said_at_the_end_is_a_name(line):
    assert read(line, ENGLISH) == Reading(line)


@pytest.mark.parametrize(
    ("line", "name", "meaning"),
    [
        ("tomorrow call Ada", "call Ada", "2026-11-19"),
        ("17:00 call Ada friday", "call Ada", "2026-11-20 17:00"),
        ("14.12. Steuer", "Steuer", "2026-12-14"),
        ("Friday prayers", "Friday prayers", ""),
        ("Call !2 Ada today", "Call Ada", "2026-11-18 !2"),
        ("Plan today tomorrow", "Plan today", "2026-11-19"),
        ("friday", "friday", "2026-11-20"),
    ],
)
def test_of_the_beginning_only_what_is_sure_is_read(line, name, meaning):
    reading = read(line, ENGLISH)

    assert (reading.name, said(reading)) == (name, meaning)


def test_the_order_of_a_date_is_the_readers():
    assert read("Call 3/12", ENGLISH).day == date(2026, 12, 3)
    assert read("Call 3/12", ENGLISH._replace(date_order="MDY")).day == date(2027, 3, 12)


def test_a_week_begins_when_the_readers_does():
    sunday = Reader(WallClock(CLOCK.now, BERLIN, 6))

    assert read("Call next week", sunday).day == date(2026, 11, 22)


def test_each_part_tells_which_words_it_was():
    assert read("Call at 17:00 tomorrow !3", ENGLISH).parts == (
        ("priority", "!3"),
        ("day", "tomorrow"),
        ("time", "at 17:00"),
    )


WORDS = [
    *(word for grammar in GRAMMARS.values() for word in (*grammar.days, *grammar.months)),
    *(
        "17:00",
        "5pm",
        "for",
        "in",
        "3",
        "30",
        "min",
        "next",
        "week",
        "!3",
        "!high",
        "14.10.",
        "12-13",
    ),
    *("Buy", "milk", "“", "\0", "\ud800", "٣", "9" * 40, "–", "12:00–13:00", "99.99.", "friday,"),
]
LINES = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join))


@given(LINES, st.sampled_from(["en", "de", "xx"]), st.sampled_from(["DMY", "MDY", "YMD"]))
@example("friday", "en", "DMY")
@example("x " * 600, "en", "DMY")
def test_no_line_fails_and_no_word_is_lost(line, language, order):
    """E5, E13"""
    reading = read(line, Reader(CLOCK, language, order))

    taken = [word for part in reading.parts for word in part.words.split()]
    kept = line.split() if len(taken) == len(line.split()) else [*reading.name.split(), *taken]
    bare = [word.rstrip(SEPARATORS) for word in kept]
    assert sorted(filter(None, bare)) == sorted(
        filter(None, (word.rstrip(SEPARATORS) for word in line.split()))
    )
    assert bool(reading.name) == bool(line.strip())
    assert reading.time is None or isinstance(reading.time, clock_time)
