"""What an operator may add, as the documentation says it: PgBouncer, copies, the next release."""

import re
import time

import pytest

from simulator.fleet import Unit
from tests.boot.load import fleet
from tests.boot.machine import SECONDS, Machine

SERVICES = ("sync", "pages", "live", "staff")
NEXT = "/opt/planner-1.1"
DOCTOR = ("/opt/planner/deploy/manage", "doctor")
COPIES = "/var/backups/planner"
ARCHIVED = "SELECT archived_count > 0, failed_count FROM pg_stat_archiver"

pytestmark = [pytest.mark.e2e, pytest.mark.nightly, pytest.mark.boot]


@pytest.fixture(scope="module")
def units(machine: Machine) -> list[Unit]:
    return machine.claimed(20)


def test_no_request_fails_while_a_release_comes_and_goes(machine, units):
    machine.shell(
        "git -C /opt/planner tag --force v1.1\n"
        f"git -C /opt/planner worktree add --force {NEXT} v1.1 2>&1"
    )
    for folder in (NEXT, "/opt/planner"):
        with fleet(units, machine.url) as seen:
            said = machine.install(folder)

        assert (seen.errors, machine.failed()) == ({}, "")
        assert "gathered the static files" in said
        commands = [machine.show(f"planner-{name}", "ExecStart") for name in SERVICES]
        assert {re.search(r"path=(\S+)/\.venv", one)[1] for one in commands} == {folder}
        assert "fault" not in machine.run(f"{folder}/deploy/manage", "doctor")


def test_a_copy_is_made_every_night_as_the_documentation_says(machine):
    machine.run("systemctl", "start", "planner-backup")
    assert machine.show("planner-backup", "ConditionResult") == "no"
    assert "No copy of the database was made" in machine.tell(*DOCTOR).stdout

    machine.follow("backup.md", "Switch copies on")

    assert machine.show("planner-backup", "Result") == "success"
    assert machine.show("planner-backup.timer", "NextElapseUSecRealtime") != ""
    machine.fire("backup", "planner_backup")
    made = machine.run("find", COPIES, "-printf", "%m %u %f\n")
    assert "775 postgres planner\n" in made
    for kind, nights in {"base": 2, "dump": 1}.items():
        copies = re.findall(rf"^600 planner_backup {kind}-\w+\.\S*age$", made, re.MULTILINE)
        assert len(copies) == nights
    assert "copies: well\n" in machine.tell(*DOCTOR).stdout

    machine.ask("SELECT pg_switch_wal()")
    deadline = time.monotonic() + SECONDS
    while machine.ask(ARCHIVED) != "t|0":
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert "600 postgres wal-" in machine.run("find", COPIES, "-printf", "%m %u %f\n")
    assert machine.failed() == ""


def test_the_database_comes_back_on_the_machine_as_the_documentation_says(machine, units):
    with fleet(units, machine.url) as seen:
        pass
    logged = machine.ask("SELECT count(*) FROM backups_change")
    made = machine.ask("SELECT archived_count FROM pg_stat_archiver")
    machine.ask("SELECT pg_switch_wal()")
    deadline = time.monotonic() + SECONDS
    while machine.ask("SELECT archived_count FROM pg_stat_archiver") == made:
        assert time.monotonic() < deadline
        time.sleep(0.2)

    machine.follow("backup.md", "Restore on the same server")

    assert int(logged) > 0
    assert machine.ask("SELECT count(*) FROM backups_change") == logged
    assert machine.ask("SHOW archive_mode") == "on"
    assert machine.failed() == ""
    with fleet(units, machine.url) as seen:
        pass
    assert seen.errors == {}
    assert "fault" not in machine.run(*DOCTOR)


def test_a_pooler_lends_connections_as_the_documentation_says(machine, units):
    machine.follow("operations.md", "PgBouncer")

    with fleet(units, machine.url) as seen:
        pooled = machine.ask("SELECT count(*) FROM pg_stat_activity WHERE usename = 'planner_app'")
    assert (seen.errors, machine.failed()) == ({}, "")
    assert machine.show("planner-pooler", "ActiveState") == "active"
    assert machine.run("stat", "-c", "%a %U", "/run/planner/pooler").strip() == "700 planner_app"
    assert 0 < int(pooled) < 30

    machine.shell(
        "sed -i /POOLER_URL/d /etc/planner/environment\n"
        "systemctl disable -q --now planner-pooler\n"
        "systemctl restart planner-sync planner-pages planner-live"
    )
