"""G5: small requests that want to be large: refused early, in little room, and nobody waits."""

import http.client
import json
import re
import ssl
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from simulator.fleet import Unit
from tests.chaos.load import Load
from tests.chaos.site import NEEDS_NGINX, Site
from tests.chaos.test_crowds import compared
from tests.e2e.nginx import NAME

pytestmark = [pytest.mark.e2e, NEEDS_NGINX]
MIB = 1024 * 1024
LARGEST = MIB - 100
"""What nginx lets through."""
ROOM = 10 * MIB
AFTER = 20
TIMES = 10


class Bomb(NamedTuple):
    """A request, and the statuses that refuse it; a page may also make nothing of it."""

    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = {}
    statuses: tuple[int, ...] = (400,)


def zipped(size: int) -> bytes:
    """Return so many spaces before a number, as gzip."""
    packer = zlib.compressobj(wbits=31)
    parts = [packer.compress(b" " * MIB) for _ in range(size // MIB)]
    return b"".join([*parts, packer.compress(b"1"), packer.flush()])


def many(part: str, *, within: str = "%s", size: int = LARGEST) -> bytes:
    """Return a body as long as may be of one part again and again."""
    return (within % ",".join([part] * ((size - len(within)) // (len(part) + 1)))).encode()


JSON = {"Content-Type": "application/json"}
GZIP = JSON | {"Content-Encoding": "gzip"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HOSTILE = "a" * 500 + "@" + "a-" * 1_000 + "!"
NAMES = "{" + ",".join(f'"{number}":0' for number in range(90_000)) + "}"


def bombs() -> dict[str, Bomb]:
    """Return what somebody with a device might send, by what it is."""
    return {
        "256 MiB as gzip": Bomb("POST", "/api/sync/", zipped(256 * MIB), GZIP, (413,)),
        "deep lists": Bomb("POST", "/api/sync/", b"[" * LARGEST, JSON),
        "deep objects": Bomb("POST", "/api/sync/", b'{"a":' * (LARGEST // 5), JSON),
        "many objects": Bomb(
            "POST", "/api/sync/", many("{}", within='{"task":[%s]}'), JSON, (413,)
        ),
        "many lists": Bomb("POST", "/api/sync/", many("[]", within='{"x":[%s]}'), JSON, (413,)),
        "many names": Bomb("POST", "/api/sync/", NAMES.encode(), JSON, (413,)),
        "a long number": Bomb("POST", "/api/sync/", b"1" * LARGEST, JSON),
        "many days": Bomb(
            "POST",
            "/api/sync/",
            many("0", within='{"habit":[{"id":"x","completed":[%s]}]}'),
            JSON,
            (413,),
        ),
        "10,000 fields of the head": Bomb(
            "GET", "/api/sync/", b"", {f"X-{number}": "x" for number in range(10_000)}, (400, 431)
        ),
        "an address of 9 kB": Bomb("GET", f"/api/sync/?since={'x' * 9_000}", statuses=(414, 431)),
        "a cursor for a regex": Bomb(
            "GET", f"/api/sync/?since={'a-' * 1_000}!", statuses=(400, 410)
        ),
        "a name for a regex": Bomb(
            "POST", "/api/token/", json.dumps({"username": HOSTILE, "password": "x"}).encode(), JSON
        ),
        "languages for a regex": Bomb(
            "GET", "/login/", b"", {"Accept-Language": "a-" * 1_500 + "!"}, (200,)
        ),
        "forms of answers for a regex": Bomb(
            "GET", "/api/sync/", b"", {"Accept": "application/x-ndjson;" * 150}, (200, 406)
        ),
        "many fields of a form": Bomb("POST", "/login/", b"a=1&" * 250_000, FORM, (400, 403)),
    }


class Room:
    """How much each worker has at most since the block began, beyond what it had then, in bytes."""

    def __init__(self, site: Site) -> None:
        self.processes = {
            pid: Path(f"/proc/{pid}")
            for name in ("sync", "pages")
            for pid in site.services[name].workers()
        }

    def begin(self) -> None:
        self.before = {pid: self._kilobytes(pid, "VmRSS") for pid in self.processes}
        for process in self.processes.values():
            # The highest so far is forgotten by this: proc(5).
            (process / "clear_refs").write_text("5")

    def taken(self) -> int:
        """Return what the worst of them has taken."""
        highest = {pid: self._kilobytes(pid, "VmHWM") for pid in self.processes}
        return max(highest[pid] - self.before[pid] for pid in self.processes) * 1024

    def _kilobytes(self, pid: int, name: str) -> int:
        status = (self.processes[pid] / "status").read_text()
        return int(re.search(rf"^{name}:\s+(\d+) kB$", status, re.MULTILINE)[1])


@contextmanager
def caller(site: Site, address: str) -> Iterator[http.client.HTTPSConnection]:
    """A connection from an address of one's own: what is refused there holds nobody else back."""
    context = ssl.create_default_context(cafile=site.nginx.authority)
    connection = http.client.HTTPSConnection(
        NAME, site.nginx.tls_port, context=context, source_address=(address, 0), timeout=300
    )
    with closing(connection):
        yield connection


def status_of(site: Site, address: str, bomb: Bomb, token: str) -> int:
    """Send it past what a library would refuse to send, and return the answer's status."""
    with caller(site, address) as connection:
        connection.putrequest(bomb.method, bomb.path)
        head = {"Authorization": f"Bearer {token}", "Content-Length": str(len(bomb.body))}
        for name, value in (head | bomb.headers).items():
            connection.putheader(name, value)
        # It may be refused before it is whole.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.endheaders(bomb.body)
        return connection.getresponse().status


def token_of(site: Site, unit: Unit) -> str:
    body = json.dumps({"serial": unit.serial, "key": unit.key})
    with caller(site, "127.0.6.1") as connection:
        connection.request("POST", "/api/device/token/", body, JSON)
        return json.loads(connection.getresponse().read())["access"]


@pytest.mark.parametrize("times", [3, pytest.param(15, marks=pytest.mark.nightly)])
def test_bombs_are_refused_in_little_room_and_nobody_waits(site, fleet, tell, times):
    """G5"""
    sent, room, refused, taken = bombs(), Room(site), {}, {}
    with Load(site, fleet[1:]) as load:
        load.go_on(AFTER)
        quiet = len(load.figures.seconds)
        for number, (name, bomb) in enumerate(sent.items(), 2):
            token, address = token_of(site, fleet[0]), f"127.0.6.{number}"
            room.begin()
            refused[name] = {status_of(site, address, bomb, token) for _ in range(times)}
            taken[name] = room.taken()
        load.go_on(AFTER)
        told = compared(load, quiet)

    others = {name: refused[name] - set(bomb.statuses) for name, bomb in sent.items()}
    assert {name: statuses for name, statuses in others.items() if statuses} == {}
    assert {name: size for name, size in taken.items() if size > ROOM} == {}
    assert load.figures.errors == {}
    worst = max(taken, key=taken.get)
    told = f"{taken[worst] / MIB:.1f} MiB at most ({worst}), {told}"
    tell(f"{len(sent)} bombs, {times} times each: {told}")
