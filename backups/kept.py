"""Plans of devices that were released: their former owner's alone, for 30 days."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import User
from backups import news, points, retention
from backups.models import Backup, KeptPlan, RestorePoint
from backups.points import KEPT
from devices.models import Device
from planner.chores import each


def of(user: AbstractBaseUser) -> QuerySet[KeptPlan]:
    """The plans that are kept for this person, the last released first."""
    kept = KeptPlan.objects.filter(person_id=user.pk, released_at__gt=timezone.now() - KEPT)
    return kept.select_related("backup").order_by("-released_at", "-pk")


def until(plan: KeptPlan) -> datetime:
    """Return when the plan is erased by itself."""
    return plan.released_at + KEPT


def erase(plan: KeptPlan) -> None:
    """Erase the plan now, for good."""
    retention.forget(plan.backup)


@transaction.atomic
def close(
    device: Device, claim: UUID, *, owner: AbstractBaseUser | None, name: str, keep: bool
) -> None:
    """End the plan of a claim that ended: nobody syncs with it any more, or waits for it.

    It is kept for the former owner, or erased at once. The staff's service may not look into a
    plan: there `settle_closed` does the rest, which changes nothing that anybody sees.
    """
    for backup in Backup.objects.filter(claim=claim):
        news.announce(backup.pk)
        backup.closed_at = timezone.now()
        backup.save(update_fields=["closed_at"])
        if owner is not None and keep:
            KeptPlan.objects.create(
                backup=backup,
                person_id=owner.pk,
                name=name,
                serial=device.serial,
                released_at=backup.closed_at,
            )
        if settings.ADMIN != "only":
            settle(backup)


def settle(backup: Backup) -> None:
    """Pin a closed plan as it was left, or erase it where it is kept for nobody."""
    kept = KeptPlan.objects.filter(backup=backup).first()
    if kept is None:
        retention.forget(backup)
    else:
        owner = User.objects.filter(pk=kept.person_id).first()
        who = {"by": str(owner or ""), "person_id": kept.person_id}
        points.pin(backup, points.Reason.RELEASE, **who)


def settle_closed() -> int:
    """Settle the plans that the staff's service closed; return how many."""
    pinned = RestorePoint.objects.filter(backup=OuterRef("pk"), reason=points.Reason.RELEASE)
    closed = Backup.objects.exclude(closed_at=None).filter(~Exists(pinned))
    return len(list(each(closed, settle)))
