"""The units of systemd: what systemd itself says of them, and that they fit nginx and the code."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "deploy" / "systemd"
SERVICES = sorted(path.name for path in UNITS.glob("planner-*.service"))
TOO_EXPOSED = 1.5
ANALYZE = shutil.which("systemd-analyze")
analyze = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units in a root of their own, with programs and folders that are there."""
    folder = tmp_path / "etc/systemd/system"
    shutil.copytree(UNITS, folder)
    for path in folder.rglob("*.*"):
        if path.is_file():
            text = path.read_text().replace("/opt/planner/.venv/bin/python", "/bin/true")
            text = re.sub("/usr/sbin/pgbouncer|/opt/planner/deploy/backup", "/bin/true", text)
            path.write_text(text.replace("/opt/planner", "/"))
    return folder


@analyze
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_may_do_next_to_nothing(units, service):
    limit = f"--threshold={round(TOO_EXPOSED * 10)}"
    command = [ANALYZE, "security", "--offline=true", "--no-pager", limit]
    told = subprocess.run(
        [*command, f"--root={units.parents[2]}", service], capture_output=True, text=True
    )

    assert told.returncode == 0, told.stdout + told.stderr
    assert re.search(rf"exposure level for {service}: [01]\.\d", told.stdout)
    # A line of a unit counts only where no drop-in for all services says something else.
    has_network = "Service has access to the host's network" in told.stdout
    assert has_network is (service == "planner-mails.service")


@analyze
def test_systemd_finds_nothing_wrong(units):
    names = [f"./{path.name}" for path in sorted(units.glob("planner-*.*")) if path.is_file()]
    told = subprocess.run(
        [ANALYZE, "verify", "--man=no", "--recursive-errors=no", *names],
        cwd=units,
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{units}:"},
        capture_output=True,
        text=True,
    )

    assert (told.returncode, told.stderr.strip()) == (0, "")


def test_nginx_looks_where_the_sockets_are():
    site = (ROOT / "nginx" / "planner.conf").read_text()
    sockets = [path.read_text() for path in UNITS.glob("planner-*.socket")]

    assert sorted(re.findall(r"server unix:(\S+) ", site)) == sorted(
        re.search(r"^ListenStream=(.+)$", text, re.MULTILINE)[1] for text in sockets
    )


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reaches_the_database_as_a_role_of_its_own(service):
    own = UNITS / f"{service}.d" / "own.conf"
    text = (UNITS / "planner-.service.d" / "common.conf").read_text()
    text += own.read_text() if own.exists() else ""

    # The last word counts.
    said = dict(re.findall(r"^(User|Group|Environment=ADMIN)=(.+)$", text, re.MULTILINE))
    role = {"planner-staff.service": "planner_staff", "planner-backup.service": "planner_backup"}
    role = role.get(service, "planner_app")
    admin = "only" if role == "planner_staff" else "off"
    assert said == {"User": role, "Group": role, "Environment=ADMIN": admin}


def test_every_secret_is_handed_over_by_systemd():
    common = (UNITS / "planner-.service.d" / "common.conf").read_text()
    made = re.search(r"for name in (.+); do", (ROOT / "deploy" / "secrets.sh").read_text())[1]

    wanted = sorted([*made.split(), "SECRET_KEY_FALLBACKS"])
    assert sorted(re.findall(r"^LoadCredential=(\w+):", common, re.MULTILINE)) == wanted
    given = re.findall(r"^Environment=(\w+)_FILE=%d/\1$", common, re.MULTILINE)
    assert sorted(given) == wanted
