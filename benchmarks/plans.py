"""Devices with plans of a given size, filled over HTTP, and what each of them asks all day."""

import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import quote

from benchmarks.calls import Client

SYNC = "/api/sync/"
KINDS = ("task", "event", "habit")
MOST_ITEMS = 1_000
CHANGES = 10
DAY = 86_400
NOTES = "Bring the blue folder, ask about the second appointment, and be back before six. " * 2
TURN = f"Turn {10**12}"
FILLERS = 4


class Requests(NamedTuple):
    """What a device sends, as text: an idle poll, a pull of ten changes, a push of ten."""

    idle: bytes
    delta: bytes
    push: bytes


def fill(address: str, tokens: Sequence[str], size: int) -> list[Requests]:
    """Give each of the devices a plan of `size` entries, and return their requests."""
    with ThreadPoolExecutor(FILLERS) as pool:
        return list(pool.map(lambda token: _filled(Client(address, token), size), tokens))


def batches(size: int) -> Iterator[dict[str, list[dict]]]:
    """Yield pushes that make `size` entries in all: of ten, six tasks, three events, one habit."""
    for start in range(0, size, MOST_ITEMS):
        push: dict[str, list[dict]] = {kind: [] for kind in KINDS}
        for number in range(start, min(start + MOST_ITEMS, size)):
            kind, entry = _entry(number)
            push[kind].append({"id": str(uuid.uuid4()), "name": f"Entry {number}", **entry})
        yield push


def _entry(number: int) -> tuple[str, dict]:
    moment = int(time.time()) + (number % 90 - 30) * DAY
    if number % 10 == 9:
        return "habit", {"goal": number % 127 + 1, "completed": [moment // DAY * DAY]}
    if number % 10 > 5:
        return "event", {"description": NOTES, "starttime": moment, "duration": 3600}
    task = {"description": NOTES, "priority": number % 3 + 1, "duedate": moment}
    return "task", {**task, "completion": 0}


def _filled(client: Client, size: int) -> Requests:
    pushes = list(batches(size))
    for push in pushes:
        client.call("POST", SYNC, push)
    before = _read_all(client)
    changes = _changes(pushes[0])
    after = client.call("POST", SYNC, {**changes, "since": before})["cursor"]
    delta = f"{SYNC}?since={quote(before)}"
    _expect(sum(len(client.call("GET", delta)[kind]) for kind in KINDS) == CHANGES, "a delta")
    made = Requests(
        _idle_poll(client, f"{SYNC}?since={quote(after)}"),
        client.text("GET", delta),
        client.text("POST", SYNC, {**changes, "since": after}),
    )
    client.connection.close()
    return made


def _read_all(client: Client) -> str:
    answer = client.call("GET", f"{SYNC}?limit=2000")
    while answer["more"]:
        answer = client.call("GET", f"{SYNC}?limit=2000&since={quote(answer['cursor'])}")
    return answer["cursor"]


def _changes(push: dict[str, list[dict]]) -> dict[str, list[dict]]:
    """Return a push of new names for six tasks and three events, and of a day of one habit."""
    renamed = {
        kind: [{"id": entry["id"], "name": TURN} for entry in push[kind][:count]]
        for kind, count in (("task", 6), ("event", 3))
    }
    today = int(time.time()) // DAY * DAY
    return {**renamed, "habit": [{"id": push["habit"][0]["id"], "date": today, "action": "add"}]}


def _idle_poll(client: Client, path: str) -> bytes:
    answer = client.ask("GET", path)
    answer.read()
    headers = {"If-None-Match": answer.headers["ETag"]}
    again = client.ask("GET", path, headers=headers)
    again.read()
    _expect(again.status == HTTPStatus.NOT_MODIFIED, "an idle poll")
    return client.text("GET", path, headers=headers)


def _expect(holds: bool, what: str) -> None:
    if not holds:
        raise SystemExit(f"The server did not answer {what} as it must.")
