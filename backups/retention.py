"""What is not kept: log between restore points, texts of the dead, plans of ended claims."""

from datetime import timedelta

import orjson
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from backups import points, skips
from backups.kinds import KINDS, entry
from backups.models import ENTRY_MODELS, Backup, Change, Overruled
from planner.chores import each

SLACK = timedelta(days=1)
"""The log is cut so much later than moments end, so that nobody reads where it is being cut."""
BATCH = 500
# A row is needed by a moment from its own revision up to the one that replaced it.
COMPACT = """DELETE FROM backups_change WHERE backup_id = %s AND (type, uuid, day, revision) IN (
SELECT type, uuid, day, revision FROM (
    SELECT type, uuid, day, revision, LEAD(revision) OVER (
        PARTITION BY type, uuid, day ORDER BY revision) AS replaced
    FROM backups_change WHERE backup_id = %s AND revision <= %s) AS logged
WHERE replaced IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM backups_restorepoint AS point WHERE point.backup_id = %s
    AND point.revision >= logged.revision AND point.revision < logged.replaced))"""


def forget_old_history() -> int:
    """Thin, compact and erase in every plan; return how many rows are gone or empty."""
    return sum(each(Backup.objects.filter(revision__gt=0), _forget_old_history))


def _forget_old_history(plan: Backup) -> int:
    return points.thin(plan) + compact(plan) + erase_texts(plan)


def compact(backup: Backup) -> int:
    """Delete the log that neither the last 30 days nor a restore point needs; return the rows."""
    until = points.horizon(backup, timezone.now() - SLACK)
    if until == 0:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(COMPACT, [backup.pk, backup.pk, until, backup.pk])
        return cursor.rowcount


def erase_texts(backup: Backup) -> int:
    """Erase what is left of entries that were deleted 30 days ago, but their ids and stamps.

    What a restore point shows stays in the log; so does what lost a merge, for 30 days.
    """
    until = points.horizon(backup, timezone.now() - SLACK)
    lost = Overruled.objects.filter(backup=backup, created_at__lt=timezone.now() - points.KEPT)
    lost.delete()
    with transaction.atomic():
        # A push that is at one of them comes before or after.
        Backup.objects.select_for_update(no_key=True).get(pk=backup.pk)
        erased = sum(_erase_rows(backup, kind, until) for kind in KINDS)
        skips.forget(backup, until)
        logged = Change.objects.filter(backup=backup, revision__lte=until, entry__alive=False)
        for kind in KINDS:
            blank = {**KINDS[kind].blank, "alive": False}
            logged.filter(type=kind).exclude(entry__name="").update(entry=blank)
    return erased


def forget(backup: Backup) -> None:
    """Delete a plan with all that belongs to it, in whatever table it stands.

    One that is gone already stays so.
    """
    with transaction.atomic():
        # A push that is under way comes before; none comes behind, and no second end.
        if not Backup.objects.select_for_update().filter(pk=backup.pk):
            return
        for relation in Backup._meta.get_fields(include_hidden=True):
            if relation.one_to_many:
                relation.related_model.objects.filter(**{relation.field.name: backup}).delete()
        backup.delete()


def forget_released() -> int:
    """Forget the plans whose claims ended 30 days ago; return how many."""
    over = Backup.objects.filter(closed_at__lt=timezone.now() - points.KEPT)
    return len(list(each(over, forget)))


def _erase_rows(backup: Backup, kind: str, until: int) -> int:
    model, blank = ENTRY_MODELS[kind], KINDS[kind].blank
    dead = model.objects.of(backup).filter(~Q(**blank), alive=False, revision__lte=until)
    rows = list(dead.only("uuid"))
    for row in rows:
        for name, value in blank.items():
            setattr(row, name, value)
        row.wire = orjson.dumps(entry(kind, str(row.uuid), blank, alive=False)).decode()
    model.objects.bulk_update(rows, [*blank, "wire"], batch_size=BATCH)
    return len(rows)
