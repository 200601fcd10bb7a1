"""A whole plan at once, out and in, beside what PostgreSQL itself takes for the same rows."""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import orjson

from benchmarks import yardsticks
from benchmarks.calls import Client
from benchmarks.plans import SYNC, batches, fill
from benchmarks.report import middle, show, spread
from benchmarks.servers import Server, device_tokens

SIZE = 16_000
ROUNDS = 7
NDJSON = {"Accept": "application/x-ndjson"}
MIB = 1024 * 1024


class Turn(NamedTuple):
    """Seconds of the product and of the yardstick, one after the other, and a worker's growth."""

    product: float
    yardstick: float
    growth: int = 0


def stream(server: Server) -> None:
    """Read a plan as a stream, and by COPY; print the factor and the worker's peak of memory."""
    [token] = device_tokens(server, 1)
    fill(server.address, [token], SIZE)
    with _database(server) as connection:
        plan = _newest_plan(connection)
        client = Client(server.address, token)
        _streamed(client)
        server.settle()
        turns = [_stream_turn(server, client, connection, plan) for _ in range(ROUNDS)]
    name = f"Full refresh of {SIZE:,} entries as a stream, beside COPY (SELECT row_to_json …)"
    _report(name, turns, "≤ 3.0")
    growth = [turn.growth / MIB for turn in turns]
    row = ["worker's growth", f"{max(growth):.1f} MB", spread(growth, "{:.1f}"), "≤ 16 MB"]
    show("Peak memory while it streams", ["", "highest", "of the rounds", "target"], [row])


def first_push(server: Server) -> None:
    """Push a whole plan, and upsert its rows by COPY; print the factor."""
    with _database(server) as connection:
        _first_push_turn(server, connection)
        server.settle()
        turns = [_first_push_turn(server, connection) for _ in range(ROUNDS)]
    requests = len(list(batches(SIZE)))
    name = f"First push of {SIZE:,} entries in {requests} requests, beside COPY and an upsert"
    _report(name, turns, "≤ 5.0")


def _stream_turn(server: Server, client: Client, connection: Any, plan: int) -> Turn:
    with server.peak_growth() as growth:
        seconds, lines = _streamed(client)
    yardstick, rows = yardsticks.rows_out(connection, plan)
    if not lines == rows == SIZE:
        raise SystemExit(f"{lines:,} entries streamed and {rows:,} copied of {SIZE:,}.")
    return Turn(seconds, yardstick, max(growth))


def _streamed(client: Client) -> tuple[float, int]:
    """Return how many seconds a stream took, and how many entries it brought."""
    started = time.perf_counter()
    text = client.ask("GET", SYNC, headers=NDJSON).read()
    seconds = time.perf_counter() - started
    return seconds, sum(not line.startswith(b'{"cursor"') for line in text.splitlines())


def _first_push_turn(server: Server, connection: Any) -> Turn:
    [token] = device_tokens(server, 1)
    client = Client(server.address, token)
    bodies = [orjson.dumps(push) for push in batches(SIZE)]
    started = time.perf_counter()
    for body in bodies:
        client.ask("POST", SYNC, body).read()
    seconds = time.perf_counter() - started
    return Turn(seconds, yardsticks.rows_in(connection, _newest_plan(connection)))


def _report(title: str, turns: list[Turn], target: str) -> None:
    factors = [turn.product / turn.yardstick for turn in turns]
    figures: list[Callable[[Turn], float]] = [
        lambda turn: turn.product,
        lambda turn: turn.yardstick,
    ]
    times = [middle([figure(turn) * 1000 for turn in turns], "{:,.0f} ms") for figure in figures]
    row = ["", *times, middle(factors, "{:.2f} ×"), spread(factors, "{:.2f}"), f"{target} ×"]
    show(title, ["", "product", "PostgreSQL", "factor", "lowest…highest", "target"], [row])


@contextlib.contextmanager
def _database(server: Server) -> Iterator[Any]:
    with contextlib.closing(yardsticks.connect(server.environment["DATABASE_URL"])) as connection:
        yield connection


def _newest_plan(connection: Any) -> int:
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM backups_backup")
        return cursor.fetchone()[0]
