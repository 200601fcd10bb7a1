"""What a tablet can be set to: every setting, its default and what it accepts. Pure values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from accounts.zones import ZONES

HOUR = 3600
DAY = 24 * HOUR


class Refusal(NamedTuple):
    """Why one setting was not accepted: its name, a slug for programs, a text for people."""

    name: str
    code: str
    detail: str


@dataclass(frozen=True)
class Setting:
    """One setting: its default, the test of a value, and what to say when the test fails.

    `limits` are put into the words of `expected` where they are said, in the reader's language.
    """

    default: object
    accepts: Callable[[object], bool]
    expected: str
    limits: Mapping[str, object] = field(default_factory=dict)


def one_of(*values: object, default: object) -> Setting:
    """A setting that takes one of a few values, of the same type too: true is not 1."""
    known = {(type(value), value) for value in values}
    listed = {"values": ", ".join(map(str, values))}
    return Setting(default, lambda value: _pair(value) in known, _("One of: {values}."), listed)


def number(low: int, high: int, *, default: int) -> Setting:
    """A setting that takes a whole number from low to high."""
    return Setting(
        default,
        lambda value: type(value) is int and low <= value <= high,
        _("A whole number from {low} to {high}."),
        {"low": low, "high": high},
    )


def flag(*, default: bool) -> Setting:
    """A setting that is on or off."""
    return Setting(default, lambda value: type(value) is bool, _("This must be true or false."))


def is_zone(value: object) -> bool:
    """Return whether the value names a time zone of the IANA list."""
    return isinstance(value, str) and value in ZONES


SETTINGS: dict[str, Setting] = {
    "time_zone": Setting("UTC", is_zone, _("The name of a time zone, as Europe/Berlin.")),
    "hour_format": one_of(12, 24, default=24),
    "show_seconds": flag(default=False),
    "date_order": one_of("MDY", "DMY", "YMD", default="DMY"),
    "week_start": one_of("monday", "saturday", "sunday", default="monday"),
    "day_start": number(0, DAY // 2, default=0),
    "theme": one_of("light", "dark", default="light"),
    "text_size": one_of("s", "m", "l", default="m"),
    "focus_minutes": number(1, 180, default=25),
    "break_minutes": number(1, 60, default=5),
    "pomodoro": flag(default=False),
    "power_saving": flag(default=True),
    "keep_completed": one_of(0, 6 * HOUR, 12 * HOUR, DAY, 3 * DAY, 7 * DAY, default=7 * DAY),
}


def complete(stored: Mapping[str, object]) -> dict[str, object]:
    """Return every setting: as stored, or its default."""
    return {name: stored.get(name, setting.default) for name, setting in SETTINGS.items()}


def refusals(changes: Mapping[str, object]) -> list[Refusal]:
    """Return why the changes cannot be made, setting by setting; an empty list is a yes."""
    found = []
    for name, value in changes.items():
        setting = SETTINGS.get(name)
        if setting is None:
            found.append(Refusal(name, "unknown-field", str(_("There is no such setting."))))
        elif not setting.accepts(value):
            found.append(Refusal(name, "invalid", setting.expected.format(**setting.limits)))
    return found


def _pair(value: object) -> tuple[type, object]:
    return type(value), value if isinstance(value, str | int) else None
