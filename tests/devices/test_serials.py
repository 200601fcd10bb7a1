"""Serials, codes and keys are made as specified, and typing errors show before a try is used."""

import re

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from devices import serials
from devices.serials import CODE_ALPHABET, SERIAL_ALPHABET

SAMPLES = range(200)


def _swapped(text: str, place: int) -> str:
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _is_read(read, text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def test_a_serial_is_prefix_eight_characters_and_a_check_character():
    made = {serials.new_serial("SC") for _ in SAMPLES}

    assert len(made) == len(SAMPLES)
    assert all(re.fullmatch(rf"SC-[{SERIAL_ALPHABET}]{{8}}-[{SERIAL_ALPHABET}]", s) for s in made)
    assert [serials.read_serial(serial) for serial in made] == list(made)


def test_a_code_is_twelve_letters_in_three_groups():
    made = {serials.new_code() for _ in SAMPLES}

    assert len(made) == len(SAMPLES)
    assert all(
        re.fullmatch(rf"([{CODE_ALPHABET}]{{4}}-){{2}}[{CODE_ALPHABET}]{{4}}", c) for c in made
    )
    assert [serials.printed_code(serials.read_code(code)) for code in made] == list(made)


@pytest.mark.parametrize("prefix", ["S", "SC", "AB12CD34"])
def test_every_single_wrong_character_of_a_serial_shows(prefix):
    plain = serials.new_serial(prefix).replace("-", "")

    passed = [
        plain[:place] + wrong + plain[place + 1 :]
        for place in range(len(plain))
        for wrong in SERIAL_ALPHABET
        if wrong != plain[place]
        and _is_read(serials.read_serial, plain[:place] + wrong + plain[place + 1 :])
    ]

    assert passed == []


@pytest.mark.parametrize("prefix", ["S", "SC", "AB12CD34"])
def test_every_transposition_of_neighbours_in_a_serial_shows(prefix):
    made = [serials.new_serial(prefix).replace("-", "") for _ in SAMPLES]

    passed = [
        (plain, place)
        for plain in made
        for place in range(len(plain) - 1)
        if plain[place] != plain[place + 1]
        and _is_read(serials.read_serial, _swapped(plain, place))
    ]

    assert passed == []


def test_every_single_wrong_letter_of_a_code_shows():
    plain = serials.new_code().replace("-", "")

    passed = [
        plain[:place] + wrong + plain[place + 1 :]
        for place in range(12)
        for wrong in CODE_ALPHABET
        if wrong != plain[place]
        and _is_read(serials.read_code, plain[:place] + wrong + plain[place + 1 :])
    ]

    assert passed == []


def test_every_transposition_of_every_pair_of_letters_in_a_code_shows():
    passed = [
        (first, second, place)
        for place in range(10)
        for first in CODE_ALPHABET
        for second in CODE_ALPHABET
        if first != second
        and _code_with("B" * place + first + second + "B" * (9 - place))
        and _is_read(
            serials.read_code,
            _swapped(_code_with("B" * place + first + second + "B" * (9 - place)), place),
        )
    ]

    assert passed == []


def _code_with(letters: str) -> str:
    """The code that begins with these 11 letters, found by trying every check letter."""
    [code] = [
        letters + last for last in CODE_ALPHABET if _is_read(serials.read_code, letters + last)
    ]
    return code


def test_the_last_two_letters_of_a_code_may_not_be_swapped_either():
    made = [serials.new_code().replace("-", "") for _ in SAMPLES]

    passed = [
        code
        for code in made
        if code[10] != code[11] and _is_read(serials.read_code, _swapped(code, 10))
    ]

    assert passed == []


TYPED = st.text(alphabet=" \t-–—\u00a0", max_size=3)


@given(st.lists(TYPED, min_size=12, max_size=12), st.lists(st.booleans(), min_size=11, max_size=11))
def test_a_serial_is_read_in_every_form_that_people_type(separators, lowered):
    serial = serials.new_serial("SC")
    typed = "".join(
        gap + (letter.lower() if low else letter)
        for gap, letter, low in zip(separators, serial.replace("-", ""), lowered, strict=False)
    )
    lookalikes = typed.replace("0", "o").replace("1", "l")

    assert serials.read_serial(typed) == serial
    assert serials.read_serial(lookalikes) == serial
    assert serials.read_serial(lookalikes.replace("l", "I")) == serial


@given(st.lists(TYPED, min_size=12, max_size=12), st.lists(st.booleans(), min_size=12, max_size=12))
def test_a_code_is_read_in_every_form_that_people_type(separators, lowered):
    code = serials.new_code().replace("-", "")
    typed = "".join(
        gap + (letter.lower() if low else letter)
        for gap, letter, low in zip(separators, code, lowered, strict=True)
    )

    assert serials.read_code(typed) == code


@given(st.text())
def test_any_text_is_read_or_refused_with_a_value_error(text):
    for read in (serials.read_serial, serials.read_code, serials.read_key):
        _is_read(read, text)


@pytest.mark.parametrize(
    "text",
    ["", "-", "SC", "7K3M92QFX", "SC-7K3M92QF-", "ABCDEFGHJ-7K3M92QF-X", "SC-7K3M92QF-É", "🦊"],
)
def test_what_is_no_serial_is_refused(text):
    with pytest.raises(ValueError, match="serial|label"):
        serials.read_serial(text)


@pytest.mark.parametrize("text", ["", "BCDF", "BCDF-GHJK-LMNA", "BCDF-GHJK-LMNPP", "ß" * 12])
def test_what_is_no_code_is_refused(text):
    with pytest.raises(ValueError, match="code|label"):
        serials.read_code(text)


@pytest.mark.parametrize("prefix", ["", "TOOLONG99", "LO", "S-C", "É", "U"])
def test_a_prefix_that_could_be_misread_is_refused(prefix):
    with pytest.raises(ValueError, match="prefix"):
        serials.new_prefix(prefix)


def test_a_key_is_32_bytes_in_43_characters_that_begin_with_no_hyphen():
    made = {serials.new_key() for _ in range(500)}

    assert len(made) == 500
    assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{42}", key) for key in made)
    assert {len(serials.read_key(key)) for key in made} == {32}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A" * 42,
        "A" * 44,
        "A" * 42 + "B",
        "A" * 42 + "=",
        "-" + "A" * 42,
        "é" * 43,
        "+" + "A" * 42,
    ],
    ids=["empty", "short", "long", "stray bits", "padding", "hyphen", "not ascii", "other base64"],
)
def test_what_is_no_key_is_refused(text):
    with pytest.raises(ValueError, match="device key"):
        serials.read_key(text)


@pytest.mark.parametrize("read", [serials.read_serial, serials.read_code, serials.read_key])
def test_what_is_wrong_is_told_in_the_reader_s_language(read):
    with override("en"), pytest.raises(ValueError, match="^(This|Only|A)") as english:
        read("§")
    with override("de"), pytest.raises(ValueError, match="^(Das|Hierher|Ein)") as german:
        read("§")

    assert str(english.value) != str(german.value)
