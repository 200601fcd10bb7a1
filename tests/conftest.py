"""The cast: alice owns the device, bob has none, stranger sees nothing, staff may all."""

import os
from collections.abc import Iterator

import pytest
from django.test import Client
from hypothesis import settings
from time_machine import Traveller, travel

from accounts.models import User
from devices.inventory import Unit
from devices.models import Device
from tests.factories import NOON, claim_unit, make_unit, make_user
from tests.logins import logged_in

ASKING = ("django_db", "race", "skipif")
DATABASE = {"db", "transactional_db", "django_db_setup"}

# A gate must not fail by chance; `make nightly` looks elsewhere each time.
settings.register_profile("nightly", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need no database: they say the same whichever there is.

    Others get none from pytest-django. What asks for an engine by its mark is left to it.
    """
    for item in items:
        marked = any(map(item.get_closest_marker, ASKING))
        if not marked and DATABASE.isdisjoint(item.fixturenames):
            item.add_marker("pure")


@pytest.fixture
def alice(db: None) -> User:
    return make_user("alice", full_name="Alice Ash")


@pytest.fixture
def bob(db: None) -> User:
    return make_user("bob", full_name="Bob Birch")


@pytest.fixture
def stranger(db: None) -> User:
    return make_user("stranger")


@pytest.fixture
def staff(db: None) -> User:
    return make_user("staff", is_staff=True, is_superuser=True)


@pytest.fixture
def unit(db: None) -> Unit:
    """What is printed on the box of `device`, and flashed into it."""
    return make_unit()


@pytest.fixture
def device(unit: Unit, alice: User) -> Device:
    """Alice's kitchen tablet."""
    return claim_unit(unit, alice)


@pytest.fixture
def web(alice: User) -> Client:
    """Alice's browser, which has chosen no device."""
    return logged_in(alice)


@pytest.fixture
def desk(staff: User) -> Client:
    """The browser of somebody of the staff."""
    return logged_in(staff)


@pytest.fixture
def clock() -> Iterator[Traveller]:
    """The clock, which stands at noon until somebody moves it."""
    with travel(NOON, tick=False) as traveller:
        yield traveller
