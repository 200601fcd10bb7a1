"""What opens a unit is random: no letter is likelier than another, and nothing comes twice."""

import math
from collections import Counter

import pytest

from accounts.models import Session, User
from accounts.tokens import UserAccess
from devices import serials


def is_even(letters: str, alphabet: str) -> bool:
    """Whether letters come as often as each other: chi square at one error in a billion."""
    expected, free = len(letters) / len(alphabet), len(alphabet) - 1
    counts = Counter(letters)
    chi = sum((counts[letter] - expected) ** 2 / expected for letter in alphabet)
    # Wilson and Hilferty's approximation of the distribution.
    limit = free * (1 - 2 / (9 * free) + 6 * math.sqrt(2 / (9 * free))) ** 3
    return set(letters) <= set(alphabet) and chi < limit


def check(count: int) -> None:
    codes = [serials.read_code(serials.new_code()) for _ in range(count)]
    bodies = [serials.new_serial("SC").split("-")[1] for _ in range(count)]
    keys = [serials.new_key() for _ in range(count)]
    user = User(pk=1)
    ids = [UserAccess.of(Session(user=user))["jti"] for _ in range(count // 10)]

    assert [len(set(made)) for made in (codes, keys, ids)] == [count, count, count // 10]
    assert len(set(bodies)) >= count - 1
    for place in range(serials.CODE_RANDOM):
        assert is_even("".join(code[place] for code in codes), serials.CODE_ALPHABET), place
    for place in range(serials.SERIAL_RANDOM):
        assert is_even("".join(body[place] for body in bodies), serials.SERIAL_ALPHABET), place
    assert is_even("".join(key[1:42] for key in keys), KEY_ALPHABET)


KEY_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def test_the_measure_finds_a_loaded_die():
    assert is_even("ABCD" * 500, "ABCD")
    assert not is_even("ABCD" * 500 + "A" * 200, "ABCD")
    assert not is_even("ABCX" * 500, "ABCD")


def test_secrets_are_even_and_different():
    """B12"""
    check(5_000)


@pytest.mark.nightly
def test_a_hundred_thousand_secrets_are_even_and_different():
    """B12"""
    check(100_000)
