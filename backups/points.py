"""Restore points: pinned, found, thinned; and which moments of a plan are still kept."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from backups import changes, history, stills
from backups.actors import Actor
from backups.models import Backup, Change, Commit, RestorePoint
from planner.chores import each
from planner.problems import RuleError

Reason = RestorePoint.Reason
KEPT = timedelta(days=30)
"""For so long every moment of a plan can be seen and brought back."""
MAX_NAMED = 100
DAYS, WEEKS, MONTHS = 7, 4, 12
"""How many automatic points stay: the newest of so many days, weeks and months that have one."""


def pin(
    backup: Backup, reason: str, *, name: str = "", by: str = "", person_id: int | None = None
) -> RestorePoint:
    """Keep the plan as it is now."""
    revision = Backup.objects.values_list("revision", flat=True).get(pk=backup.pk)
    summary = stills.summed(history.stills(backup, revision))
    return RestorePoint.objects.create(
        backup=backup,
        revision=revision,
        reason=reason,
        name=name,
        by=by,
        person_id=person_id,
        counts=summary.counts,
        checksum=summary.checksum,
        created_at=timezone.now(),
    )


@transaction.atomic
def pin_named(backup: Backup, name: str, actor: Actor) -> RestorePoint:
    """Keep the plan as it is now under a name.

    Raises RuleError `quota-exceeded` at the hundred-and-first named point of a plan.
    """
    changes.lock(backup, actor)
    if backup.points.filter(reason=Reason.NAMED).count() >= MAX_NAMED:
        detail = _("A plan keeps 100 named restore points. Remove one first.")
        raise RuleError("quota-exceeded", detail)
    return pin(backup, Reason.NAMED, name=name, **actor.who)


def pin_changed() -> int:
    """Pin every open plan that was changed since its last point; return how many."""
    plans = Backup.objects.filter(closed_at=None).annotate(
        pinned=Max("points__revision", default=0)
    )
    return sum(each(plans.filter(revision__gt=F("pinned")), _pin_if_changed))


def _pin_if_changed(backup: Backup) -> bool:
    # Commits without a change tell news about the device; the plan is the same.
    is_changed = Change.objects.filter(backup=backup, revision__gt=backup.pinned).exists()
    if is_changed:
        pin(backup, Reason.DAILY)
    return is_changed


@transaction.atomic
def remove(point: RestorePoint) -> None:
    """Forget a point that a person named; raises RuleError `conflict` for an automatic one."""
    if point.reason != Reason.NAMED:
        raise RuleError("conflict", _("Automatic restore points go by themselves."))
    _hold(point.backup)
    point.delete()


def revision_at(backup: Backup, moment: int) -> int:
    """Return the revision of a moment, in unix seconds, whose plan is still kept.

    Raises RuleError `not-found`, with the nearest points named, for a moment before the claim and
    for one that is no longer kept; `invalid` for one that has not come yet.
    """
    if moment > timezone.now().timestamp() + 1:
        raise RuleError("invalid", _("That moment has not come yet."))
    revision = history.revision_at(backup, moment)
    if revision is None or not is_kept(backup, revision):
        raise RuleError("not-found", _nearest(backup, moment))
    return revision


def is_kept(backup: Backup, revision: int) -> bool:
    """Return whether the plan of a revision can still be read: it is young enough, or pinned."""
    return revision >= horizon(backup) or backup.points.filter(revision=revision).exists()


def check_kept(backup: Backup, revision: int) -> None:
    """Raise RuleError `not-found` unless a locked plan can be read as it was at a revision.

    No point of it goes while the lock is held, and so nothing of the log that a point needs.
    """
    if not is_kept(backup, revision):
        raise RuleError("not-found", _("This moment is not kept any more."))


def horizon(backup: Backup, now: datetime | None = None) -> int:
    """Return the revision that a plan had 30 days ago: from there on every one is kept."""
    begin = (now or timezone.now()) - KEPT
    past = Commit.objects.filter(backup=backup, created_at__lt=begin)
    return past.aggregate(Max("revision"))["revision__max"] or 0


@transaction.atomic
def thin(backup: Backup) -> int:
    """Delete the automatic points that 7 days, 4 weeks and 12 months leave over; return how many.

    They are counted back from the newest point, so that a quiet plan loses none by waiting.
    """
    _hold(backup)
    automatic = backup.points.filter(~Q(reason=Reason.NAMED)).order_by("-created_at", "-pk")
    made = dict(automatic.values_list("pk", "created_at"))
    left_over = made.keys() - _spared(made.items())
    return RestorePoint.objects.filter(pk__in=left_over).delete()[0]


def _hold(backup: Backup) -> None:
    """Lock a plan: a restore reads a point of it before the point goes, or finds none."""
    list(Backup.objects.select_for_update(no_key=True).filter(pk=backup.pk))


def _spared(points: Iterable[tuple[int, datetime]]) -> set[int]:
    """Return which points stay, of points with their times, the newest first."""
    spared: set[int] = set()
    spans: tuple[tuple[int, dict], ...] = ((DAYS, {}), (WEEKS, {}), (MONTHS, {}))
    for pk, made in points:
        moment = made.astimezone(UTC)
        labels = (moment.date(), moment.isocalendar()[:2], (moment.year, moment.month))
        for (most, seen), label in zip(spans, labels, strict=True):
            if label not in seen and len(seen) < most:
                seen[label] = pk
                spared.add(pk)
    return spared


def _nearest(backup: Backup, moment: int) -> str:
    asked = datetime.fromtimestamp(moment, UTC)
    before = backup.points.filter(created_at__lte=asked).order_by("-created_at").first()
    after = backup.points.filter(created_at__gt=asked).order_by("created_at").first()
    near = [_place(point) for point in (before, after) if point]
    if not near:
        return _("That moment is not kept, and there is no restore point yet.")
    return _("That moment is not kept. The nearest restore points: %s.") % ", ".join(near)


def _place(point: RestorePoint) -> str:
    return f"{point.pk} ({point.created_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ})"
