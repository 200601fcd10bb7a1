"""The tables of devices, their people, claims, and what was done to them."""

from devices.models.attempts import ClaimAttempt
from devices.models.audit import AuditEntry
from devices.models.claims import Claim, ClaimQuerySet
from devices.models.figures import Figure
from devices.models.people import Invitation, Membership
from devices.models.personal_tokens import PersonalToken, PersonalTokenQuerySet
from devices.models.rekeys import RekeyRequest
from devices.models.rhythm import Rhythm
from devices.models.units import NAME_BYTES, Batch, Device, DeviceQuerySet, LastSeen
from devices.models.views import SavedView

__all__ = [
    "NAME_BYTES",
    "AuditEntry",
    "Batch",
    "Claim",
    "ClaimAttempt",
    "ClaimQuerySet",
    "Device",
    "DeviceQuerySet",
    "Figure",
    "Invitation",
    "LastSeen",
    "Membership",
    "RekeyRequest",
    "Rhythm",
    "SavedView",
    "PersonalToken",
    "PersonalTokenQuerySet",
]
