"""The database is full, slow or stuck: 503 with a time to come back, never a 500, and it passes."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import psycopg2
import pytest

from simulator.fleet import Unit
from tests.chaos.load import TOLD_WHEN, Load, faults, wait_until
from tests.chaos.site import NEEDS_NGINX, Site

pytestmark = [pytest.mark.e2e, NEEDS_NGINX]
AFTER = 20
SERVED = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND NOT pid = ANY(%s::int[] || pg_backend_pid())"""
PLAN = """SELECT plan.id FROM backups_backup AS plan
JOIN devices_device AS device ON device.claim = plan.claim WHERE device.serial = %s"""
DELAYED = """CREATE OR REPLACE FUNCTION delay() RETURNS trigger LANGUAGE plpgsql AS
'BEGIN PERFORM pg_sleep({seconds}); RETURN NEW; END'"""
TRIGGERED = """CREATE TRIGGER delay BEFORE INSERT ON backups_commit FOR EACH ROW
WHEN (NEW.backup_id = {plan}) EXECUTE FUNCTION delay()"""
PATIENCE_OF_THE_ROLE = {"lock_timeout": "500ms", "statement_timeout": "1s"}


@contextmanager
def no_connection_left(site: Site) -> Iterator[int]:
    """Hold every connection that PostgreSQL gives, and end those that Planner has."""
    with ExitStack() as stack:
        held = []
        while True:
            with suppress(psycopg2.OperationalError):
                while True:
                    held.append(stack.enter_context(site.connected()))
            cursor = held[0].cursor()
            cursor.execute(SERVED, [[one.info.backend_pid for one in held]])
            if not cursor.fetchall():
                break
        yield len(held)


def test_without_a_connection_left_all_are_told_when_to_come_back(site, fleet, tell):
    """H5"""
    with Load(site, fleet) as load:
        load.go_on(AFTER)
        with no_connection_left(site) as held:
            before = load.refusals[TOLD_WHEN]
            wait_until(lambda: load.refusals[TOLD_WHEN] >= before + len(fleet))
            pages = [site.nginx.ask_by_tls("GET", path)[0] for path in ("/healthz", "/readyz")]
            slowest = max(load.figures.seconds[-len(fleet) :])
        load.go_on(AFTER)

    assert pages == [200, 503]
    assert set(load.refusals) == {TOLD_WHEN}
    assert load.offline == 0
    assert faults(site, load.members) == []
    tell(f"{held} connections held: {load.refusals[TOLD_WHEN]} times 503, within {slowest:.2f} s")


@pytest.fixture
def impatient(site: Site) -> Iterator[None]:
    """Planner's role waits for a lock or a statement no longer than it has to."""
    database = site.rows("SELECT current_database()")[0][0]
    for name, value in PATIENCE_OF_THE_ROLE.items():
        site.rows(f"ALTER DATABASE {database} SET {name} = '{value}'")
    site.rows(SERVED, [])
    yield
    site.rows(f"ALTER DATABASE {database} RESET ALL")
    site.rows(SERVED, [])


@contextmanager
def stuck_lock(site: Site, plan: int) -> Iterator[None]:
    with site.connected() as connection, connection.cursor() as cursor:
        connection.autocommit = False
        cursor.execute("SELECT 1 FROM backups_backup WHERE id = %s FOR UPDATE", [plan])
        yield
        connection.rollback()


@contextmanager
def slow_statement(site: Site, plan: int) -> Iterator[None]:
    site.rows(DELAYED.format(seconds=60))
    yield
    site.rows(DELAYED.format(seconds=0))


@pytest.fixture
def plan(site: Site, fleet: list[Unit]) -> Iterator[int]:
    """The first device's plan, whose commits `delay()` can hold up."""
    [(plan,)] = site.rows(PLAN, fleet[0].serial)
    site.rows(DELAYED.format(seconds=0))
    site.rows(TRIGGERED.format(plan=plan))
    yield plan
    site.rows("DROP TRIGGER delay ON backups_commit; DROP FUNCTION delay")


@pytest.mark.parametrize("trouble", [stuck_lock, slow_statement])
def test_one_stuck_plan_is_told_so_and_the_others_go_on(site, fleet, plan, impatient, trouble):
    """H7"""
    with Load(site, fleet[1:]) as others, Load(site, fleet[:1], net=2) as one:
        one.go_on(2)
        with trouble(site, plan):
            before = one.refusals[TOLD_WHEN]
            wait_until(lambda: one.refusals[TOLD_WHEN] >= before + 2)
            others.go_on(AFTER)
        one.go_on(2)

    assert others.figures.errors == {}
    assert set(one.refusals) == {TOLD_WHEN}
    assert faults(site, one.members + others.members) == []


def test_while_nothing_can_be_written_devices_still_read(site, fleet, impatient):
    """H7"""
    with Load(site, fleet[1:], push=0) as readers, Load(site, fleet[:1], net=2) as writer:
        writer.go_on(2)
        wait_until(lambda: readers.figures.not_modified >= len(fleet))
        with site.connected() as connection, connection.cursor() as cursor:
            connection.autocommit = False
            cursor.execute("LOCK TABLE backups_task, backups_change IN ACCESS EXCLUSIVE MODE")
            refused, read = writer.refusals[TOLD_WHEN], readers.figures.not_modified
            wait_until(lambda: writer.refusals[TOLD_WHEN] > refused)
            wait_until(lambda: readers.figures.not_modified >= read + AFTER)
            connection.rollback()
        writer.go_on(2)

    assert readers.figures.errors == {}
    assert set(writer.refusals) == {TOLD_WHEN}
    assert faults(site, writer.members) == []
