"""Whether restore points still show what they showed when they were made."""

import logging
from collections.abc import Iterable

from django.utils.translation import gettext as _

from backups import history, stills
from backups.models import RestorePoint
from planner.problems import RuleError

SAMPLE = 100
log = logging.getLogger("planner.backups")


def sample(count: int = SAMPLE) -> Iterable[RestorePoint]:
    """Return some restore points of all plans, other ones each time."""
    return RestorePoint.objects.select_related("backup").order_by("?")[:count]


def is_whole(point: RestorePoint) -> bool:
    """Tell whether the plan of a point still has the counts and the checksum of then."""
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
