"""The hours of days as rows of a grid, a quarter of an hour each, whatever clocks do. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from planner.times import local, midnight, next_midnight

QUARTER = 900
USUAL_DAY = 96
"""Quarters of an hour in a day without a change of the clocks."""


class Run(NamedTuple):
    """Some rows that follow one another."""

    first: int
    rows: int


@dataclass(frozen=True)
class Stretch:
    """A day from its first second to the next day's, in unix seconds.

    At its quarter number `turn` the clocks change: `shift` quarters come twice, or are skipped
    where it is negative.
    """

    begin: int
    end: int
    turn: int = 0
    shift: int = 0

    @property
    def quarters(self) -> int:
        return USUAL_DAY + self.shift

    def quarter(self, seconds: int) -> int:
        """Return the quarter of this day that a moment is in, or the nearest one."""
        return min(max((seconds - self.begin) // QUARTER, 0), max(self.quarters - 1, 0))


def stretch(day: date, zone: ZoneInfo) -> Stretch:
    """Return how a day goes in a zone; one that a zone skipped whole has no quarters."""
    begin, end = midnight(day, zone), next_midnight(day, zone)
    shift = round((end - begin) / QUARTER) - USUAL_DAY
    return Stretch(begin, end, _turn(begin, USUAL_DAY + shift, zone) if shift else 0, shift)


def _turn(begin: int, quarters: int, zone: ZoneInfo) -> int:
    # Clocks that skip midnight itself change before the day's first quarter.
    before = local(begin, zone).utcoffset()
    offsets = (local(begin + number * QUARTER, zone).utcoffset() for number in range(quarters))
    return next((number for number, offset in enumerate(offsets) if offset != before), 0)


@dataclass(frozen=True)
class Axis:
    """The rows that days side by side share.

    An hour that comes twice on one of them has rows of its own, which the others leave empty; what
    none of them has is left out.
    """

    days: tuple[Stretch, ...]

    @cached_property
    def rows(self) -> int:
        return USUAL_DAY + sum(self._twice.values()) - len(self._skipped)

    @cached_property
    def _twice(self) -> dict[int, int]:
        found: dict[int, int] = {}
        for day in self.days:
            if day.shift > 0:
                found[day.turn] = max(day.shift, found.get(day.turn, 0))
        return found

    @cached_property
    def _skipped(self) -> frozenset[int]:
        skipped = [
            frozenset(range(day.turn, day.turn - day.shift) if day.shift < 0 else ())
            for day in self.days
        ]
        return frozenset.intersection(*skipped)

    @cached_property
    def is_usual(self) -> bool:
        """Whether no clock changes on any of the days."""
        return not any(day.shift for day in self.days)

    def row(self, day: Stretch, quarter: int) -> int:
        """Return the row in which a quarter of one of the days stands."""
        if self.is_usual:
            return quarter
        past_turn = day.shift and quarter >= day.turn
        again = past_turn and quarter < day.turn + day.shift
        place = day.turn if again else quarter - (day.shift if past_turn else 0)
        before = sum(
            count
            for turn, count in self._twice.items()
            if turn < place or (turn == place and not again)
        )
        row = place + before - sum(skipped < place for skipped in self._skipped)
        return row + quarter - day.turn if again else row

    def run(self, day: Stretch, begin: int, end: int, least: int = 1) -> Run:
        """Return the rows of what lasts from `begin` to `end` in unix seconds, at least so many."""
        first = self.row(day, day.quarter(begin))
        last = self.row(day, day.quarter(max(begin, end - 1)))
        rows = max(last - first + 1, least)
        return Run(max(min(first, self.rows - rows), 0), rows)

    def gaps(self, day: Stretch) -> list[Run]:
        """Return the rows that one of the days does not have."""
        if self.is_usual:
            return []
        own = {self.row(day, quarter) for quarter in range(day.quarters)}
        found: list[Run] = []
        for row in range(self.rows):
            if row in own:
                continue
            if found and sum(found[-1]) == row:
                found[-1] = Run(found[-1].first, found[-1].rows + 1)
            else:
                found.append(Run(row, 1))
        return found

    def hours(self, zone: ZoneInfo) -> dict[int, datetime]:
        """Return the full hours by their rows, as the clock shows them then."""
        found: dict[int, datetime] = {}
        for day in self.days:
            for quarter, at in _full_hours(day, zone):
                found.setdefault(self.row(day, quarter), at)
        return dict(sorted(found.items()))


def axis(days: Sequence[date], zone: ZoneInfo) -> Axis:
    """Return the rows that the hours of these days share in a zone."""
    return Axis(tuple(stretch(day, zone) for day in days))


def _full_hours(day: Stretch, zone: ZoneInfo) -> Iterator[tuple[int, datetime]]:
    for quarter in range(day.quarters):
        at = local(day.begin + quarter * QUARTER, zone)
        if at.minute == 0:
            yield quarter, at
