"""Boxes that overlap, side by side in lanes. Pure; the timetable calls it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from backups.hours import Run


class Lane(NamedTuple):
    """Where a box stands: its lane from 0 on, over how many it reaches, and how many there are."""

    lane: int
    wide: int
    of: int


def side_by_side(runs: Sequence[Run], most: int) -> list[Lane | None]:
    """Return the lane of each of the runs, which come in the order of their first rows.

    Each takes the first lane that is free, and reaches over those to the right that stay free
    beside it. Where more than `most` are there at once, the last to come get None.
    """
    places: list[Lane | None] = [None] * len(runs)
    for group in _groups(runs):
        lanes: list[list[int]] = []
        for index in group:
            lane = next((lane for lane in lanes if _end(runs[lane[-1]]) <= runs[index].first), None)
            if lane is None and len(lanes) < most:
                lanes.append(lane := [])
            if lane is not None:
                lane.append(index)
        for number, lane in enumerate(lanes):
            for index in lane:
                wide = _free(runs, index, lanes[number + 1 :])
                places[index] = Lane(number, 1 + wide, len(lanes))
    return places


def _groups(runs: Sequence[Run]) -> Iterator[list[int]]:
    """Yield the indices of runs that are tied to one another by overlaps."""
    group: list[int] = []
    end = 0
    for index, run in enumerate(runs):
        if group and run.first >= end:
            yield group
            group, end = [], 0
        group.append(index)
        end = max(end, _end(run))
    if group:
        yield group


def _free(runs: Sequence[Run], index: int, lanes: list[list[int]]) -> int:
    """Return how many of the lanes, from the first on, are free beside a run."""
    run, count = runs[index], 0
    for lane in lanes:
        if any(runs[other].first < _end(run) and run.first < _end(runs[other]) for other in lane):
            break
        count += 1
    return count


def _end(run: Run) -> int:
    return run.first + run.rows
