"""Writes down what was done to a device, inside the transaction of the rule that did it."""

from collections.abc import Iterable, Mapping
from typing import Any

from accounts.models import User
from devices.models import AuditEntry, Device
from planner.logging import request_id

ROWS_AT_ONCE = 500


def record(
    action: str,
    *,
    by: User | None,
    device: Device | None = None,
    person: User | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Add one row: what (a slug), by whom (None: the device itself, or a command), to what.

    `before` and `after` hold what changed and nothing else: no code, no key, no entry.
    """
    entry = _entry(action, by, device, before, after, reason)
    entry.person = person
    entry.save(force_insert=True)
    return entry


def record_each(
    action: str,
    devices: Iterable[Device],
    *,
    by: User | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Add one row for each of many devices to which the same was done."""
    rows = (_entry(action, by, device, before, after, reason) for device in devices)
    AuditEntry.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)


def _entry(
    action: str,
    by: User | None,
    device: Device | None,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    reason: str,
) -> AuditEntry:
    return AuditEntry(
        action=action,
        by=by,
        by_person=by is not None,
        device=device,
        before=dict(before or {}),
        after=dict(after or {}),
        reason=reason,
        request_id=request_id.get(),
    )
