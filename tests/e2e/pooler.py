"""PgBouncer with the project's file, in a folder of the test's own."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.e2e.servers import ROOT
from tests.postgres import find_account

PGBOUNCER = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin")
FILE = ROOT / "deploy" / "postgresql" / "pgbouncer.ini"
SECONDS = 30


@contextmanager
def pooler(url: str, *, sessions: int) -> Iterator[str]:
    """Lend so many sessions of the database of `url`, and yield the pooler's URL."""
    parts = urlsplit(url)
    with tempfile.TemporaryDirectory(prefix="planner-pooler-") as name:
        folder, account = Path(name), find_account()
        text = FILE.read_text()
        for place, here in {
            "/run/postgresql": parts.query.removeprefix("host="),
            "dbname=planner user=planner_app": f"dbname={parts.path[1:]} user={parts.username}",
            "/run/planner/pooler": name,
            "default_pool_size = 20": f"default_pool_size = {sessions}",
        }.items():
            assert place in text
            text = text.replace(place, here)
        (folder / "pgbouncer.ini").write_text(text)
        options = {}
        if account:
            # Like PostgreSQL it refuses to be root.
            shutil.chown(folder, account.pw_uid, account.pw_gid)
            options = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        with (folder / "log").open("w") as log:
            command = [PGBOUNCER, folder / "pgbouncer.ini"]
            process = subprocess.Popen(command, stdout=log, stderr=log, **options)
        try:
            _wait_for(folder / ".s.PGSQL.6432", folder / "log")
            yield f"postgres://{parts.username}@/planner?host={name}&port=6432"
        finally:
            process.terminate()
            process.wait()


def _wait_for(socket: Path, log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while not socket.exists():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)
