"""The drill: everything is copied, lost and brought back, and the devices bring the rest."""

import os
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import psycopg2
import pytest

from simulator.device import Device
from tests.e2e.copies import Copies, contents
from tests.e2e.people import Person
from tests.e2e.servers import Server
from tests.postgres import OWNER, new_database, private_postgres

pytestmark = pytest.mark.e2e
BEFORE = [f"Before {number}" for number in range(20)]
AFTER = ["Bought", "Painted"]


class Household:
    """A server that may be lost, a person, and a device that goes on whatever happens to it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.server = Server(url, folder)
        self.server.manage("migrate", "--verbosity", "0")
        self.server.start()
        [unit] = self.server.make_units(1)
        self.person = Person(self.server, "alice")
        self.person.claim(unit)
        self.device = Device(self.server.url, unit.serial, unit.key, folder / "device.db")
        self.device.sync()

    def plan(self, names: list[str]) -> None:
        for name in names:
            self.device.add_task(name)
        self.device.sync()

    def close(self) -> None:
        self.device.close()
        if self.server.process.poll() is None:
            self.server.stop()


@pytest.fixture
def copies() -> Iterator[Copies]:
    """A folder that the database's account reaches too."""
    with TemporaryDirectory(prefix="planner-copies-") as folder:
        yield Copies(Path(folder))


@pytest.fixture
def household(server, tmp_path_factory) -> Iterator[Household]:
    """A household on a database of its own beside the others of the tests."""
    url = new_database(server.environment["DATABASE_URL"])
    household = Household(url, tmp_path_factory.mktemp("household"))
    with closing(household):
        yield household


def place(url: str) -> dict[str, str]:
    """Return the socket's folder and the database of a URL."""
    parts = urlsplit(url)
    return {"socket": parts.query.removeprefix("host="), "database": parts.path[1:]}


def sql(url: str, statement: str) -> str:
    """Run a statement in the cluster of a URL and return the first value, if there is one."""
    connection = psycopg2.connect(host=place(url)["socket"], user=OWNER, dbname="postgres")
    with closing(connection):
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(statement)
        return str(cursor.fetchone()[0]) if cursor.description else ""


def test_a_lost_database_comes_back_row_by_row_and_devices_bring_what_came_later(household, copies):
    """J3, `history-changed`"""
    url = household.server.environment["DATABASE_URL"]
    household.plan(BEFORE)
    household.server.stop()
    whole = contents(**place(url))
    made = copies.run("backup", "dump", **place(url))
    assert (made.returncode, made.stderr) == (0, "")

    household.server.start()
    household.plan(AFTER)
    held = household.device.plan()
    household.server.stop()
    sql(url, f"DROP DATABASE {place(url)['database']}")
    sql(url, f"CREATE DATABASE {place(url)['database']}")
    file, database = copies.newest("dump"), place(url)["database"]
    restored = copies.run("restore", "dump", file, copies.identity, database, **place(url))

    assert (restored.returncode, restored.stderr) == (0, "")
    assert contents(**place(url)) == whole
    said = household.server.manage("after_restore").splitlines()
    assert said[0] == "Ended: 1 log-ins, 0 personal tokens, the tokens of 1 devices."
    household.server.start()
    assert household.person.get("/tasks/").path == "/login/"
    household.device.sync()
    household.device.sync()
    household.person.log_in()
    assert sorted(household.person.names("/tasks/")) == sorted(BEFORE + AFTER)
    assert household.device.plan() == held


def test_a_copy_is_refused_with_another_key_or_when_it_is_cut_or_has_a_place_to_overwrite(
    household, copies
):
    """J3"""
    url = household.server.environment["DATABASE_URL"]
    copies.run("backup", "dump", **place(url))
    file = copies.newest("dump")
    cut = file.with_name("dump-cut.age")
    cut.write_bytes(file.read_bytes()[:-1_000])
    copies.give(copies.folder)
    empty = place(new_database(url))
    full = place(url)

    refusals = [
        copies.run("restore", "dump", file, copies.other, empty["database"], **empty),
        copies.run("restore", "dump", cut, copies.identity, empty["database"], **empty),
        copies.run("restore", "dump", file, copies.identity, full["database"], **full),
        copies.run("restore", "everything"),
        copies.run("backup"),
    ]

    assert [refusal.returncode for refusal in refusals] == [1, 1, 1, 2, 2]
    assert refusals[2].stderr == f"{full['database']} is not empty\n"
    assert contents(**empty) == {}
    assert b"Kitchen tablet" not in file.read_bytes()


