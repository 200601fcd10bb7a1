"""Upgrade from the last release while its code serves, and back: `python -m tests.upgrades`.

The exit status is 1, and each fault has its line, unless the last release's code serves every page
and every sync before, while and after the new migrations run, and after they were taken back.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import django

from simulator.client import OfflineError, ProblemError
from tests.e2e.servers import Server
from tests.postgres import private_postgres
from tests.upgrades import releases
from tests.upgrades.releases import ROOT, Tree
from tests.upgrades.visit import Visit

APPS = ("planner", "accounts", "devices", "backups")
# In one process, because each takes seconds to start.
THERE_AND_BACK = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("demo")
for app in ("planner", "accounts", "devices", "backups"):
    call_command("migrate", app, "zero", verbosity=0)
call_command("migrate", verbosity=0)
"""
NO_RELEASE = """\
This history has no release yet: no tag v1.0 or later before this commit. There is nothing to \
upgrade from, so only this code's own migrations are tried, both ways.\
"""


def main() -> int:
    """Try the upgrade; return 0 if it may be done while people plan."""
    release = releases.last()
    with ExitStack() as stack:
        url = stack.enter_context(private_postgres(fast=True))
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="planner-upgrade-")))
        if release is None:
            say(NO_RELEASE)
            faults = list(there_and_back(Server(url, folder)))
        else:
            old = stack.enter_context(releases.checked_out(release))
            faults = [*migrations(old, url), *upgrade(old, Server(url, folder), folder)]
    say(*(f"FAULT: {fault}" for fault in dict.fromkeys(faults)))
    say("This must not be released." if faults else "All is well.")
    return 1 if faults else 0


def there_and_back(server: Server) -> Iterator[str]:
    """Migrate, fill in, take everything back and migrate again."""
    try:
        server.manage("shell", "--verbosity", "0", "--command", THERE_AND_BACK)
    except subprocess.CalledProcessError:
        yield "the migrations cannot be taken back"


def migrations(old: Tree, url: str) -> list[str]:
    """Read the migrations that are new since the last release."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": url}
    django.setup()
    # It needs the settings, which need the environment.
    from tests.upgrades import rules  # noqa: PLC0415

    return list(rules.faults(old.path, ROOT))


def upgrade(old: Tree, new: Server, folder: Path) -> Iterator[str]:
    """Try it with the demonstration's data; `new` is the server of this code, not started yet."""
    before = Server(new.environment["DATABASE_URL"], folder, root=old.path, python=old.python)
    before.manage("migrate", "--verbosity", "0")
    with running(before):
        visit = Visit(before, folder)
        say(f"{old.name} serves its own tables: {len(visit.pages)} pages and a device's sync.")
        usual = set(visit.faults())
        with visit.going_on() as found:
            new.manage("migrate", "--verbosity", "0")
        yield from _told(f"{old.name} while the migrations ran", found, usual)
        yield from _told(f"{old.name} on the new tables", visit.faults(), usual)
        with running(new):
            visit.move(new)
            yield from _told("the new code, with old log-ins", visit.faults(), set())
        visit.move(before)
        yield from _back(new, {app: _newest(old, app) for app in APPS})
        yield from _told(f"{old.name} after the way back", visit.faults(), usual)
        yield from _lost(visit)


@contextmanager
def running(server: Server) -> Iterator[None]:
    """Start it and stop it."""
    server.start()
    try:
        yield
    finally:
        server.stop()


def say(*lines: str) -> None:
    """Write what happens, at once."""
    for line in lines:
        print(line, flush=True)  # noqa: T201 - a program for a terminal


def _told(who: str, found: list[str], usual: set[str]) -> Iterator[str]:
    new = [fault for fault in found if fault not in usual]
    say(f"{who}: {len(new)} faults.")
    yield from (f"{who}: {fault}" for fault in new)


def _lost(visit: Visit) -> Iterator[str]:
    try:
        lost = visit.lost()
    except (ProblemError, OfflineError) as error:
        yield f"nobody knows what is lost: {error}"
    else:
        say(f"{lost} tasks of {visit.added} are lost.")
        if lost:
            yield f"{lost} tasks of {visit.added} were acknowledged and are lost"


def _back(server: Server, targets: dict[str, str]) -> Iterator[str]:
    for app, target in targets.items():
        try:
            server.manage("migrate", "--verbosity", "0", app, target)
        except subprocess.CalledProcessError:
            yield f"{app} cannot be taken back to {target}"


def _newest(tree: Tree, app: str) -> str:
    return max(path.stem for path in (tree.path / app / "migrations").glob("0*.py"))


if __name__ == "__main__":
    sys.exit(main())
