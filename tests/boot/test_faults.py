"""What ends is started again, by whom nobody notices it: reloads, restarts, kills, power cuts."""

import time

import pytest

from simulator.fleet import Unit
from tests.boot.load import fleet
from tests.boot.machine import SECONDS, Machine
from tests.e2e.browser import Browser

SERVICES = ("planner-sync", "planner-pages", "planner-live", "planner-staff")
TIMES = 8
"""More often than systemd by itself would start something again."""

pytestmark = [pytest.mark.e2e, pytest.mark.nightly, pytest.mark.boot]


@pytest.fixture(scope="module")
def units(machine: Machine) -> list[Unit]:
    return machine.claimed(20)


def until_ready(machine: Machine) -> None:
    """Wait until every service answers."""
    deadline = time.monotonic() + SECONDS
    paths = ("/readyz", "/login/", "/admin/login/", "/api/schema/")
    while any(Browser(machine.url).get(path).status != 200 for path in paths):
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.mark.parametrize("how", ["reload", "restart"])
def test_no_request_fails_while_the_services_start_anew(machine, units, how):
    masters = [machine.show(name, "MainPID") for name in SERVICES]
    with fleet(units, machine.url) as seen:
        for _ in range(2):
            before = seen.acknowledged
            machine.run("systemctl", how, *SERVICES)
            machine.run("systemctl", "reload", "nginx")
            while seen.acknowledged < before + len(units):
                time.sleep(0.1)

    assert (seen.errors, machine.failed()) == ({}, "")
    same = masters == [machine.show(name, "MainPID") for name in SERVICES]
    assert same is (how == "reload")


def test_a_killed_worker_and_a_killed_master_are_started_again(machine, units):
    restarts = int(machine.show("planner-sync", "NRestarts"))
    with fleet(units, machine.url) as seen:
        machine.shell("kill -9 $(pgrep -P $(systemctl show -P MainPID planner-sync) | head -n 1)")
        for _ in range(TIMES):
            # At once, so that it does not get far.
            machine.shell(
                "until pid=$(systemctl show -P MainPID planner-sync) && [ $pid != 0 ]; do :; done\n"
                "kill -9 $pid"
            )
        before = seen.acknowledged
        while seen.acknowledged < before + len(units):
            time.sleep(0.1)

    assert int(machine.show("planner-sync", "NRestarts")) == restarts + TIMES
    assert (machine.failed(), machine.show("planner-sync", "ActiveState")) == ("", "active")
    # Who was being served when it was killed is told to come again, and nothing else goes wrong.
    assert set(seen.errors) <= {"unavailable"}


@pytest.mark.parametrize("end", [Machine.shut_down, Machine.cut_power], ids=["off", "power cut"])
def test_all_comes_back_by_itself_when_the_machine_starts(machine, units, end):
    with fleet(units, machine.url):
        pass
    logged = machine.ask("SELECT count(*) FROM backups_change")

    end(machine)
    machine.start()

    assert (machine.state(), machine.failed()) == ("running", "")
    until_ready(machine)
    assert machine.ask("SELECT count(*) FROM backups_change") == logged
    assert machine.run("find", "/run/planner", "-name", "*.sock").count("\n") == 4
    assert machine.install() == ["Nothing had to be changed."]
