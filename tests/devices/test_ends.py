"""Whatever ends somebody's part in a device ends every token of before at the next request."""

import pytest

from accounts.models import User
from backups.models import Commit
from devices import lifecycle
from devices.models import Device, Membership
from tests.backups.api import Api, task
from tests.devices.http import problem

pytestmark = pytest.mark.django_db

ENDS = {
    "release": lambda device, alice, bob: lifecycle.release(device, by=alice),
    "release, erased": lambda device, alice, bob: lifecycle.release(device, by=alice, keep=False),
    "reset": lambda device, alice, bob: lifecycle.reset(device),
    "leave": lambda device, alice, bob: lifecycle.leave(device, by=bob),
    "block": lambda device, alice, bob: lifecycle.block(device),
    "retire": lambda device, alice, bob: lifecycle.retire(device),
}


@pytest.mark.parametrize("end", ENDS)
def test_no_token_of_before_writes_afterwards(unit, device, alice: User, bob: User, end):
    """B9"""
    Membership.objects.create(device=device, user=bob, role="editor")
    tokens = [Api.of_device(unit), Api.of_person(alice, device), Api.of_person(bob, device)]
    ENDS[end](Device.objects.get(pk=device.pk), alice, bob)
    commits = Commit.objects.count()

    answers = [api.post("/api/sync/", {"task": [task()]}) for api in tokens]

    assert [problem(answer)[0] for answer in answers if answer.status_code != 403] != []
    assert {problem(answer) for answer in answers} <= {
        (401, "token-revoked"),
        (403, "device-blocked"),
    }
    assert Commit.objects.count() == commits
