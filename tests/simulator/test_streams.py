"""A full refresh in lines: cut anywhere, it goes on from the last cursor that was stored."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from random import Random

import pytest

from backups import streams as server_streams
from simulator.client import OfflineError
from simulator.streams import groups, whole_lines
from simulator.transport import Connection, Reply, Request
from tests.simulator.plans import fill, held, live_on_the_web, shown, task, web

HEAD = b'{"cursor":"a","days_since":86400}\n'
BINS = b'{"task":{"id":"1"}}\n'
LAST = b'{"cursor":"b","more":false}\n'


class Line(Connection):
    """A connection that ends streams after `lines` whole lines or `size` bytes, and counts."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.lines: int | None = None
        self.size: int | None = None
        self.read = 0
        self.asked: list[str] = []

    def send(self, request: Request) -> Reply:
        self.asked.append(request.path)
        reply = super().send(request)
        if request.headers.get("Accept") != "application/x-ndjson":
            return reply
        return Reply(reply.status, reply.headers, self._cut(b"".join(reply.chunks)))

    def _cut(self, content: bytes) -> Iterator[bytes]:
        lines = content.splitlines(keepends=True)
        kept = b"".join(lines[: self.lines])[: self.size]
        self.read = len(kept.splitlines())
        yield kept
        if kept != content:
            raise OfflineError("cut")

    @property
    def streams(self) -> list[str]:
        """The questions for everything or for more, without those for a page."""
        return [
            path for path in self.asked if path.startswith("/api/sync/?") and "limit" not in path
        ]


@pytest.fixture
def line(live_server):
    return Line(live_server.url)


@pytest.fixture
def reader(switch_on, line):
    """A device that reads in lines, not yet synced."""
    return switch_on(transport=line, streams=True, page=3)


@pytest.fixture
def _cursors_often(monkeypatch):
    """A cursor line after every three entries, so that a small plan has many."""
    monkeypatch.setattr(server_streams, "CURSOR_EVERY", 3)


def start_again(device) -> None:
    device.store.erase(device.store.recall("claim"))


def test_lines_come_whole_however_the_bytes_come():
    content = HEAD + BINS + LAST
    for size in range(1, len(content)):
        parts = [content[at : at + size] for at in range(0, len(content), size)]
        assert list(whole_lines(parts)) == [HEAD, BINS, LAST]


def test_a_half_line_is_dropped():
    for end in range(len(BINS)):
        assert list(whole_lines([HEAD + BINS[:end]])) == [HEAD]


def test_entries_are_stored_with_the_cursor_that_follows_them():
    found = list(groups([HEAD, BINS, b'{"comment":1}\n', LAST]))

    assert found == [
        {"more": True, "days_since": 86400, "skipped": 0, "cursor": "a"},
        {
            "more": False,
            "days_since": 86400,
            "skipped": 0,
            "cursor": "b",
            "task": [{"id": "1"}],
        },
    ]


def test_a_stream_without_its_last_line_is_no_answer():
    stored = groups([HEAD, BINS])

    assert next(stored)["cursor"] == "a"
    with pytest.raises(OfflineError):
        next(stored)


def test_a_line_that_does_not_fit_goes_by_unread():
    long = b'{"task":{"id":"%b"}}\n' % (b"x" * 1023)

    [_, last] = groups([HEAD, long, BINS, LAST], 1023)

    assert (last["skipped"], last["task"]) == (1, [{"id": "1"}])


@pytest.mark.usefixtures("_cursors_often")
def test_a_refresh_that_is_cut_at_any_line_ends_in_the_same_plan(reader, line, backup):
    fill(backup, 10)
    habit = web(backup, "habit", {"name": "Run", "goal": 127})
    web(backup, "habit", {}, habit, days={1794182400: True})
    web(backup, "event", {"name": "Dentist", "starttime": 1, "duration": 2})
    reader.sync()
    whole = line.read
    assert whole == 12 + 5

    for number in range(whole):
        start_again(reader)
        line.lines = number
        with pytest.raises(OfflineError):
            reader.sync()
        line.lines = None
        line.asked.clear()
        reader.sync()

        assert shown(reader) == held(backup)
        [rest] = line.streams
        assert ("since=" in rest) == (number > 0)
        stored = max(number - 1, 0) // 4 * 3
        assert line.read == (whole if number == 0 else 12 - stored + (12 - stored - 1) // 3 + 2)


@pytest.mark.usefixtures("_cursors_often")
@pytest.mark.parametrize("seed", range(4))
def test_a_refresh_that_is_cut_at_random_bytes_while_the_plan_changes_misses_nothing(
    reader, line, backup, seed
):
    chance = Random(seed)
    fill(backup, 12)
    reader.session.begin()

    for _ in range(10):
        line.size = chance.randrange(1500)
        for _ in range(3):
            live_on_the_web(backup, chance)
        with suppress(OfflineError):
            reader.sync()
    line.size = None
    reader.sync()

    assert shown(reader) == held(backup)


@pytest.mark.usefixtures("_cursors_often")
def test_what_a_page_leaves_over_comes_in_lines(reader, line, backup):
    reader.sync()
    line.asked.clear()
    fill(backup, 10)

    report = reader.sync()

    assert report.received == 10
    assert [("limit" in path, "since=" in path) for path in line.asked] == [
        (True, True),
        (False, True),
    ]
    assert shown(reader) == held(backup)


def test_a_refresh_of_many_lines_goes_on_at_the_cursor_of_the_server(reader, line, backup):
    fill(backup, 450)
    line.lines = 300
    with pytest.raises(OfflineError):
        reader.sync()
    assert sum(map(len, reader.plan().values())) == 200

    line.lines = None
    reader.sync()

    assert line.read == 250 + 1 + 2
    assert shown(reader) == held(backup)


def test_what_is_made_in_the_middle_of_a_stream_stays(reader, line, backup):
    fill(backup, 210)
    line.lines = 205
    with pytest.raises(OfflineError):
        reader.sync()
    mine = reader.add_task("Made meanwhile")
    gone = next(islice((one["id"] for one in reader.plan()["task"] if one["id"] != mine), 1))
    web(backup, "task", {}, gone, deleted=True)
    web(backup, "task", task("Web meanwhile"))

    line.lines = None
    reader.sync()

    assert shown(reader) == held(backup)
    assert reader.store.find(mine)
    assert reader.store.find(gone) is None
