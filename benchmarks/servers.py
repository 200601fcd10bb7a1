"""Servers to measure: gunicorn with 2 workers of 4 threads, and what it and the database burn."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import psutil

ROOT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"
SECONDS_TO_START = 60


class Server(NamedTuple):
    """A running gunicorn: its address without a slash at the end, and its first process."""

    address: str
    process: psutil.Process

    def cpu_seconds(self) -> float:
        """Return the CPU time that its processes have used."""
        return _burnt([self.process, *self.process.children(recursive=True)])


@contextlib.contextmanager
def gunicorn(application: str, environment: Mapping[str, str], probe: str) -> Iterator[Server]:
    """Run the WSGI application on a free port, from its first answer at `probe` to the end."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", application]
    # A worker that restarts in the middle of a round would be part of the figures.
    options = ["--bind", f"{HOST}:{port}", "--max-requests", "0"]
    process = subprocess.Popen([*command, *options], cwd=ROOT, env={**os.environ, **environment})
    try:
        _wait_for_answer(port, probe)
        yield Server(f"http://{HOST}:{port}", psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait()


def database_cpu_seconds(folder: str) -> float:
    """Return the CPU time that the PostgreSQL in this folder has used."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.name() == "postgres" and process.cwd().startswith(folder):
                found.append(process)
    return _burnt(found)


def _burnt(processes: list[psutil.Process]) -> float:
    times = [process.cpu_times() for process in processes]
    return sum(spent.user + spent.system for spent in times)


def _free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def _wait_for_answer(port: int, path: str) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        with contextlib.closing(connection), contextlib.suppress(OSError):
            connection.request("GET", path)
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        time.sleep(0.1)
    raise SystemExit(f"No answer from {path}.")
