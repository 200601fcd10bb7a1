"""What mails about plans need when they are sent: the plans of then, kept nowhere else."""

from datetime import date
from typing import Any

from accounts import mails
from accounts.models import Mail
from backups import weekly


@mails.kind(weekly.KIND)
def week(mail: Mail) -> dict[str, Any] | None:
    """Read the week; nothing is sent for one that is empty, or to nobody."""
    first = date.fromisoformat(mail.facts["first"])
    plans = weekly.planned(mail.user, first) if mail.user else []
    return {"first": first, "plans": plans} if plans else None
