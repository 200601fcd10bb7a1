"""Writes down what was done to a device, inside the transaction of the rule that did it."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from accounts.models import User
from devices.models import AuditEntry, Device
from planner.logging import request_id

ROWS_AT_ONCE = 500
ANEW = {"make", "import"}
"""Actions that concern thousands at a time and need not be repeated when they are forgotten."""
log = logging.getLogger("planner.audit")
Facts = Mapping[str, Any]


def record(
    action: str,
    *,
    by: User | None,
    device: Device | None = None,
    person: User | None = None,
    before: Facts | None = None,
    after: Facts | None = None,
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
    before: Facts | None = None,
    after: Facts | None = None,
    reason: str = "",
) -> None:
    """Add one row for each of many devices to which the same was done."""
    same = ((device, before or {}, after or {}) for device in devices)
    record_many(action, same, by=by, reason=reason)


def record_many(
    action: str,
    changes: Iterable[tuple[Device, Facts, Facts]],
    *,
    by: User | None,
    reason: str = "",
) -> None:
    """Add one row for each of many devices: what changed of it, before and after."""
    rows = (_entry(action, by, device, before, after, reason) for device, before, after in changes)
    AuditEntry.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)


def _entry(
    action: str,
    by: User | None,
    device: Device | None,
    before: Facts | None,
    after: Facts | None,
    reason: str,
) -> AuditEntry:
    serial = device.serial if device else "-"
    # A database that is put back has forgotten the last of these rows; the log has not.
    if action not in ANEW:
        log.info("%s device %s by person %s", action, serial, by.pk if by else "-")
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
