"""Devices and people that speak to the API of plans."""

import pytest

from backups.models import Backup
from tests.backups.api import Api


@pytest.fixture
def device_api(device, unit) -> Api:
    """The kitchen tablet itself, with a token got by its key."""
    return Api.of_device(unit)


@pytest.fixture
def alice_api(device, alice) -> Api:
    """Alice, who chose the kitchen tablet."""
    return Api.of_person(alice, device)


@pytest.fixture
def backup(device) -> Backup:
    """The plan of the kitchen tablet."""
    return Backup.objects.of(device)
