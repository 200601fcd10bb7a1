"""Servers to measure: gunicorn with 2 workers of 4 threads, and what it and the database burn."""

import base64
import contextlib
import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import psutil

from benchmarks.yardsticks import connect

ROOT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"
SECONDS_TO_START = 60
CLEAR_PEAK = "5"
"""Written to /proc/PID/clear_refs, it sets the peak of a process to what it holds now."""


class Server(NamedTuple):
    """A running gunicorn: its address without a slash at the end, its first process, its database.

    `environment` is the one it was started with.
    """

    address: str
    process: psutil.Process
    environment: Mapping[str, str]

    def cpu_seconds(self) -> float:
        """Return the CPU time that its processes have used."""
        return _burnt([self.process, *self._workers()])

    def database_cpu_seconds(self) -> float:
        """Return the CPU time that the whole PostgreSQL behind it has used."""
        folder = parse_qs(urlsplit(self.environment["DATABASE_URL"]).query)["host"][0]
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.name() == "postgres" and process.cwd().startswith(folder):
                    found.append(process)
        return _burnt(found)

    def settle(self) -> None:
        """Have the database know its tables now; by itself it learns them within a minute."""
        with contextlib.closing(connect(self.environment["DATABASE_URL"])) as connection:
            connection.autocommit = True
            connection.cursor().execute("VACUUM ANALYZE")

    @contextlib.contextmanager
    def peak_growth(self) -> Iterator[list[int]]:
        """Collect how many bytes each worker took at most, during the block, beyond what it had."""
        before = {}
        for worker in self._workers():
            Path(f"/proc/{worker.pid}/clear_refs").write_text(CLEAR_PEAK)
            before[worker.pid] = _status(worker.pid, "VmRSS")
        growth: list[int] = []
        yield growth
        growth += [_status(pid, "VmHWM") - held for pid, held in before.items()]

    def _workers(self) -> list[psutil.Process]:
        return self.process.children(recursive=True)


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
        yield Server(f"http://{HOST}:{port}", psutil.Process(process.pid), environment)
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def product(url: str) -> Iterator[Server]:
    """Run Planner as in production on an empty database, with secrets of this run."""
    key = base64.b64encode(secrets.token_bytes(48)).decode()
    names = ("USER_TOKEN_KEYS", "DEVICE_TOKEN_KEYS", "CLAIM_PEPPERS", "SECOND_FACTOR_KEYS")
    # No page is asked for, so nobody has gathered the static files that whitenoise looks for.
    quiet = {"PYTHONWARNINGS": "ignore::UserWarning"}
    environment = {"DEBUG": "off", "ALLOWED_HOSTS": HOST, "SECRET_KEY": key, **quiet}
    environment |= {"DATABASE_URL": url, **dict.fromkeys(names, f"bench:{key}")}
    manage("migrate", environment=environment)
    with gunicorn("planner.wsgi:application", environment, "/healthz") as server:
        yield server


def device_tokens(server: Server, count: int) -> list[str]:
    """Make so many claimed devices in the server's database; return a token of each."""
    statement = f"from benchmarks.crowd import print_tokens; print_tokens({count})"
    return manage("shell", "--command", statement, environment=server.environment).split()


def manage(*arguments: str, environment: Mapping[str, str]) -> str:
    """Run manage.py and return what it wrote."""
    command = [sys.executable, "manage.py", *arguments, "--verbosity", "0"]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, check=True
    ).stdout.decode()


def _burnt(processes: list[psutil.Process]) -> float:
    """Return the CPU time of processes, and of those of their children that have ended."""
    seconds = 0.0
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            seconds += sum(process.cpu_times()[:4])
    return seconds


def _status(pid: int, name: str) -> int:
    """Return one of the sizes of /proc/PID/status in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise SystemExit(f"/proc has no {name}; memory is measured on Linux only.")


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
