"""Whether restore points still show what they showed, and every row belongs to a plan."""

import logging
from collections.abc import Iterable

from django.utils.translation import gettext as _

from backups import history, stills
from backups.models import Backup, RestorePoint
from planner.problems import RuleError

SAMPLE = 100
log = logging.getLogger("planner.backups")


def sample(count: int = SAMPLE) -> Iterable[RestorePoint]:
    """Return some restore points of all plans, other ones each time."""
    return RestorePoint.objects.select_related("backup").order_by("?")[:count]


def is_whole(point: RestorePoint) -> bool:
    """Return whether the plan of a point still has the counts and the checksum of then."""
    found = stills.summed(history.stills(point.backup, point.revision))
    return (found.counts, found.checksum) == (point.counts, point.checksum)


def broken(points: Iterable[RestorePoint]) -> list[int]:
    """Return the ids of the points that are not whole, each logged as an error."""
    found = [point.pk for point in points if not is_whole(point)]
    for pk in found:
        log.error("restore point %s does not show what it showed when it was made", pk)
    return found


def check_sample() -> int:
    """Check a sample and return its size; raises RuleError `internal` when a point is not whole."""
    points = list(sample())
    if found := broken(points):
        raise RuleError("internal", _("restore points that are not whole: %s") % found)
    return len(points)


def strays() -> list[str]:
    """Return the tables with rows of no plan, among those where the database itself never looks."""
    relations = Backup._meta.get_fields(include_hidden=True)
    unchecked = [one.field for one in relations if one.one_to_many and not one.field.db_constraint]
    return [
        field.model._meta.db_table
        for field in unchecked
        if field.model.objects.exclude(**{f"{field.name}__in": Backup.objects.all()}).exists()
    ]
