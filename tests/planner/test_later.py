"""Rows that no request waits for."""

from collections import deque

import pytest

from planner import later
from planner.later import Later

# Connections are looked at before something is written.
pytestmark = pytest.mark.django_db


@pytest.fixture
def written() -> list[list[int]]:
    """What was written, each time."""
    return []


@pytest.fixture
def rows(monkeypatch, written) -> Later:
    monkeypatch.setattr(Later, "all", [])
    return Later(written.append)


@pytest.fixture
def gathering(monkeypatch) -> None:
    """A process that gathers, whose thread does not come in between."""
    started = type(Later.started)()
    started.set()
    monkeypatch.setattr(Later, "started", started)


def test_where_nothing_gathers_each_row_is_written_at_once(rows, written):
    rows.add(1)
    rows.add(2)

    assert written == [[1], [2]]


def test_what_was_gathered_is_written_together_and_once(rows, written, gathering):
    rows.add(1)
    rows.add(2)
    before = list(written)

    later.flush()
    later.flush()

    assert (before, written) == ([], [[1, 2]])


def test_what_is_to_be_known_soon_is_written_without_the_rest(rows, written, gathering):
    urgent = Later(written.append, soon=True)
    rows.add(1)
    urgent.add(2)

    later.flush(soon=True)
    soon = list(written)
    later.flush()

    assert (soon, written) == ([[2]], [[2], [1]])


def test_while_nothing_can_be_written_the_oldest_rows_make_room(rows, written, gathering):
    for row in range(later.MOST + 2):
        rows.add(row)

    later.flush()

    assert written == [list(range(2, later.MOST + 2))]


def test_rows_that_another_thread_takes_meanwhile_lose_none_of_the_others(rows, written, gathering):
    class Shared(deque):
        """What the flush at a process' end sees while the thread takes the last row."""

        def __len__(self) -> int:
            return super().__len__() + 1

    rows.rows = Shared([1, 2])

    rows.flush()

    assert written == [[1, 2]]
