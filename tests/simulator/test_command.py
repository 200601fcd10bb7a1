"""The command: where its values come from, what it says, and how it ends."""

import os
import signal
import subprocess
import sys
from random import Random

import pytest

from backups.models import Backup
from simulator import __main__ as command
from simulator import demo
from simulator.entries import FOREVER, day_seconds
from tests.simulator.plans import web

NAMES = (
    *("PLANNER_URL", "PLANNER_DEVICE_SERIAL"),
    *("PLANNER_DEVICE_KEY", "PLANNER_DEVICE_KEY_FILE"),
)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_the_key_needs_not_stand_on_the_command_line(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("from-file\n")
    by_file = command.arguments(["--serial", "S", "--key-file", str(tmp_path / "key")])
    monkeypatch.setenv("PLANNER_DEVICE_SERIAL", "S")
    monkeypatch.setenv("PLANNER_DEVICE_KEY", "from-environment")
    by_environment = command.arguments([])

    assert (by_file.key, by_environment.key) == ("from-file", "from-environment")
    assert (by_environment.serial, by_environment.url) == ("S", "http://127.0.0.1:8000")


def test_without_serial_and_key_it_says_what_is_needed(capsys):
    with pytest.raises(SystemExit) as ended:
        command.arguments([])

    assert ended.value.code == 2
    assert "PLANNER_DEVICE_SERIAL, PLANNER_DEVICE_KEY" in capsys.readouterr().err


def run(unit, url, folder, *options, **popen):
    arguments = ["--url", url, "--serial", unit.serial, "--file", str(folder / "device.db")]
    return subprocess.Popen(
        [sys.executable, "-m", "simulator", *arguments, *options],
        env={**os.environ, "PLANNER_DEVICE_KEY": unit.key},
        stdout=subprocess.PIPE,
        text=True,
        **popen,
    )


def words(line):
    """Return a line without its time."""
    return line.strip().partition("  ")[2]


def test_one_sync_says_what_it_did(row, unit, live_server, tmp_path):
    with run(unit, live_server.url, tmp_path, "--once") as device:
        lines = [words(line) for line in device.stdout]

    assert device.returncode == 0
    assert lines == [
        f"The device {unit.serial} of {live_server.url}, file {tmp_path / 'device.db'}.",
        "A new claim: starting with an empty plan.",
        "The device has a key of its own now.",
        "Nothing new.",
    ]


def test_a_sync_that_fails_is_told_by_the_status(unit, live_server, tmp_path):
    wrong = unit._replace(key="A" * 43)

    with run(wrong, live_server.url, tmp_path, "--once") as device:
        lines = [words(line) for line in device.stdout]

    assert device.returncode == 1
    assert lines[-1].startswith("The server refuses: 401 token-invalid")


def test_without_a_server_it_waits_and_ends_cleanly_when_asked(unit, tmp_path):
    with run(unit, "http://127.0.0.1:9", tmp_path) as device:
        device.stdout.readline()
        offline = words(device.stdout.readline())
        device.send_signal(signal.SIGTERM)
        rest = [words(line) for line in device.stdout]

    assert offline.startswith("Offline (")
    assert (device.returncode, rest) == (0, ["Stopped."])


def test_it_syncs_again_and_says_that_nothing_is_new_once(row, unit, live_server, tmp_path):
    with run(unit, live_server.url, tmp_path, "--interval", "0.05", "--demo") as device:
        lines = [words(device.stdout.readline()) for _ in range(4)]
        web(Backup.objects.of(row), "task", {"name": "Bins", "priority": 1, "duedate": FOREVER})
        lines += [words(device.stdout.readline()) for _ in range(2)]
        device.send_signal(signal.SIGINT)
        rest = [words(line) for line in device.stdout]

    assert lines[3:] == [
        "Nothing new.",
        "Sent 0, received 1; now 1 tasks, 0 events, 0 habits.",
        "Nothing new.",
    ]
    assert (device.returncode, rest) == (0, ["Stopped."])


def test_the_demonstration_ticks_what_is_due_and_leaves_two_tasks(device):
    for number in range(5):
        device.add_task(f"Task {number}", duedate=FOREVER - number)
    today = 0x40 >> device.today().isoweekday() % 7
    due = device.add_habit("Due", today)
    device.add_habit("Not due", 0x7F & ~today)
    chance = Random(1)

    said = [sentence for _ in range(40) if (sentence := demo.act(device, chance))]

    assert len(said) == len(set(said)) == 4
    assert "Marked today on the habit “Due”." in said
    plan = device.plan()
    assert sum(task["completion"] for task in plan["task"]) == 3
    assert {habit["name"]: habit["completed"] for habit in plan["habit"]} == {
        "Due": [day_seconds(device.today())],
        "Not due": [],
    }
    assert device.store.find(due)


def test_chaos_is_told_calmly(row, unit, live_server, tmp_path):
    with run(unit, live_server.url, tmp_path, "--chaos", "1", "--interval", "0.02") as device:
        lines = [words(device.stdout.readline()) for _ in range(12)]
        device.send_signal(signal.SIGTERM)
        device.stdout.read()

    assert device.returncode == 0
    said = ("The device ", "A new claim", "Chaos: ", "Offline (", "Nothing new.", "Set the clock")
    assert [line for line in lines if not line.startswith(said)] == []
    assert any(line.startswith("Chaos: ") for line in lines)


def test_a_device_that_waits_syncs_when_there_is_news(row, unit, live_server, tmp_path):
    with run(unit, live_server.url, tmp_path, "--wait", "--interval", "5") as device:
        lines = [words(device.stdout.readline()) for _ in range(4)]
        web(Backup.objects.of(row), "task", {"name": "Bins", "priority": 1, "duedate": FOREVER})
        lines.append(words(device.stdout.readline()))
        device.send_signal(signal.SIGTERM)
        device.stdout.read()

    assert lines[-1] == "Sent 0, received 1; now 1 tasks, 0 events, 0 habits."
