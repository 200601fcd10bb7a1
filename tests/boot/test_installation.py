"""deploy/install.sh on a bare Debian 12: what runs afterwards, as whom, and who may read what."""

import re

import pytest

from tests.boot.machine import Machine

SERVICES = ("sync", "pages", "live", "staff")
ACTIVE = [f"planner-{name}.{kind}" for name in SERVICES for kind in ("service", "socket")]
ACTIVE += ["planner-chores.timer", "planner-backup.timer"]
ACTIVE += ["nginx.service", "postgresql@15-main.service"]
EXPOSURE = {"mails": "1.1"}
MODES = """755 root root /etc/planner
644 root root /etc/planner/environment
755 root root /etc/planner/renewed.sh
700 root root /etc/planner/secrets
600 root root /etc/planner/secrets/CLAIM_PEPPERS
600 root root /etc/planner/secrets/DEVICE_TOKEN_KEYS
600 root root /etc/planner/secrets/SECOND_FACTOR_KEYS
600 root root /etc/planner/secrets/SECRET_KEY
600 root root /etc/planner/secrets/SECRET_KEY_FALLBACKS
600 root root /etc/planner/secrets/USER_TOKEN_KEYS
755 root root /etc/planner/tls
644 root root /etc/planner/tls/authority.pem
644 root root /etc/planner/tls/fullchain.pem
600 root root /etc/planner/tls/privkey.pem"""

pytestmark = [pytest.mark.e2e, pytest.mark.nightly, pytest.mark.boot]


def test_everything_runs_and_a_second_run_changes_nothing(machine: Machine):
    assert machine.said[-1] == "gathered the static files"
    assert machine.install() == ["Nothing had to be changed."]

    assert {unit: machine.show(unit, "ActiveState") for unit in ACTIVE} == dict.fromkeys(
        ACTIVE, "active"
    )
    assert (machine.failed(), machine.state()) == ("", "running")
    restarts = {name: machine.show(f"planner-{name}", "NRestarts") for name in SERVICES}
    assert restarts == dict.fromkeys(SERVICES, "0")
    assert machine.manage("doctor").count(": well\n") == 7


def test_each_service_runs_as_its_role_and_as_exposed_as_it_says(machine: Machine):
    users = {
        name: set(
            machine.shell(f"ps -o user:20= -g $(systemctl show -P MainPID planner-{name})").split()
        )
        for name in SERVICES
    }
    assert users == dict.fromkeys(SERVICES, {"planner_app"}) | {"staff": {"planner_staff"}}
    for name in (*SERVICES, "mails", "chores", "pooler", "backup"):
        told = machine.run("systemd-analyze", "security", "--no-pager", f"planner-{name}")
        found = re.search(rf"exposure level for planner-{name}.service: (\S+)", told)[1]
        assert (name, found) == (name, EXPOSURE.get(name, "0.2"))


def test_secrets_are_for_root_alone_and_nobody_writes_them_down(machine: Machine):
    assert machine.shell("find /etc/planner -printf '%m %u %g %p\n' | sort -k4").strip() == MODES
    secrets = (machine.disk / "etc/planner/secrets").iterdir()
    words = [word for file in secrets for word in re.findall(r"[\w+/=-]{20,}", file.read_text())]
    assert len(words) == 5

    written = machine.journal() + machine.shell(
        "cat /var/log/nginx/*.log /var/log/postgresql/*.log"
    )
    units = machine.run("systemctl", "show", "planner-*")
    assert [word for word in words if word in written + units] == []
