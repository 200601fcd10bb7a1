"""The 304 for a device that is up to date, by one statement and past DRF: most calls are such.

Whatever is not plainly so gets no answer here and goes the ordinary way, which asks anew.
"""

from contextlib import suppress
from datetime import datetime

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.tokens import bearer
from backups.api.answers import conditional, not_modified
from backups.authentication import device_claims, fetch
from backups.models import Backup
from devices import presence
from devices.models import Device
from planner.joined import Joined, fields
from planner.lately import SKEW
from planner.prepared import Prepared

ROWS = Joined(plan=fields(Backup, "id", "claim", "revision", "fingerprint"))
# It was heard of a moment ago and has confirmed all there is, so nothing is to be written either.
UP_TO_DATE = Prepared(
    f"""SELECT {ROWS.columns} FROM devices_device AS device
JOIN devices_lastseen AS seen ON seen.device_id = device.id
JOIN backups_backup AS plan ON plan.claim = device.claim
JOIN backups_confirmation AS confirmed ON confirmed.backup_id = plan.id
WHERE device.id = %s AND device.token_generation = %s AND device.state = '{Device.State.CLAIMED}'
AND device.rekey <> {Device.Rekey.NEEDED:d} AND seen.seen_at BETWEEN %s AND %s
AND confirmed.revision >= plan.revision"""  # noqa: S608 - made of the models' own names
)


def answer(request: HttpRequest) -> HttpResponse | None:
    """Return 304 to a device's own call that names what it would get; None for any other."""
    known = request.META.get("HTTP_IF_NONE_MATCH")
    text = bearer(request.META.get("HTTP_AUTHORIZATION"))
    if not known or not text or request.method != "GET":
        return None
    claims = device_claims(text)
    backup = claims and _plan(int(claims["sub"]), claims["gen"])
    if backup is None:
        return None
    headers = conditional(backup, request)
    # An ETag stands for a question that was answered before; a “*” may stand before a wrong one.
    return not_modified(headers) if known == headers["ETag"] else None


def _plan(device_id: int, generation: int) -> Backup | None:
    """Return where the plan of a device stands that may call and has nothing to confirm."""
    now = timezone.now()
    values = [device_id, generation, _moment(now - presence.EVERY), _moment(now + SKEW)]
    # The ordinary way says that there is no database.
    with suppress(DatabaseError, InterfaceError):
        row = fetch(UP_TO_DATE, values)
        return ROWS.build(row)[0] if row else None


def _moment(moment: datetime) -> object:
    return connection.ops.adapt_datetimefield_value(moment)
