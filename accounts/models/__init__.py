"""People, what they prefer, and where they are logged in."""

from accounts.models.people import NAME_BYTES, User, UserManager, username_characters
from accounts.models.preferences import Preferences
from accounts.models.sessions import Session

__all__ = (
    "NAME_BYTES",
    "Preferences",
    "Session",
    "User",
    "UserManager",
    "username_characters",
)
