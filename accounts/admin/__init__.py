"""People and mails in the admin; Django imports this package to find its pages."""

from accounts.admin.mails import MailAdmin
from accounts.admin.people import UserAdmin

__all__ = ["MailAdmin", "UserAdmin"]
