"""The nightly copies of the whole database: when deploy/backup left the last one."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone

NAME = "base-%Y%m%dT%H%M%SZ.tar.gz.age"


def age() -> timedelta | None:
    """Return how long ago the last one was begun, as its name says; None where there is none."""
    names = (path.name for path in settings.BACKUP_FOLDER.glob("base-*Z.tar.gz.age"))
    last = max(names, default="")
    return timezone.now() - datetime.strptime(last, NAME).replace(tzinfo=UTC) if last else None
