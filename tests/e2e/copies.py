"""deploy/backup and deploy/restore, run as an operator does on a cluster of the test's own."""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2

from tests.e2e.servers import ROOT
from tests.postgres import OWNER, find_account, find_binaries, within_reach
from tests.processes import kill_all, started_by

LONGEST = 60
SCRIPTS = ("backup", "drill", "restore", "unseal")
EACH = """SELECT format('SELECT %L, count(*), md5(coalesce(string_agg(t::text, E''\\n''
ORDER BY t::text COLLATE "C"), '''')) FROM %I AS t', tablename, tablename)
FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"""


class Copies:
    """A folder of copies, with keys of its own; the server's account may write into it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.account = folder, find_account()
        self.scripts, self.kept = folder / "scripts", folder / "kept"
        self.kept.mkdir(parents=True)
        self.scripts.mkdir()
        for name in SCRIPTS:
            shutil.copy2(ROOT / "deploy" / name, self.scripts)
        self.identity, self.other = self._key("identity"), self._key("other")
        self.recipients = folder / "recipients"
        public = subprocess.run(
            ["/usr/bin/age-keygen", "-y", self.identity], check=True, stdout=subprocess.PIPE
        )
        self.recipients.write_bytes(public.stdout)
        self.binaries = within_reach(find_binaries(), folder)
        self.give(folder)

    def give(self, folder: Path) -> None:
        """Give a folder to the account that the database runs as."""
        if self.account:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def environment(
        self, socket: Path | str = "", database: str = "", user: str = OWNER
    ) -> dict[str, str]:
        """Return what the scripts are told of this folder and of a database."""
        told = {
            "PATH": f"{self.binaries}:{os.environ['PATH']}",
            "BACKUP_FOLDER": str(self.kept),
            "BACKUP_RECIPIENTS": str(self.recipients),
            "PGUSER": user,
        }
        if socket:
            told |= {"PGHOST": str(socket), "PGDATABASE": database}
        return told

    def run(self, script: str, *arguments: object, **where: Any) -> subprocess.CompletedProcess:
        """Run one of the scripts as the database's account."""
        return subprocess.run(
            [self.scripts / script, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            **self._as_the_database(**where),
        )

    def run_until_asleep(self, script: str, *arguments: str, **where: Any) -> None:
        """Run one that never ends until all it does is to wait, and end it."""
        command = [self.scripts / script, *arguments]
        with subprocess.Popen(command, **self._as_the_database(**where)) as process:
            try:
                deadline = time.monotonic() + LONGEST
                while started_by(process.pid) != ["sleep"]:
                    assert time.monotonic() < deadline
                    time.sleep(0.1)
            finally:
                kill_all(process.pid)

    def _as_the_database(self, **where: Any) -> dict[str, Any]:
        options = {"env": self.environment(**where), "cwd": self.folder}
        if self.account:
            options |= {"user": self.account.pw_uid, "group": self.account.pw_gid}
            options["extra_groups"] = []
        return options

    def archive_command(self) -> str:
        """Return what a cluster does with each piece of its log."""
        names = ("BACKUP_FOLDER", "BACKUP_RECIPIENTS")
        told = " ".join(f"{name}='{self.environment()[name]}'" for name in names)
        return f"{told} '{self.scripts / 'backup'}' wal %p %f"

    def wait_for(self, name: str) -> None:
        """Return when a copy is there."""
        deadline = time.monotonic() + LONGEST
        while not (self.kept / name).exists():
            assert time.monotonic() < deadline, sorted(self.kept.iterdir())
            time.sleep(0.1)

    def new_folder(self, name: str) -> Path:
        """Make an empty folder for the database's account alone."""
        path = self.folder / name
        path.mkdir(mode=0o700)
        self.give(path)
        return path

    def newest(self, kind: str) -> Path:
        """Return the newest copy of a kind."""
        return max(self.kept.glob(f"{kind}-*.age"))

    def _key(self, name: str) -> Path:
        path = self.folder / name
        subprocess.run(["/usr/bin/age-keygen", "-o", path], check=True, capture_output=True)
        return path


def contents(socket: Path | str, database: str) -> dict[str, tuple[int, str]]:
    """Return of every table how many rows it has, and an MD5 sum over them."""
    with _asking(socket, database) as cursor:
        cursor.execute(EACH)
        found = {}
        for (question,) in cursor.fetchall():
            cursor.execute(question)
            table, rows, digest = cursor.fetchone()
            found[table] = (rows, digest)
    return found


@contextlib.contextmanager
def _asking(folder: Path | str, database: str) -> Iterator[Any]:
    connection = psycopg2.connect(host=str(folder), user=OWNER, dbname=database)
    try:
        connection.autocommit = True
        yield connection.cursor()
    finally:
        connection.close()
