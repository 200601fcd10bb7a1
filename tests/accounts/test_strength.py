"""How strong a password is said to be, and why (matrix A6)."""

import pytest

from accounts.strength import LEAST, estimate

KNOWN = ["zephyrine", "Zephyrine Quill", "z.quill@example.org"]


@pytest.mark.parametrize(
    ("password", "reasons"),
    [
        ("password1", ["It has a password that many people use."]),
        ("qwertyhn", ["It has a password that many people use.", "It is short."]),
        ("zephyrine", ["It has a name or an address that others know."]),
        ("quillplanner", ["It has a name or an address that others know."]),
        ("plannertablet", ["It has a name or an address that others know."]),
        ("aaaaaaaaa", ["It repeats itself."]),
        ("abcdefghi", ["It has a row such as “abc” or “123”."]),
        ("12051987", ["It has a date."]),
    ],
)
def test_what_is_easy_to_guess_is_refused_with_the_reason(password, reasons):
    """A6"""
    strength = estimate(password, KNOWN)

    assert strength.score < LEAST
    assert set(strength.reasons) <= set(reasons)
    assert strength.reasons


@pytest.mark.parametrize("password", ["x7#kQ9mz", "nine lamps", "пароль-кот", "🐢🦊🐙🌵🎈🧭🪁🥁"])
def test_what_is_not_is_taken(password):
    """A6"""
    assert estimate(password, KNOWN).score >= LEAST


def test_a_strong_one_needs_no_reason():
    assert estimate("a lamp beside nine books", KNOWN) == (4, [])
    assert estimate("a lamp beside nine books").level == "Strong"


def test_a_long_one_takes_no_longer():
    """A6"""
    assert estimate("a lamp beside nine books" * 200).score == 4
