"""Builders of people and devices, for tests of every package."""

from accounts.models import User

PASSWORD = "a lamp beside nine books"


def make_user(username: str, *, password: str = PASSWORD, **fields: object) -> User:
    """Make a person who can log in with the password."""
    return User.objects.create_user(username, password=password, **fields)
