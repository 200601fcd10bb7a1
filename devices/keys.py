"""How a device proves itself by its key, and how it gets another one.

A device that was claimed makes a key of its own in place of the factory's, so that a list of the
factory's keys opens nothing. The old key works until the new one was used once: whatever is lost on
the way, one of the two opens the door.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from devices import callers, hashes, lifecycle, serials
from devices.models import Device
from devices.tokens import Access, DeviceAccess
from planner.problems import RuleError, field_error


def access(serial: str, key: str) -> tuple[Device, Access]:
    """Return the device of this serial and key, and a token for it.

    Raises RuleError `token-invalid`, alike and after the same work for a serial that is not there
    and for a wrong key, and `device-blocked` for a key that is right.
    """
    try:
        serial, proof = serials.read_serial(serial), serials.read_key(key)
    except ValueError:
        raise _refused() from None
    device = Device.objects.filter(serial=serial).first()
    present, new = (device.key_hash, device.next_key_hash) if device else ("", "")
    is_present, is_new = (
        hashes.is_key(proof, stored=stored or hashes.nobodys()) for stored in (present, new)
    )
    if not is_present and not is_new:
        raise _refused()
    if is_new:
        device = _settle(device, proof)
    callers.check_open(device)
    return device, DeviceAccess.of(device).written()


@transaction.atomic
def offer(device: Device, key: str) -> None:
    """Take the key that a device made; it counts from its first use on, and ends the old one then.

    Raises RuleError `conflict` unless the device was asked for it, so that whoever holds the
    factory's list cannot shut units out, and `invalid` for what is no new key.
    """
    row = lifecycle.locked_by_token(device)
    if row.rekey == Device.Rekey.NO:
        raise RuleError("conflict", _("Nobody asked this device for another key."))
    try:
        proof = serials.read_key(key)
    except ValueError:
        raise _unusable(_("A key is 32 bytes in base64url, 43 characters.")) from None
    if hashes.is_key(proof, stored=row.key_hash):
        raise _unusable(_("This is the key that the device has already."))
    row.next_key_hash = hashes.key_hash(proof)
    row.save(update_fields=["next_key_hash"])


@transaction.atomic
def _settle(device: Device, proof: bytes) -> Device:
    """Let the new key take the old one's place; whatever the old one opened is shut."""
    row = lifecycle.locked(device)
    if hashes.is_key(proof, stored=row.next_key_hash):
        row.key_hash, row.next_key_hash, row.rekey = row.next_key_hash, "", Device.Rekey.NO
        row.token_generation += 1
        row.save(update_fields=["key_hash", "next_key_hash", "rekey", "token_generation"])
    elif not hashes.is_key(proof, stored=row.key_hash):
        raise _refused()
    return row


def _refused() -> RuleError:
    return RuleError("token-invalid", _("This serial number and key do not belong together."))


def _unusable(detail: str) -> RuleError:
    errors = [field_error("/key", "invalid", detail)]
    return RuleError("invalid", _("This key cannot be used."), errors=errors)
