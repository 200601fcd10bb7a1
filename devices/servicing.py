"""What staff do to single units: take them back, give them another code or another key.

Codes and keys are returned in clear, once; every function raises the token generation.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from devices import audit, hashes, lifecycle, rekeying, serials
from devices.inventory import Unit
from devices.models import Device
from planner.problems import RuleError


@transaction.atomic
def release(device: Device, *, by: User | None, reason: str) -> None:
    """End the claim in the owner's place; RuleError `conflict` where nobody has the device."""
    row = lifecycle.locked(device)
    if row.claim is None:
        raise RuleError("conflict", _("The device is nobody's."))
    before = {"state": row.state}
    lifecycle.end_claim(row)
    after = {"state": row.state}
    audit.record("release", by=by, device=row, before=before, after=after, reason=reason)


@transaction.atomic
def recode(device: Device, *, by: User | None, reason: str) -> Unit:
    """Give the unit a new code, which ends the old one; RuleError `conflict` for a retired one.

    Failed tries and prompts on the device are forgotten, and who claims with the new code needs
    no confirmation on account of former owners: they cannot know it. The present one may.
    """
    row = _in_service(device)
    code, row.pepper_id = serials.new_code(), hashes.newest_pepper()
    row.code_hash = hashes.code_hash(row.serial, serials.read_code(code), row.pepper_id)
    row.code_made_at, row.claimed_before = timezone.now(), row.claim is not None
    row.save(update_fields=["code_hash", "pepper_id", "code_made_at", "claimed_before"])
    lifecycle.cancel_pending(row)
    lifecycle.revoke_tokens(row)
    audit.record("recode", by=by, device=row, reason=reason)
    return Unit(row.serial, code, "")


@transaction.atomic
def rekey(device: Device, *, by: User | None, reason: str) -> Unit:
    """Give the unit a new key, which ends the old one at once.

    Raises RuleError `conflict` for a retired unit, and for one that is somebody's unless the owner
    said yes; such a device then replaces this key, too, by one of its own.
    """
    row = _in_service(device)
    if not rekeying.is_allowed(row):
        raise RuleError(
            "conflict", _("A new key would open the owner's plan: ask the owner first.")
        )
    key = serials.new_key()
    # One that was offered with the old key ends with it.
    row.key_hash, row.next_key_hash = hashes.key_hash(serials.read_key(key)), ""
    if row.claim is not None:
        row.rekey = max(row.rekey, Device.Rekey.ASKED)
    row.save(update_fields=["key_hash", "next_key_hash", "rekey"])
    rekeying.end(row)
    lifecycle.cancel_pending(row)
    lifecycle.revoke_tokens(row)
    audit.record("rekey", by=by, device=row, reason=reason)
    return Unit(row.serial, "", key)


def _in_service(device: Device) -> Device:
    row = lifecycle.locked(device)
    if row.state == Device.State.RETIRED:
        raise RuleError("conflict", _("The device is retired."))
    return row
