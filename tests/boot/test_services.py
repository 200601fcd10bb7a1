"""What people, devices and staff do, through nginx and every unit, hardened as they are."""

import asyncio
import re
import ssl
from collections import Counter
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from simulator import wire
from simulator.device import Device
from tests.accounts.factors import App
from tests.boot.machine import Machine
from tests.e2e.browser import Browser
from tests.e2e.people import PASSWORD, Person

FIGURES = "http://127.0.0.1:9199/metrics"
MANY, SECONDS, PATIENCE = 1_200, 55, 600
AS_STAFF = ["runuser", "-u", "planner_staff", "--", "psql", "planner"]
REFUSED = r"read-only file system|operation not permitted|permission denied|bad system call|SIGSYS"
MAIL_SERVER = """import socketserver, sys
class Mailbox(socketserver.StreamRequestHandler):
    def handle(self):
        say = lambda line: self.wfile.write(line.encode() + b"\\r\\n")
        say("220 here")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"DATA":
                say("354 go on")
                for line in self.rfile:
                    if line == b".\\r\\n":
                        break
                    sys.stdout.write(line.decode())
                sys.stdout.flush()
            say("221 bye" if word == b"QUIT" else "250 ok")
            if word == b"QUIT":
                return
socketserver.TCPServer.allow_reuse_address = True
socketserver.TCPServer(("127.0.0.1", 25), Mailbox).serve_forever()
"""

pytestmark = [pytest.mark.e2e, pytest.mark.nightly, pytest.mark.boot]


@pytest.fixture(scope="module")
def alice(machine: Machine) -> Person:
    return Person(machine, "alice")


def test_a_person_claims_a_device_and_both_plan(machine: Machine, alice: Person, tmp_path: Path):
    (unit,) = machine.make_units(1)
    alice.claim(unit)
    alice.add_task("Bins")
    device = Device(machine.url, unit.serial, unit.key, tmp_path / "device.db")

    device.sync()
    (task,) = device.plan()["task"]
    device.tick(task["id"])
    assert device.sync().outcomes == {"applied": 1}
    alice.get("/tasks/").rows["Bins"].button("Mark “Bins” as to do")
    device.close()


def test_the_staff_work_with_a_role_that_reads_no_plan(machine: Machine):
    made = ["env", f"DJANGO_SUPERUSER_PASSWORD={PASSWORD}", "/opt/planner/deploy/manage"]
    name = f"staff-{token_hex(4)}"
    machine.run(*made, "createsuperuser", "--no-input", "--username", name)
    staff = Browser(machine.url)
    form = staff.get("/login/").form("password")
    staff.submit(form, username=name, password=PASSWORD)
    assert staff.get("/admin/devices/device/").path == "/account/security/"

    page = staff.get("/account/security/app/")
    app = App.typed(next(one.text for one in page.root.all("code") if one["class"] == "typed"))
    staff.submit(page.form("code"), code=app.code())

    assert staff.get("/admin/devices/device/").path == "/admin/devices/device/"
    told = machine.tell(*AS_STAFF, "-c", "TABLE backups_task").stderr
    assert told.strip() == "ERROR:  permission denied for table backups_task"


def test_mails_leave_by_the_one_service_with_a_network(machine: Machine, alice: Person):
    machine.run("systemd-run", "--unit=mailbox", "/usr/bin/python3", "-uc", MAIL_SERVER)
    machine.shell(
        "install -m 600 /dev/stdin /etc/planner/EMAIL_URL <<< smtp://127.0.0.1:25\n"
        "systemctl restart planner-mails"
    )
    alice.submit(alice.get("/account/email/").form("email"), email="alice@planner.example")

    machine.wait_for("alice@planner.example", "--unit=mailbox")
    machine.wait_for("Sent: ", "--unit=planner-mails")
    machine.run("systemctl", "stop", "mailbox")


def test_the_timer_fires_by_itself_and_every_chore_is_done(machine: Machine):
    machine.ask("UPDATE planner_chore SET ran_at = ran_at - interval '30 days'")

    written = machine.fire("chores", "planner_app")

    done = re.findall(r"^([\w-]+): done\b", written, re.MULTILINE)
    assert done == machine.ask("SELECT name FROM planner_chore ORDER BY name").split() != []
    assert machine.show("planner-chores.timer", "NextElapseUSecRealtime") != ""


def test_the_figures_are_for_this_machine_alone(machine: Machine):
    Browser(machine.url).get("/login/")

    told = ""
    while not re.search(r'planner_http_requests_total{.*route="login/".*} \d', told):
        with urlopen(FIGURES) as answer:
            told = answer.read().decode()
    assert Browser(machine.url).get("/metrics").status == 404


def test_more_wait_for_news_than_a_process_may_open_files_by_default(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(wire, "TIMEOUT", PATIENCE)
    trusting = ssl.create_default_context()
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)

    assert asyncio.run(waited(machine, machine.tokens(MANY))) == {204: MANY}


async def waited(machine: Machine, tokens: list[str]) -> Counter[int]:
    """Let all wait at once, each at an address of its own, and count how they are answered."""
    few = asyncio.Semaphore(10)

    async def wait(number: int, token: str) -> int:
        at = wire.Wire(machine.url, f"127.9.{number // 250}.{number % 250 + 1}")
        known = {"Authorization": f"Bearer {token}"}
        async with few:
            since = (await at.ask("GET", "/api/sync/", **known)).body["cursor"]
        query = urlencode({"since": since, "timeout": SECONDS})
        return (await at.ask("GET", f"/api/sync/wait/?{query}", **known)).status

    return Counter(await asyncio.gather(*(wait(*one) for one in enumerate(tokens))))


def test_nothing_was_refused_by_the_hardening(machine: Machine):
    said = machine.journal("-u", "planner-*")
    assert re.findall(REFUSED, said, re.IGNORECASE) == []
    assert machine.failed() == ""
