"""The product as it is run: gunicorn with two workers on a PostgreSQL, for the end-to-end tests."""

import contextlib
import csv
import http.client
import io
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
SECONDS_TO_START = 60
UNITS_AT_ONCE = 40


class Unit(NamedTuple):
    """What lies in the box of one device."""

    serial: str
    code: str
    key: str


class Server:
    """One gunicorn on a free port of the loopback, with development settings.

    An empty `database_url` means SQLite in the folder; `root` is the code that it runs, with the
    libraries of `python`.
    """

    config, application = "deploy/gunicorn.conf.py", "planner.wsgi:application"

    def __init__(
        self,
        database_url: str,
        folder: Path,
        *,
        root: Path = ROOT,
        python: str = sys.executable,
    ) -> None:
        self.root, self.python = root, python
        self.environment = os.environ | {
            "DEBUG": "on",
            "DATABASE_URL": database_url,
            "PLANNER_LOCAL_DIR": str(folder),
        }
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)
        self.log = folder / f"{type(self).__name__}.log"
        with socket.create_server((HOST, 0)) as probe:
            self.port = probe.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}/"
        self.process: subprocess.Popen | None = None

    def manage(self, *arguments: str) -> str:
        """Run manage.py and return what it wrote."""
        command = [self.python, "manage.py", *arguments]
        return subprocess.run(
            command,
            cwd=self.root,
            env=self.environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout

    def make_units(self, count: int, *options: str) -> list[Unit]:
        """Make devices as the factory does."""
        rows = csv.reader(io.StringIO(self.manage("make_devices", str(count), *options)))
        header, *units = rows
        assert header == ["serial", "code", "key"]
        return [Unit(*row) for row in units]

    def start(self) -> None:
        options = ["--config", self.config, "--bind", f"{HOST}:{self.port}"]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [self.python, "-m", "gunicorn", *options, self.application],
                cwd=self.root,
                env=self.environment,
                stdout=log,
                stderr=log,
                # A process group of its own, which kill() ends whole.
                start_new_session=True,
            )
        self._wait_until_ready()

    def stop(self) -> None:
        """End it as an operator does."""
        self.process.terminate()
        self.process.wait()

    def kill(self) -> None:
        """End the master and its workers as a power cut does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline and self.process.poll() is None:
            connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
            with contextlib.closing(connection), contextlib.suppress(OSError):
                connection.request("GET", "/readyz")
                if connection.getresponse().status == http.HTTPStatus.OK:
                    return
            time.sleep(0.1)
        raise RuntimeError(f"the server did not start:\n{self.log.read_text()}")


class LiveServer(Server):
    """The same for those who wait for news; the database knows its connections by their name."""

    config, application = "deploy/gunicorn_live.conf.py", "planner.asgi:application"

    def __init__(self, database_url: str, folder: Path) -> None:
        super().__init__(database_url, folder)
        self.environment["PGAPPNAME"] = "planner-live"


@contextlib.contextmanager
def served(server: Server, **environment: str) -> Iterator[Server]:
    """Bring its database up to date and run it, in this environment too, while the block lasts."""
    server.manage("migrate", "--verbosity", "0")
    server.environment.update(environment)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class Shelf:
    """The units in stock at one server: `shelf()` takes a new one."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.units: list[Unit] = []

    def __call__(self) -> Unit:
        if not self.units:
            self.units = self.server.make_units(UNITS_AT_ONCE)
        return self.units.pop()
