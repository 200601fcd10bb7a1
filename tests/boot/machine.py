"""A machine with a bare Debian 12 and a systemd of its own, on an overlay of a folder."""

import csv
import io
import json
import os
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil

from simulator.fleet import Unit as Credentials
from tests.e2e.servers import ROOT, Unit

HERE = Path(__file__).parent
NAME = "localhost"
SECONDS = 600
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8"}
SOON = "[Timer]\nOnCalendar=\nOnActiveSec=1\nAccuracySec=100ms\nRandomizedDelaySec=0\n"
FIRST = {"init", "systemd"}
READY = {"running", "degraded"}


class Machine:
    """`place` keeps what is written to its disk, so that it may be started again."""

    url = f"https://{NAME}/"

    def __init__(self, base: Path, place: Path) -> None:
        self.base, self.place = base, place
        self.disk = place / "upper"
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        """Switch it on and wait until everything that starts with it has started."""
        with (self.place / "console").open("a") as console:
            self.process = subprocess.Popen(
                [HERE / "start.sh", self.base, self.place], stdout=console, stderr=console
            )
        deadline = time.monotonic() + SECONDS
        while self.state() not in READY:
            assert time.monotonic() < deadline, (self.place / "console").read_text()
            assert self.process.poll() is None, (self.place / "console").read_text()
            time.sleep(0.2)

    def state(self) -> str:
        """What systemd says of itself: `running` when all is well."""
        if self._first() is None:
            return "off"
        return self.tell("systemctl", "is-system-running", "--wait").stdout.strip()

    def shut_down(self) -> None:
        """As an operator does."""
        self.tell("systemctl", "poweroff")
        self.process.wait(SECONDS)
        self._forget()

    def cut_power(self) -> None:
        """End every process of it at once."""
        inside = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        self.process.wait()
        psutil.wait_procs(inside, SECONDS)
        self._forget()

    def tell(self, *command: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command as its root and return what became of it."""
        entered = ["nsenter", "-m", "-p", "-u", "-i", "-C", "-t", str(self._first().pid), *command]
        return subprocess.run(
            entered,
            env=ENVIRONMENT,
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            text=True,
        )

    def run(self, *command: str, given: str | None = None) -> str:
        """The same where it must not fail; return what it wrote."""
        told = self.tell(*command, given=given)
        assert told.returncode == 0, f"{command}: {told.stdout}\n{told.stderr}"
        return told.stdout

    def shell(self, script: str) -> str:
        return self.run("bash", "-euo", "pipefail", "-c", script)

    def install(self, folder: str = "/opt/planner") -> list[str]:
        """Run the script of the code in that folder and return the lines that it said."""
        return self.run(f"{folder}/deploy/install.sh", NAME).splitlines()

    def manage(self, *arguments: str) -> str:
        return self.run("/opt/planner/deploy/manage", *arguments)

    def follow(self, document: str, heading: str) -> None:
        """Do what a chapter of the documentation says an operator types."""
        text = (ROOT / "docs" / document).read_text().partition(f"\n## {heading}\n")[2]
        lines = text.partition("\n## ")[0].splitlines()
        typed = [line.strip() for line in lines if line.startswith("    ")]
        assert typed, heading
        self.shell("\n".join(typed).replace("apt install", "apt-get install -y -qq"))

    def show(self, unit: str, what: str) -> str:
        """One property of a unit."""
        return self.run("systemctl", "show", "-P", what, unit).strip()

    def failed(self) -> str:
        """The units that failed."""
        return self.run("systemctl", "--failed", "--plain", "--no-legend").strip()

    def journal(self, *options: str) -> str:
        self.run("journalctl", "--sync")
        return self.run("journalctl", "--no-pager", "--output=cat", *options)

    def wait_for(self, words: str, *options: str) -> None:
        """Wait until the journal says it."""
        deadline = time.monotonic() + SECONDS
        while words not in self.journal(*options):
            assert time.monotonic() < deadline
            time.sleep(0.5)

    def fire(self, name: str, user: str) -> str:
        """Let a timer fire by itself, soon, and return what its service wrote as that user."""
        unit, timer = f"planner-{name}.service", f"planner-{name}.timer"
        soon, before = f"/run/systemd/system/{timer}.d/soon.conf", self.show(unit, "InvocationID")
        self.run("install", "-D", "-m", "644", "/dev/stdin", soon, given=SOON)
        self.shell(f"systemctl daemon-reload; systemctl restart {timer}")
        deadline = time.monotonic() + SECONDS
        while self.show(unit, "InvocationID") == before or self.show(unit, "MainPID") != "0":
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert self.show(unit, "Result") == "success"
        self.shell(f"rm {soon}; systemctl daemon-reload; systemctl restart {timer}")
        began = f"_SYSTEMD_INVOCATION_ID={self.show(unit, 'InvocationID')}"
        return self.journal(began, f"_UID={self.run('id', '-u', user).strip()}")

    def ask(self, statement: str) -> str:
        """Ask the database as its superuser."""
        given = ["runuser", "-u", "postgres", "--", "psql", "-qXAt", "planner", "-c", statement]
        return self.run(*given).strip()

    def make_units(self, count: int) -> list[Unit]:
        """Make devices as the factory does."""
        rows = csv.reader(io.StringIO(self.manage("make_devices", str(count))))
        return [Unit(*row) for row in list(rows)[1:]]

    def claimed(self, count: int) -> list[Credentials]:
        """Return so many devices that people have claimed."""
        return [Credentials(*unit) for unit in self._crowd("print_units", count)]

    def tokens(self, count: int) -> list[str]:
        """Return tokens of so many more of them."""
        return self._crowd("print_tokens", count)

    def _crowd(self, call: str, count: int) -> list:
        calls = f"from tests.e2e.crowd import {call}; {call}({count})"
        return json.loads(self.manage("shell", "--no-imports", "-c", calls))

    def put_code(self, folder: str) -> None:
        """Copy this code into it, as a repository of one commit."""
        target = self.disk / folder.removeprefix("/")
        target.mkdir(parents=True)
        listed = ["/usr/bin/git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.check_output(listed, cwd=ROOT)
        present = [
            name for name in names.split(b"\0") if name and (ROOT / os.fsdecode(name)).exists()
        ]
        packed = subprocess.run(
            ["/usr/bin/tar", "--null", "--files-from=-", "--create"],
            cwd=ROOT,
            input=b"\0".join(present),
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        subprocess.run(
            ["/usr/bin/tar", "--extract", "--no-same-owner"], cwd=target, input=packed, check=True
        )
        self._commit(target)

    @staticmethod
    def _commit(target: Path) -> None:
        who = ["-c", "user.name=Planner", "-c", "user.email=planner@localhost"]
        for words in (["init", "-q"], ["add", "--all"], [*who, "commit", "-qm", "A release"]):
            subprocess.run(
                ["/usr/bin/git", *words], cwd=target, check=True, stderr=subprocess.DEVNULL
            )

    def _first(self) -> psutil.Process | None:
        """Its systemd, seen from outside, if it has come that far."""
        for one in psutil.Process(self.process.pid).children():
            # What prepares it comes and goes.
            with suppress(psutil.NoSuchProcess):
                if one.name() in FIRST:
                    return one
        return None

    def _forget(self) -> None:
        """Take the control groups away that it leaves."""
        groups = Path((self.place / "groups").read_text().strip())
        for folder in [*sorted(groups.rglob("*/"), reverse=True), groups]:
            folder.rmdir()
