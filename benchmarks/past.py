"""The past of a full plan: moments, differences, restores and exports, beside a plain full read."""

import contextlib
import time
from itertools import islice

from benchmarks import yardsticks
from benchmarks.bulk import MIB, NDJSON, SIZE
from benchmarks.calls import Client
from benchmarks.plans import KINDS, SYNC, batches
from benchmarks.report import middle, show, spread
from benchmarks.servers import Server, device_tokens

ROUNDS = 3
TURNS = 5
"""How often every entry is changed, so that the log has about 100,000 rows."""
RESTORED = 8
"""Pushes of 1,000 changes that a restore takes back."""
POINTS = "/api/backups/"
TARGETS = {"plan at a moment": 3, "differences of 8,000": 5, "restore of 8,000": 4}


def past(server: Server) -> None:
    """Fill a plan and its log, time what reads and restores it, print factors and sizes."""
    [token] = device_tokens(server, 1)
    client = Client(server.address, token)
    pushes = list(batches(SIZE))
    for push in pushes:
        client.call("POST", SYNC, push)
    point = client.call("POST", POINTS, {"name": "Then"})["id"]
    for turn in range(TURNS):
        for push in pushes:
            client.call("POST", SYNC, _renamed(push, f"Turn {turn}"))
    server.settle()
    _sizes(server, client)
    rounds = [_round(client, point, pushes, number) for number in range(ROUNDS)]
    rows = [
        [name, middle(factors, "{:.2f} ×"), spread(factors, "{:.2f}"), f"≤ {target} ×"]
        for name, target in TARGETS.items()
        for factors in [[one[name] for one in rounds]]
    ]
    title = f"The past of {SIZE:,} entries, beside a plain full read and a push of 8,000"
    show(title, ["", "factor", "lowest…highest", "target"], rows)


def _round(client: Client, point: int, pushes: list[dict], number: int) -> dict[str, float]:
    plain = _timed(client, SYNC, NDJSON)
    moment = _timed(client, f"{POINTS}{point}/")
    before = client.call("POST", POINTS, {"name": f"Round {number}"})["id"]
    changes = [_renamed(push, f"Round {number}") for push in islice(pushes, RESTORED)]
    started = time.perf_counter()
    for push in changes:
        client.call("POST", SYNC, push)
    pushed = time.perf_counter()
    differences = _timed(client, f"{POINTS}{before}/diff/")
    begun = time.perf_counter()
    client.call("POST", f"{POINTS}{before}/restore/", {})
    restored = time.perf_counter()
    factors = (moment / plain, differences / plain, (restored - begun) / (pushed - started))
    return dict(zip(TARGETS, factors, strict=True))


def _timed(client: Client, path: str, headers: dict[str, str] | None = None) -> float:
    started = time.perf_counter()
    client.ask("GET", path, headers=headers or {}).read()
    return time.perf_counter() - started


def _renamed(push: dict[str, list[dict]], name: str) -> dict[str, list[dict]]:
    return {
        kind: [{"id": one["id"], "name": f"{name}, {one['id'][:8]}"} for one in push[kind]]
        for kind in KINDS
    }


def _sizes(server: Server, client: Client) -> None:
    growth = {}
    newest = client.call("POST", POINTS, {"name": "Newest"})["id"]
    for form in ("json", "json&history=true", "sqlite", "csv", "ics"):
        with server.peak_growth() as grown:
            client.ask("GET", f"{POINTS}{newest}/export/?format={form}").read()
        growth[form] = max(grown) / MIB
    rows = [[f"export as {form}", f"{size:.1f} MB", "≤ 16 MB"] for form, size in growth.items()]
    show("Growth of a worker while it writes a file", ["", "peak", "target"], rows)
    url = server.environment["DATABASE_URL"]
    with contextlib.closing(yardsticks.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), pg_total_relation_size('backups_change') FROM backups_change"
        )
        count, size = cursor.fetchone()
    row = [f"{count:,} rows", f"{size / count:.0f} bytes a row, indexes included"]
    show("The log", ["", "storage"], [row])
