"""The parser takes exactly the JSON of the contract; fields take values as they are, or not."""

import json
import math

import pytest
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st
from rest_framework.exceptions import ErrorDetail, ParseError, ValidationError

from planner import wire
from planner.wire import JSONRenderer, StrictBoolean, StrictInteger, StrictSerializer, StrictText

BIG = 10**18 - 1
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-BIG, BIG)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=30
)


def depth(value: object) -> int:
    """Return how many arrays and objects stand inside each other."""
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


# --- The parser ----------------------------------------------------------------------------


@given(
    value=values,
    ascii_only=st.booleans(),
    indent=st.sampled_from([None, 0, 3]),
    separators=st.sampled_from([None, (",", ":")]),
)
def test_whatever_json_can_say_is_read_as_python_reads_it(value, ascii_only, indent, separators):
    forms = {"ensure_ascii": ascii_only, "indent": indent, "separators": separators}
    raw = json.dumps(value, **forms).encode()

    if depth(value) <= wire.DEPTH:
        assert wire.loads(raw) == json.loads(raw) == value
    else:
        with pytest.raises(ParseError):
            wire.loads(raw)


@given(raw=st.binary(max_size=200) | st.text().map(str.encode))
@example(raw=b"")
@example(raw=b"\xef\xbb\xbf{}")
@example(raw=b'"\\ud800"')
@example(raw=b"-")
@example(raw=b"1" * 5_000)
@example(raw=b"[" * 100_000)
@example(raw=b'{"a":' * 100_000)
def test_any_bytes_are_read_as_python_reads_them_or_are_refused(raw):
    try:
        read = wire.loads(raw)
    except ParseError:
        return
    if len(raw) < 20:
        assert read == json.loads(raw)


@given(mutation=st.data(), value=values)
def test_a_damaged_document_is_read_as_python_reads_it_or_is_refused(mutation, value):
    raw = bytearray(json.dumps(value).encode())
    place = mutation.draw(st.integers(0, len(raw) - 1))
    raw[place] = mutation.draw(st.integers(0, 255))

    try:
        read = wire.loads(bytes(raw))
    except ParseError:
        return
    assert json.dumps(read) == json.dumps(json.loads(raw))


@pytest.mark.parametrize("levels", [1, 2, 31, 32])
def test_thirty_two_levels_are_read(levels):
    assert depth(wire.loads(nested(levels))) == levels
    assert depth(wire.loads(b'{"a":' * levels + b"1" + b"}" * levels)) == levels


@pytest.mark.parametrize("levels", [33, 100, 1_000, 100_000])
@pytest.mark.parametrize("broken", [False, True], ids=["closed", "open"])
def test_deeper_ones_are_refused(levels, broken):
    raw = b"[" * levels if broken else nested(levels)

    with pytest.raises(ParseError, match="32 levels|not JSON"):
        wire.loads(raw)


@given(pairs=st.lists(st.tuples(st.sampled_from("abc"), st.integers()), min_size=4, max_size=6))
def test_a_key_that_stands_twice_is_refused_at_any_level(pairs):
    text = ",".join(f'"{key}":{value % 9}' for key, value in pairs)

    for raw in (f"{{{text}}}", f'{{"x":[{{{text}}}]}}'):
        with pytest.raises(ParseError, match="twice"):
            wire.loads(raw.encode())


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "nan", "undefined", "True"])
def test_words_that_are_no_json_are_refused(word):
    with pytest.raises(ParseError):
        wire.loads(f'{{"x": {word}}}'.encode())


@pytest.mark.parametrize("raw", [b"\xff", b'"\xc0\xaf"', b'"\xed\xa0\x80"', "{}".encode("utf-16")])
def test_what_is_not_utf_8_is_refused(raw):
    with pytest.raises(ParseError, match="not UTF-8|not JSON"):
        wire.loads(raw)


LARGEST = 2**20


