"""The slow syncs of the last day, counted for the staff: times and numbers, nothing of a plan."""

from datetime import timedelta

from django.utils import timezone

from backups.models import SyncReport
from backups.models.syncs import SLOW
from devices import counted
from devices.models import Device

DAY = timedelta(days=1)
SHOWN = 5


def keep() -> int:
    """Keep how many syncs took a second or longer, and the slowest; return how many."""
    slow = SyncReport.objects.filter(milliseconds__gte=SLOW, at__gt=timezone.now() - DAY)
    shown = list(slow.select_related("backup").order_by("-milliseconds")[:SHOWN])
    devices = Device.objects.in_bulk({report.backup.device_id for report in shown})
    number = slow.count()
    slowest = [_told(report, devices[report.backup.device_id]) for report in shown]
    counted.keep("slow-syncs", {"number": number, "slowest": slowest})
    return number


def _told(report: SyncReport, device: Device) -> dict[str, str | int]:
    facts = {"milliseconds": report.milliseconds, "up": report.up, "down": report.down}
    return {"serial": device.serial, "result": report.result, **facts}
