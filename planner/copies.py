"""The copies of the whole database: when the last nightly one was made, and those of its log."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from planner import vitals

NAME = "base-%Y%m%dT%H%M%SZ.tar.gz.age"


def age() -> timedelta | None:
    """Return how long ago the last one was begun, as its name says; None where there is none."""
    files = settings.BACKUP_FOLDER.glob("base-*Z.tar.gz.age")
    last = max((begun for file in files if (begun := _begun(file.name))), default=None)
    return timezone.now() - last if last else None


def is_log_stuck() -> bool:
    """Return whether the last piece of PostgreSQL's log that was to be copied could not be."""
    return bool(
        vitals.value(
            "SELECT last_failed_time > coalesce(last_archived_time, '-infinity')"
            " FROM pg_stat_archiver"
        )
    )


def _begun(name: str) -> datetime | None:
    try:
        return datetime.strptime(name, NAME).replace(tzinfo=UTC)
    except ValueError:  # somebody else's file
        return None
