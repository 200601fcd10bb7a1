"""Plans of devices that were released: their former owner's alone, for 30 days."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from backups import news, points, retention
from backups.models import Backup, KeptPlan
from backups.points import KEPT
from devices.models import Device


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

    It is kept for the former owner, or erased at once.
    """
    for backup in Backup.objects.filter(claim=claim):
        news.announce(backup.pk)
        if owner is None or not keep:
            retention.forget(backup)
            continue
        who = {"by": str(owner), "person_id": owner.pk}
        points.pin(backup, points.Reason.RELEASE, **who)
        backup.closed_at = timezone.now()
        backup.save(update_fields=["closed_at"])
        KeptPlan.objects.create(
            backup=backup,
            person_id=owner.pk,
            name=name,
            serial=device.serial,
            released_at=backup.closed_at,
        )
