"""Under gunicorn, what devices confirm and how their syncs went is written behind their backs."""

import time
from contextlib import closing

import psycopg2
import pytest

pytestmark = pytest.mark.e2e
LONGEST = 30
SAID = """SELECT up, down, result FROM backups_syncreport AS line
JOIN backups_backup AS plan ON plan.id = line.backup_id
JOIN devices_device AS device ON device.claim = plan.claim WHERE device.serial = %s"""
CONFIRMED = """SELECT sure.revision FROM backups_confirmation AS sure
JOIN backups_backup AS plan ON plan.id = sure.backup_id
JOIN devices_device AS device ON device.claim = plan.claim WHERE device.serial = %s"""


def test_a_sync_is_reported_and_confirmed_by_the_next_one(server, alice, device):
    alice.add_task("Bins")
    device.sync()
    device.sync()

    found = wait_for_rows(server, device.session.serial)

    assert found == ([(0, 1, "done")], [(1,)])


def wait_for_rows(server, serial: str) -> tuple[list[tuple], list[tuple]]:
    deadline = time.monotonic() + LONGEST
    with closing(psycopg2.connect(server.environment["DATABASE_URL"])) as connection:
        connection.autocommit = True
        while True:
            with connection.cursor() as cursor:
                found = tuple(_rows(cursor, statement, serial) for statement in (SAID, CONFIRMED))
            if all(found) or time.monotonic() > deadline:
                return found
            time.sleep(0.1)


def _rows(cursor, statement: str, serial: str) -> list[tuple]:
    cursor.execute(statement, [serial])
    return cursor.fetchall()
