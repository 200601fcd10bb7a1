"""`make bench`: the sync's speed beside what the machine can do at best, as ratios of one run."""

import argparse
import contextlib
import signal
import sys

from benchmarks import bulk, load, past, rates
from benchmarks.servers import Server, device_tokens, gunicorn, product
from tests.postgres import new_database, private_postgres

PARTS = (*rates.TARGETS, "devices", "stream", "first-push", "past")


def main() -> None:
    """Bring up a database and the servers, measure the parts one by one, print their tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, metavar="NAME")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2, help="length of one round")
    options = parser.parse_args()
    # Whoever ends this means the servers as well.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    with private_postgres() as url, product(url) as server:
        if "stream" in options.only:
            bulk.stream(server)
        if "first-push" in options.only:
            bulk.first_push(server)
        if "past" in options.only:
            past.past(server)
        if {*rates.TARGETS, "devices"}.intersection(options.only):
            _rates(server, options)


def _rates(server: Server, options: argparse.Namespace) -> None:
    chosen = [name for name in rates.TARGETS if name in options.only]
    url = server.environment["DATABASE_URL"]
    with contextlib.ExitStack() as stack:
        print(f"\nMaking devices for {options.rounds} rounds by {load.tool()}.", flush=True)
        # The bare application reads the plan of the first device.
        device_tokens(server, 1)
        bare = stack.enter_context(
            gunicorn("benchmarks.bare:application", server.environment, "/1")
        )
        targets = [rates.Target(rates.BARE, "", bare, [b"GET /1 HTTP/1.1\r\nHost: bare\r\n\r\n"])]
        targets += rates.by_size(server, chosen)
        if "devices" in options.only:
            alone = stack.enter_context(product(new_database(url)))
            targets += rates.by_devices(alone, server, chosen or list(rates.TARGETS))
        for one in {target.server.address: target.server for target in targets}.values():
            one.settle()
        rates.report(rates.measure(targets, options.rounds, options.seconds))


if __name__ == "__main__":
    main()
