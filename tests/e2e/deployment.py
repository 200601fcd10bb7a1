"""An installation as deploy/install.sh leaves it, run from a folder: units, secrets, nginx."""

import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import psycopg2

from deploy import healthcheck
from tests.e2e.nginx import NAME, Nginx
from tests.e2e.servers import ROOT

UNITS = ROOT / "deploy" / "systemd"
SERVICES = ("sync", "pages", "live", "staff")
SECONDS = 300


def install(folder: Path, database_url: str) -> str:
    """Run the script below the folder and return what it said."""
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database_url,
        "PLANNER_PYTHON": sys.executable,
        "PLANNER_USER": subprocess.check_output(["/usr/bin/id", "-un"], text=True).strip(),
    }
    command = [ROOT / "deploy" / "install.sh", NAME, "--root", folder]
    return subprocess.run(
        command, env=environment, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


class Service:
    """One of the four services, started by its unit's own command with its socket."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f"{name}.sock"
        self.log = folder / f"{name}.log"
        # It stays open while the service starts anew, as with systemd.
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen(128)
        unit = (UNITS / f"planner-{name}.service").read_text()
        started = re.search(r"^ExecStart=(\S+) (.*)$", unit, re.MULTILINE)
        self.command = [sys.executable, *shlex.split(started[2])]
        self.environment = _environment(folder) | _of_unit(folder, name)

    def start(self) -> None:
        listener = str(self.listener.fileno())
        starter = [sys.executable, "-m", "tests.e2e.activated", listener]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [*starter, *self.command],
                cwd=ROOT,
                env=self.environment,
                pass_fds=[self.listener.fileno()],
                stdout=log,
                stderr=log,
            )

    def wait_until_ready(self) -> None:
        """Ask once; the question waits at the socket until there is somebody to answer."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(SECONDS)
            connection.connect(str(self.path))
            connection.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            assert b" 200 OK" in connection.recv(100)

    def connection(self) -> healthcheck.Connection:
        """Return a way to it past nginx."""
        return healthcheck.Connection(str(self.path))

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(SECONDS)

    def workers(self) -> set[int]:
        return {child.pid for child in psutil.Process(self.process.pid).children()}

    def reload(self, signal_number: int) -> None:
        """Ask for new workers and wait until no old one is left."""
        old = self.workers()
        self.process.send_signal(signal_number)
        deadline = time.monotonic() + SECONDS
        while not self.workers() or self.workers() & old:
            assert time.monotonic() < deadline
            time.sleep(0.05)


class Deployment:
    """All four services and nginx, from the files of an installation in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.services = {name: Service(folder, name) for name in SERVICES}
        upstreams = {name: f"unix:{one.path}" for name, one in self.services.items()}
        static = folder / "var/lib/planner/static"
        self.nginx = Nginx(folder / "nginx", upstreams, static)

    def start(self) -> None:
        for service in self.services.values():
            service.start()
        for service in self.services.values():
            service.wait_until_ready()
        self.nginx.start()

    @contextmanager
    def without_tables(self, *names: str) -> Iterator[None]:
        """Let what asks these tables fail."""
        database = self.services["pages"].environment["DATABASE_URL"]
        with closing(psycopg2.connect(database)) as connection:
            connection.autocommit = True
            ask = connection.cursor().execute
            for name in names:
                ask(f"ALTER TABLE {name} RENAME TO {name}_away")
            try:
                yield
            finally:
                for name in names:
                    ask(f"ALTER TABLE {name}_away RENAME TO {name}")

    def stop(self) -> None:
        self.nginx.stop()
        for service in self.services.values():
            if service.process.poll() is None:
                service.stop()
            service.listener.close()


def _of_unit(folder: Path, name: str) -> dict[str, str]:
    """Return what a unit and its drop-ins set by themselves; the last one wins."""
    common, own = (UNITS / f"planner-{part}.service.d" for part in ("", name))
    files = [UNITS / f"planner-{name}.service", *common.glob("*"), *own.glob("*")]
    text = "\n".join(file.read_text() for file in files)
    found = dict(re.findall(r"^Environment=(\w+)=(.*)$", text, re.MULTILINE))
    for runs in re.findall(r"^RuntimeDirectory=(.+)$", text, re.MULTILINE):
        (folder / runs).mkdir(parents=True, exist_ok=True)
    own = {key: value for key, value in found.items() if "%d" not in value}
    return {key: value.replace("%t", str(folder)) for key, value in own.items()}


def _environment(folder: Path) -> dict[str, str]:
    """Return what the units give: the settings, and where each secret is."""
    etc = folder / "etc/planner"
    lines = [line for line in (etc / "environment").read_text().splitlines() if "=" in line]
    settings = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    secrets = {f"{file.name}_FILE": str(file) for file in (etc / "secrets").iterdir()}
    return {"PATH": os.environ["PATH"], **settings, **secrets}
