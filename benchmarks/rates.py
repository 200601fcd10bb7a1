"""Calls a second of what devices do all day, each as a share of a bare SELECT in the same round."""

import contextlib
from collections.abc import Collection, Iterator
from statistics import median
from typing import NamedTuple

from benchmarks import load
from benchmarks.plans import CHANGES, Requests, fill
from benchmarks.report import middle, show, spread
from benchmarks.servers import Server, device_tokens
from benchmarks.yardsticks import connect

TARGETS = {"idle": 0.45, "delta": 0.22, "push": 0.08}
NAMES = {"idle": "idle poll", "delta": f"delta of {CHANGES}", "push": f"push of {CHANGES}"}
SIZES = (100, 1_000, 16_000)
PUSHERS = 8
"""A device waits for itself, so that each connection needs one of its own to push for."""

CROWD, CROWD_SIZE = 1_000, 20
BARE = "bare SELECT"
ALONE, CROWDED = "1 device", f"{CROWD:,} devices"
FEWEST, MOST = (f"{size:,} entries" for size in (SIZES[0], SIZES[-1]))
SHARE, PERCENT = "{:.3f}", "{:+.0%}"


class Target(NamedTuple):
    """What is measured: an operation, at what, on which server, and the requests to send."""

    operation: str
    at: str
    server: Server
    requests: list[bytes]


class Round(NamedTuple):
    """What one round gave: requests a second, and CPU milliseconds a request."""

    rate: float
    server_ms: float
    database_ms: float

    @property
    def cpu_ms(self) -> float:
        """What both used together; other work on the machine disturbs it less than the rate."""
        return self.server_ms + self.database_ms


class Growth(NamedTuple):
    """How much more there is of what, as a share: requests a second, CPU a request."""

    rate: float
    cpu: float


Rounds = dict[tuple[str, str], list[Round]]
"""The rounds of each target, by its operation and what it is at."""


def by_size(server: Server, operations: Collection[str]) -> Iterator[Target]:
    """Make devices of every size: one to ask, and those that push."""
    for size in SIZES if operations else ():
        count = 1 + PUSHERS * ("push" in operations)
        asking, *pushing = fill(server.address, device_tokens(server, count), size)
        yield from _targets(f"{size:,} entries", server, operations, [asking], pushing)


def by_devices(alone: Server, crowded: Server, operations: Collection[str]) -> Iterator[Target]:
    """Make as few devices as can be on one server and a thousand on the other.

    A device that pushes would have news at its next poll, so one half of the thousand asks and
    the other half pushes.
    """
    asking, *pushing = fill(alone.address, device_tokens(alone, 1 + PUSHERS), CROWD_SIZE)
    yield from _targets(ALONE, alone, operations, [asking], pushing)
    crowd = fill(crowded.address, device_tokens(crowded, CROWD), CROWD_SIZE)
    half = CROWD // 2
    yield from _targets(CROWDED, crowded, operations, crowd[:half], crowd[half:])


def _targets(
    at: str,
    server: Server,
    operations: Collection[str],
    asking: list[Requests],
    pushing: list[Requests],
) -> Iterator[Target]:
    for operation in operations:
        devices = pushing if operation == "push" else asking
        requests = [getattr(device, operation) for device in devices]
        yield Target(operation, at, server, requests)


def measure(targets: list[Target], rounds: int, seconds: int) -> Rounds:
    """Load every target for some seconds, in turns: there, then back.

    What is compared stands side by side, and neither has the better half of a drifting machine.
    """
    measured: Rounds = {(target.operation, target.at): [] for target in targets}
    turns = sorted(targets, key=lambda target: (BARE, *TARGETS).index(target.operation))
    for _ in range(rounds):
        for target in turns:
            measured[target.operation, target.at].append(_round(target, seconds))
        turns.reverse()
    return measured


def _round(target: Target, seconds: int) -> Round:
    server = target.server
    commits = _commits(server)
    server_cpu, database_cpu = server.cpu_seconds(), server.database_cpu_seconds()
    rate = load.requests_per_second(server.address, target.requests, seconds)
    requests = rate * seconds
    if target.operation == "push" and _commits(server) - commits < requests:
        raise SystemExit("Some pushes changed nothing.")
    return Round(
        rate,
        (server.cpu_seconds() - server_cpu) * 1000 / requests,
        (server.database_cpu_seconds() - database_cpu) * 1000 / requests,
    )


def _commits(server: Server) -> int:
    database = contextlib.closing(connect(server.environment["DATABASE_URL"]))
    with database as connection, connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(revision), 0) FROM backups_backup")
        return int(cursor.fetchone()[0])


def report(measured: Rounds) -> None:
    """Print each target's share of the bare rate, and how little size and number matter."""
    head = ["", "requests/s", "of bare", "lowest…highest", "target"]
    head += ["server CPU", "database CPU", "of bare by CPU"]
    bare = measured[BARE, ""]
    rows = [_row(key, turns, bare) for key, turns in measured.items()]
    show(f"Rates, {load.CONNECTIONS} connections", head, rows)
    growth = [
        [
            NAMES[operation],
            middle([pair.rate for pair in more], PERCENT),
            spread([pair.rate for pair in more], PERCENT),
            "±20%",
            middle([pair.cpu for pair in more], PERCENT),
            spread([pair.cpu for pair in more], PERCENT),
            f"{few} → {many}",
        ]
        for operation in NAMES
        for few, many in ((FEWEST, MOST), (ALONE, CROWDED))
        if (more := _growth(measured, operation, few, many))
    ]
    if growth:
        head = ["", "rate", "lowest…highest", "target", "CPU a request", "lowest…highest"]
        show("Growth", [*head, "from → to"], growth)


def _row(key: tuple[str, str], turns: list[Round], bare: list[Round]) -> list[str]:
    operation, at = key
    shares = [turn.rate / best.rate for turn, best in zip(turns, bare, strict=True)]
    return [
        f"{NAMES.get(operation, operation)}{', ' if at else ''}{at}",
        middle([turn.rate for turn in turns], "{:,.0f}"),
        middle(shares, SHARE),
        spread(shares, SHARE),
        f"≥ {TARGETS[operation]}" if operation in TARGETS else "",
        f"{median(turn.server_ms for turn in turns):.2f} ms",
        f"{median(turn.database_ms for turn in turns):.2f} ms",
        middle([best.cpu_ms / turn.cpu_ms for turn, best in zip(turns, bare, strict=True)], SHARE),
    ]


def _growth(measured: Rounds, operation: str, few: str, many: str) -> list[Growth]:
    """Return what grows by how much in each round; nothing where it was not measured."""
    before, after = measured.get((operation, few), ()), measured.get((operation, many), ())
    return [
        Growth(more.rate / less.rate - 1, more.cpu_ms / less.cpu_ms - 1)
        for less, more in zip(before, after, strict=False)
    ]
