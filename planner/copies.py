"""The nightly copies of the whole database: when deploy/backup left the last one."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone

NAME = "base-%Y%m%dT%H%M%SZ.tar.gz.age"


def age() -> timedelta | None:
    """Return how long ago the last one was begun, as its name says; None where there is none."""
    files = settings.BACKUP_FOLDER.glob("base-*Z.tar.gz.age")
    last = max((begun for file in files if (begun := _begun(file.name))), default=None)
    return timezone.now() - last if last else None


def _begun(name: str) -> datetime | None:
    try:
        return datetime.strptime(name, NAME).replace(tzinfo=UTC)
    except ValueError:  # somebody else's file
        return None
