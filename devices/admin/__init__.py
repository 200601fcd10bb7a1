"""The inventory in the admin; Django imports this package to find its pages."""

from devices.admin.audit import AuditEntryAdmin
from devices.admin.batches import BatchAdmin
from devices.admin.devices import DeviceAdmin

__all__ = ["AuditEntryAdmin", "BatchAdmin", "DeviceAdmin"]
