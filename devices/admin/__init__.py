"""The inventory in the admin; Django imports this package to find its pages."""

from devices.admin.attempts import ClaimAttemptAdmin
from devices.admin.audit import AuditEntryAdmin
from devices.admin.batches import BatchAdmin
from devices.admin.devices import DeviceAdmin
from devices.admin.people import PersonAdmin

__all__ = ["AuditEntryAdmin", "BatchAdmin", "ClaimAttemptAdmin", "DeviceAdmin", "PersonAdmin"]
