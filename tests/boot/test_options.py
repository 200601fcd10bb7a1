"""What an operator may add, as the documentation says it: PgBouncer, copies, the next release."""

import re

import pytest

from simulator.fleet import Unit
from tests.boot.load import fleet
from tests.boot.machine import Machine

SERVICES = ("sync", "pages", "live", "staff")
NEXT = "/opt/planner-1.1"
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
