"""An installation whose parts can be killed, each brought back as its supervisor would."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from random import Random

import psycopg2
import pytest

from simulator.fleet import Unit
from tests.e2e.deployment import Deployment, install
from tests.e2e.nginx import NAME, NGINX
from tests.e2e.servers import ROOT
from tests.postgres import Cluster, new_database
from tests.processes import kill, kill_all

STOCK = 300
ENDLESS = "-c lock_timeout=0 -c statement_timeout=0"
NEEDS_NGINX = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")


class Site:
    """nginx, the three services and a PostgreSQL of their own, as deploy/install.sh leaves them."""

    def __init__(self, folder: Path, cluster: Cluster) -> None:
        self.folder, self.cluster = folder, cluster
        cluster.start()
        self.database_url = new_database(cluster.url("postgres"))
        # Nobody asks for a page, so nobody needs what is slow to make: the static files.
        made = folder / "var/lib/planner/static/.made"
        made.parent.mkdir(parents=True)
        made.touch()
        install(folder, self.database_url)
        self.deployment = Deployment(folder)
        self.deployment.start()
        self.nginx, self.services = self.deployment.nginx, self.deployment.services
        self.url = f"https://{NAME}:{self.nginx.tls_port}"
        self.chance = Random(0)
        self.stock: list[Unit] = []
        self.read: Counter[Path] = Counter()

    def stop(self) -> None:
        self.deployment.stop()
        self.cluster.stop()

    def claimed(self, count: int) -> list[Unit]:
        """Return so many devices that people have claimed, whose plans are empty."""
        if count > len(self.stock):
            call = f"from tests.e2e.crowd import print_units; print_units({max(count, STOCK)})"
            made = json.loads(self.manage("shell", "--no-imports", "-c", call))
            self.stock += [Unit(*unit) for unit in made]
        taken, self.stock = self.stock[:count], self.stock[count:]
        return taken

    def manage(self, *arguments: str) -> str:
        """Run manage.py as an operator does, and return what it wrote."""
        told = {
            "PLANNER_ETC": str(self.folder / "etc/planner"),
            "PLANNER_PYTHON": sys.executable,
            "PLANNER_USER": subprocess.check_output(["/usr/bin/id", "-un"], text=True).strip(),
        }
        return subprocess.run(
            [ROOT / "deploy" / "manage", *arguments],
            env=os.environ | told,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout

    @contextmanager
    def connected(self) -> Iterator[psycopg2.extensions.connection]:
        """Talk to the database past Planner."""
        with closing(psycopg2.connect(self.database_url, options=ENDLESS)) as connection:
            connection.autocommit = True
            yield connection

    def rows(self, statement: str, *values: object) -> list[tuple]:
        with self.connected() as connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def new_faults(self) -> str:
        """Return what the services wrote since the last call, if one had only a 500 to answer."""
        said = ""
        for service in self.services.values():
            with service.log.open() as log:
                log.seek(self.read[service.log])
                said += log.read()
                self.read[service.log] = log.tell()
        return said if "Internal Server Error" in said else ""

    # Faults

    def kill_worker(self) -> None:
        """One that serves devices, if there is one yet; its master makes another."""
        self._kill_one_of(sorted(self.services["sync"].workers()))

    def kill_service(self) -> None:
        """The master and its workers; systemd starts them anew."""
        service = self.services["sync"]
        kill_all(service.process.pid)
        service.process.wait()
        service.start()

    def kill_nginx(self) -> None:
        kill_all(self.nginx.process.pid)
        self.nginx.process.wait()
        self.nginx.start()

    def kill_backend(self) -> None:
        """One that Planner has, if it has any; PostgreSQL ends all others, recovers, goes on."""
        asked = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
        # While it recovers from the last one it lets nobody in.
        with suppress(psycopg2.OperationalError):
            found = self.rows(f"{asked} AND pid != pg_backend_pid()")
            self._kill_one_of([pid for [pid] in found])

    def _kill_one_of(self, pids: list[int]) -> None:
        for pid in self.chance.sample(pids, min(1, len(pids))):
            kill(pid)

    def kill_database(self) -> None:
        """All of it, as in a power cut; then it is started."""
        self.cluster.kill()
        self.cluster.start()

    def reload(self) -> None:
        """New workers in every service, and a new configuration in nginx."""
        for service in self.services.values():
            # One that is starting would end: systemd too lets a reload wait for that.
            service.wait_until_ready()
            service.reload(signal.SIGHUP)
        self.nginx.process.send_signal(signal.SIGHUP)

    def restart(self) -> None:
        """New code in every service, one after the other, as `systemctl restart` brings it."""
        for service in self.services.values():
            service.stop()
            service.start()

    @contextmanager
    def away(self) -> Iterator[None]:
        """No service, and no socket where one could wait for it."""
        for service in self.services.values():
            service.path.rename(service.path.with_suffix(".away"))
        for service in self.services.values():
            service.stop()
        yield
        for service in self.services.values():
            service.path.with_suffix(".away").rename(service.path)
            service.start()


@contextmanager
def new_site(folder: Path, **settings: str) -> Iterator[Site]:
    """Install everything below a folder and run it; what is killed and not brought back is over."""
    with ExitStack() as stack:
        place = tempfile.TemporaryDirectory(prefix="planner-pg-", ignore_cleanup_errors=True)
        cluster = Cluster(Path(stack.enter_context(place)), **settings)
        site = Site(folder, cluster)
        stack.callback(site.stop)
        yield site
