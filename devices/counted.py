"""Figures of all devices: counted at once while they are few, by a chore when they are many."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from devices.models import Device, Figure
from planner.lately import lately

FEW = 5_000
OLD = timedelta(hours=3)
"""The chore is due every hour; where none runs, whoever looks counts again after this time."""


class Counted(NamedTuple):
    """A value, and since when it is known; None is now."""

    value: Any
    at: datetime | None = None


def figure(name: str, count: Callable[[], Any]) -> Counted:
    """Return what `count` counts: now while devices are few, else as it was counted lately."""
    if Device.objects.order_by().values("pk")[: FEW + 1].count() <= FEW:
        return Counted(count())
    return last(name, OLD) or keep(name, count())


def last(name: str, age: timedelta) -> Counted | None:
    """Return what was counted last, unless it is older."""
    kept = Figure.objects.filter(lately("made_at", age, timezone.now()), name=name).first()
    return kept and Counted(kept.value, kept.made_at)


def keep(name: str, value: Any) -> Counted:
    """Keep what was counted now."""
    now = timezone.now()
    Figure.objects.update_or_create(name=name, defaults={"value": value, "made_at": now})
    return Counted(value, now)
