"""`manage.py demo`: a plan to look at, made once."""

import io
import json
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from accounts import passwords
from backups import samples
from backups.models import Backup, Event, Habit, Task
from devices import claims
from devices.models import Device
from tests.factories import make_user


@pytest.fixture
def run_demo(db, settings, tmp_path):
    settings.DEBUG = True
    settings.LOCAL_DIR = tmp_path

    def run() -> dict[str, str]:
        written = io.StringIO()
        call_command("demo", stdout=written)
        return json.loads(written.getvalue())

    return run


def test_it_makes_a_person_with_a_device_and_a_plan(run_demo):
    made = run_demo()
    device = Device.objects.get(serial=made["serial"])
    backup = Backup.objects.of(device)

    assert (device.name, device.state) == ("Kitchen tablet", Device.State.CLAIMED)
    assert [person.user.username for person in device.memberships.all()] == ["demo"]
    assert Task.objects.of(backup).alive().count() == len(samples.TASKS)
    assert Event.objects.of(backup).alive().count() == len(samples.EVENTS)
    assert Habit.objects.of(backup).alive().count() == len(samples.HABITS)
    person = passwords.verify(made["username"], made["password"], address="127.0.0.1")
    assert str(person) == "Robin Demo"


def test_a_second_run_changes_nothing_and_tells_the_same(run_demo):
    first, devices = run_demo(), Device.objects.count()

    assert run_demo() == first
    assert Device.objects.count() == devices


def test_there_is_always_a_unit_left_to_claim(run_demo):
    made = run_demo()
    claims.claim(
        make_user("alice"),
        serial=made["spare_serial"],
        code=made["spare_code"],
        name="Mine",
        address="127.0.0.1",
    )

    again = run_demo()

    assert again["serial"] == made["serial"]
    assert again["spare_serial"] != made["spare_serial"]


def test_it_refuses_a_real_server(run_demo, settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="DEBUG is off"):
        run_demo()


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/UTC", "Pacific/Marquesas"])
def test_every_sample_is_whole_and_its_times_are_of_the_zone(zone):
    made = list(samples.items(date(2026, 3, 29), ZoneInfo(zone)))

    assert [item for item in made if not item.creates] == []
    assert len({item.id for item in made}) == len(made)
