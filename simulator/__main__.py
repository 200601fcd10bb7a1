"""The command `python -m simulator`: one device that syncs until it is told to stop, or a fleet."""

import argparse
import logging
import os
import signal
import sys
import time
from pathlib import Path
from random import Random
from threading import Event

from simulator import demo, fleet
from simulator.chaos import Chaos
from simulator.client import OfflineError, ProblemError
from simulator.device import Device
from simulator.exchange import Report
from simulator.generations import FIRST, SECOND
from simulator.transport import Connection

log = logging.getLogger("simulator")
FIRST_RETRY, LAST_RETRY = 5, 300
UNCLAIMED_POLL = 10
WAIT_SECONDS = 25
DIGEST_EVERY = 20


def arguments(argv: list[str]) -> argparse.Namespace:
    """Read the command line; everything but the switches can come from the environment."""
    parser = argparse.ArgumentParser(prog="python -m simulator", description="A planner device.")
    env = os.environ.get
    parser.add_argument("--url", default=env("PLANNER_URL", "http://127.0.0.1:8000"))
    parser.add_argument("--serial", default=env("PLANNER_DEVICE_SERIAL"))
    parser.add_argument("--key", default=env("PLANNER_DEVICE_KEY"), help="better: --key-file")
    parser.add_argument("--key-file", type=Path, default=env("PLANNER_DEVICE_KEY_FILE"))
    parser.add_argument("--file", default="calendar.db", help="the device's SQLite file")
    parser.add_argument("--interval", type=float, metavar="S", help="seconds between syncs")
    parser.add_argument("--once", action="store_true", help="sync once and end")
    parser.add_argument("--demo", action="store_true", help="tick tasks and habits now and then")
    parser.add_argument("--wait", action="store_true", help="sync as soon as there is news")
    parser.add_argument("--generation", type=int, choices=(FIRST, SECOND), default=SECOND)
    parser.add_argument("--keep-key", action="store_true", help="keep the factory's key")
    parser.add_argument("--pages", type=int, metavar="N", help="read pages of N entries, no lines")
    parser.add_argument("--chaos", type=int, metavar="SEED", help="a bad network and a bad clock")
    claims = parser.add_mutually_exclusive_group()
    claims.add_argument("--refuse", dest="claims", action="store_const", const="refuse")
    claims.add_argument("--ignore-claims", dest="claims", action="store_const", const="ignore")
    options = parser.parse_args(argv)
    if options.key_file and not options.key:
        options.key = Path(options.key_file).read_text().strip()
    if not options.serial or not options.key:
        parser.error("a serial and a key are needed (PLANNER_DEVICE_SERIAL, PLANNER_DEVICE_KEY)")
    return options


def main(argv: list[str] | None = None) -> int:
    """Run until SIGINT or SIGTERM; return 0, or 1 when a single sync failed."""
    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] == ["fleet"]:
        return fleet.main(argv[1:])
    options = arguments(argv)
    logging.basicConfig(
        stream=sys.stdout, level=logging.INFO, format="%(asctime)s  %(message)s", datefmt="%H:%M:%S"
    )
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    device = switch_on(options)
    log.info("The device %s of %s, file %s.", options.serial, options.url, options.file)
    try:
        if options.once:
            return 0 if isinstance(attempt(device)[0], Report) else 1
        live(device, stop, options)
    finally:
        device.close()
    log.info("Stopped.")
    return 0


def switch_on(options: argparse.Namespace) -> Device:
    """Return the device that the command line describes."""
    transport, clock = Connection(options.url), time.time
    if options.chaos is not None:
        transport = Chaos(transport, options.chaos)
        clock = transport.clock(clock)
    firmware = {"generation": options.generation, "streams": not options.pages}
    firmware["rekeys"] = not options.keep_key
    return Device(
        options.url,
        options.serial,
        options.key,
        options.file,
        clock,
        claims=options.claims or "accept",
        transport=transport,
        digest_every=DIGEST_EVERY,
        **firmware,
        **({"page": options.pages} if options.pages else {}),
    )


def live(device: Device, stop: Event, options: argparse.Namespace) -> None:
    """Sync again and again; wait longer and longer while the server does not answer."""
    retry, said = FIRST_RETRY, ""
    chance = Random() if options.demo else None  # noqa: S311 - which task is ticked is no secret
    while not stop.is_set():
        if chance and (did := demo.act(device, chance)):
            log.info(did)
        outcome, said = attempt(device, said)
        if isinstance(outcome, Report):
            pause, retry = options.interval or outcome.next_poll or UNCLAIMED_POLL, FIRST_RETRY
            if options.wait and outcome.claimed and news(device, stop, pause):
                continue
        else:
            pause, retry = outcome or retry, min(retry * 2, LAST_RETRY)
        stop.wait(pause)


def news(device: Device, stop: Event, seconds: float) -> bool:
    """Wait so long for news; return whether to sync at once.

    A server that keeps nobody answers before the time, and is then asked no second time.
    """
    end = time.monotonic() + seconds
    while not stop.is_set() and (left := end - time.monotonic()) > 1:
        began, asked = time.monotonic(), min(WAIT_SECONDS, int(left))
        try:
            if device.wait(asked):
                return True
        except (OfflineError, ProblemError):
            return False
        if time.monotonic() - began < asked - 1:
            return False
    return True


def attempt(device: Device, said: str = "") -> tuple[Report | int | None, str]:
    """Sync once and say how it went, unless it went well and `said` is the same; return both.

    Of a failure the seconds come back that the server asks for.
    """
    try:
        report = device.sync()
    except OfflineError as error:
        log.info("Offline (%s); %d changes wait.", error, len(device.outbox))
        return None, ""
    except ProblemError as problem:
        log.info("The server refuses: %s", problem)
        return problem.retry_after, ""
    if (words := sentence(device, report)) != said:
        log.info(words)
    return report, words


def sentence(device: Device, report: Report) -> str:
    """Put a report into one calm line."""
    if not report.claimed:
        return "Nobody has claimed this device yet."
    if not report.sent and not report.received:
        return "Nothing new."
    counts = {kind: len(entries) for kind, entries in device.plan().items()}
    return (
        f"Sent {report.sent}, received {report.received}; now {counts['task']} tasks, "
        f"{counts['event']} events, {counts['habit']} habits."
    )


if __name__ == "__main__":
    sys.exit(main())