def posted(raw: bytes) -> tuple[int, str]:
    """Send a body to an address that is open to all; return the refusal."""
    answer = Client().post("/api/token/", raw, content_type="application/json")
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(
    "part", [b"{},", b"[],", b"0,", b'"a":0,', b'"\\"":[],'], ids=["{}", "[]", "0", "a", "text"]
)
def test_a_body_of_many_values_is_refused_before_they_are_made(part):
    """G5: a mebibyte of `{}` took sixty."""
    assert posted(b"[" + part * (LARGEST // len(part) - 1) + b"0]") == (413, "body-too-large")


@pytest.mark.parametrize("part", [b"[", b'{"a":'], ids=["lists", "objects"])
def test_a_deep_body_is_refused_as_deep_however_large_it_is(part):
    """E7"""
    assert posted(part * (LARGEST // len(part))) == (400, "malformed-json")


@pytest.mark.parametrize("text", [b"{[:,", b'\\"{', b"\\\\,"], ids=["marks", "quotes", "slashes"])
def test_texts_may_hold_any_marks(text):
    whole = b'{"username":"' + text * (LARGEST // len(text) - 20) + b'","password":"x"}'

    assert posted(whole) == (400, "invalid")
    assert posted(whole[:-20]) == (400, "malformed-json")


def test_days_may_fill_a_body():
    days = b",".join(b"%d" % (86_400 * day) for day in range(11_575, 11_575 + 95_000))

    assert posted(b'{"username":[' + days + b"]}") == (400, "invalid")


@given(digits=st.integers(10**20, 10**400))
def test_a_number_beyond_every_range_is_no_integer(digits):
    read = wire.loads(str(digits).encode())

    assert math.isinf(read)
    with pytest.raises(ValidationError):
        StrictInteger(min_value=0, max_value=10**500).run_validation(read)


@given(number=st.integers(-(2**65), 2**65) | st.sampled_from([2**64 - 1, 2**64, -(2**63) - 1]))
def test_a_number_is_the_same_with_and_without_spaces(number):
    assert repr(wire.loads(b"[%d]" % number)) == repr(wire.loads(b"[ %d ]" % number))


@given(value=values)
def test_what_is_rendered_reads_back(value):
    assert wire.loads(JSONRenderer().render({"x": value})) == {"x": value}


# --- Fields --------------------------------------------------------------------------------


def fault(field, value) -> str | None:
    """Return the code of the refusal, or None when the value is kept as it is."""
    try:
        kept = field.run_validation(value)
    except ValidationError as error:
        return error.get_codes()[0]
    assert type(kept) is type(value)
    assert kept == value
    return None


@pytest.mark.parametrize(
    ("value", "code"),
    [
        *((value, None) for value in (-2, 0, 7)),
        *((value, "out-of-range") for value in (-3, 8, 2**31, 2**63, 10**30)),
        *((value, "type") for value in (1.0, 1e400, "1", True, False, [], {}, [1])),
        (None, "null"),
    ],
)
def test_an_integer_is_a_json_integer_in_range(value, code):
    assert fault(StrictInteger(min_value=-2, max_value=7), value) == code


@pytest.mark.parametrize(
    ("value", "code"),
    [(True, None), (False, None), (None, "null"), *((one, "type") for one in (0, 1, "true", []))],
)
def test_a_boolean_is_true_or_false(value, code):
    assert fault(StrictBoolean(), value) == code


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40))
def test_a_text_is_kept_byte_for_byte_up_to_its_limit_in_bytes(text):
    size = len(text.encode())

    assert fault(StrictText(max_bytes=size, allow_blank=True), text) is None
    if text:
        assert fault(StrictText(max_bytes=size - 1, allow_blank=True), text) == "too-long"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "blank"),
        ("a\0b", "bad-text"),
        ("\ud800", "bad-text"),
        ("é" * 64, "too-long"),
        ("a" * 127, None),
        ("  padded  ", None),
        *((value, "type") for value in (1, True, 1.5, [], {}, ["a"])),
        (None, "null"),
    ],
)
def test_what_is_wrong_with_a_text_has_a_code(value, code):
    assert fault(StrictText(max_bytes=127), value) == code


def test_an_unknown_key_is_refused_before_anything_else():
    class Named(StrictSerializer):
        name = StrictText(max_bytes=4)

    with pytest.raises(ValidationError) as caught:
        wire.checked(Named(data={"name": "far too long", "b": 1, "a": 2}))

    assert caught.value.detail == {
        key: [ErrorDetail("This field is not known here.", "unknown-field")] for key in ("a", "b")
    }
