"""Device settings have defaults, and take nothing but what the tablet understands."""

import pytest

from devices.device_settings import SETTINGS, complete, refusals


def test_every_default_is_acceptable():
    assert refusals(complete({})) == []


def test_stored_settings_win_over_the_defaults_and_unknown_ones_are_left_out():
    shown = complete({"hour_format": 12, "left_over": 1})

    assert shown == complete({}) | {"hour_format": 12}
    assert list(shown) == list(SETTINGS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time_zone", "Europe/Berlin"),
        ("hour_format", 12),
        ("show_seconds", True),
        ("date_order", "YMD"),
        ("week_start", "sunday"),
        ("day_start", 43200),
        ("theme", "dark"),
        ("text_size", "l"),
        ("focus_minutes", 180),
        ("break_minutes", 1),
        ("pomodoro", True),
        ("power_saving", False),
        ("keep_completed", 0),
        ("keep_completed", 604800),
    ],
)
def test_good_values_are_taken(name, value):
    assert refusals({name: value}) == []


BAD = [None, "", "x", "24", "true", 1.5, 1.0, -1, 2**63, [], {}, "\x00", "\ud800", "europe/berlin"]


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("value", BAD, ids=repr)
def test_bad_values_are_refused(name, value):
    assert [(refusal.name, refusal.code) for refusal in refusals({name: value})] == [
        (name, "invalid")
    ]


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("day_start", 0, 43200), ("focus_minutes", 1, 180), ("break_minutes", 1, 60)],
)
def test_numbers_are_taken_up_to_their_limits(name, low, high):
    taken = [value for value in (low - 1, low, high, high + 1) if not refusals({name: value})]

    assert taken == [low, high]


@pytest.mark.parametrize("name", ["hour_format", "day_start", "keep_completed", "focus_minutes"])
def test_true_is_no_number_and_one_is_no_flag(name):
    assert refusals({name: True}) != []
    assert refusals({"pomodoro": 1}) != []


def test_an_unknown_setting_is_named():
    assert [tuple(refusal) for refusal in refusals({"colour": "red"})] == [
        ("colour", "unknown-field", "There is no such setting.")
    ]
