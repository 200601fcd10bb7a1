"""F11r and A25: a plan of any size passes the whole way unchanged, in pages that fit a heap."""

import json
import urllib.request
import uuid
from typing import Any

import pytest

from planner.times import DAY, now
from tests.e2e.servers import Server, Unit

pytestmark = pytest.mark.e2e
HEAP = 65_536
BATCH = 1_000
TODAY = now() // DAY * DAY

Plan = dict[tuple[str, str], dict]


class Api:
    """A device that asks by hand, with its token."""

    def __init__(self, server: Server, unit: Unit) -> None:
        self.url, self.headers = server.url, {}
        key = {"serial": unit.serial, "key": unit.key}
        token = json.loads(self.ask("api/device/token/", key))["access"]
        self.headers = {"Authorization": f"Bearer {token}"}

    def ask(self, path: str, body: dict | None = None, **headers: str) -> bytes:
        """Send a request and return the body of its answer."""
        raw = None if body is None else json.dumps(body).encode()
        more = {"Content-Type": "application/json"} | self.headers | headers
        request = urllib.request.Request(self.url + path, raw, more)  # noqa: S310 - loopback
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            return answer.read()


def plan(size: int) -> Plan:
    """Entries of all kinds with texts of all lengths, as a device must get them back."""
    made: Plan = {}
    for number in range(size):
        id = str(uuid.uuid4())
        entry: dict[str, Any] = {"id": id, "name": f"{number} " + "é📦x"[number % 3] * 25}
        text = "Zeile\n" * (number % 170)
        if number % 10 < 6:
            entry |= {"description": text, "completion": number % 2, "priority": number % 3 + 1}
            made["task", id] = entry | {"duedate": TODAY + number % 90 * DAY}
        elif number % 10 < 9:
            entry |= {"description": text, "starttime": TODAY + number, "duration": 60}
            made["event", id] = entry | {"deleted": 0}
        else:
            days = [TODAY - day * DAY for day in range(number % 40, 0, -1)]
            made["habit", id] = entry | {"goal": 42, "completed": days, "deleted": 0}
    return made


def of_page(page: dict) -> Plan:
    """Return the entries of an answer by their type and id."""
    kinds = ("task", "event", "habit")
    return {(kind, entry["id"]): entry for kind in kinds for entry in page[kind]}


@pytest.mark.parametrize("size", [1_200, pytest.param(16_000, marks=pytest.mark.nightly)])
def test_a_plan_of_any_size_comes_back_as_it_was_pushed(server, unit, alice, size):
    api, whole = Api(server, unit), plan(size)
    pushed = list(whole.items())
    for start in range(0, size, BATCH):
        batch: dict[str, list] = {"task": [], "event": [], "habit": []}
        for (kind, _id), entry in pushed[start : start + BATCH]:
            batch[kind].append(entry)
        api.ask("api/sync/", batch)

    paged: Plan = {}
    query, more = f"?max_bytes={HEAP}&limit=2000", True
    while more:
        raw = api.ask(f"api/sync/{query}")
        assert len(raw) <= HEAP
        page = json.loads(raw)
        assert not paged.keys() & of_page(page).keys()
        paged |= of_page(page)
        query, more = f"?max_bytes={HEAP}&limit=2000&since={page['cursor']}", page["more"]
    raw = api.ask("api/sync/", Accept="application/x-ndjson")
    lines = [json.loads(line) for line in raw.splitlines()]
    streamed = {
        (kind, entry["id"]): entry
        for line in lines
        if "cursor" not in line
        for kind, entry in line.items()
    }

    assert paged == whole
    assert streamed == whole
    assert len(raw) <= 32 * 1024 * 1024
