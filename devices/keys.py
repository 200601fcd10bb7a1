"""How a device proves itself by its key, and what it learns with its token."""

from django.utils.translation import gettext as _

from devices import callers, hashes, serials
from devices.models import Device
from devices.tokens import Access, DeviceAccess
from planner.problems import RuleError


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
    if not hashes.is_key(proof, stored=device.key_hash if device else hashes.nobodys()):
        raise _refused()
    callers.check_open(device)
    return device, DeviceAccess.of(device).written()


def _refused() -> RuleError:
    return RuleError("token-invalid", _("This serial number and key do not belong together."))
