"""The roles of the database as an installation has them: what each may do, and how long."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2
import pytest
from psycopg2 import errors

from planner.grants import TABLES
from simulator.device import Device
from tests.e2e.copies import Copies, contents
from tests.e2e.desk import Desk
from tests.e2e.people import PASSWORD, Person
from tests.e2e.pushes import Plan, new_push, whole_or_nothing
from tests.e2e.roled import Cluster, cluster
from tests.e2e.servers import Server, Unit

pytestmark = pytest.mark.e2e
CANARY = "canary-of-a-plan"
DEVICES, PEOPLE = "/admin/devices/device/", "/admin/accounts/user/"
UNREAD = sorted(table for table, rights in TABLES.items() if "SELECT" not in rights)
PATIENCE = "SET statement_timeout = 20;"
DEFAULTS = """SELECT datname, rolname, setconfig::text FROM pg_db_role_setting
LEFT JOIN pg_database AS base ON base.oid = setdatabase
LEFT JOIN pg_roles AS one ON one.oid = setrole ORDER BY 1, 2"""
RIGHTS = """SELECT relname, relacl::text FROM pg_class
WHERE relnamespace = 'public'::regnamespace ORDER BY 1"""


class Home:
    """The cluster, the service for people and devices, that of the staff, and who uses them."""

    def __init__(self, made: Cluster, folder: Path, stack: ExitStack) -> None:
        self.cluster = made
        self.app = Server(made.url("planner_app"), folder / "app")
        self.staff = Server(made.url("planner_staff"), folder / "staff")
        for server, admin in ((self.app, "off"), (self.staff, "only")):
            # One set of secrets, as every service of an installation has.
            server.environment |= {"ADMIN": admin, "PLANNER_LOCAL_DIR": str(folder)}
            server.log.parent.mkdir()
            server.start()
            stack.callback(server.stop)
        self.units = self.app.make_units(4)
        self.alice = Person(self.app, "alice")
        self.device, self.other = (self._claimed(self.units[one], stack) for one in (0, 3))
        self.device.add_task(CANARY)
        self.device.sync()
        self.app.environment["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
        self.app.manage("createsuperuser", "--no-input", "--username", "staff")

    def _claimed(self, unit: Unit, stack: ExitStack) -> Device:
        self.alice.claim(unit)
        path = self.app.log.with_name(f"{unit.serial}.db")
        device = Device(self.app.url, unit.serial, unit.key, path)
        stack.callback(device.close)
        device.sync()
        return device

    def key(self, serial: str) -> int:
        return self.cluster.ask(
            "planner_app", f"SELECT id FROM devices_device WHERE serial = '{serial}'"
        )[0][0]

    def value(self, statement: str) -> object:
        return self.cluster.ask("planner_app", statement)[0][0]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("home")
    with ExitStack() as stack:
        yield Home(stack.enter_context(cluster(folder)), folder, stack)


def the_roles_may_be_made_twice(home):
    before = [home.cluster.ask("planner_backup", one) for one in (DEFAULTS, RIGHTS)]
    home.cluster.make_roles()

    assert [home.cluster.ask("planner_backup", one) for one in (DEFAULTS, RIGHTS)] == before


def services_change_rows_and_no_table(home):
    """A person signed up, claimed, and a device pushed, all as planner_app."""
    assert home.value("SELECT name FROM backups_task") == CANARY
    for role in ("planner_app", "planner_staff", "planner_backup"):
        for statement in (
            "CREATE TABLE mine (id int)",
            "CREATE TEMPORARY TABLE mine (id int)",
            "ALTER TABLE backups_task ADD COLUMN mine int",
            "DROP TABLE backups_task",
            "TRUNCATE backups_task",
            "CREATE SCHEMA mine",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                home.cluster.ask(role, statement)


def nobody_else_is_let_in(home):
    home.cluster.ask("planner", "CREATE ROLE somebody LOGIN")
    with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
        home.cluster.ask("somebody", "SELECT 1")


def staff_cannot_read_a_plan(home):
    """D7"""
    plans = {"backups_task", "backups_event", "backups_habit", "backups_habitday"}
    plans |= {"backups_change", "backups_overruled", "backups_keptpush", "backups_waitingimport"}
    assert plans < set(UNREAD)
    for table in UNREAD:
        for statement in ("SELECT * FROM {}", "SELECT count(*) FROM {}", "COPY {} TO STDOUT"):
            with pytest.raises(errors.InsufficientPrivilege, match="permission denied"):
                home.cluster.ask("planner_staff", statement.format(table))
    # Nor is a plan given to another device, or a person to a device.
    for statement in (
        "UPDATE backups_backup SET claim = claim",
        "UPDATE devices_membership SET role = 'owner'",
        "INSERT INTO devices_membership DEFAULT VALUES",
        "DELETE FROM devices_auditentry",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            home.cluster.ask("planner_staff", statement)


def all_of_the_admin_works_for_staff(home):
    """D7: every list, page, search, filter, export and action, and no entry on any of them."""
    desk = Desk(home.staff, "staff")
    assert desk.entered.path == "/admin/"
    first, second, third = (home.key(unit.serial) for unit in home.units[:3])
    person = home.value(f"SELECT id FROM accounts_user WHERE username = '{home.alice.username}'")
    home.cluster.ask("planner_app", "UPDATE accounts_mail SET attempts = 12")

    done = [
        desk.post("/admin/devices/batch/add/", name="Pilot", prefix="AB", count=2),
        desk.post("/admin/auth/group/add/", name="Night shift"),
        desk.post(f"{DEVICES}views/", name="Claimed", query="state__exact=claimed"),
        desk.post(f"{DEVICES}{first}/change/", location="Shelf", note="A note"),
        *(desk.act(DEVICES, name, second) for name in ("recode", "rekey", "block", "unblock")),
        *(desk.act(DEVICES, name, first) for name in ("ask_rekey", "block", "unblock", "release")),
        desk.act(DEVICES, "retire", third),
        *(desk.act(PEOPLE, name, person) for name in ("lock", "unlock", "end_log_ins")),
        desk.post(f"{PEOPLE}add/", username="clerk", password1=PASSWORD, password2=PASSWORD),
    ]
    pages = desk.crawl("/admin/")
    for path in [path for path in pages if re.fullmatch(r"/admin/\w+/\w+/", path)]:
        pages[f"{path}?q"] = desk.get(f"{path}?q={CANARY[:10]}")

    assert {page.status for page in done} == {200}
    assert {page.status for page in pages.values()} <= {200, 302, 405}
    assert {f"{DEVICES}export/", f"{DEVICES}{first}/change/"} <= pages.keys()
    assert [path for path, page in pages.items() if CANARY.encode() in page.content] == []
    assert "Error: permission denied" not in home.staff.log.read_text()
    acts = home.cluster.ask("planner_app", "SELECT action FROM devices_auditentry")
    assert {"ask-rekey", "describe", "release", "retire", "lock", "edit-person"} <= {
        action for (action,) in acts
    }


def the_former_owner_keeps_what_staff_took_back(home):
    pinned = "SELECT count(*) FROM backups_restorepoint WHERE reason = 'release'"
    home.alice.log_in()
    before = home.value(pinned), home.alice.get("/devices/").text
    said = home.app.manage("chores", "--all")

    assert (before[0], home.value(pinned)) == (0, 1)
    assert "Kitchen tablet" in before[1]
    assert "closed-plans: done, 1" in said


def a_copy_holds_everything_and_comes_back_with_all_rights(home):
    """J3: dumped by a role that writes nothing."""
    with TemporaryDirectory(prefix="planner-copies-") as folder:
        copies = Copies(Path(folder))
        where = {"socket": home.cluster.folder, "database": "planner", "user": "planner_backup"}
        made = [copies.run("backup", kind, **where) for kind in ("dump", "base")]
        home.cluster.make_roles("again")
        there = {"socket": home.cluster.folder, "database": "again"}
        made.append(
            copies.run("restore", "dump", copies.newest("dump"), copies.identity, "again", **there)
        )

    assert [(one.returncode, one.stderr) for one in made] == [(0, "")] * 3
    assert contents(**there) == contents(home.cluster.folder, "planner")
    asked = [home.cluster.ask("planner_backup", RIGHTS, name) for name in ("planner", "again")]
    assert asked[0] == asked[1]
    with pytest.raises(errors.InsufficientPrivilege):
        home.cluster.ask("planner_backup", "DELETE FROM backups_task")


def what_people_write_is_not_in_postgresql_s_log(home):
    """Errors that quote a row, a value or a statement, and statements that take too long."""
    table = "INSERT INTO backups_keptpush (backup_id, caller, key, digest, answer, created_at)"
    row = f"(1, '{CANARY}', '{CANARY}', '{CANARY}', '{{\"name\": \"{CANARY}\"}}', now())"
    many = f"{table} VALUES {row}, {row}"
    for role, statement, error in (
        ("planner_app", many, errors.UniqueViolation),
        ("planner_app", f"{table} VALUES {row.replace('(1', '(NULL')}", errors.NotNullViolation),
        ("planner_app", f"{table} VALUES {row.replace(CANARY, CANARY * 9)}", psycopg2.DataError),
        ("planner_app", f"{many} RETURNING {CANARY[:6]}", errors.UndefinedColumn),
        ("planner_staff", many, errors.InsufficientPrivilege),
        ("planner_backup", many, errors.InsufficientPrivilege),
        ("planner", f"{PATIENCE} SELECT pg_sleep(9), '{CANARY}'", errors.QueryCanceled),
    ):
        with pytest.raises(error):
            home.cluster.ask(role, statement)

    log = home.cluster.log
    assert "duplicate key value violates unique constraint" in log
    assert "canceling statement due to statement timeout" in log
    assert CANARY not in log


SLOW = """CREATE FUNCTION sleep() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$;
CREATE TRIGGER slow BEFORE INSERT ON backups_commit FOR EACH ROW
WHEN (NEW.backup_id = {}) EXECUTE FUNCTION sleep()"""


def who_waits_too_long_is_told_to_come_again_and_others_go_on(home):
    """H7: a lock that stays, then a statement that takes longer than it may."""
    plan, push = Plan(home.app, home.device), new_push("Patient")
    with plan.locked():
        answers = [plan.send(push)]
        home.other.add_task("Meanwhile")
        home.other.sync()
    claim = f"(SELECT claim FROM devices_device WHERE serial = '{home.units[0].serial}')"
    slow = home.value(f"SELECT id FROM backups_backup WHERE claim = {claim}")
    home.cluster.ask("planner_owner", SLOW.format(slow))
    answers.append(plan.send(push))
    home.cluster.ask("planner_owner", "DROP TRIGGER slow ON backups_commit")

    assert answers == [None, None]
    assert len(home.other.outbox) == 0
    whole_or_nothing(plan, push, None)


CHECKS = (
    the_roles_may_be_made_twice,
    services_change_rows_and_no_table,
    who_waits_too_long_is_told_to_come_again_and_others_go_on,
    nobody_else_is_let_in,
    staff_cannot_read_a_plan,
    all_of_the_admin_works_for_staff,
    the_former_owner_keeps_what_staff_took_back,
    a_copy_holds_everything_and_comes_back_with_all_rights,
    what_people_write_is_not_in_postgresql_s_log,
)


def test_each_role_may_do_its_work_and_nothing_else(home, subtests):
    """One test, because every process that runs tests would make a cluster of its own."""
    for check in CHECKS:
        with subtests.test(check.__name__):
            check(home)
