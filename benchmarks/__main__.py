"""`make bench`: the idle poll of devices of three sizes, beside a bare SELECT by primary key."""

import argparse
import base64
import secrets
from statistics import median
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from benchmarks import load
from benchmarks.plans import Poll, manage, polls
from benchmarks.servers import HOST, Server, database_cpu_seconds, gunicorn
from tests.postgres import private_postgres

SIZES = (100, 1_000, 16_000)
BARE = "bare SELECT"
ROW = "{:<24}{:>10}{:>18}{:>12}{:>12}{:>10}"


class Target(NamedTuple):
    """What is measured: its name in the report, its server and the request."""

    name: str
    server: Server
    poll: Poll


class Round(NamedTuple):
    """What one round gave: requests a second, and CPU milliseconds a request."""

    rate: float
    server_ms: float
    database_ms: float


def main() -> None:
    """Bring up a database and both servers, measure in turns, print the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4, help="length of one round")
    options = parser.parse_args()
    with private_postgres() as url:
        environment = {"DATABASE_URL": url, **production()}
        manage("migrate", "--verbosity", "0", environment=environment)
        with gunicorn("planner.wsgi:application", environment, "/healthz") as product:
            print(f"Making devices of {', '.join(map('{:,}'.format, SIZES))} entries.", flush=True)
            idle = polls(product.address, SIZES, environment)
            with gunicorn("benchmarks.bare:application", environment, "/1") as bare:
                targets = [Target(BARE, bare, Poll("/1", {}))]
                for size, poll in zip(SIZES, idle, strict=True):
                    targets.append(Target(f"idle poll, {size:,} entries", product, poll))
                print(f"{options.rounds} rounds of {options.seconds} s by {load.tool()}.\n")
                rounds = [
                    {target.name: measure(target, url, options.seconds) for target in targets}
                    for _ in range(options.rounds)
                ]
    report({target.name: [turn[target.name] for turn in rounds] for target in targets})


def production() -> dict[str, str]:
    """Return the environment of a server as in production, with secrets of this run."""
    key = base64.b64encode(secrets.token_bytes(48)).decode()
    names = ("USER_TOKEN_KEYS", "DEVICE_TOKEN_KEYS", "CLAIM_PEPPERS")
    keys = dict.fromkeys(names, f"bench:{key}")
    # No page is asked for, so nobody has gathered the static files that whitenoise looks for.
    quiet = {"PYTHONWARNINGS": "ignore::UserWarning"}
    return {"DEBUG": "off", "ALLOWED_HOSTS": HOST, "SECRET_KEY": key, **keys, **quiet}


def measure(target: Target, url: str, seconds: int) -> Round:
    """Load the target for some seconds."""
    folder = parse_qs(urlsplit(url).query)["host"][0]
    server, database = target.server.cpu_seconds(), database_cpu_seconds(folder)
    address = f"{target.server.address}{target.poll.path}"
    rate = load.requests_per_second(address, target.poll.headers, seconds)
    requests = rate * seconds / 1000
    return Round(
        rate,
        (target.server.cpu_seconds() - server) / requests,
        (database_cpu_seconds(folder) - database) / requests,
    )


def report(rounds: dict[str, list[Round]]) -> None:
    """Print medians, the spread of the rates, and how much of the bare rate is left."""
    best = median(turn.rate for turn in rounds[BARE])
    print(ROW.format("", "requests/s", "lowest…highest", "server CPU", "database", "of bare"))
    for name, turns in rounds.items():
        rates = [turn.rate for turn in turns]
        spread = f"{min(rates):,.0f}…{max(rates):,.0f}"
        server = f"{median(turn.server_ms for turn in turns):.2f} ms"
        database = f"{median(turn.database_ms for turn in turns):.2f} ms"
        share = f"{median(rates) / best:.0%}"
        print(ROW.format(name, f"{median(rates):,.0f}", spread, server, database, share))


if __name__ == "__main__":
    main()
