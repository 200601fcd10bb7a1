"""Boxes that overlap, side by side in lanes. Pure; the timetable calls it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from backups.hours import Run


class Place(NamedTuple):
    """Where something stands: its rows, its lane from 0 on, over how many it reaches, and of how
    many there are; `held` are the numbers of the runs in it, more than one where it counts them.
    """

    run: Run
    lane: int
    wide: int
    of: int
    held: tuple[int, ...]


def side_by_side(runs: Sequence[Run], most: int) -> list[Place]:
    """Return the places of the runs, which come in the order of their first rows.

    Each takes the first lane that is free, and reaches over those to the right that stay free
    beside it. Where more than `most` lanes are needed, the last one counts those that have none of
    their own: a place for all that overlap one another there.
    """
    found: list[Place] = []
    for group in _groups(runs, range(len(runs))):
        lanes = _lanes(runs, group)
        if len(lanes) > most:
            lanes[most - 1 :] = [sorted(chain(*lanes[most - 1 :]))]
        taken = [[runs[index] for index in lane] for lane in lanes]
        for number, lane in enumerate(lanes):
            for held in _groups(runs, lane):
                run = _around([runs[index] for index in held])
                wide = 1 + _free(run, taken[number + 1 :])
                found.append(Place(run, number, wide, len(lanes), tuple(held)))
    return sorted(found, key=lambda place: place.held)


def _groups(runs: Sequence[Run], among: Iterable[int]) -> Iterator[list[int]]:
    """Yield those of the runs that are tied to one another by overlaps, by their numbers."""
    group: list[int] = []
    for index in among:
        if group and runs[index].first >= max(_end(runs[other]) for other in group):
            yield group
            group = []
        group.append(index)
    if group:
        yield group


def _lanes(runs: Sequence[Run], group: Iterable[int]) -> list[list[int]]:
    """Return the numbers of runs by lanes, as many as are needed."""
    lanes: list[list[int]] = []
    for index in group:
        lane = next((lane for lane in lanes if _end(runs[lane[-1]]) <= runs[index].first), None)
        if lane is None:
            lanes.append(lane := [])
        lane.append(index)
    return lanes


def _around(runs: Sequence[Run]) -> Run:
    """Return the rows from the first to the last of some runs."""
    first = min(run.first for run in runs)
    return Run(first, max(map(_end, runs)) - first)


def _free(run: Run, lanes: Sequence[Sequence[Run]]) -> int:
    """Return how many of the lanes, from the first on, are free beside a run."""
    for count, lane in enumerate(lanes):
        if any(other.first < _end(run) and run.first < _end(other) for other in lane):
            return count
    return len(lanes)


def _end(run: Run) -> int:
    return run.first + run.rows
