"""The colours can be read in both themes, and the sheets keep their size."""

import math
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# The admin has a sheet of its own on top of Django's, labels are black on white paper, the
# style page is for developers.
APART = ("admin", "labels", "design")
SHEETS = [
    path for path in sorted((ROOT / "static" / "css").glob("*.css")) if path.stem not in APART
]
NUMBER = r"\s*([\d.]+)\s*"
OKLCH = rf"oklch\({NUMBER}\s{NUMBER}\s{NUMBER}\)"
TOKEN = re.compile(rf"--([\w-]+): light-dark\({OKLCH}, {OKLCH}\);")
LIGHT, DARK = 0, 1
TEXT, SHAPE = 4.5, 3.0
MOST_LINES = 300

GROUNDS = ("paper", "raised", "sunk", "accent-wash", "high-wash", "medium-wash", "done-wash")
PAIRS = [
    *(("ink", ground, TEXT) for ground in GROUNDS),
    *(("soft", ground, TEXT) for ground in ("paper", "raised", "sunk", "accent-wash")),
    *(("accent", ground, TEXT) for ground in ("paper", "raised", "sunk", "accent-wash")),
    *(("accent-deep", ground, TEXT) for ground in ("paper", "raised", "accent-wash")),
    *((ink, ground, TEXT) for ink in ("high", "medium", "done") for ground in ("paper", "raised")),
    *((ink, f"{ink}-wash", TEXT) for ink in ("high", "medium", "done")),
    *((ink, "accent-wash", TEXT) for ink in ("high", "medium", "done")),
    *(("on-accent", ground, TEXT) for ground in ("accent", "accent-deep")),
    ("paper", "ink", TEXT),
    ("paper", "done", TEXT),
    *(("edge", ground, SHAPE) for ground in ("paper", "raised", "sunk")),
]


def tokens() -> dict[str, tuple[tuple[float, ...], tuple[float, ...]]]:
    """Return the colours of tokens.css by name, each in the light and in the dark theme."""
    sheet = (ROOT / "static" / "css" / "tokens.css").read_text()
    found = {}
    for name, *numbers in TOKEN.findall(sheet):
        values = tuple(float(number) for number in numbers)
        found[name] = (values[:3], values[3:])
    return found


def luminance(oklch: tuple[float, ...]) -> float:
    """Return the relative luminance of WCAG 2 of an OKLCH colour, as sRGB shows it."""
    lightness, chroma, hue = oklch
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    red, green, blue = (min(max(part, 0.0), 1.0) for part in linear)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Return the contrast ratio of WCAG 2 of two colours."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_has_the_greatest_contrast():
    assert contrast((0, 0, 0), (1, 0, 0)) == pytest.approx(21, abs=0.01)


def test_red_has_the_luminance_that_wcag_gives_it():
    assert luminance((0.62796, 0.25768, 29.234)) == pytest.approx(0.2126, abs=0.001)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_what_is_written_can_be_read(theme, ink, ground, least):
    colours = tokens()

    assert contrast(colours[ink][theme], colours[ground][theme]) >= least


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_sheet_is_short_and_takes_its_colours_from_the_tokens(sheet):
    text = sheet.read_text()

    assert len(text.splitlines()) < MOST_LINES
    if sheet.name != "tokens.css":
        assert re.findall(r"#[0-9a-f]{3,8}\b|(?:rgb|hsl|oklch)a?\(", text) == []
        assert "@layer" in text


def test_every_sheet_is_part_of_every_page():
    head = (ROOT / "templates" / "includes" / "head.html").read_text()

    assert sorted(re.findall(r"css/([\w.]+)'", head)) == [sheet.name for sheet in SHEETS]
