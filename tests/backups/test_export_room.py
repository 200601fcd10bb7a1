"""A full plan leaves as a file without ever being in memory as a whole."""

import tracemalloc
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from backups import changes, files, history
from backups.items import Item
from backups.models import Backup
from tests.backups.api import NOW
from tests.backups.test_any_order import WEB

MIB = 1024 * 1024
MOST_GROWTH = 16 * MIB
ENTRIES, BATCH = 16_000, 2_000


def room_for(form: str, backup: Backup) -> tuple[int, int]:
    """Write a file; return its bytes, and the memory that its writing took at most."""
    parts = files.FORMS[form].write(history.stills(backup, backup.revision), ZoneInfo("UTC"))
    tracemalloc.start()
    size = sum(map(len, parts))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return size, most


@pytest.mark.nightly
def test_sixteen_thousand_entries_stream_in_sixteen_mebibytes(backup):
    """E10, G5: a kilobyte each, in every form."""
    text = {"description": "x" * 900, "priority": 1, "duedate": NOW}
    for begin in range(0, ENTRIES, BATCH):
        names = range(begin, begin + BATCH)
        items = [Item("task", str(uuid4()), {"name": f"Bins {n}", **text}) for n in names]
        changes.push(backup, items, WEB, whole=True)
    backup.refresh_from_db()

    rooms = {form: room_for(form, backup) for form in files.FORMS}

    assert all(size > ENTRIES * 900 for size, _most in rooms.values())
    assert {form: most for form, (_size, most) in rooms.items() if most > MOST_GROWTH} == {}
