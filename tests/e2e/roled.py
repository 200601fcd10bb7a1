"""A PostgreSQL with the roles that deploy/postgresql/roles.sql makes, and servers that use them."""

import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

from tests.e2e.servers import ROOT, Server
from tests.postgres import OWNER, find_binaries, private_postgres

ROLES = ROOT / "deploy" / "postgresql" / "roles.sql"


class Cluster:
    """A PostgreSQL of its own, whose database each role reaches by its name."""

    def __init__(self, url: str) -> None:
        self.folder = Path(urlsplit(url).query.removeprefix("host="))
        self.make_roles()

    def url(self, role: str, database: str = "planner") -> str:
        return f"postgres://{role}@/{database}?host={self.folder}"

    def make_roles(self, database: str = "planner") -> None:
        """Do what deploy/install.sh does."""
        self.run("psql", "postgres", OWNER, "-qX", f"-vdatabase={database}", "-f", str(ROLES))

    def run(self, program: str, database: str, role: str, *options: str) -> str:
        """Run one of PostgreSQL's programs and return what it wrote."""
        command = [find_binaries() / program, "-h", self.folder, "-U", role, "-d", database]
        return subprocess.run(
            [*command, *options], check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    def ask(self, role: str, statement: str, database: str = "planner") -> list[tuple]:
        """Return the rows of a statement, or raise what PostgreSQL says of it."""
        with closing(psycopg2.connect(self.url(role, database))) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    @property
    def log(self) -> str:
        """What the server wrote down."""
        return (self.folder / "log").read_text()


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Start a PostgreSQL with its roles, and let the owner migrate it."""
    with private_postgres(fast=True) as url:
        made = Cluster(url)
        Server(made.url("planner_owner"), folder).manage("migrate", "--verbosity", "0")
        yield made
