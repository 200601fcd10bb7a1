"""deploy/install.sh as root on a copy of this machine, where PostgreSQL knows who comes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMESPACES = ["/usr/bin/unshare", "--mount", "--pid", "--fork"]


def may_be_tried() -> bool:
    """Whether this is a Debian on which root may make mounts of its own."""
    if os.geteuid() != 0 or not Path("/usr/bin/pg_ctlcluster").exists():
        return False
    return subprocess.run([*NAMESPACES, "/bin/true"], capture_output=True).returncode == 0


@pytest.mark.e2e
@pytest.mark.nightly
@pytest.mark.skipif(not may_be_tried(), reason="needs root, namespaces and Debian's PostgreSQL")
def test_a_machine_is_set_up_and_the_second_time_left_alone():
    command = [*NAMESPACES, ROOT / "tests" / "deploy" / "machine.sh", ROOT, sys.executable]
    # None of the tests' own settings.
    told = subprocess.run(command, env={}, capture_output=True, text=True)

    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.splitlines() == [
        "first: gathered the static files",
        "second: Nothing had to be changed.",
        "restarted: 1",
        "planner_owner: 0",
        "planner_app: 0",
        "planner_backup: 0",
        "planner_staff: permission denied for table backups_task",
        'nobody: role "nobody" does not exist',
        'another\'s name: Peer authentication failed for user "planner_owner"',
        "old: planner_owner",
        "doctor: 7",
    ]
