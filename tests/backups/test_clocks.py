"""When a change counts as made."""

import pytest

from backups.clocks import MICRO, Clock, steady_offset

NOW = 1_794_182_400
ARRIVAL = NOW * MICRO


def clock(**values) -> Clock:
    """A clock to which nothing special has happened."""
    return Clock(**{"now_stamp": ARRIVAL, "newest_stamp": 0, "opened_stamp": 0} | values)


def test_the_time_of_the_change_is_corrected_by_the_offset():
    assert clock(offset=-3_600).stamp(NOW, 0) == (NOW - 3_600) * MICRO


def test_without_a_time_the_arrival_counts_in_the_order_of_the_items():
    assert [clock().stamp(None, number) for number in range(3)] == [
        ARRIVAL,
        ARRIVAL + 1,
        ARRIVAL + 2,
    ]


def test_stamps_of_the_server_never_go_back():
    assert clock(newest_stamp=ARRIVAL + 500).stamp(None, 0) == ARRIVAL + 501


@pytest.mark.parametrize(
    ("at", "reported"),
    [(NOW + 61, None), (NOW - 100 + 61, NOW - 100), (2**53, NOW), (2**53, None)],
    ids=["a minute ahead", "ahead of its own clock", "far ahead", "far ahead without a clock"],
)
def test_a_time_ahead_counts_as_the_arrival(at, reported):
    assert clock(reported=reported).stamp(at, 0) == ARRIVAL


@pytest.mark.parametrize("at", [0, NOW - 10_000])
def test_nothing_counts_as_before_the_claim(at):
    assert clock(opened_stamp=ARRIVAL - 5).stamp(at, 0) == ARRIVAL - 5


@pytest.mark.parametrize(
    ("held", "reported", "offset"),
    [
        (0, NOW + 60, 0),
        (0, NOW + 61, -61),
        (-3_600, NOW + 3_650, -3_600),
        (-3_600, NOW, 0),
        (5, None, 5),
        (0, 0, NOW),
    ],
)
def test_the_offset_is_kept_while_it_is_right_within_a_minute(held, reported, offset):
    assert steady_offset(held, reported, NOW) == offset
