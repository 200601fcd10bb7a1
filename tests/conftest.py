"""The cast: alice owns the device, bob is somebody else's, stranger sees nothing, staff runs it."""

import pytest

from accounts.models import User
from tests.factories import make_user


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
