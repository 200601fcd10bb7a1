"""What people choose reaches the device: the last choice, and whose entries these are."""

import pytest

from accounts.models import User
from backups.models import Backup, Commit
from devices import lifecycle
from devices.models import Membership
from simulator.device import Device
from tests.backups.api import Api, task
from tests.backups.replicas import InProcess
from tests.devices.http import person, problem
from tests.factories import claim_unit, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit(alice: User):
    made = make_unit()
    claim_unit(made, alice)
    return made


@pytest.fixture
def tablet(unit, tmp_path):
    device = Device(
        "http://testserver", unit.serial, unit.key, tmp_path / "own.db", transport=InProcess()
    )
    device.sync()
    yield device
    device.close()


def test_of_two_people_the_device_has_both_plans_and_the_last_setting(unit, tablet, alice, bob):
    """A10"""
    row = Membership.objects.get(user=alice).device
    Membership.objects.create(device=row, user=bob, role="editor")
    hers, his = Api.of_person(alice, row), Api.of_person(bob, row)
    hers.push(task=[task("Hers")])
    his.push(task=[task("His")])
    for who, hours in ((alice, 24), (bob, 12)):
        person(who).patch(f"/api/devices/{row.pk}/", {"settings": {"hour_format": hours}})

    tablet.sync()
    lifecycle.leave(row, by=bob)

    assert sorted(one["name"] for one in tablet.plan()["task"]) == ["Hers", "His"]
    assert tablet.settings["hour_format"] == 12
    authors = Commit.objects.filter(backup=Backup.objects.of(row), source="person")
    assert [*authors.order_by("revision").values_list("by", flat=True)][1:] == [
        "Alice Ash",
        "Bob Birch",
    ]
    assert problem(his.get("/api/sync/")) == (401, "token-revoked")


def test_an_answer_that_was_overtaken_changes_no_setting(tablet):
    newer = {"name": "Hall", "settings": {"theme": "dark"}, "settings_revision": 9}
    older = {"name": "Desk", "settings": {"theme": "light"}, "settings_revision": 8}

    tablet.store.take_settings(newer)
    tablet.store.take_settings(older)

    assert (tablet.settings, tablet.store.recall("name")) == ({"theme": "dark"}, "Hall")
