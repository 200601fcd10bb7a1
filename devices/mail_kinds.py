"""What mails about devices need when they are sent."""

from typing import Any

from accounts import mails
from accounts.models import Mail
from devices import invitations


@mails.kind("invitation")
def invitation(mail: Mail) -> dict[str, Any] | None:
    """Make the link; nothing is sent for an invitation that was cancelled meanwhile."""
    secret = invitations.renew_secret(mail.facts["invitation"])
    return {"link": mails.absolute(invitations.path(secret))} if secret else None
