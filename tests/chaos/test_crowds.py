"""Too many, too fast, too slow, and all at once: the others notice nothing."""

import asyncio
import ssl
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from tests.chaos.load import PACE, TOLD_WHEN, Load, Way, faults, wait_until
from tests.chaos.site import NEEDS_NGINX, Site
from tests.e2e.nginx import NAME
from tests.e2e.servers import HOST

pytestmark = [pytest.mark.e2e, NEEDS_NGINX]
AFTER = 20
FLOOD_A_SECOND, FLOOD_ADDRESSES = 50, 10
SLOW_A_ADDRESS = 20
DRIP_SECONDS = 1.5
HEAD = f"Host: {NAME}\r\n"
SLOW = (
    # A head that never ends, a body that never ends, an answer that is never read.
    f"GET /api/sync/ HTTP/1.1\r\n{HEAD}",
    f"POST /api/token/ HTTP/1.1\r\n{HEAD}Content-Type: application/json\r\n"
    "Content-Length: 100000\r\n\r\n",
    f"GET /api/schema/ HTTP/1.1\r\n{HEAD}\r\n",
)


def compared(load: Load, quiet: int) -> str:
    """Say how long answers took before and after there were so many."""
    before = quantiles_of(load, 0, quiet)
    return f"p99 of the others {before:.0f} ms before, {load.p99(quiet):.0f} ms meanwhile"


def quantiles_of(load: Load, begin: int, end: int) -> float:
    return sorted(load.figures.seconds[begin:end])[int((end - begin) * 0.99)] * 1000


@pytest.mark.parametrize(
    ("count", "pushes"), [(60, 20), pytest.param(200, 300, marks=pytest.mark.nightly)]
)
def test_slow_clients_take_nothing_from_the_others(site, fleet, tell, count, pushes):
    """G1"""

    async def scene() -> None:
        async with dripping(site, count):
            await asyncio.to_thread(load.go_on, pushes)

    with Load(site, fleet) as load:
        load.go_on(pushes)
        quiet = len(load.figures.seconds)
        asyncio.run(scene())
        told = compared(load, quiet)

    assert load.figures.errors == {}
    tell(f"{count} slow clients: 0 failures, {told}")


@asynccontextmanager
async def dripping(site: Site, count: int) -> AsyncIterator[None]:
    """Hold so many connections, all slow, until the block is over."""
    context = ssl.create_default_context(cafile=site.nginx.authority)
    addresses = [f"127.0.4.{1 + number // SLOW_A_ADDRESS}" for number in range(count)]
    drips = [
        asyncio.create_task(drip(site, context, address, SLOW[number % len(SLOW)]))
        for number, address in enumerate(addresses)
    ]
    yield
    for one in drips:
        one.cancel()
    await asyncio.gather(*drips, return_exceptions=True)


async def drip(site: Site, context: ssl.SSLContext, address: str, begin: str) -> None:
    """Be slow, and again as soon as nginx has had enough of it."""
    more = b"X-Slow: 1\r\n" if begin == SLOW[0] else b"x"
    told = {"ssl": context, "server_hostname": NAME, "local_addr": (address, 0)}
    while True:
        with suppress(OSError):
            _reader, writer = await asyncio.open_connection(
                HOST, site.nginx.tls_port, limit=1, **told
            )
            try:
                writer.write(begin.encode())
                while not writer.is_closing():
                    await asyncio.sleep(DRIP_SECONDS)
                    writer.write(more)
            finally:
                writer.transport.abort()


@pytest.mark.parametrize("guesses", [60, pytest.param(1_500, marks=pytest.mark.nightly)])
def test_a_flood_of_log_ins_is_slowed_down_and_devices_go_on(site, fleet, tell, guesses):
    """G2"""
    with Load(site, fleet) as load:
        load.go_on(AFTER)
        quiet = len(load.figures.seconds)
        statuses = asyncio.run(flood(site, guesses))
        load.go_on(AFTER)
        told = compared(load, quiet)

    assert set(statuses) == {401, 429}
    assert statuses[401] <= 60
    assert load.figures.errors == {}
    tell(f"{guesses} guesses at {FLOOD_A_SECOND}/s: {statuses[429]} times 429, {told}")


async def flood(site: Site, guesses: int) -> Counter:
    """Guess passwords of one account from a few addresses; return the statuses."""
    ways = [Way(site, f"127.0.3.{host}", Counter()) for host in range(1, FLOOD_ADDRESSES + 1)]

    async def guess(number: int) -> int:
        await asyncio.sleep(number / FLOOD_A_SECOND)
        body = {"username": f"flooded-{guesses}", "password": f"guess {number}"}
        answer = await ways[number % len(ways)].ask("POST", "/api/token/", body)
        return answer.status

    return Counter(await asyncio.gather(*map(guess, range(guesses))))


@pytest.mark.parametrize(
    ("refused", "patience"),
    [
        (20, 0),
        # A refusal asks for 5 to 14 seconds.
        pytest.param(500, 0.006, marks=pytest.mark.nightly),
        pytest.param(2_000, 0, marks=pytest.mark.nightly),
    ],
    ids=["a few", "a thousand a minute", "as fast as can be"],
)
def test_one_device_that_asks_without_end_is_held_back_alone(site, fleet, tell, refused, patience):
    """G3"""
    with Load(site, fleet[1:]) as others:
        others.go_on(AFTER)
        quiet = len(others.figures.seconds)
        with Load(site, fleet[:1], net=2, pace=0, push=0, patience=patience) as hasty:
            wait_until(lambda: hasty.figures.errors["throttled"] >= refused)
            others.go_on(AFTER)
            rate = hasty.figures.requests
        told = compared(others, quiet)

    assert set(hasty.refusals) == {(429, True)}
    assert others.figures.errors == {}
    tell(f"one device asks {rate} times: {hasty.refusals[429, True]} times 429, {told}")


@pytest.mark.parametrize(
    ("count", "pace", "patience"),
    [(60, PACE * 4, 0.1), pytest.param(1_000, PACE * 40, 1, marks=pytest.mark.nightly)],
)
def test_all_devices_come_back_after_an_outage(site, tell, count, pace, patience):
    """G4"""
    load = Load(site, site.claimed(count), net=5, pace=pace, push=1, patience=patience)
    with load:
        with site.away():
            wait_until(lambda: load.refusals[TOLD_WHEN] >= count)
        began = time.monotonic()
        wait_until(lambda: all(member.cursor for member in load.members))
        drained = time.monotonic() - began

    assert set(load.refusals) <= {TOLD_WHEN, (429, True)}
    assert load.offline == 0
    assert faults(site, load.members) == []
    tell(f"{count} devices come back: all were served after {drained:.0f} s, {dict(load.refusals)}")
