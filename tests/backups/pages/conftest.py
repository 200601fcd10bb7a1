"""Alice at her kitchen tablet in Berlin, on Wednesday, 14 October 2026, at 10:00."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from devices.models import Device, Membership
from tests.backups.pages.plan import at, planned


@pytest.fixture(autouse=True)
def ten_o_clock() -> Iterator[None]:
    with time_machine.travel(at("2026-10-14 10:00"), tick=False):
        yield


@pytest.fixture
def device(device: Device) -> Device:
    device.settings = {"time_zone": "Europe/Berlin"}
    device.save(update_fields=["settings"])
    return device


@pytest.fixture
def browser(alice: User, device: Device) -> Client:
    """Alice's browser, with the kitchen tablet chosen."""
    return planned(alice, device)


@pytest.fixture
def viewer(bob: User, device: Device) -> Client:
    """The browser of bob, who may look at the kitchen tablet's plan."""
    Membership.objects.create(device=device, user=bob, role=Membership.Role.VIEWER)
    return planned(bob, device)
