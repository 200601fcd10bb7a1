"""How much room the disks of this machine have."""

import os
from collections.abc import Iterator

from django.conf import settings

USED = ("/var", "/tmp", "/var/lib/postgresql")  # noqa: S108 - only measured


def room() -> Iterator[tuple[str, float]]:
    """Yield a folder of each disk that Planner or its database fills, and its free part, 0 to 1."""
    known = set()
    for folder in (*USED, str(settings.BASE_DIR), str(settings.BACKUP_FOLDER)):
        try:
            device, disk = os.stat(folder).st_dev, os.statvfs(folder)
        except OSError:  # it is not there, or not ours to see
            continue
        # A disk in memory may have no limit.
        if device not in known and disk.f_blocks:
            known.add(device)
            yield folder, disk.f_bavail / disk.f_blocks
