"""How a device is: what waits for it, how much room is left, how its clock goes, its last syncs."""

from collections.abc import Sequence
from dataclasses import dataclass

from backups import reports
from backups.changes import MAX_BYTES, MAX_LIVE
from backups.clocks import TOLERANCE
from backups.models import ENTRY_MODELS, Backup, Confirmation, Overruled, SyncReport
from devices.models import Device

LAST = 3
MOST_LOST = 30
NEARLY = 0.9


@dataclass(frozen=True)
class Status:
    """The state of a claimed device as its plan tells it."""

    backup: Backup
    waiting: int
    confirmation: Confirmation | None
    syncs: Sequence[SyncReport]

    @property
    def share(self) -> float:
        """How much of its room is taken, from 0 to 1: by number or by size, whichever is more."""
        return max(self.backup.live_count / MAX_LIVE, self.backup.live_bytes / MAX_BYTES)

    @property
    def percent(self) -> int:
        """The same in percent, rounded down, so that 100 is really full."""
        return int(self.share * 100)

    @property
    def is_full(self) -> bool:
        """Whether nothing can be added any more."""
        return self.share >= 1

    @property
    def is_nearly_full(self) -> bool:
        return NEARLY <= self.share < 1

    @property
    def clock_offset(self) -> int:
        """How many seconds the device's clock is behind; negative when it is ahead."""
        offset = self.backup.clock_offset
        return offset if abs(offset) > TOLERANCE else 0


@dataclass(frozen=True)
class Lost:
    """What lost a merge, and the name of the entry that it was about."""

    tried: Overruled
    name: str


def lost(device: Device) -> list[Lost]:
    """Return what was overruled of late in a device's plan, the newest first."""
    rows = Overruled.objects.filter(backup__claim=device.claim).order_by("-created_at", "-pk")
    tried = list(rows[:MOST_LOST])
    names = {}
    for kind, model in ENTRY_MODELS.items():
        wanted = [row.uuid for row in tried if row.type == kind]
        found = model.objects.filter(backup__claim=device.claim, uuid__in=wanted)
        names |= {(kind, uuid): name for uuid, name in found.values_list("uuid", "name")}
    return [Lost(row, names.get((row.type, row.uuid), "")) for row in tried]


def of(device: Device) -> Status | None:
    """Return how a device is; None while nobody owns it."""
    backup = Backup.objects.filter(claim=device.claim).first() if device.claim else None
    if backup is None:
        return None
    waiting = reports.count_waiting([device]).get(device.pk, 0)
    syncs = list(reports.of(device)[:LAST])
    return Status(backup, waiting, reports.confirmed(backup), syncs)
