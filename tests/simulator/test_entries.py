"""How a device reads entries: what its parser takes, and the values it makes itself."""

from datetime import date

import pytest

from simulator.entries import creates, day_seconds, day_text, free_name, readable

TASK = {"id": "t", "name": "Bins", "priority": 1, "duedate": 2147483647, "completion": 2}
EVENT = {"id": "e", "name": "Dentist", "description": "", "starttime": 1, "duration": 2}
HABIT = {"id": "h", "name": "Run", "goal": 127}


@pytest.mark.parametrize(
    ("kind", "entry"),
    [
        ("task", TASK),
        ("event", EVENT),
        ("event", {"id": "e", "deleted": 1}),
        ("habit", HABIT),
        ("habit", {"id": "h", "deleted": 1}),
        ("task", TASK | {"name": "é" * 63}),
    ],
)
def test_a_device_reads_what_its_parser_needs(kind, entry):
    assert readable(kind, entry)


@pytest.mark.parametrize(
    ("kind", "entry"),
    [
        ("task", {"id": "t", "completion": 2}),
        ("task", TASK | {"duedate": None}),
        ("task", TASK | {"name": "é" * 64}),
        ("event", {**EVENT, "description": 1, "starttime": "1"}),
        ("habit", {"id": "h", "name": "Run"}),
        ("habit", {"name": "Run", "goal": 127}),
    ],
)
def test_a_device_skips_what_its_parser_refuses(kind, entry):
    assert not readable(kind, entry)


def test_a_change_with_all_fields_creates_an_entry():
    assert creates("habit", {"name": "Run", "goal": 1})
    assert not creates("habit", {"name": "Run"})
    assert not creates("task", {"completion": 1})


def test_the_second_habit_of_a_name_gets_a_number():
    assert free_name("Run", {"Run"}) == "Run (2)"
    assert free_name("Run", {"Run", "Run (2)"}) == "Run (3)"


def test_a_numbered_name_fits_and_cuts_no_character():
    name = free_name("é" * 63, set())

    assert name == "é" * 61 + " (2)"
    assert len(name.encode()) <= 127


def test_a_day_is_the_calendar_day_in_utc():
    assert day_text(1794241311) == "2026-11-09"
    assert day_text(date(2026, 11, 9)) == "2026-11-09"
    assert day_seconds("2026-11-09") == day_seconds(1794241311) == 1794182400
