"""Finished tasks go by themselves, after the time that is set on their device."""

from django.db import transaction

from backups import changes
from backups.actors import Actor
from backups.items import Item
from backups.models import Backup, Task
from devices import device_settings
from devices.models import Device
from planner.chores import each
from planner.times import MICRO, microseconds

BY = "tidying"


def tidy() -> int:
    """Delete the tasks that were finished long enough ago, on every device; return how many."""
    done = Task.objects.alive().filter(completion=Task.Completion.COMPLETE)
    plans = Backup.objects.filter(pk__in=done.values("backup"), closed_at=None)
    devices = Device.objects.filter(claim__in=plans.values("claim"))
    settings = dict(devices.values_list("claim", "settings"))
    claimed = (plan for plan in plans if plan.claim in settings)
    return sum(each(claimed, lambda plan: _tidy(plan, settings[plan.claim])))


def _tidy(backup: Backup, stored: dict[str, object]) -> int:
    kept = device_settings.complete(stored)["keep_completed"]
    before = microseconds() - kept * MICRO
    actor = Actor.server(BY)
    with transaction.atomic():
        # Under the lock: who takes a tick back comes before this, or finds the task deleted.
        locked = changes.lock(backup, actor)
        over = (
            Task.objects.of(locked)
            .alive()
            .filter(
                completion=Task.Completion.COMPLETE,
                stamps__completion__lte=before,
                restored_stamp__lte=before,
            )
        )
        items = [
            Item("task", str(uuid), deleted=True) for uuid in over.values_list("uuid", flat=True)
        ]
        if items:
            changes.push(locked, items, actor)
    return len(items)
