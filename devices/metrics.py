"""What the server tells of devices and of tries to claim them."""

from datetime import timedelta

from django.db.models import Count
from django.utils import timezone
from prometheus_client import Counter

from devices.models import Device, LastSeen
from planner.metrics import gauge

CLAIMS = Counter("planner_claim_attempts", "Tries to claim a device, by their result.", ("result",))
PERIODS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}


@gauge("planner_devices", "Devices, by their state.", "state")
def _devices() -> list[tuple[str, int]]:
    found = dict(Device.objects.order_by().values_list("state").annotate(Count("pk")))
    return [(state, found.get(state, 0)) for state in Device.State.values]


@gauge("planner_devices_seen", "Devices that called in the last hour, day and week.", "within")
def _devices_seen() -> list[tuple[str, int]]:
    now = timezone.now()
    seen = LastSeen.objects
    return [
        (name, seen.filter(seen_at__gt=now - period).count()) for name, period in PERIODS.items()
    ]
