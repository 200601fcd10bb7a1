"""Files between their preview and their import: kept as canonical JSON, for a day."""

import zlib
from collections import Counter
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from backups import changes, exports
from backups.actors import Actor
from backups.documents import read_json
from backups.imports import Fault, Found
from backups.models import Backup, WaitingImport

KEPT = timedelta(days=1)


@transaction.atomic
def keep(backup: Backup, actor: Actor, mode: str, found: Found) -> WaitingImport:
    """Keep what a file holds; an earlier file of the same person and plan makes room.

    Raises RuleError `token-revoked` when the device was released meanwhile.
    """
    stills = (found.plan[key] for key in sorted(found.plan))
    content = zlib.compress(b"".join(exports.as_json(stills)))
    changes.lock(backup, actor)
    WaitingImport.objects.filter(backup=backup, person_id=actor.person_id).delete()
    return WaitingImport.objects.create(
        backup=backup,
        person_id=actor.person_id,
        mode=mode,
        content=content,
        faults=[[one.place, one.detail] for one in found.faults],
        unsaid=list(found.unsaid),
        notes=found.notes,
    )


def found_in(waiting: WaitingImport) -> Found:
    """Return what the file holds."""
    found = read_json(zlib.decompress(waiting.content))
    found.faults += [Fault(*one) for one in waiting.faults]
    found.unsaid, found.notes = waiting.unsaid, Counter(waiting.notes)
    return found


def sweep() -> int:
    """Forget the files that nobody said yes to; return how many."""
    old = WaitingImport.objects.filter(created_at__lt=timezone.now() - KEPT)
    return old.delete()[0]
