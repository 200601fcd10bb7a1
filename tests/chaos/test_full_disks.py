"""H4: the disk is full: what cannot be written is refused, what was is read, and it passes."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2
import pytest

from tests.chaos.disks import MIB, can_mount, filled, small_disk
from tests.chaos.load import TOLD_WHEN, Load, faults, wait_until
from tests.chaos.site import NEEDS_NGINX, Site, new_site
from tests.postgres import OWNER, find_account

pytestmark = [
    pytest.mark.e2e,
    NEEDS_NGINX,
    pytest.mark.skipif(not can_mount(), reason="no file system can be mounted here"),
]
AFTER = 20
GROWING = ("backups_change", "backups_commit", "backups_keptpush")
WAL_SETTINGS = {"min_wal_size": "32MB", "max_wal_size": "48MB"}


@pytest.fixture
def disk(site: Site) -> Iterator[Path]:
    """A small disk with those tables that grow with every push."""
    with small_disk(8 * MIB) as disk:
        place = disk / "tables"
        place.mkdir()
        give(place)
        site.rows(f"CREATE TABLESPACE small LOCATION '{place}'")
        move(site, "small")
        yield disk
        move(site, "pg_default")
        site.rows("DROP TABLESPACE small")


def give(folder: Path) -> None:
    """Give a folder to the account that the database runs as."""
    if account := find_account():
        os.chown(folder, account.pw_uid, account.pw_gid)


def move(site: Site, tablespace: str) -> None:
    for table in GROWING:
        site.rows(f"ALTER TABLE {table} SET TABLESPACE {tablespace}")


def check_files(site: Site) -> None:
    """Let PostgreSQL look for corruption in every table and index."""
    command = [site.cluster.binaries / "pg_amcheck", "--install-missing", "--heapallindexed"]
    where = ["--host", site.cluster.folder, "--username", OWNER, "--all"]
    checked = subprocess.run([*command, *where], capture_output=True, text=True)
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stderr


def test_without_room_for_tables_pushes_wait_and_polls_go_on(site, disk, tell):
    """H4"""
    writing, reading = site.claimed(10), site.claimed(10)
    with Load(site, reading, push=0) as readers, Load(site, writing, net=2) as writers:
        writers.go_on(AFTER)
        with filled(disk):
            wait_until(lambda: writers.refusals[TOLD_WHEN] >= len(writing))
            read = readers.figures.not_modified
            wait_until(lambda: readers.figures.not_modified >= read + AFTER)
        writers.go_on(AFTER)

    assert readers.figures.errors == {}
    assert set(writers.refusals) == {TOLD_WHEN}
    assert faults(site, writers.members) == []
    check_files(site)
    tell(f"no room for tables: {writers.refusals[TOLD_WHEN]} times 503, 0 lost, no corruption")


@pytest.mark.nightly
def test_without_room_for_its_log_the_database_ends_and_comes_back_whole(tmp_path, tell):
    """H4"""
    with small_disk(96 * MIB) as disk, TemporaryDirectory() as folder:
        log = disk / "log"
        log.mkdir()
        give(log)
        with new_site(Path(folder), log=log, **WAL_SETTINGS) as site:
            with Load(site, site.claimed(20)) as load:
                load.go_on(AFTER)
                with filled(disk):
                    wait_until(lambda: is_out_of_log(site))
                    wait_until(lambda: load.refusals[TOLD_WHEN] >= 20)
                bring_back(site)
                load.go_on(AFTER)

            assert set(load.refusals) == {TOLD_WHEN}
            assert faults(site, load.members) == []
            check_files(site)
    tell(f"no room for the log: {load.refusals[TOLD_WHEN]} times 503, 0 lost, no corruption")


def is_out_of_log(site: Site) -> bool:
    """Ask for another piece of the log; tell whether there was no room for it."""
    try:
        site.rows("SELECT pg_switch_wal()")
    except psycopg2.Error:
        return True
    return False


def bring_back(site: Site) -> None:
    """Start the database if it ended, as its supervisor does."""
    site.cluster.kill()
    site.cluster.start()
