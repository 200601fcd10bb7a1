"""What the front page of the staff tells of all devices at once, in a handful of queries."""

from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from devices import counted
from devices.counted import Counted
from devices.models import AuditEntry, ClaimAttempt, Device, LastSeen

DAYS = 30
SILENT = timedelta(days=7)
MOST_VERSIONS = 6
NOT_TOLD = "-"
"""What the list of devices calls the firmware of those that told none."""

UNHEARD = Q(state=Device.State.CLAIMED, last_seen=None)
"""Devices that are claimed, though they never called."""

NAME = "devices"
CHART = (300, 60)
"""Width and height of a chart of days, in its own units."""


class Bar(NamedTuple):
    """One bar of a chart: where it stands, how many it shows, and of what."""

    x: float
    y: float
    width: float
    height: float
    label: str
    count: int


class Row(NamedTuple):
    """One line of a table with a bar: its share of the largest is 0 to 100."""

    label: str
    count: int
    share: int
    query: str


def counts() -> Counted:
    """Return how many devices are in each state, are silent, and have which firmware."""
    return counted.figure(NAME, _count)


def keep() -> None:
    """Count now, for those who look later; meant to be called every hour."""
    counted.keep(NAME, _count())


def _count() -> dict[str, Any]:
    told = LastSeen.objects.order_by().values_list("firmware_version").annotate(number=Count("pk"))
    top = told.order_by("-number", "firmware_version")[:MOST_VERSIONS]
    return {
        "states": dict(Device.objects.order_by().values_list("state").annotate(Count("pk"))),
        "silent": Device.objects.filter(silent(SILENT)).count(),
        "unheard": Device.objects.filter(UNHEARD).count(),
        "versions": [[name, number] for name, number in top],
    }


def stock(found: dict[str, Any]) -> list[Row]:
    """Return how many devices are in each state."""
    states = Device.State.choices
    numbers = [(state, label, found["states"].get(state, 0)) for state, label in states]
    return _rows("state__exact", numbers)


def versions(found: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Return the firmware of most devices: what the list calls it, its words, how many have it."""
    told = found["versions"]
    return [(name or NOT_TOLD, name or _("not told"), number) for name, number in told]


def firmware(found: dict[str, Any]) -> list[Row]:
    """Return the firmware of most devices."""
    return _rows("firmware", versions(found))


def silent(time: timedelta) -> Q:
    """Return what is true of claimed devices that were not heard of for this long.

    Those that never were are apart: one index finds the ones, and another the others.
    """
    return Q(state=Device.State.CLAIMED, last_seen__seen_at__lt=timezone.now() - time)


def claims_by_day() -> list[Bar]:
    """Return the claims of each of the last 30 days, as a chart."""
    return _chart(AuditEntry.objects.filter(action="claim"))


def failures_by_day() -> list[Bar]:
    """Return the refused tries to claim of each of the last 30 days, as a chart."""
    return _chart(ClaimAttempt.objects.filter(result=ClaimAttempt.Result.FAILED))


def _chart(rows: QuerySet) -> list[Bar]:
    today = timezone.localdate()
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    counted = (
        rows.filter(at__gte=timezone.now() - timedelta(days=DAYS))
        .order_by()
        .values_list(TruncDate("at"))
        .annotate(Count("pk"))
    )
    return _bars(days, dict(counted))


def _bars(days: list[date], counts: dict[date, int]) -> list[Bar]:
    width, height = CHART
    step, most = width / len(days), max([1, *counts.values()])
    bars = []
    for number, day in enumerate(days):
        count = counts.get(day, 0)
        tall = round(height * count / most, 1)
        place = round(number * step + 1, 1), round(height - tall, 1)
        bars.append(Bar(*place, round(step - 2, 1), tall, day.isoformat(), count))
    return bars


def _rows(field: str, found: list[tuple[str, str, int]]) -> list[Row]:
    most = max([1, *(count for _value, _label, count in found)])
    return [
        Row(label, count, 100 * count // most, urlencode({field: value}))
        for value, label, count in found
    ]
