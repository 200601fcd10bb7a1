"""Send requests over and over on eight kept connections, and count: by wrk, else by threads."""

import http.client
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

CONNECTIONS = 8
SCRIPT = Path(__file__).with_name("load.lua")
OTHER_ACTION = {b"add": b"del", b"del": b"add"}


def tool() -> str:
    """Return the name of what makes the load."""
    return "wrk" if shutil.which("wrk") else "threads of Python"


def requests_per_second(address: str, requests: Sequence[bytes], seconds: float) -> float:
    """Return how many answers a second came; an answer that is an error ends the program.

    Each connection has its own share of the requests, or one of them where they are fewer.
    """
    if shutil.which("wrk"):
        return _by_wrk(address, requests, seconds)
    shares = [
        list(requests[number % len(requests) :: CONNECTIONS]) for number in range(CONNECTIONS)
    ]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        started = time.perf_counter()
        counts = pool.map(lambda share: _count(address, share, started + seconds), shares)
        return sum(counts) / (time.perf_counter() - started)


def _by_wrk(address: str, requests: Sequence[bytes], seconds: float) -> float:
    with tempfile.NamedTemporaryFile(prefix="planner-load-") as file:
        file.write(b"\0".join(requests))
        file.flush()
        size = ["-t", str(CONNECTIONS), "-c", str(CONNECTIONS), "-d", f"{seconds:.0f}s"]
        command = ["wrk", *size, "-s", SCRIPT, address, "--", file.name, str(CONNECTIONS)]
        report = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in report or "Socket errors" in report:
        raise SystemExit(f"The server answered with errors:\n{report}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", report)[1])


def _count(address: str, requests: list[bytes], end: float) -> int:
    """Do what load.lua does, on one connection."""
    parts = urlsplit(address)
    count, turn = 0, int(time.time()) * 1000
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        while time.perf_counter() < end:
            place = count % len(requests)
            text = _next(requests[place], turn + count)
            connection.sendall(text)
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            body = answer.read()
            if answer.status >= http.HTTPStatus.BAD_REQUEST:
                raise SystemExit(f"The server answered {answer.status}: {body.decode()}")
            if cursor := re.search(rb'"cursor":"[\w-]+"', body):
                since = cursor[0].replace(b"cursor", b"since")
                text = re.sub(rb'"since":"[\w-]+"', since, text)
            requests[place] = text
            count += 1
    return count


def _next(text: bytes, turn: int) -> bytes:
    text = re.sub(rb"Turn \d+", b"Turn %d" % turn, text)
    return re.sub(rb'(?<="action":")\w+', lambda found: OTHER_ACTION[found[0]], text)
