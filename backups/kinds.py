"""The three kinds of entries: their fields, what a field may hold, and how they look on the wire.

Pure. The device's facts are in docs/device-guide.md; names are the device's own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from planner.times import FOREVER
from planner.wire import OUT_OF_RANGE, text_fault

NAME_BYTES = 127
DESCRIPTION_BYTES = 1_023
DELETED = 2
"""A task's `completion` on the wire when it is deleted; the register itself holds 0 or 1."""

PRIORITY_SECONDS = 21_600
"""By so many seconds a point of priority brings a task forward in the device's order."""

FAULTS = {
    "type": _("The value has the wrong type."),
    "out-of-range": OUT_OF_RANGE,
    "blank": _("This may not be empty."),
    "too-long": _("The text is longer than the device can hold."),
    "bad-text": _("The text holds a character that cannot be stored."),
}

Check = Callable[[Any], str | None]


FIELD_WORDS = {
    "name": _("name"),
    "description": _("description"),
    "completion": _("state"),
    "priority": _("priority"),
    "duedate": _("due"),
    "starttime": _("starts"),
    "duration": _("lasts"),
    "goal": _("weekdays"),
}
"""What people call the registers."""


@dataclass(frozen=True)
class Whole:
    """The check of a whole number within a range."""

    low: int
    high: int

    def __call__(self, value: Any) -> str | None:
        if type(value) is not int:
            return "type"
        return None if self.low <= value <= self.high else "out-of-range"


def _text(max_bytes: int, *, blank: bool) -> Check:
    return partial(text_fault, max_bytes=max_bytes, blank=blank)


MOMENT = Whole(0, FOREVER)
NAME = _text(NAME_BYTES, blank=False)
DESCRIPTION = _text(DESCRIPTION_BYTES, blank=True)


def fault_words(code: str, check: Check) -> str:
    """Return in words what a check found; of a number, between which two it must be."""
    words = str(FAULTS[code])
    return words.format(min=check.low, max=check.high) if isinstance(check, Whole) else words


@dataclass(frozen=True)
class Kind:
    """What a kind of entry is made of.

    `checks` holds the registers in the order of the wire, `needed` those that a create must bring,
    `blank` the values of an entry of which only its deletion is known.
    """

    name: str
    checks: Mapping[str, Check]
    needed: tuple[str, ...]
    blank: Mapping[str, int | str]

    def fault(self, field: str, value: Any) -> str | None:
        """Return the code of what is wrong with a value, or None."""
        return self.checks[field](value)


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "task",
            {
                "name": NAME,
                "description": DESCRIPTION,
                "completion": Whole(0, 1),
                "priority": Whole(1, 3),
                "duedate": MOMENT,
            },
            needed=("name", "priority", "duedate"),
            blank={
                "name": "",
                "description": "",
                "completion": 0,
                "priority": 1,
                "duedate": FOREVER,
            },
        ),
        Kind(
            "event",
            {"name": NAME, "description": DESCRIPTION, "starttime": MOMENT, "duration": MOMENT},
            needed=("name", "starttime", "duration"),
            blank={"name": "", "description": "", "starttime": 0, "duration": 0},
        ),
        Kind(
            "habit",
            {"name": NAME, "goal": Whole(0, 127)},
            needed=("name", "goal"),
            blank={"name": "", "goal": 0},
        ),
    )
}
TYPES = tuple(KINDS)


def entry(
    kind: str, id: str, values: Mapping[str, Any], *, alive: bool, days: list[int] | None = None
) -> dict:
    """Return an entry as it stands on the wire.

    A deleted task is sent whole, since devices check every field before they look at
    `completion`; of a deleted event or habit only the id is sent.
    """
    if kind == "task":
        shown = {"id": id, **values}
        return shown if alive else shown | {"completion": DELETED}
    if not alive:
        return {"id": id, "deleted": 1}
    if kind == "habit":
        return {"id": id, **values, "completed": days or [], "deleted": 0}
    return {"id": id, **values, "deleted": 0}
