"""Upgrades while people plan: from the last release, and from one that is made up (H11)."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.servers import ROOT

LEFT = shutil.ignore_patterns(".*", "__pycache__", "staticfiles", "screenshots", "htmlcov")
GIT = shutil.which("git")
MIGRATION = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("backups", "{before}")]
    {more}
    operations = [{operation}]
"""
ADDED = 'migrations.AddField("task", "colour", models.TextField(null=True))'
RENAMED = 'migrations.RenameField("event", "starttime", "begins")'
DROPPED = 'migrations.RunSQL("ALTER TABLE backups_task DROP COLUMN name", "SELECT 1")'

pytestmark = pytest.mark.e2e


def try_upgrade(code: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "tests.upgrades"]
    return subprocess.run(command, cwd=code, capture_output=True, text=True)


def test_this_code_may_follow_the_last_release_while_people_plan():
    """H11"""
    tried = try_upgrade(ROOT)

    assert tried.returncode == 0, tried.stdout + tried.stderr
    assert tried.stdout.endswith("All is well.\n")


class Project:
    """This code with a history of its own, in which it is release 1.0."""

    def __init__(self, path: Path) -> None:
        self.path = path
        shutil.copytree(ROOT, path, ignore=LEFT)
        self._git("init", "--quiet")
        self.commit()
        self._git("tag", "v1.0")

    def migrate(self, name: str, operation: str, *, after: str, more: str = "") -> None:
        """Add a migration of the plans' tables."""
        text = MIGRATION.format(before=after, operation=operation, more=more)
        (self.path / f"backups/migrations/{name}.py").write_text(text)
        self.commit()

    def commit(self) -> None:
        self._git("add", "--all")
        who = ("-c", "user.name=Tests", "-c", "user.email=tests@planner.example")
        self._git(*who, "commit", "--quiet", "--no-verify", "--message", "As it is")

    def _git(self, *arguments: str) -> None:
        subprocess.run([GIT, "-C", self.path, *arguments], check=True)


@pytest.mark.nightly
@pytest.mark.skipif(GIT is None, reason="git is not installed")
def test_what_adds_may_follow_a_release_and_what_takes_away_may_not(tmp_path):
    """H11"""
    project = Project(tmp_path / "code")
    project.migrate("0002_added", ADDED, after="0001_initial")
    added = try_upgrade(project.path)
    assert added.returncode == 0, added.stdout + added.stderr
    assert "v1.0 on the new tables: 0 faults.\n" in added.stdout

    project.migrate("0003_renamed", RENAMED, after="0002_added")
    meant = 'safe_because = "somebody said so"'
    project.migrate("0004_dropped", DROPPED, after="0003_renamed", more=meant)
    taken = try_upgrade(project.path)

    assert taken.returncode == 1
    faults = [line for line in taken.stdout.splitlines() if line.startswith("FAULT: ")]
    renames = "backups 0003_renamed: Rename field starttime on event to begins: add the new one, "
    assert any(fault.startswith(f"FAULT: {renames}") for fault in faults), taken.stderr
    assert "FAULT: v1.0 on the new tables: GET /tasks/ answered 500" in faults
    assert any("v1.0 on the new tables: a sync failed" in fault for fault in faults)
    assert taken.stdout.endswith("This must not be released.\n")
