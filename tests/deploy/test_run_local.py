"""`make run` as a person meets it: one command, a log-in, a device that syncs, a clean end."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]
SECONDS = 60

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed"),
]


@pytest.fixture
def started(tmp_path: Path) -> Iterator[subprocess.Popen]:
    """The launcher, on SQLite in a folder of its own, asked for a port that is taken."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        environment = {
            "PATH": os.environ["PATH"],
            "PLANNER_LOCAL_DIR": str(tmp_path),
            "PORT": str(taken.getsockname()[1]),
        }
        launcher = subprocess.Popen(
            [sys.executable, "deploy/run_local.py"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        with launcher:
            yield launcher
            launcher.kill()


def read_until(launcher: subprocess.Popen, pattern: str) -> str:
    """Return what the launcher and its children print up to a line that holds the pattern."""
    text = ""
    for line in launcher.stdout:
        text += line
        if re.search(pattern, line):
            return text
    raise AssertionError(f"no {pattern!r} in:\n{text}")


def readme_device(port: int, local: Path) -> str:
    """Do what README.md shows in a second terminal, and return what it prints."""
    block = re.search(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[1]
    script = block.replace(":8000", f":{port}").replace(".local/", f"{local}/")
    shell = [shutil.which("bash"), "-euo", "pipefail", "-c", script]
    return subprocess.run(shell, check=True, stdout=subprocess.PIPE, text=True).stdout


def test_one_command_brings_up_everything_and_takes_it_down_again(started, tmp_path):
    printed = read_until(started, "Ctrl-C ends everything")
    port = int(re.search(r"runs at +http://localhost:(\d+)/", printed)[1])
    synced = read_until(started, r"received \d+;")
    said = readme_device(port, tmp_path)
    children = psutil.Process(started.pid).children(recursive=True)
    started.send_signal(signal.SIGTERM)

    assert started.wait(SECONDS) == 0
    assert '"outcome":"applied"' in said
    assert said.endswith("\n304\n")
    assert re.search(r"Port \d+ is taken; \d+ it is", printed)
    assert re.search(r"Password +\S{12}\n", printed)
    assert re.search(r"Serial number +SC-\w{8}-\w\n +Code +\w{4}-\w{4}-\w{4}\n", printed)
    assert "Sent 0, received 27; now 14 tasks, 9 events, 4 habits." in synced
    assert psutil.wait_procs(children, timeout=0)[1] == []
    with pytest.raises(ConnectionRefusedError):
        http.client.HTTPConnection("127.0.0.1", port).connect()
    assert [path.stat().st_mode & 0o777 for path in tmp_path.glob("*.key")] == [0o600]
    assert (tmp_path / "demo.json").stat().st_mode & 0o777 == 0o600


def test_the_end_of_the_device_is_the_end_of_everything(started):
    read_until(started, r"received \d+;")
    children = psutil.Process(started.pid).children(recursive=True)
    device = next(child for child in children if "simulator" in child.cmdline())
    device.kill()

    assert started.wait(SECONDS) == 1
    assert psutil.wait_procs(children, timeout=0)[1] == []
