"""Ask for one thing over and over on kept connections, and count: by wrk, else by threads here."""

import http.client
import re
import shutil
import subprocess
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

CONNECTIONS = 8


def tool() -> str:
    """Return the name of what makes the load."""
    return "wrk" if shutil.which("wrk") else "threads of http.client"


def requests_per_second(url: str, headers: Mapping[str, str], seconds: float) -> float:
    """Return how many answers a second came; an answer that is an error ends the program."""
    if shutil.which("wrk"):
        return _by_wrk(url, headers, seconds)
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        started = time.perf_counter()
        end = started + seconds
        counts = pool.map(lambda _: _count(url, headers, end), range(CONNECTIONS))
        return sum(counts) / (time.perf_counter() - started)


def _by_wrk(url: str, headers: Mapping[str, str], seconds: float) -> float:
    flags = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    size = ["-t", "1", "-c", str(CONNECTIONS), "-d", f"{seconds:.0f}s"]
    wrk = shutil.which("wrk")
    report = subprocess.run(
        [wrk, *size, *flags, url], capture_output=True, text=True, check=True
    ).stdout
    if "Non-2xx" in report or "Socket errors" in report:
        raise SystemExit(f"The server answered with errors:\n{report}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", report)[1])


def _count(url: str, headers: Mapping[str, str], end: float) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port)
    count = 0
    while time.perf_counter() < end:
        connection.request("GET", f"{parts.path}?{parts.query}", headers=dict(headers))
        answer = connection.getresponse()
        answer.read()
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise SystemExit(f"The server answered {answer.status}.")
        count += 1
    connection.close()
    return count