def test_a_copy_that_cannot_be_made_leaves_nothing_that_looks_like_one(copies):
    nowhere = {"socket": copies.folder, "database": "planner"}

    codes = [copies.run("backup", kind, **nowhere).returncode for kind in ("base", "dump")]

    assert (codes, list(copies.kept.iterdir())) == ([1, 1], [])


def test_each_night_brings_a_base_copy_and_a_night_a_week_a_dump_too(server, copies):
    where = place(server.environment["DATABASE_URL"])

    def night(days_later: int) -> list[str]:
        for path in copies.kept.iterdir():
            before = path.stat().st_mtime - days_later * 86_400
            os.utime(path.rename(copies.kept / f"{path.name[:4]}-before.age"), (before, before))
        made = copies.run("backup", "nightly", **where)
        assert (made.returncode, made.stderr) == (0, "")
        return sorted(path.name[:4] for path in copies.kept.glob("*Z.*age"))

    # After a month all that is older is gone.
    assert [night(0), night(6), night(1)] == [["base", "dump"], ["base"], ["base", "dump"]]
    assert night(32) == ["base", "dump"]
    assert len(list(copies.kept.iterdir())) == 2


def test_where_no_timer_calls_a_copy_is_made_once_a_day_has_passed(server, copies):
    where = place(server.environment["DATABASE_URL"])
    key = copies.recipients.rename(copies.folder / "later")
    copies.run_until_asleep("backup", "watch", **where)
    without_key = list(copies.kept.iterdir())
    key.rename(copies.recipients)

    for _ in range(2):
        copies.run_until_asleep("backup", "watch", **where)

    assert without_key == []
    base, dump = sorted(copies.kept.iterdir())
    # Where one of the two failed, it alone is made again.
    dump.unlink()
    copies.run_until_asleep("backup", "watch", **where)
    assert [path.name[:4] for path in (base, dump)] == ["base", "dump"]
    assert [path.name[:4] for path in sorted(copies.kept.iterdir())] == ["base", "dump"]
    assert base.exists()


def test_a_cluster_comes_back_as_it_was_at_a_moment_between_two_copies(copies, tmp_path_factory):
    """J3: base and log"""
    command = copies.archive_command()
    with private_postgres(archive_mode="on", archive_command=command) as url:
        folder = tmp_path_factory.mktemp("household")
        household = Household(url, folder)
        with closing(household):
            made = copies.run("backup", "base", **place(url))
            assert (made.returncode, made.stderr) == (0, "")
            household.plan(BEFORE)
            household.server.stop()
            whole = contents(**place(url))
            moment = sql(url, "SELECT clock_timestamp()")
            household.server.start()
            household.plan(AFTER)
            household.server.stop()
        piece = sql(url, "SELECT pg_walfile_name(pg_switch_wal())")
        copies.wait_for(f"wal-{piece}.gz.age")

    data = copies.new_folder("data")
    base = copies.newest("base")
    restored = copies.run("restore", "base", base, copies.identity, data, moment)

    assert (restored.returncode, restored.stderr) == (0, "")
    with private_postgres(data=data, archive_mode="off") as found:
        assert contents(**place(found)) == whole
    assert re.fullmatch(r"base-\d{8}T\d{6}Z\.tar\.gz\.age", base.name)

    tried = copies.run("drill", copies.kept, copies.identity)
    assert tried.returncode == 0, tried.stderr
    told = rf"^{base.name} came back in \d+ s, its last change is of \d{{4}}-"
    assert re.search(told, tried.stdout, re.MULTILINE)
    assert copies.run("drill", copies.kept, copies.other).returncode == 1
