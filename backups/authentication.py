"""Who calls, and the plan it is about: for every view of plans.

A device asks all day, mostly to hear that nothing is new. So its row, when it was last seen and
where its plan stands are read by one statement.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, InterfaceError, connection
from rest_framework.request import Request
from rest_framework_simplejwt.exceptions import TokenBackendError

from accounts.models import User
from accounts.tokens import bearer
from backups import cursors
from backups.models import Backup, Confirmation
from devices import callers, presence
from devices.authentication import DeviceAuthentication
from devices.callers import Caller
from devices.models import Claim, Device, LastSeen
from devices.tokens import BACKEND, DeviceAccess
from planner.joined import Joined, fields
from planner.prepared import Prepared
from planner.problems import is_passing

READ = (
    *("id", "state", "name", "claim", "rekey"),
    *("token_generation", "settings", "settings_revision"),
)
ROWS = Joined(
    device=fields(Device, *READ),
    seen=fields(LastSeen, "device", "seen_at"),
    plan=fields(Backup),
    confirmed=fields(Confirmation, "backup", "revision"),
)
STATEMENT = f"""SELECT {ROWS.columns}, EXISTS (
    SELECT 1 FROM devices_claim AS asked
    WHERE asked.device_id = device.id AND asked.state = '{Claim.State.PENDING}' AND asked.joins
), named.fingerprint FROM devices_device AS device
LEFT JOIN devices_lastseen AS seen ON seen.device_id = device.id
LEFT JOIN backups_backup AS plan ON plan.claim = device.claim
LEFT JOIN backups_confirmation AS confirmed ON confirmed.backup_id = plan.id
LEFT JOIN backups_commit AS named ON named.backup_id = plan.id AND named.revision = %s
WHERE device.id = %s"""  # noqa: S608 - made of the models' own column names
POLL = Prepared(STATEMENT)


@dataclass(frozen=True)
class PlanCaller(Caller):
    """A caller, and the plan of the device's present claim; None where nobody owns the device.

    `confirmed` is the revision that the device itself, as the caller, is known to have read;
    `is_asked` says whether somebody may be waiting for the device's answer;
    `marks` holds the fingerprint of the revision that its address names, None for an unknown one.
    """

    backup: Backup | None = None
    confirmed: int | None = None
    is_asked: bool = False
    marks: Mapping[int, bytes | None] = field(default_factory=dict)


class PlanAuthentication(DeviceAuthentication):
    """A device token of either kind: `request.auth` is a `PlanCaller`."""

    def authenticate(self, request: Request) -> tuple[User | AnonymousUser, PlanCaller] | None:
        text = bearer(request.META.get("HTTP_AUTHORIZATION"))
        claims = device_claims(text) if text else None
        if claims is not None:
            since = request.query_params.get("since", "")
            return AnonymousUser(), _by_key(claims, cursors.revision_named(since))
        found = super().authenticate(request)
        if found is None:
            return None
        user, caller = found
        backup = Backup.objects.of(caller.device) if caller.device.is_claimed else None
        return user, PlanCaller(caller.device, caller.user, caller.role, caller.by_key, backup)


def device_claims(text: str) -> dict[str, Any] | None:
    """Return the claims of a good token of a device itself; whatever is wrong is said elsewhere."""
    try:
        claims = BACKEND.decode(text)
    except TokenBackendError:
        return None
    return claims if claims["typ"] == DeviceAccess.token_type else None


def _by_key(claims: dict[str, Any], named: int | None) -> PlanCaller:
    row = fetch(POLL, [named, int(claims["sub"])])
    device, seen, backup, confirmed = ROWS.build(row[:-2]) if row else (None,) * 4
    callers.check(device, claims)
    device.last_seen = seen
    presence.seen(device)
    read = confirmed and confirmed.revision
    marks = {} if named is None else {named: row[-1] and bytes(row[-1])}
    stand = {"confirmed": read, "is_asked": bool(row[-2]), "marks": marks}
    return PlanCaller(device, by_key=True, backup=backup, **stand)


def fetch(statement: Prepared, values: Sequence[Any]) -> tuple | None:
    """Return the one row that a statement finds, though the connection was lost meanwhile."""
    # Reading again is safe, so a connection that was lost since the last call costs no health check
    # at every call, but one retry.
    connection.health_check_done = True
    try:
        return _read(statement, values)
    except (DatabaseError, InterfaceError) as error:
        if connection.in_atomic_block or not is_passing(error):
            raise
        connection.close()
        return _read(statement, values)


def _read(statement: Prepared, values: Sequence[Any]) -> tuple | None:
    with connection.cursor() as cursor:
        statement.run(cursor, values)
        return cursor.fetchone()
