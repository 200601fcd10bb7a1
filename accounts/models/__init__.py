"""People, what they prefer, where they are logged in, and what is mailed to them."""

from accounts.models.factors import CodesApp, Passkey, RecoveryCode
from accounts.models.mails import Mail
from accounts.models.people import NAME_BYTES, User, UserManager, username_characters
from accounts.models.preferences import Preferences
from accounts.models.sessions import Session

__all__ = (
    "NAME_BYTES",
    "CodesApp",
    "Mail",
    "Passkey",
    "Preferences",
    "RecoveryCode",
    "Session",
    "User",
    "UserManager",
    "username_characters",
)
